"""Notices by mail, through a real SMTP server on loopback."""

from __future__ import annotations

import email
import socket
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller

from domain import Event
from notify.base import DeliveryError
from notify.email import Email, message_for
from settings import MailSettings
from settings.notices import NoticeSettings

EVENT = Event("T-7|x1|email|a@example.org", "email", "a@example.org", 7, "Tiket T-7: Jalan (tinggi)", "Buka T-7.")


class Server:
    """Keeps what it accepts; answers RCPT with `refusal` where one is set."""

    def __init__(self, refusal: str = ""):
        self.refusal = refusal
        self.letters = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 aiosmtpd's name
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        self.letters.append(email.message_from_bytes(envelope.content))
        return "250 OK"


@contextmanager
def smtp(server):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield Email(Settings(port))
    finally:
        controller.stop()


class Settings:
    """The part of the settings that mail needs."""

    def __init__(self, port, host="127.0.0.1"):
        self.mail = MailSettings(host=host, port=port, sender="kentongan@example.org")
        self.notices = NoticeSettings()


def test_the_department_gets_number_and_desk():
    """A notice says which ticket and where to open it."""
    server = Server()
    with smtp(server) as transport:
        transport.send(EVENT)

    [letter] = server.letters
    assert (letter["To"], letter["Subject"]) == ("a@example.org", "Tiket T-7: Jalan (tinggi)")
    assert letter.get_payload().strip() == "Buka T-7."


def test_a_second_copy_carries_the_same_message_id():
    """After a crash a notice may go out twice; the mail program shows it once."""
    server = Server()
    with smtp(server) as transport:
        transport.send(EVENT)
        transport.send(EVENT)

    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"] is not None


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such user", True), ("451 try later", False)])
def test_a_refusal_says_whether_trying_again_makes_sense(answer, permanent):
    """A wrong address is reported to ops, a busy server is asked again."""
    with smtp(Server(answer)) as transport, pytest.raises(DeliveryError) as caught:
        transport.send(EVENT)

    assert caught.value.permanent is permanent


def test_a_server_that_is_not_there_is_asked_again():
    """No connection is a reason to wait, not to give up."""
    with pytest.raises(DeliveryError) as caught:
        Email(Settings(1)).send(EVENT)

    assert caught.value.permanent is False


def test_without_a_mail_host_the_notice_fails_for_good():
    """An empty mail.host is a setting to mend, not a server to wait for."""
    with pytest.raises(DeliveryError, match=r"mail\.host") as caught:
        Email(Settings(25, host="")).send(EVENT)

    assert caught.value.permanent is True


def test_a_line_break_in_a_subject_adds_no_header():
    """Nobody can smuggle a second receiver into a notice."""
    event = Event("k", "email", "a@example.org", 1, "Tiket\nBcc: b@example.org", "x")

    message = message_for(event, sender="kentongan@example.org")

    assert message["Bcc"] is None
    assert message["Subject"] == "Tiket Bcc: b@example.org"
