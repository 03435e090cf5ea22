"""Sessions exist for staff alone: outside /desk/ no session is read or set."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class StaffSession:
    """Django's session and authentication, for /desk/ only."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.with_session = cast(Answer, SessionMiddleware(AuthenticationMiddleware(get_response)))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/desk/"):
            return self.with_session(request)
        return self.get_response(request)
