"""A real installation behind TLS."""

from mainstay.core.errors import WrongSettings

from .base import *  # noqa: F403
from .base import SECRET_KEY

if len(SECRET_KEY) < 40:
    raise WrongSettings(
        "MAINSTAY_SECRET_KEY is missing or short. docs/how-to/run-on-a-server.md makes one, of 67 characters."
    )

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
