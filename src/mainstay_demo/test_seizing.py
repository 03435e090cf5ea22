"""The search of a seized copy finds an address wherever it lies, and not what lies elsewhere than on the server."""

import base64
import sqlite3

import pytest

from mainstay_demo import seizing
from mainstay_demo.places import Place

ADDRESS = "anna.winter@letters.example"
LETTER = f"To: {ADDRESS}\nSubject: Your receipt\nMessage-ID: <a@letters.example>\n\nThank you.\n"


@pytest.fixture
def place(tmp_path) -> Place:
    """A server's folder without the address, with a letter in its reader's mailbox."""
    place = Place(tmp_path / "state", 8000)
    (place.state / "mailbox").mkdir(parents=True)
    (place.state / "mailbox" / "000001.eml").write_text(LETTER)
    (place.state / "worker").mkdir()
    place.passphrase_file.write_text("a passphrase in somebody's head")
    (place.state / "secret_key").write_text("Q" * 48)
    place.company_file.write_text(f"the company has its own copy of {ADDRESS}")
    with sqlite3.connect(place.state / "mainstay.sqlite3") as connection:
        connection.execute("CREATE TABLE letters (payload TEXT)")
    connection.close()
    return place


def store(place: Place, text: str) -> None:
    with sqlite3.connect(place.state / "mainstay.sqlite3") as connection:
        connection.execute("INSERT INTO letters VALUES (?)", (text,))
    connection.close()


def test_nothing_is_found_on_the_server_and_every_leak_is(place):
    seized = seizing.seize(place, ADDRESS)
    assert seized.found == []
    assert seized.leaks_found == list(seizing.LEAKS)
    assert seized.letters == 1
    assert seized.done


@pytest.mark.parametrize(
    "written",
    [
        f"Dear {ADDRESS}",
        ADDRESS.upper(),
        ADDRESS.encode().hex(),
        base64.b64encode(f"x{ADDRESS}".encode()).decode(),
    ],
)
def test_the_address_in_the_database_is_found(place, written):
    store(place, written)
    seized = seizing.seize(place, ADDRESS)
    assert len(seized.found) == 1
    assert not seized.done


def test_an_address_that_nobody_wrote_to_shows_nothing(place):
    seized = seizing.seize(place, "nobody.at.all@letters.example")
    assert seized.found == []
    assert seized.letters == 0
    assert not seized.done


def test_the_search_itself_keeps_no_address(place):
    seizing._run(place, ADDRESS)
    kept = [path for path in place.state.rglob("*") if path.is_file() and path.name not in ("000001.eml",)]
    kept.remove(place.company_file)
    assert not any(ADDRESS.encode() in path.read_bytes() for path in kept)
    assert seizing.last_seizure(place).done


@pytest.mark.parametrize("text", ["", "anna", "a@b.c", "no address at all"])
def test_what_is_no_address_is_not_searched_for(place, text):
    assert not seizing.begin(place, text)
