"""What the desk's tests ask for: a newsroom, one member of staff for each role, and somebody signed in."""

import pytest
from django.test import Client

from mainstay.core.clock import clock
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.found import make_staff
from mainstay.reports import example_rows as rows

PASSWORD = "four unrelated words here"


@pytest.fixture(autouse=True)
def _fresh_buckets():
    """Attempts of one test don't count against the next."""
    forget_all()


@pytest.fixture
def newsroom(db):
    return rows.newsroom()


@pytest.fixture
def staff(newsroom):
    """One member of staff for each role, by the role's name."""
    return {
        role: make_staff(f"{role}-bird", PASSWORD, newsroom, role) for role in ("editor", "finance", "admin")
    }


def browser_of(member):
    """The browser of a member of staff who has just signed in."""
    client = Client()
    client.force_login(member)
    session = client.session
    session["entered"] = clock.now().isoformat()
    session.save()
    return client


@pytest.fixture
def sit(staff):
    """Signs a role in, just now, and returns its browser."""
    return lambda role: browser_of(staff[role])


@pytest.fixture
def finance(sit):
    return sit("finance")


@pytest.fixture
def admin(sit):
    return sit("admin")


@pytest.fixture
def editor(sit):
    return sit("editor")
