"""`POST /hooks/<processor>/<account>/`: what a processor tells us. Stored before it is answered, and never believed.

200: stored, or nothing for us in it. 400: the signature doesn't hold. 404: no such account. 413: over 1 MB. 503: not
stored, please tell us again. Logs carry the event's name alone.
"""

import logging
import uuid

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mainstay.collection.inbox import receive
from mainstay.collection.watch import heard
from mainstay.contributions.port import BadSignature
from mainstay.core.clock import clock
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import adapter_for

log = logging.getLogger("mainstay.hooks")
LARGEST_BODY_BYTES = 1_000_000


@csrf_exempt
@require_POST
def hook(request: HttpRequest, processor: str, account_id: uuid.UUID) -> HttpResponse:
    """Checks the signature over the raw body, stores the hints, and answers. Makes no call."""
    account = get_object_or_404(ProcessorAccount, pk=account_id, processor=processor)
    body = request.read(LARGEST_BODY_BYTES + 1)
    if len(body) > LARGEST_BODY_BYTES:
        return _answer(413, "hook too large")
    headers = {name.lower(): value for name, value in request.headers.items()}
    now = clock.now()
    try:
        events = adapter_for(account).verify_webhook(headers, body, now)
    except BadSignature:
        return _answer(400, "hook signature refused")
    try:
        receive(account, events, now)
        heard(account, now)
    except DatabaseError:
        return _answer(503, "hook not stored")
    return HttpResponse(status=200)


def _answer(status: int, event: str) -> HttpResponse:
    log.warning(event)
    return HttpResponse(status=status)
