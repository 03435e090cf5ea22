"""Pages for what went wrong: each says what happened, that nothing is lost, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection did not match: usually a page that lay open for too long."""
    return render(request, "site/form_expired.html", {"beginning": _beginning(request)}, status=403)


def _beginning(request: HttpRequest) -> str:
    """Where the pages begin that the form belongs to; empty when they have no beginning."""
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    if request.path.startswith("/desk/"):
        return reverse("desk:today")
    if slug is None or not request.path.startswith(("/support/", "/my/")):
        return ""
    page = reverse("my-entry" if request.path.startswith("/my/") else "support:choose", args=[slug])
    return f"{page}?language={request.LANGUAGE_CODE}"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No page has this address."""
    return render(request, "site/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke on our side; the page says so without details."""
    return render(request, "site/failed.html", status=500)
