"""Proposing an export of addresses, a second admin, and the file from a real vault's door."""

import pyrage
import pytest
from django.urls import reverse

from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Proposal
from mainstay.vault import client

from .conftest import PASSWORD, browser_of

KEY = str(pyrage.x25519.Identity.generate().to_public())
WISH = {"receiver": KEY, "reason": "moving to a new list"}


@pytest.fixture
def owl(staff, newsroom):
    """Another admin, signed in."""
    return browser_of(make_staff("admin-owl", PASSWORD, newsroom, "admin"))


@pytest.fixture
def asked(monkeypatch):
    """What the worker was asked; it gives a file."""
    calls = []

    def export(path, slug, proposal_id, *, actor):
        calls.append((slug, proposal_id, actor))
        return b"age-encryption.org/v1"

    monkeypatch.setattr(client, "export", export)
    return calls


def test_a_proposal_says_why_and_for_which_key(admin, owl):
    page = admin.post(reverse("desk:propose_export"), WISH, follow=True).content.decode()
    assert "Proposed. When another admin" in page
    seen = owl.get(reverse("desk:approvals")).content.decode()
    assert KEY in seen
    assert "moving to a new list" in seen
    assert "Refuse" in seen


@pytest.mark.parametrize("wrong", [{"receiver": "age1nothing"}, {"reason": "x"}, {"receiver": ""}])
def test_a_wrong_field_is_said_and_proposes_nothing(admin, newsroom, wrong):
    page = admin.post(reverse("desk:propose_export"), {**WISH, **wrong})
    assert page.status_code == 400
    assert 'class="error"' in page.content.decode()
    assert not Proposal.objects.exists()


def test_the_file_is_fetched_by_who_proposed_it(admin, owl, newsroom, asked):
    admin.post(reverse("desk:propose_export"), WISH)
    proposal = Proposal.objects.get()
    fetch = reverse("desk:fetch_export", args=[proposal.pk])
    assert fetch not in admin.get(reverse("desk:approvals")).content.decode()
    owl.post(reverse("desk:decide", args=[proposal.pk]), {"do": "approve"})
    assert fetch in admin.get(reverse("desk:approvals")).content.decode()
    assert fetch not in owl.get(reverse("desk:approvals")).content.decode()
    answer = admin.post(fetch)
    assert answer.content == b"age-encryption.org/v1"
    assert answer["Content-Disposition"].endswith('.csv.age"')
    assert asked == [("far-shore", proposal.pk, "admin-bird")]


def test_what_the_worker_refuses_is_said(admin, owl, monkeypatch):
    def refuse(*_arguments, **_named):
        raise client.VaultRefused("an internal sentence", "approval")

    monkeypatch.setattr(client, "export", refuse)
    admin.post(reverse("desk:propose_export"), WISH)
    fetch = reverse("desk:fetch_export", args=[Proposal.objects.get().pk])
    page = admin.post(fetch, follow=True).content.decode()
    assert "This export was not approved" in page
    assert "internal" not in page


def test_a_desk_left_open_neither_approves_nor_fetches(admin, owl, newsroom, asked):
    admin.post(reverse("desk:propose_export"), WISH)
    proposal = Proposal.objects.get()
    for browser, name in ((owl, "decide"), (admin, "fetch_export")):
        session = browser.session
        session["entered"] = "2020-01-01T00:00:00+00:00"
        session.save()
        answer = browser.post(reverse(f"desk:{name}", args=[proposal.pk]), {"do": "approve"})
        assert "again=yes" in answer.url
    assert Proposal.objects.get().state == "waiting"
    assert asked == []
