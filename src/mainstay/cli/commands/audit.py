"""`mainstay audit`: checks that nobody changed the log of business actions, and prints its head."""

import argparse
import json

HELP = "Check the log of what staff did (verify), or print its head for the paper file (head)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and the head that was printed earlier."""
    parser.add_argument("do", choices=("verify", "head"), help="check the whole log, or print its last line")
    parser.add_argument(
        "--head", default="", help="a head printed earlier: finds lines cut off at the end, too"
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 when the log is whole; 1 with the first difference when it is not."""
    from mainstay.audit import verify

    if arguments.do == "head":
        _tell(arguments.json, {"head": str(verify.head())}, str(verify.head()))
        return 0
    known = verify.read_head(arguments.head) if arguments.head else None
    difference = verify.first_difference(known)
    if difference:
        _tell(arguments.json, {"whole": False, "difference": str(difference)}, str(difference))
        return 1
    head = verify.head()
    _tell(arguments.json, {"whole": True, "head": str(head)}, f"The log is whole. Its head: {head}")
    return 0


def _tell(as_json: bool, facts: dict[str, object], sentence: str) -> None:
    print(json.dumps(facts) if as_json else sentence)
