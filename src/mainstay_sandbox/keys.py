"""Idempotency keys: the same call under the same key happens once, for 24 hours."""

import hashlib
import json
from collections.abc import Callable

from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import insert
from mainstay_sandbox.wire import Answer, Call

LIFE_SECONDS = 24 * 60 * 60
LONGEST_KEY = 255


def once(call: Call, perform: Callable[[Call], Answer]) -> Answer:
    """Perform the call, or repeat the first answer to the same key.

    Runs inside the call's transaction, so that the key and what it did are written together. An answer is
    kept when something was decided (2xx, and a bank's decline); a refused call leaves the key free.
    Raises 409 `idempotency_mismatch` for a key that was used for something else.
    """
    key = call.request.headers.get("idempotency-key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused(
            400, "idempotency_key_required", "This call needs an Idempotency-Key of 1 to 255 characters."
        )
    first = _first_answer(call, key)
    if first is not None:
        return first
    answer = perform(call)
    _keep(call, key, answer)
    return answer


def _first_answer(call: Call, key: str) -> Answer | None:
    call.connection.execute("DELETE FROM idempotency_keys WHERE made_at <= ?", (call.now - LIFE_SECONDS,))
    row = call.connection.execute(
        "SELECT * FROM idempotency_keys WHERE account_id = ? AND key = ?", (call.caller.account_id, key)
    ).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != _fingerprint(call):
        raise Refused(
            409, "idempotency_mismatch", "This Idempotency-Key was used for a call with other parameters."
        )
    what = "The same call came again under the same key; the first answer was repeated"
    return Answer(row["status"], json.loads(row["body"]), what)


def _keep(call: Call, key: str, answer: Answer) -> None:
    insert(
        call.connection,
        "idempotency_keys",
        account_id=call.caller.account_id,
        key=key,
        fingerprint=_fingerprint(call),
        status=answer.status,
        body=json.dumps(answer.body),
        made_at=call.now,
    )


def _fingerprint(call: Call) -> str:
    what = [call.request.method, call.request.path, call.parameters]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
