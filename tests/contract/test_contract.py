"""What the port promises, asked of every adapter alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mainstay.contributions.port import (
    AsksBeforeSaving,
    BadSignature,
    Flow,
    ObjectKind,
    Order,
    Outcome,
    ProcessorRefused,
    RemoteFact,
    ReturnUrls,
    Source,
)
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money

from .bench import At, Bench, CantProvoke, Fault, Payer, Taken, bench_of, benches, ten

BACK = "http://127.0.0.1/back"
USD_5 = Money(500, "USD")
METADATA = {"contribution": "c1", "number": "1"}


@pytest.fixture(params=benches())
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each adapter in turn."""
    with bench_of(request.param)(tmp_path) as made:
        yield made


def order(amount: Money = USD_5, reference: str = "c1:1", *, save: bool = False) -> Order:
    return Order(amount, reference, METADATA, save_method=save)


def execute(
    bench: Bench, remote_id: str, source: Source, key: str = "e1", *, present: bool = True
) -> RemoteFact:
    return bench.processor.execute(remote_id, source, key, BACK, present)


def execute_hastily(bench: Bench, remote_id: str, source: Source) -> RemoteFact:
    return bench.hasty.execute(remote_id, source, "e1", BACK, True)


def pay(bench: Bench, payer: Payer = Payer.APPROVED, **changes: object) -> RemoteFact:
    """Prepares and executes; what is true afterwards."""
    remote_id, source = provoked(lambda: bench.ready(order(**changes), "p1", payer))  # type: ignore[arg-type]
    execute(bench, remote_id, source)
    return bench.processor.look_up(remote_id)


def provoked(act: Callable[[], object]) -> object:
    """What a bench does, or a skip where it can't."""
    try:
        return act()
    except CantProvoke as lacking:
        pytest.skip(str(lacking) or "This bench can't provoke it.")


def taken(minor: int, currency: str = "USD", reference: str = "c1:1") -> list[Taken]:
    return [Taken(reference, minor, currency)]


def test_a_payment_carries_our_reference_and_words(bench: Bench):
    fact = pay(bench, save=True)
    assert (fact.outcome, fact.amount, fact.reference) == (Outcome.SUCCEEDED, USD_5, "c1:1")
    assert {name: fact.metadata[name] for name in METADATA} == METADATA
    assert bench.taken() == taken(500)
    assert bench.processor.look_up_charge(fact.charge_id) == fact


def test_preparing_moves_no_money_and_the_same_key_gives_the_same_object(bench: Bench):
    first = bench.processor.prepare(order(), "p1")
    assert first.outcome == Outcome.EXECUTABLE
    assert bench.processor.prepare(order(), "p1").remote_id == first.remote_id
    assert (bench.made(), bench.taken()) == (1, [])


def test_a_key_is_never_bent_to_another_order(bench: Bench):
    bench.processor.prepare(order(), "p1")
    assert bench.processor.prepare(order(Money(700, "USD")), "p1").outcome == Outcome.REJECTED
    assert bench.made() == 1


def test_executing_again_under_any_key_moves_nothing_more(bench: Bench):
    remote_id, source = bench.ready(order(), "p1", Payer.APPROVED)
    first = execute(bench, remote_id, source, "e1")
    assert execute(bench, remote_id, source, "e1").outcome in (first.outcome, Outcome.UNKNOWN)
    again = execute(bench, remote_id, Source(token=bench.token(Payer.APPROVED)), "e2")
    assert again.outcome in (Outcome.UNKNOWN, Outcome.SUCCEEDED)
    assert bench.taken() == taken(500)


def test_ten_executions_at_once_take_once(bench: Bench):
    remote_id, _source = bench.ready(order(), "p1", Payer.APPROVED)
    sources = [Source(token=bench.token(Payer.APPROVED)) for _ in ten()]
    with ThreadPoolExecutor(10) as pool:
        facts = list(pool.map(lambda n: execute(bench, remote_id, sources[n], f"e{n}"), ten()))
    assert bench.taken() == taken(500)
    assert {fact.outcome for fact in facts} <= {Outcome.SUCCEEDED, Outcome.UNKNOWN, Outcome.NOT_EXECUTED}


@pytest.mark.parametrize(
    ("minor", "currency"),
    [(500, "JPY"), (1500, "KWD"), (700, "ISK"), (18_000, "UGX"), (180_000, "HUF"), (15_000, "TWD")],
)
def test_amounts_at_the_edge_arrive_as_they_are(bench: Bench, minor, currency):
    if currency not in bench.processor.capabilities.currencies:
        pytest.skip("This processor does not take the currency.")
    fact = pay(bench, amount=Money(minor, currency))
    assert (fact.outcome, fact.amount) == (Outcome.SUCCEEDED, Money(minor, currency))
    assert bench.taken() == taken(minor, currency)
    back = bench.processor.refund(fact.charge_id, Money(minor, currency), "r1")
    assert back.amount == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(1505, "KWD"), (180_050, "HUF"), (15_050, "TWD")])
def test_an_amount_is_taken_exactly_or_not_at_all(bench: Bench, minor, currency):
    if currency not in bench.processor.capabilities.currencies:
        pytest.skip("This processor does not take the currency.")
    prepared = bench.processor.prepare(order(Money(minor, currency)), "p1")
    if prepared.outcome == Outcome.REJECTED:
        assert bench.made() == 0
        return
    execute(bench, prepared.remote_id, Source(token=bench.token(Payer.APPROVED)))
    assert bench.taken() == taken(minor, currency)


@pytest.mark.parametrize(
    ("payer", "outcome"),
    [
        (Payer.APPROVED, Outcome.SUCCEEDED),
        (Payer.SOFT, Outcome.DECLINED_SOFT),
        (Payer.HARD, Outcome.DECLINED_HARD),
        (Payer.ASKED, Outcome.ACTION_REQUIRED),
        (Payer.PENDING, Outcome.PENDING),
    ],
)
def test_what_the_bank_says_is_what_we_hear(bench: Bench, payer, outcome):
    remote_id, source = provoked(lambda: bench.ready(order(), "p1", payer))
    told = execute(bench, remote_id, source)
    later = bench.processor.look_up(remote_id)
    assert (told.outcome, later.outcome) == (outcome, outcome)
    assert told.decline_code == later.decline_code
    assert bool(told.action_url) is (outcome == Outcome.ACTION_REQUIRED)
    assert bench.taken() == (taken(500) if outcome == Outcome.SUCCEEDED else [])


def test_another_card_on_the_same_object_after_a_decline(bench: Bench):
    remote_id, source = bench.ready(order(), "p1", Payer.SOFT)
    execute(bench, remote_id, source, "e1")
    second = execute(bench, remote_id, Source(token=bench.token(Payer.APPROVED)), "e2")
    assert second.outcome == Outcome.SUCCEEDED
    assert (bench.made(), bench.taken()) == (1, taken(500))


UNANSWERED = [
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.ERROR_AFTER,
    Fault.CUT,
    Fault.MALFORMED,
    Fault.DRIP,
]


@pytest.mark.parametrize("fault", UNANSWERED)
def test_after_the_first_byte_an_execution_without_an_answer_is_unknown(bench: Bench, fault):
    remote_id, source = bench.ready(order(), "p1", Payer.APPROVED)
    provoked(lambda: bench.fault(At.EXECUTE, fault))
    assert execute_hastily(bench, remote_id, source).outcome == Outcome.UNKNOWN
    truth = bench.processor.look_up(remote_id).outcome
    if fault == Fault.TIMEOUT_BEFORE:
        assert (truth, bench.taken()) == (Outcome.EXECUTABLE, [])
    else:
        assert (truth, bench.taken()) == (Outcome.SUCCEEDED, taken(500))


@pytest.mark.parametrize("fault", UNANSWERED)
def test_a_preparation_without_an_answer_is_asked_for_again_under_its_key(bench: Bench, fault):
    provoked(lambda: bench.fault(At.PREPARE, fault))
    lost = bench.hasty.prepare(order(), "p1")
    assert lost.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED)
    assert bench.processor.prepare(order(), "p1").outcome == Outcome.EXECUTABLE
    assert (bench.made(), bench.taken()) == (1, [])


@pytest.mark.parametrize("fault", UNANSWERED)
def test_a_question_without_an_answer_tells_nothing(bench: Bench, fault):
    remote_id = pay(bench).remote_id
    if fault == Fault.ERROR_AFTER:
        pytest.skip("Nothing happens at a question.")
    provoked(lambda: bench.fault(At.LOOK_UP, fault))
    assert bench.hasty.look_up(remote_id).outcome == Outcome.UNKNOWN
    assert bench.processor.look_up(remote_id).outcome == Outcome.SUCCEEDED


def test_too_many_calls_did_nothing(bench: Bench):
    remote_id, source = bench.ready(order(), "p1", Payer.APPROVED)
    provoked(lambda: bench.fault(At.EXECUTE, Fault.TOO_MANY))
    assert execute(bench, remote_id, source).outcome == Outcome.NOT_EXECUTED
    assert bench.taken() == []


def test_nobody_there_did_nothing(bench: Bench):
    processor = bench.unreachable()
    assert processor.prepare(order(save=True), "p1").outcome == Outcome.NOT_EXECUTED
    assert processor.refund("ch_1", USD_5, "r1").outcome == Outcome.NOT_EXECUTED
    assert processor.look_up("pi_1").outcome == Outcome.UNKNOWN
    if processor.capabilities.keeps_books:
        with pytest.raises(MainstayError):
            processor.balance()


@pytest.mark.parametrize(
    "call", ["prepare", "execute", "look_up", "cancel", "refund", "balance", "poll", "find"]
)
def test_a_key_that_is_refused_stops_the_run(bench: Bench, call):
    if call == "balance" and not bench.processor.capabilities.keeps_books:
        pytest.skip("It keeps no books that could be asked for.")
    fact = pay(bench)
    calls: dict[str, Callable[[], object]] = {
        "prepare": lambda: bench.processor.prepare(order(), "p2"),
        "execute": lambda: execute(bench, fact.remote_id, Source(token="tok_1"), "e2"),
        "look_up": lambda: bench.processor.look_up(fact.remote_id),
        "cancel": lambda: bench.processor.cancel(fact.remote_id, "c2"),
        "refund": lambda: bench.processor.refund(fact.charge_id, USD_5, "r2"),
        "balance": bench.processor.balance,
        "poll": lambda: bench.processor.poll(""),
        "find": lambda: bench.processor.find("c1:1"),
    }
    provoked(lambda: bench.fault(At.EVERY, Fault.KEY_REFUSED))
    with pytest.raises(ProcessorRefused):
        calls[call]()


@pytest.mark.parametrize(("payer", "country"), [(Payer.RUSSIAN, "RU"), (Payer.NOWHERE, None)])
def test_the_country_is_known_before_anything_is_made(bench: Bench, payer, country):
    if bench.processor.capabilities.flow != Flow.FIELDS:
        pytest.skip("Only where a card is typed into fields.")
    view = bench.processor.read_token(bench.token(payer))
    assert view is not None
    assert view.country == country
    assert [call for call in bench.heard() if not call.startswith("GET ")] == []
    assert (bench.made(), bench.taken()) == (0, [])


def test_a_token_is_good_once(bench: Bench):
    if bench.processor.capabilities.flow != Flow.FIELDS:
        pytest.skip("Only where a card is typed into fields.")
    remote_id, source = bench.ready(order(), "p1", Payer.APPROVED)
    execute(bench, remote_id, source)
    assert bench.processor.read_token(source.token) is None
    assert bench.processor.read_token("tok_nobody") is None


def test_cancelling_closes_for_good_and_tells_the_truth(bench: Bench):
    remote_id, source = bench.ready(order(), "p1", Payer.APPROVED)
    assert bench.processor.cancel(remote_id, "c1").outcome == Outcome.CANCELLED
    assert execute(bench, remote_id, source).outcome in (Outcome.REJECTED, Outcome.CANCELLED)
    assert bench.taken() == []
    paid = bench.ready(order(reference="c2:1"), "p2", Payer.APPROVED)
    execute(bench, *paid, "e2")
    assert bench.processor.cancel(paid[0], "c2").outcome == Outcome.SUCCEEDED


def test_what_is_not_there_is_not_found(bench: Bench):
    for name in ("pi_nobody", "../balance", "pi_1?x=", "é", ""):
        assert bench.processor.look_up(name).outcome == Outcome.NOT_FOUND
        assert bench.processor.look_up_charge(name).outcome == Outcome.NOT_FOUND
        assert bench.processor.look_up_refund(name).outcome == Outcome.NOT_FOUND
        assert bench.processor.look_up_method(name).outcome == Outcome.NOT_FOUND
    assert bench.processor.find("nobody:1") == []


def test_an_object_is_found_by_our_reference(bench: Bench):
    fact = pay(bench)
    assert [found.remote_id for found in bench.processor.find("c1:1")] == [fact.remote_id]


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER, Fault.CUT, Fault.MALFORMED])
def test_a_lost_refund_is_given_once_and_found_by_its_key(bench: Bench, fault):
    charge = pay(bench).charge_id
    provoked(lambda: bench.fault(At.REFUND, fault))
    assert bench.hasty.refund(charge, Money(200, "USD"), "r1").outcome == Outcome.UNKNOWN
    (found,) = bench.processor.find_refunds(charge)
    assert (found.reference, found.amount, found.charge_id) == ("r1", Money(200, "USD"), charge)
    again = bench.processor.refund(charge, Money(200, "USD"), "r1")
    assert again.remote_id in (found.remote_id, "")
    assert len(bench.processor.find_refunds(charge)) == 1


def test_never_more_is_given_back_than_was_taken(bench: Bench):
    charge = pay(bench).charge_id
    with ThreadPoolExecutor(10) as pool:
        facts = list(pool.map(lambda n: bench.processor.refund(charge, Money(200, "USD"), f"r{n}"), ten()))
    given = [fact for fact in facts if fact.outcome in (Outcome.SUCCEEDED, Outcome.PENDING)]
    assert len(given) == 2
    assert {fact.outcome for fact in facts if fact not in given} <= {Outcome.REJECTED, Outcome.UNKNOWN}


def test_a_saved_card_renews_and_is_forgotten(bench: Bench):
    if not bench.processor.capabilities.recurring or bench.processor.capabilities.flow == Flow.PUSH:
        pytest.skip("Nothing is saved here.")
    method = pay(bench, save=True).method
    assert method is not None
    assert bench.processor.look_up_method(method.method).method == method
    renewal = bench.processor.prepare(order(reference="c1:2"), "p2").remote_id
    assert execute(bench, renewal, Source(method=method), "e2", present=False).outcome == Outcome.SUCCEEDED
    assert [one.reference for one in bench.taken()] == ["c1:1", "c1:2"]
    assert bench.processor.detach(method) == bench.processor.detach(method) == Outcome.SUCCEEDED
    assert bench.processor.look_up_method(method.method).outcome == Outcome.NOT_FOUND
    third = bench.processor.prepare(order(reference="c1:3"), "p3").remote_id
    assert execute(bench, third, Source(method=method), "e3", present=False).outcome == Outcome.DECLINED_HARD


def test_an_absent_reader_who_is_asked_gets_a_page(bench: Bench):
    if bench.processor.capabilities.flow != Flow.FIELDS:
        pytest.skip("Only where a card is typed into fields.")
    asked = provoked(lambda: bench.processor.save_method(bench.token(Payer.ASKED), "s1", BACK))
    provoked(lambda: bench.bank_agrees(asked.action_url))
    saved = bench.processor.look_up_saving(asked.remote_id)
    assert saved.outcome == Outcome.SUCCEEDED
    remote_id = bench.processor.prepare(order(), "p1").remote_id
    fact = execute(bench, remote_id, Source(method=saved.method), present=False)
    assert fact.outcome == Outcome.ACTION_REQUIRED
    assert bench.processor.look_up(remote_id).action_url
    assert bench.taken() == []


@pytest.mark.parametrize("agrees", [True, False])
def test_a_bank_that_asks_before_a_card_is_saved_decides_it(bench: Bench, agrees: bool):
    if not isinstance(bench.processor, AsksBeforeSaving):
        pytest.skip("No bank is asked before something is saved here.")
    asked = bench.processor.save_method(bench.token(Payer.ASKED), "s1", BACK)
    assert (asked.outcome, asked.method, bool(asked.action_url)) == (Outcome.ACTION_REQUIRED, None, True)
    assert bench.processor.save_method(bench.token(Payer.APPROVED), "s2", BACK).method is not None
    assert bench.processor.look_up_saving(asked.remote_id) == asked
    bench.bank_agrees(asked.action_url, agrees=agrees)
    after = bench.processor.look_up_saving(asked.remote_id)
    assert after.outcome == (Outcome.SUCCEEDED if agrees else Outcome.DECLINED_HARD)
    assert after.decline_code == ("" if agrees else "authentication_failed")
    assert (after.method is not None) == agrees
    assert bench.processor.cancel_saving(asked.remote_id, "c1").method == after.method
    assert bench.taken() == []


def test_saving_a_card_that_was_given_up_saves_nothing(bench: Bench):
    if not isinstance(bench.processor, AsksBeforeSaving):
        pytest.skip("No bank is asked before something is saved here.")
    asked = bench.processor.save_method(bench.token(Payer.ASKED), "s1", BACK)
    for _twice in range(2):
        assert bench.processor.cancel_saving(asked.remote_id, "c1").outcome == Outcome.CANCELLED
    bench.bank_agrees(asked.action_url)
    assert bench.processor.look_up_saving(asked.remote_id).outcome == Outcome.CANCELLED
    assert bench.processor.look_up_saving("set_not_there").outcome == Outcome.NOT_FOUND


def test_a_card_that_fails_at_its_renewal_is_tried_again_later(bench: Bench):
    method = pay(bench, Payer.FAILS_LATER, save=True).method
    renewal = bench.processor.prepare(order(reference="c1:2"), "p2").remote_id
    fact = execute(bench, renewal, Source(method=method), "e2", present=False)
    assert fact.outcome == Outcome.DECLINED_SOFT
    assert bench.taken() == taken(500)


def test_a_webhook_is_a_hint_the_same_each_time_and_forged_ones_are_none(bench: Bench):
    fact = pay(bench)
    headers, body, now = provoked(lambda: bench.webhook(fact.remote_id))
    first = bench.processor.verify_webhook(headers, body, now)
    assert [(hint.kind, hint.object_id) for hint in first] == [(ObjectKind.INTENT, fact.remote_id)]
    assert bench.processor.verify_webhook(headers, body, now) == first
    for altered in (body + b" ", body.replace(b"evt_1", b"evt_2")):
        with pytest.raises(BadSignature):
            bench.processor.verify_webhook(headers, altered, now)
    with pytest.raises(BadSignature):
        bench.processor.verify_webhook({}, body, now)


def test_what_is_fetched_does_not_depend_on_how_often_or_in_which_order(bench: Bench):
    one = pay(bench)
    remote_id, source = bench.ready(order(reference="c2:1"), "p2", Payer.HARD)
    execute(bench, remote_id, source, "e2")
    forth = [bench.processor.look_up(name) for name in (one.remote_id, remote_id, remote_id)]
    back = [bench.processor.look_up(name) for name in (remote_id, remote_id, one.remote_id)]
    assert forth == back[::-1]
    assert bench.taken() == taken(500)


def test_news_is_polled_on_from_a_cursor(bench: Bench):
    if not bench.processor.capabilities.payouts:
        pytest.skip("This bench has no list of news.")
    fact = pay(bench)
    hints, cursor = bench.processor.poll("")
    assert (ObjectKind.INTENT, fact.remote_id) in [(hint.kind, hint.object_id) for hint in hints]
    assert bench.processor.poll(cursor) == ([], cursor)


def test_the_books_add_up_and_are_read_on_from_a_line(bench: Bench):
    if not bench.processor.capabilities.payouts:
        pytest.skip("This bench has no books.")
    fact = pay(bench)
    bench.processor.refund(fact.charge_id, Money(100, "USD"), "r1")
    lines = list(bench.processor.balance_lines(""))
    moved = sum(line.amount_minor - line.fee_minor for line in lines)
    assert dict(bench.processor.balance()) == {"USD": moved}
    assert lines[0].source == fact.charge_id
    assert list(bench.processor.balance_lines(lines[0].cursor)) == lines[1:]
    assert list(bench.processor.balance_lines(lines[-1].cursor)) == []


def test_a_flow_that_is_not_its_own_is_refused(bench: Bench):
    if bench.processor.capabilities.flow != Flow.FIELDS:
        pytest.skip("It has pages of its own.")
    urls = ReturnUrls(BACK, BACK)
    assert bench.processor.start_checkout(order(), "k", urls).outcome == Outcome.REJECTED
    assert bench.processor.read_approval("pi_1") is None
