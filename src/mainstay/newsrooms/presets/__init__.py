"""Rules for countries to begin with: one TOML file for each situation, with dated reasons.

A preset is a beginning, not legal advice: each newsroom looks at it with its lawyer, and again every 180 days.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mainstay.core.errors import WrongSettings

from ..policy import Rule, State

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of rules, each with its reason. `written_on` is the day on which somebody last checked them."""

    name: str
    title: str
    written_on: date
    rules: dict[str, tuple[Rule, str]]


def names() -> list[str]:
    """The presets there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def preset(name: str) -> Preset:
    """The preset of that name. Raises `WrongSettings` when there is none."""
    if name not in names():
        raise WrongSettings(f"There is no preset {name!r}. There are: {', '.join(names())}.")
    content = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rules = {
        country: (
            Rule(
                State(one["state"]),
                one.get("recurring", True),
                one.get("mail", True),
                one.get("share", False),
                one.get("unnamed", False),
            ),
            f"{one['reason']} ({content['written_on'].isoformat()})",
        )
        for country, one in content["countries"].items()
    }
    return Preset(name, content["title"], content["written_on"], rules)
