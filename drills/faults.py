"""What can go wrong with one call to the processor, as the program sees it: the transport of the drilled process."""

from dataclasses import dataclass
from enum import StrEnum

import httpx

from .boundaries import Send
from .company import EXECUTE, PREPARE, Shared
from .side import drilled


class Spoiled(StrEnum):
    """How a call goes wrong."""

    NOTHING = "nothing"
    TIMEOUT_BEFORE = "timeout before the processor acts"
    TIMEOUT_AFTER = "timeout after success"
    ERROR_AFTER = "500 after success"
    CUT = "connection cut in mid-answer"
    DECLINE = "decline"


@dataclass(frozen=True)
class Fault:
    """One call that goes wrong: the first of its name, in whichever process makes it."""

    spoiled: Spoiled
    call: str = EXECUTE

    def __str__(self) -> str:
        return f"{self.spoiled} at {self.call}" if self.spoiled != Spoiled.NOTHING else "no fault"


FAULTS = (
    Fault(Spoiled.NOTHING),
    *(Fault(spoiled) for spoiled in Spoiled if spoiled != Spoiled.NOTHING),
    *(Fault(spoiled, PREPARE) for spoiled in Spoiled if spoiled not in (Spoiled.NOTHING, Spoiled.DECLINE)),
)


def arm(fault: Fault, shared: Shared) -> None:
    """Before a story begins. A decline is the bank's own doing; the rest happens on the way."""
    shared.declines = int(fault.spoiled == Spoiled.DECLINE)
    shared.fault_left = fault.spoiled not in (Spoiled.NOTHING, Spoiled.DECLINE)


def spoiling(fault: Fault, shared: Shared) -> Send:
    """The transport's way of sending, with the fault in it while it is still to come."""
    usual = httpx.HTTPTransport.handle_request

    def send(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if not shared.fault_left or drilled().call_name(request) != fault.call:
            return usual(self, request)
        shared.fault_left = False
        if fault.spoiled == Spoiled.TIMEOUT_BEFORE:
            raise httpx.ReadTimeout("drilled: the request was never read", request=request)
        answer = usual(self, request)
        answer.read()
        if fault.spoiled == Spoiled.TIMEOUT_AFTER:
            raise httpx.ReadTimeout("drilled: the answer never came", request=request)
        if fault.spoiled == Spoiled.CUT:
            raise httpx.RemoteProtocolError("drilled: cut in mid-answer", request=request)
        return httpx.Response(500, text="drilled")

    return send
