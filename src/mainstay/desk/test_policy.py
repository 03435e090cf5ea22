"""Countries and the second person at the desk."""

import pytest
from django.urls import reverse

from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import CountryRule, Proposal

from .conftest import PASSWORD, browser_of


@pytest.fixture
def second(staff, newsroom):
    """Another admin, signed in."""
    return browser_of(make_staff("admin-owl", PASSWORD, newsroom, "admin"))


def save(browser, code, state, **fields):
    return browser.post(
        reverse("desk:country", args=[code]), {"state": state, "reason": "a law", **fields}, follow=True
    )


def test_one_admin_tightens_at_once(admin, newsroom):
    assert "refused from now on" in save(admin, "RU", "refuse").content.decode()
    page = admin.get(reverse("desk:countries")).content.decode()
    assert "Russia" in page
    assert "To be looked at again on" in page


def test_two_loosen_and_everybody_sees_it_coming(admin, second, editor, newsroom):
    save(admin, "RU", "refuse")
    assert "another admin has to approve" in save(admin, "RU", "warn", share="on").content.decode()
    assert "Country Russia: “Warn”" in editor.get(reverse("desk:today")).content.decode()
    decide = reverse("desk:decide", args=[Proposal.objects.get().pk])
    own = admin.post(decide, {"do": "approve"}, follow=True).content.decode()
    assert "needs a second person" in own
    assert CountryRule.objects.get().state == "refuse"
    assert "carried out" in second.post(decide, {"do": "approve"}, follow=True).content.decode()
    row = CountryRule.objects.get()
    assert (row.state, row.share, row.recurring) == ("warn", True, False)


def test_a_proposal_can_be_taken_back(admin, second, newsroom):
    save(admin, "RU", "refuse")
    save(admin, "RU", "allow")
    decide = reverse("desk:decide", args=[Proposal.objects.get().pk])
    assert "Taken back" in admin.post(decide, {"do": "withdraw"}, follow=True).content.decode()
    assert "no longer waits" in second.post(decide, {"do": "approve"}, follow=True).content.decode()
    assert CountryRule.objects.get().state == "refuse"


def test_another_newsrooms_proposal_is_not_there(admin, newsroom):
    from mainstay.reports import example_rows as rows

    theirs = Proposal.objects.create(
        newsroom=rows.newsroom("elsewhere"), kind="country.less_strict", proposed_by="x", day="2026-01-01"
    )
    assert admin.post(reverse("desk:decide", args=[theirs.pk]), {"do": "approve"}).status_code == 404


def test_the_preview_shows_the_readers_own_words(admin, newsroom):
    page = admin.get(reverse("desk:country", args=["KZ"])).content.decode()
    assert "Kazakhstan, where you have your card or your home" in page
    assert "Kazakhstan, with which you have ties" in page
    assert "You matter more to us than any gift." in page
    assert admin.get(reverse("desk:country", args=["QQ"])).status_code == 404


def test_presets_strictness_and_the_review(admin, newsroom):
    change = reverse("desk:change_policy")
    admin.post(change, {"do": "preset", "preset": "by"})
    admin.post(change, {"do": "strict"})
    newsroom.refresh_from_db()
    assert newsroom.strict_countries
    CountryRule.objects.update(review_on="2020-01-01")
    assert "want to be looked at again" in admin.get(reverse("desk:today")).content.decode()
    admin.post(change, {"do": "reviewed"})
    assert "want to be looked at again" not in admin.get(reverse("desk:today")).content.decode()
    admin.post(change, {"do": "not_strict"})
    newsroom.refresh_from_db()
    assert newsroom.strict_countries
    assert "you can approve it from" in admin.get(reverse("desk:approvals")).content.decode()
