"""What every answer to a reader keeps: small bodies, headers, the reader's language. No cookie is set here."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LARGEST_PUBLIC_BODY_BYTES = 8_000
Answer = Callable[[HttpRequest], HttpResponse]


class SmallBodies:
    """Refuses a body over 8 kB on public pages (the desk may send more)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length") or "0"
        public = not request.path.startswith(("/desk/", "/hooks/"))
        if public and (not length.isdigit() or int(length) > LARGEST_PUBLIC_BODY_BYTES):
            return HttpResponse("This is more than the page takes.", status=413, content_type="text/plain")
        return self.get_response(request)


class PlainText:
    """Refuses a NUL in what is asked or typed: no keyboard writes one, and PostgreSQL's texts can't hold it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Comes after the form's protection, which has read the form by then. Webhooks are no forms."""
        form = {} if request.path.startswith("/hooks/") else dict(request.POST.lists())
        typed = (*request.GET.lists(), *form.items())
        if any("\x00" in text for name, values in typed for text in (name, *map(str, values))):
            return HttpResponse(
                "This has a sign in it that can't be kept.", status=400, content_type="text/plain"
            )
        return None


class Headers:
    """Nothing is kept by a browser or a proxy unless the view says so."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        _offer_the_onion(request, response)
        return response


def _offer_the_onion(request: HttpRequest, response: HttpResponse) -> None:
    """Tor Browser then offers the same page at the onion address. https://community.torproject.org/onion-services/"""
    html = response.headers.get("Content-Type", "").startswith("text/html")
    if settings.MAINSTAY_ONION and html and not request.get_host().partition(":")[0].endswith(".onion"):
        response.headers["Onion-Location"] = settings.MAINSTAY_ONION + request.path


class ReaderLanguage:
    """`?language=` wins, else the browser's wish among the languages we have. No cookie."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wished = request.GET.get("language", "")
        known = {code for code, _name in settings.LANGUAGES}
        language = wished if wished in known else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response
