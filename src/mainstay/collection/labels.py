"""Where a contribution came from, as the message's link says it, and the draft that a reader is filling in."""

import re
from dataclasses import dataclass, field

from mainstay.core.money import Money

SOMEWHERE = "+"
"""A warning was accepted, and the country that it was about is nobody's business."""

_WRITTEN = re.compile(r"(\d{1,9})\.([a-z0-9-]{1,40})\.([a-z0-9-]{1,20})(?:\.([a-z0-9-]{1,20}))?")


@dataclass(frozen=True, slots=True)
class Label:
    """`src=<epoch>.<campaign>.<variant>.<section>`, and nothing else. Empty when there is none."""

    epoch: int | None = None
    campaign: str = ""
    variant: str = ""
    section: str = ""

    @classmethod
    def read(cls, written: str) -> "Label":
        """The label behind the text; text that is no label gives an empty one."""
        match = _WRITTEN.fullmatch(written)
        if match is None:
            return cls()
        return cls(int(match[1]), match[2], match[3], match[4] or "")

    @property
    def written(self) -> str:
        """The label as text, "" when it is empty."""
        if self.epoch is None:
            return ""
        parts = [str(self.epoch), self.campaign, self.variant, self.section]
        return ".".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader has chosen before anything is written down.

    `warned` is the country whose warning they accepted, or `SOMEWHERE` when no country is to be named. `for_another`
    says that they give in the name of a reader who can't. `way` is the account that they chose to pay through, by its
    key, or "" for the first that takes the gift.
    """

    frequency: str
    amount: Money
    language: str
    label: Label = field(default_factory=Label)
    mail: str = ""
    warned: str = ""
    for_another: bool = False
    way: str = ""
