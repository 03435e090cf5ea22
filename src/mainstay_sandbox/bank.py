"""The page that stands in for the reader's bank: approve or refuse, without a script."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from mainstay_sandbox import calls, confirming, money, pages, savings, words
from mainstay_sandbox.addresses import origin_of, with_answer
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import Store
from mainstay_sandbox.wire import Page, Request

DECIDED = (confirming.APPROVED, confirming.REFUSED_BY_READER)


@dataclass(frozen=True)
class Question:
    """What the page asks: about a payment, or without an `amount` about a card that is only to be saved.

    `about` names the object for the shop, when the browser goes back to it.
    """

    state: str
    account_id: str
    shop: str
    return_url: str
    about: Mapping[str, str]
    amount: tuple[int, str] | None = None


def reply(request: Request, store: Store, clock: Callable[[], int]) -> Page:
    """`/bank/{challenge or saving}`: show the question, or take the answer at the moment that `clock` tells."""
    page_id = request.path.removeprefix("/bank/")
    if request.method == "GET":
        return _show(request, _question(store.connection(), page_id))
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "This address does not take that method.")
    chosen = parse_qs(request.body.decode("ascii", "replace")).get("result")
    if chosen not in (["approve"], ["refuse"]):
        raise Refused(422, "parameter_not_accepted", "Approve or refuse.")
    question = _answer(store, page_id, approve=chosen == ["approve"], path=request.path, now=clock())
    return _back(request, question)


def _question(connection: sqlite3.Connection, page_id: str) -> Question:
    if page_id.startswith(f"{savings.PREFIX}_"):
        row = savings.find(connection, page_id)
        about = {"saving": page_id}
        return Question(row["state"], row["account_id"], row["name"], row["return_url"], about)
    challenge = confirming.find_challenge(connection, page_id)
    intent = challenge.intent
    return Question(
        challenge.state,
        intent["account_id"],
        challenge.account_name,
        challenge.return_url,
        {"intent": intent["id"]},
        (intent["amount_minor"], intent["currency"]),
    )


def _answer(store: Store, page_id: str, *, approve: bool, path: str, now: int) -> Question:
    """Carry out the reader's answer, once: a second click finds the first one's result."""
    with store.writing() as connection:
        question = _question(connection, page_id)
        if question.state == confirming.OPEN:
            what = _carry_out(connection, page_id, question, approve, now)
            calls.record(connection, question.account_id, "POST", path, 303, what)
        return _question(connection, page_id)


def _carry_out(
    connection: sqlite3.Connection, page_id: str, question: Question, approve: bool, now: int
) -> str:
    if question.amount is None:
        return savings.answer(connection, page_id, approve)
    challenge = confirming.find_challenge(connection, page_id)
    return confirming.answer_challenge(connection, challenge, approve, now)


def _back(request: Request, question: Question) -> Page:
    if question.state not in DECIDED or not question.return_url:
        return _show(request, question)
    return Page(303, "text/plain", b"", (("Location", _return_address(question)),))


def _show(request: Request, question: Question) -> Page:
    language = pages.language_of(request)
    mark = "," if language == "ru" else "."
    amount = money.written(*question.amount, mark) if question.amount else words.BANK[language]["no_amount"]
    # Browsers hold a form's redirect to the policy of the page it was on.
    shop_origin = origin_of(question.return_url)
    return pages.bank_page(
        language, question.state, question.shop, amount, _return_address(question), shop_origin
    )


def _return_address(question: Question) -> str:
    if not question.return_url:
        return ""
    result = {"result": question.state} if question.state in DECIDED else {}
    return with_answer(question.return_url, **question.about, **result)
