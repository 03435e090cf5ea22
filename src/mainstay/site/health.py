"""`/healthz` and `/metrics`, for whoever runs the installation. To everybody else there is no such page."""

import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.core.clock import clock
from mainstay.jobs.heartbeat import last_seen
from mainstay.reports.metrics import metrics, prometheus

View = Callable[[HttpRequest], HttpResponse]
OURSELVES = ("127.0.0.1", "::1")
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_VIA")
"""A proxy on this machine sets one of these; then the caller is not this machine, whatever the address says."""


def for_watchers(view: View) -> View:
    """Answers this machine, and whoever shows `MAINSTAY_WATCH_TOKEN`. Raises `Http404` for the others."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if not (_shows_token(request) or _is_this_machine(request)):
            raise Http404
        return view(request)

    return require_safe(guarded)


def _shows_token(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.MAINSTAY_WATCH_TOKEN}".encode()
    shown = request.headers.get("Authorization", "").encode()
    return bool(settings.MAINSTAY_WATCH_TOKEN) and hmac.compare_digest(wanted, shown)


def _is_this_machine(request: HttpRequest) -> bool:
    """Not where there is an onion address: Tor hands its callers on from this machine, and they say what they like."""
    if settings.MAINSTAY_ONION:
        return False
    forwarded = any(name in request.META for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in OURSELVES and not forwarded


@for_watchers
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503. Tells how long no worker beat."""
    try:
        missing = _migrations_missing()
        seen = last_seen(clock.now())
    except DatabaseError:
        return _text("the database does not answer\n", 503)
    age = "never" if seen is None else f"{(clock.now() - seen).total_seconds():.0f} seconds ago"
    health = f"{missing} migrations are missing" if missing else "ok"
    return _text(f"{health}\nlast worker: {age}\n", 503 if missing else 200)


@for_watchers
def show_metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format."""
    answer = _text(prometheus(metrics(clock.now())), 200)
    answer.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return answer


def _migrations_missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _text(body: str, status: int) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
