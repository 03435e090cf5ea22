"""Letters handed to the mail server are kept in order and read as they were written."""

import smtplib
import socket
from email.message import EmailMessage

from mainstay_demo import mailbox
from mainstay_demo.letterbox import start_letterbox


def test_letters_are_kept_in_the_order_of_arrival(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    box = start_letterbox(tmp_path / "mailbox", port)
    try:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(letter("Первое", "Привет"))
            client.send_message(letter("Second", "It is the second one."))
    finally:
        box.stop()
    assert [kept.subject for kept in mailbox.newest(tmp_path / "mailbox")] == ["Second", "Первое"]
    assert [kept.number for kept in mailbox.newest(tmp_path / "mailbox", after=1)] == [2]
    first = mailbox.read(tmp_path / "mailbox", 1)
    assert first.body.strip() == "Привет"
    assert first.id_of_row == "7d3f0c52"


def test_an_empty_mailbox_and_a_missing_letter(tmp_path):
    assert mailbox.newest(tmp_path) == []
    assert mailbox.read(tmp_path, 7) is None


def letter(subject: str, words: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "letters@farshore.example"
    message["To"], message["Message-ID"] = "anna@letters.example", "<7d3f0c52@farshore.example>"
    message.set_content(words)
    return message
