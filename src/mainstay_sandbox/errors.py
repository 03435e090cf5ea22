"""What the payment company says when it refuses a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One field of a card that cannot be right: which field, a code for programs, a sentence for people."""

    field: str
    code: str
    message: str


class Refused(Exception):
    """A call that is refused before anything happened: the transaction around it is rolled back.

    A bank's decline is not one of these: it is an answer, and what it changed stays.
    """

    def __init__(self, status: int, code: str, message: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)

    def body(self) -> dict[str, Any]:
        """The JSON answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.problems:
            error["field"] = self.problems[0].field
            error["fields"] = [vars(problem) for problem in self.problems]
        return {"error": error}


def not_found(what: str) -> Refused:
    """404 for an object that does not exist, or that belongs to another account."""
    return Refused(404, "not_found", f"There is no such {what}.")
