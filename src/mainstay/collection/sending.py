"""Gifts that readers send by themselves: a transfer, an invoice. What the worker can do is ask, and see what came."""

from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.port import Flow, RemoteFact
from mainstay.processors.registry import adapter_for

WRITTEN = ("name", "iban", "bic", "reference")
"""The instructions that a letter has, in their order."""


def sends(contribution: Contribution) -> bool:
    """Whether the reader sends the money, so that nothing can be taken. Raises `WrongSettings`."""
    return adapter_for(contribution.account).capabilities.flow == Flow.PUSH


def how_to_send(attempt: Attempt) -> RemoteFact:
    """What the processor tells a reader who is to send what is due: `action_url` or `instructions`."""
    installment = attempt.installment
    return adapter_for(installment.contribution.account).look_up(installment.remote_id)


def letter_words(fact: RemoteFact) -> dict[str, str]:
    """What the letter says of how to send it: `invoice_url`, or the details of a transfer; "" for what is not there."""
    details = {key: fact.instructions.get(key, "") for key in WRITTEN}
    return {**details, "invoice_url": fact.action_url}
