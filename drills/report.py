"""What a drill hands back: counts, and every difference with the number that replays it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Report:
    """The result of one drill. It went well when there is no difference."""

    name: str
    counts: Mapping[str, int | float] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether everything was as it must be."""
        return not self.differences
