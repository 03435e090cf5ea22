"""A newsroom in which there is something of everything, and browsers that may open it."""

from types import SimpleNamespace

import pytest
from django.test import Client

from benchmarks.load import near_company
from mainstay.collection.models import Payment
from mainstay.contributions.port import BadSignature
from mainstay.core.clock import clock
from mainstay.core.ids import code_hash, new_code
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.found import make_staff
from mainstay.processors import registry

CODE = new_code()
PASSWORD = "four unrelated words here"


class Company(near_company.NearCompany):
    """Approves everything, and has never sent a webhook."""

    def verify_webhook(self, headers, body, now):
        raise BadSignature("Not ours.")


@pytest.fixture(autouse=True)
def _no_brake():
    forget_all()
    yield
    forget_all()


@pytest.fixture
def house(newsroom, monkeypatch, settings, tmp_path):
    """The newsroom, with an account, a promise that was paid once, and an admin. `words` name them in addresses."""
    monkeypatch.setitem(registry.adapters(), "near", SimpleNamespace(make=lambda config: Company()))
    account = newsroom.processor_accounts.create(processor="near", label="Near")
    settings.MAINSTAY_SECRETS_FILE = str(tmp_path / "secrets.toml")
    (tmp_path / "secrets.toml").write_text(f'[accounts."{account.pk}"]\napi_key = "x"\n')
    today = newsroom.today(clock.now())
    promise = newsroom.contributions.create(
        account=account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        state="active",
        language="en",
        started_on=today,
        anchor=today,
        next_due_date=today,
        code_hash=code_hash(CODE),
    )
    payment = Payment.objects.create(
        newsroom=newsroom,
        account=account,
        contribution=promise,
        gross_minor=500,
        currency="USD",
        fee_minor=10,
        day=today,
        frequency="monthly",
        remote_hash="0" * 64,
    )
    staff = make_staff("admin-bird", PASSWORD, newsroom, "admin")
    words = {
        "contribution_id": promise.pk,
        "page_id": promise.pk,
        "payment_id": payment.pk,
        "account_id": account.pk,
        "staff_id": staff.pk,
    }
    return SimpleNamespace(newsroom=newsroom, staff=staff, words={k: str(v) for k, v in words.items()})


@pytest.fixture
def reader(house):
    """A reader whose own page is open, and who has begun a checkout."""
    client = Client(raise_request_exception=False)
    client.post("/my/far-shore/", {"code": CODE})
    client.post("/support/far-shore/", {"frequency": "once", "currency": "USD", "amount_once": "500"})
    return client


@pytest.fixture
def admin(house):
    client = Client(raise_request_exception=False)
    client.staff = house.staff
    come_back(client)
    return client


def come_back(client):
    """Some addresses sign out."""
    if hasattr(client, "staff"):
        client.force_login(client.staff)
