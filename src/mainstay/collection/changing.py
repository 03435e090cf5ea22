"""Which ways a supporter has to go on: another card, another wallet, or the one in the place of the other."""

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow, ReturnUrls, SavesByApproval
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.ids import digest
from mainstay.processors.registry import adapter_for

from .checkout import Progress, Step
from .labels import Draft
from .ways import Way, ways_of


def ways_to_change(contribution: Contribution) -> list[Way]:
    """The account that it has, then others that could collect it. A promise that is being moved has one way.

    None for a reader who sends the money or signed a mandate: their bank has it under way, and they stop it there.
    """
    own = contribution.card_account
    try:
        first = Way(own, adapter_for(own))
    except WrongSettings:
        return []
    if not _saves(first):
        return []
    if contribution.moving_to:
        return [first]
    draft = Draft(contribution.frequency, contribution.amount, contribution.language)
    others = ways_of(contribution.newsroom, draft)
    return [first, *(way for way in others if way.account != own and _saves(way))]


def _saves(way: Way) -> bool:
    """Whether something can be saved there to collect with later, while nothing is paid."""
    return way.flow == Flow.FIELDS or isinstance(way.processor, SavesByApproval)


def send_to_save(contribution: Contribution, way: Way, urls: ReturnUrls) -> Progress:
    """`Step.ACTION` with the processor's page and what the reader approves there. Saves and charges nothing.

    Until another method is saved the same is given again, so that the way back needs to bring nothing.
    """
    if not isinstance(way.processor, SavesByApproval):
        return Progress(Step.TROUBLE, contribution)
    had = digest(bytes(contribution.method_sealed or b""), "wallet")[:16]
    try:
        fact = way.processor.start_saving(f"v1:{contribution.pk}:wallet:{had}", urls)
    except MainstayError:
        return Progress(Step.TROUBLE, contribution)
    if not fact.remote_id:
        return Progress(Step.TROUBLE, contribution)
    return Progress(Step.ACTION, contribution, action_url=fact.action_url, order=fact.remote_id)
