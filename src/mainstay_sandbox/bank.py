"""The page that stands in for the reader's bank: approve or refuse, without a script."""

from collections.abc import Callable
from urllib.parse import parse_qs

from mainstay_sandbox import calls, confirming, money, pages
from mainstay_sandbox.addresses import origin_of, with_answer
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import Store
from mainstay_sandbox.wire import Page, Request

DECIDED = (confirming.APPROVED, confirming.REFUSED_BY_READER)


def reply(request: Request, store: Store, clock: Callable[[], int]) -> Page:
    """`/bank/{challenge}`: show the question, or take the answer at the moment that `clock` tells."""
    challenge_id = request.path.removeprefix("/bank/")
    if request.method == "GET":
        return _show(request, confirming.find_challenge(store.connection(), challenge_id))
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "This address does not take that method.")
    chosen = parse_qs(request.body.decode("ascii", "replace")).get("result")
    if chosen not in (["approve"], ["refuse"]):
        raise Refused(422, "parameter_not_accepted", "Approve or refuse.")
    challenge = _answer(store, challenge_id, approve=chosen == ["approve"], path=request.path, now=clock())
    return _back(request, challenge)


def _answer(store: Store, challenge_id: str, *, approve: bool, path: str, now: int) -> confirming.Challenge:
    """Carry out the reader's answer, once: a second click finds the first one's result."""
    with store.writing() as connection:
        challenge = confirming.find_challenge(connection, challenge_id)
        if challenge.state == confirming.OPEN:
            what = confirming.answer_challenge(connection, challenge, approve, now)
            calls.record(connection, challenge.intent["account_id"], "POST", path, 303, what)
        return confirming.find_challenge(connection, challenge_id)


def _back(request: Request, challenge: confirming.Challenge) -> Page:
    if challenge.state not in DECIDED or not challenge.return_url:
        return _show(request, challenge)
    address = with_answer(challenge.return_url, intent=challenge.intent["id"], result=challenge.state)
    return Page(303, "text/plain", b"", (("Location", address),))


def _show(request: Request, challenge: confirming.Challenge) -> Page:
    language = pages.language_of(request)
    mark = "," if language == "ru" else "."
    amount = money.written(challenge.intent["amount_minor"], challenge.intent["currency"], mark)
    # Browsers hold a form's redirect to the policy of the page it was on.
    shop_origin = origin_of(challenge.return_url)
    return pages.bank_page(
        language, challenge.state, challenge.account_name, amount, _return_address(challenge), shop_origin
    )


def _return_address(challenge: confirming.Challenge) -> str:
    if not challenge.return_url:
        return ""
    result = {"result": challenge.state} if challenge.state in DECIDED else {}
    return with_answer(challenge.return_url, intent=challenge.intent["id"], **result)
