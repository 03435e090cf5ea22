"""The root of all errors that Mainstay raises on purpose.

Each carries one sentence that tells the person who meets it what is wrong and what to do next.
"""


class MainstayError(Exception):
    """Something that Mainstay refuses to do; `str(error)` is a sentence that helps."""


class IllegalTransition(MainstayError):
    """A state machine was asked for a step that it does not have."""

    def __init__(self, what: str, before: str, after: str) -> None:
        super().__init__(f"A {what} can't go from {before!r} to {after!r}.")
        self.what, self.before, self.after = what, before, after


class WrongSettings(MainstayError):
    """A setting, key file or account is missing or does not fit; the sentence names it."""
