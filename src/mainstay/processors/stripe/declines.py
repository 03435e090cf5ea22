"""What a bank's refusal means for us: try again in some days, or ask for another card.

https://docs.stripe.com/declines/codes. The bank's own advice wins over the table. A code that is not in it is final:
cards are not tried again on a guess.
"""

from collections.abc import Mapping
from typing import Any

from mainstay.contributions.port import Outcome

SOFT = frozenset(
    {
        "approve_with_id",
        "authentication_required",
        "call_issuer",
        "card_velocity_exceeded",
        "do_not_honor",
        "generic_decline",
        "insufficient_funds",
        "issuer_not_available",
        "no_action_taken",
        "payment_intent_authentication_failure",
        "payment_intent_payment_attempt_expired",
        "processing_error",
        "reenter_transaction",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    }
)
_OURS = {
    "payment_intent_authentication_failure": "authentication_failed",
    "payment_intent_payment_attempt_expired": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
    "setup_intent_setup_attempt_expired": "authentication_failed",
}


def code_of(error: Mapping[str, Any]) -> str:
    """The bank's reason, in the words that pages and letters know where there are such."""
    code = str(error.get("decline_code") or error.get("code") or "")
    return _OURS.get(code, code)[:60]


def outcome_of(error: Mapping[str, Any]) -> Outcome:
    """Whether trying again makes sense."""
    advice = error.get("advice_code")
    if advice in ("do_not_try_again", "confirm_card_data"):
        return Outcome.DECLINED_HARD
    code = str(error.get("decline_code") or error.get("code") or "")
    soft = advice == "try_again_later" or code in SOFT
    return Outcome.DECLINED_SOFT if soft else Outcome.DECLINED_HARD
