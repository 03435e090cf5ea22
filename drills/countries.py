"""What the drills about countries share: a house, a newsroom in it, and a payment company that counts what it is asked.

A token of this company says what it stands for: `RU.card.17` is a card from Russia, `--.wallet.3` one of no known
country, `gone.5` one that has expired.
"""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SLUG, PROCESSOR = "far-shore", "near"
NOWHERE = "--"


def set_up() -> Any:
    """Migrates, founds the newsroom with rules for two countries, and puts the counting company behind the port.

    Returns the newsroom. The company is `company()`.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from mainstay.core.clock import clock
    from mainstay.newsrooms.found import Founding, found_newsroom
    from mainstay.processors import registry

    call_command("migrate", interactive=False, verbosity=0)
    founding = Founding(
        slug=SLUG,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url="https://farshore.example/",
        mail_from="letters@farshore.example",
        sandbox=True,
    )
    root = Path(settings.MAINSTAY_KEYS)
    newsroom = found_newsroom(
        founding, keys_root=root, passphrase="five quiet words", today=clock.now().date()
    )
    account = newsroom.processor_accounts.create(processor=PROCESSOR, label="Near")
    secrets = f'[accounts."{account.pk}"]\napi_key = "x"\n'
    Path(settings.MAINSTAY_SECRETS_FILE).write_text(secrets, encoding="utf-8")
    registry.adapters()[PROCESSOR] = SimpleNamespace(make=_counting_company())  # type: ignore[assignment]
    return newsroom


def company() -> Any:
    """The one company of this process; `asked` counts calls by name, but not those that read a token."""
    from mainstay.newsrooms.models import ProcessorAccount
    from mainstay.processors.registry import adapter_for

    return adapter_for(ProcessorAccount.objects.get(processor=PROCESSOR))


def _counting_company() -> Any:
    from benchmarks.load.near_company import NearCompany
    from mainstay.contributions.port import (
        CardPage,
        MethodFact,
        Order,
        Outcome,
        RemoteFact,
        Source,
        TokenView,
    )

    class Counting(NearCompany):
        """The near company, counting, with a country for every token."""

        def __init__(self, config: Any) -> None:
            super().__init__()
            self.asked: Counter[str] = Counter()
            self.charged_methods: Counter[str] = Counter()

        def card_page(self) -> CardPage:
            """On a host that nobody visits."""
            return CardPage("https://near.example/x.js", "https://near.example", "pk")

        def read_token(self, token: str) -> TokenView | None:
            """What the token says of itself."""
            country, _dot, rest = token.partition(".")
            if country == "gone" or not rest:
                return None
            return TokenView(None if country == NOWHERE else country, rest.partition(".")[0])

        def prepare(self, order: Order, key: str) -> RemoteFact:
            """Counted."""
            self.asked["prepare"] += 1
            return super().prepare(order, key)

        def execute(
            self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
        ) -> RemoteFact:
            """Counted, with the method that was charged."""
            self.asked["execute"] += 1
            if source.method:
                self.charged_methods[source.method.method] += 1
            return super().execute(remote_id, source, key, return_url, reader_present)

        def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
            """Counted."""
            self.asked["save_method"] += 1
            return super().save_method(token, key, return_url)

        def cancel(self, remote_id: str, key: str) -> RemoteFact:
            """Counted."""
            self.asked["cancel"] += 1
            return RemoteFact(Outcome.CANCELLED, remote_id=remote_id)

    return Counting
