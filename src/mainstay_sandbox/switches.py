"""What tests ask of the whole account: forget everything, change the settings, put a line on the balance."""

from mainstay_sandbox import balance, faults, money, payouts, settings, webhooks
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.schema import FORGOTTEN
from mainstay_sandbox.store import new_id
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


def adjust(call: Call) -> Answer:
    """`POST /v1/test/adjustments` `{currency, amount_minor}`: the company corrects the balance, up or down."""
    expect_only(call, "currency", "amount_minor")
    currency, amount_minor = (
        money.check_currency(call.parameters.get("currency")),
        call.parameters.get("amount_minor"),
    )
    if type(amount_minor) is not int or not 0 < abs(amount_minor) <= money.LARGEST_AMOUNT_MINOR:
        raise Refused(422, "amount_not_accepted", "amount_minor must be a whole number, above or below 0.")
    source = new_id("adj")
    balance.add(call.books, balance.ADJUSTMENT, source, amount_minor, 0, currency)
    body = {"id": source, "amount_minor": amount_minor, "currency": currency}
    return Answer(201, body, "The company corrected the balance")
