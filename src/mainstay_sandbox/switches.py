"""What tests ask of the whole account: forget everything, deliver the webhooks now."""

from mainstay_sandbox import faults, payouts, settings, webhooks
from mainstay_sandbox.schema import FORGOTTEN
from mainstay_sandbox.wire import Answer, Call, expect_only


def reset(call: Call) -> Answer:
    """`POST /v1/test/reset`: the account's objects, faults and settings are gone; its keys and the clock stay."""
    expect_only(call)
    account_id = call.caller.account_id
    call.connection.execute(
        "DELETE FROM challenges WHERE intent_id IN (SELECT id FROM intents WHERE account_id = ?)",
        (account_id,),
    )
    for table in FORGOTTEN:
        call.connection.execute(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))  # noqa: S608 - our own names
    call.connection.execute("UPDATE accounts SET settings = '{}' WHERE id = ?", (account_id,))
    return Answer(200, {}, "")


def change_settings(call: Call) -> Answer:
    """`POST /v1/test/settings`; daily payouts begin at the next midnight (UTC)."""
    before = settings.of_account(call.connection, call.caller.account_id).payouts
    answer = settings.change(call)
    if answer.body["payouts"] == settings.DAILY != before:
        payouts.plan_daily(call.books)
    return answer


def call_off_faults(call: Call) -> Answer:
    """`DELETE /v1/test/faults`; webhooks that waited for others go out."""
    webhooks.release(call.books)
    return faults.call_off(call)
