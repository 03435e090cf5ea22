"""`python -m mainstay_demo`: the whole demonstration, from one command, until Ctrl-C.

`python -m mainstay_demo reset` throws its data away.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from .places import Place
from .supervise import CannotStart, check_ports, interrupt_on_any_ending, prepare, running, stay

MARK = "demonstration"


def main() -> int:
    """Starts everything, or resets. Returns the exit code."""
    options = _parser().parse_args()
    place = Place(options.state.absolute(), options.port)
    try:
        if options.command == "reset":
            return reset(place)
        return start(place, options.history)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


def start(place: Place, history: str) -> int:
    """Makes what is missing, starts every process and stays. Returns 0 after Ctrl-C, 1 when a process ended."""
    interrupt_on_any_ending()
    check_ports(place)
    if not place.ready.exists():
        forget(place)
        print("The first start makes a newsroom and two years of its history.", flush=True)
        print(
            "It takes two to five minutes, on a busy machine up to fifteen. The next starts are quick.",
            flush=True,
        )
    place.state.mkdir(parents=True, exist_ok=True)
    (place.state / MARK).touch()
    (place.state / "static").mkdir(exist_ok=True)
    try:
        if not place.ready.exists() or place.ready.read_text(encoding="utf-8") != place.state_of_things():
            prepare(place, history)
        with running(place) as children:
            print(welcome(place), flush=True)
            ended = stay(children, place)
    except KeyboardInterrupt:
        return 0
    if ended:
        print(f"{ended} ended by itself. Everything else is stopped too.", file=sys.stderr)
    print("Stopped. The data is kept for the next start.")
    return 1 if ended else 0


def reset(place: Place) -> int:
    """Throws the data away."""
    forget(place)
    print("The demonstration's data is gone. The next start makes a new newsroom.")
    return 0


def forget(place: Place) -> None:
    """Removes the folder, if it is a demonstration's. Raises `CannotStart` for any other that is not empty."""
    if not place.state.exists():
        return
    if any(place.state.iterdir()) and not (place.state / MARK).exists():
        raise CannotStart(f"{place.state} is not a demonstration's folder, so nothing in it was touched.")
    shutil.rmtree(place.state)


def welcome(place: Place) -> str:
    """The few addresses and logins."""
    logins = json.loads((place.state / "logins.json").read_text(encoding="utf-8"))
    lines = [
        "",
        f"  The story      {place.mainstay}/",
        f"  An article     {place.site}/",
        f"  The mailbox    {place.mainstay}/demo/mailbox/",
        f"  The desk       {place.mainstay}/desk/",
        f"  The clock      {place.mainstay}/demo/clock/",
        "",
        "  Sign in at the desk as",
        *(f"    {role:<12} {password}" for role, password in logins.items()),
        "",
        "  No money moves. The worker opened the people key by itself, from a file;",
        "  in a real newsroom a person does that.",
        "",
        "  Ctrl-C stops everything and keeps the data.",
    ]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mainstay_demo", description="The demonstration of Mainstay."
    )
    parser.add_argument(
        "command", nargs="?", choices=["start", "reset"], default="start", help="start (default), or reset"
    )
    parser.add_argument("--port", type=int, default=8000, help="the first of four ports (8000)")
    parser.add_argument(
        "--state", type=Path, default=Path("var/demo"), help="the folder for its data (var/demo)"
    )
    parser.add_argument(
        "--history", choices=["full", "small"], default="full", help="how much history to make"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
