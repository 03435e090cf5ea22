"""What the card page loads for Stripe: our own small script, which fetches Stripe's after a click, from Stripe."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from django.templatetags.static import static

from mainstay.contributions.port import CardPage

SCRIPT_ADDRESS = "https://js.stripe.com/endive/stripe.js?advancedFraudSignals=false"
"""Stripe wants its script fetched from its own host, and by a version's name."""
LETS_IN = {
    "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
    "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    "connect-src": ("https://api.stripe.com",),
    "form-action": ("https://hooks.stripe.com", "https://pm-redirects.stripe.com"),
}
"""https://docs.stripe.com/security/guide#content-security-policy, and where a confirmed payment may lead on to."""


def card_page(public_key: str, methods: Sequence[str], script_address: str) -> CardPage:
    """`script_address` is Stripe's script; a test's stand-in brings its own origin."""
    parts = urlsplit(script_address)
    origin = f"{parts.scheme}://{parts.netloc}"
    query = urlencode({"company": script_address, "methods": ",".join(methods)})
    usual = script_address == SCRIPT_ADDRESS
    return CardPage(
        script_url=f"{static('stripe/card.js')}?{query}",
        origin=origin,
        public_key=public_key,
        lets_in=LETS_IN if usual else dict.fromkeys(LETS_IN, (origin,)),
    )
