"""Logs carry event names and counters, nothing that a reader typed and no address.

A record's arguments are dropped unless the logger is one of ours; an exception shows its class and where it was
raised, never its message or the values of variables.
"""

import logging
import traceback


class EventFormatter(logging.Formatter):
    """Writes `level logger event`, and for an exception the class and the lines of code it came through."""

    def format(self, record: logging.LogRecord) -> str:
        """The line to print. A foreign message is cut to its fixed text, if arguments stand beside it."""
        line = f"{record.levelname.lower()} {record.name} {_event(record)}".rstrip()
        if record.exc_info and record.exc_info[0]:
            line += f" | {record.exc_info[0].__name__} at {_places(record.exc_info[2])}"
        return line


def _event(record: logging.LogRecord) -> str:
    """A foreign message without arguments may be made of them already: Django prints a wrong host name so."""
    if record.name.startswith("mainstay"):
        return record.getMessage()
    return str(record.msg) if record.args else ""


def _places(trace: object) -> str:
    frames = traceback.extract_tb(trace)[-4:]  # type: ignore[arg-type]
    return " > ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames)
