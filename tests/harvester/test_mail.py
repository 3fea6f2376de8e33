"""The mailbox connector on the wire: imaplib against a server that speaks IMAP, errors and slowness included."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from domain import Account, ConfigError
from harvester.base import AccountBlocked, RateLimited, Transient
from harvester.mail import PAGE_MAILS, Mail
from harvester.wire import Limits
from settings import PlatformSettings
from simulators.mailbox import Mailbox
from simulators.world import TOKENS, World
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import Clock, post, world_of

QUICK = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=1)
BOX = Account("mail:solo", "mail", "", "lapor@kota.example", "solo")


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Mailbox]]:
    monkeypatch.setenv("TEST_MAIL", TOKENS["mail"])
    with ExitStack() as stack:
        def start(world: World, **given: Any) -> Mailbox:
            box = Mailbox(world, **given)
            stack.callback(box.stop)
            return box
        yield start


def reading(box: Mailbox, limits: Limits | None = None, **account: Any) -> Harvest:
    return Harvest(Mail(settings_for(box.url, "TEST_MAIL"), limits=limits), dataclasses.replace(BOX, **account))


def letter(slug: str, at: str, text: str = "Lampu jalan mati", **given: Any) -> Any:
    return post(slug, at, text, on="mail", **given)





def test_a_mailbox_is_read_page_by_page_and_then_only_what_is_new(wired):
    clock = Clock()
    letters = [letter(f"surat-{n}", f"07:{n:02}", f"Laporan nomor {n}") for n in range(PAGE_MAILS + 5)]
    box = wired(world_of(*letters, letter("baru", "08:30", "yang baru"), clock=clock))
    there = reading(box)

    pages = there.cycle(clock.set("08:00"))
    again = there.cycle(clock.set("08:10"))
    new = there.cycle(clock.set("09:00"))

    assert [len(page.mentions) for page in pages] == [PAGE_MAILS, 5]
    assert [len(page.mentions) for page in again] == [0]  # `n:*` names the last mail again
    assert [m.text for page in new for m in page.mentions] == ["Laporan warga\n\nyang baru"]


@pytest.mark.parametrize("plain", [True, False])
def test_the_mailbox_is_left_as_it_is(wired, plain):
    """Read-only, and peeked at: staff who open it see what is unread. By PLAIN or by LOGIN."""
    clock = Clock()
    box = wired(world_of(letter("a", "07:00"), clock=clock), plain=plain)

    reading(box).cycle(clock.set("08:00"))

    assert {command.split()[0] for command in box.seen} <= {"CAPABILITY", "EXAMINE", "UID", "LOGOUT"}
    assert all("PEEK" in command for command in box.seen if "FETCH" in command)


def test_a_crash_between_two_pages_loses_and_doubles_nothing(wired):
    clock = Clock()
    box = wired(world_of(*[letter(f"s-{n}", f"07:{n:02}") for n in range(40)], clock=clock))
    before = reading(box)
    before.page(clock.set("08:00"))

    after = reading(box, cursor=before.account.cursor)
    after.cycle(clock.set("08:01"))

    assert len(before.stored) + len(after.stored) == 40
    assert not before.stored.keys() & after.stored.keys()


def test_a_mailbox_that_was_numbered_anew_is_read_again_and_gives_no_doubles(wired):
    """UIDVALIDITY changed: the numbers mean nothing any more, the Message-IDs do."""
    clock = Clock()
    box = wired(world_of(*[letter(f"s-{n}", f"07:{n:02}") for n in range(5)], letter("baru", "08:30"), clock=clock))
    there = reading(box)
    there.cycle(clock.set("08:00"))
    box.validity = 2

    pages = there.cycle(clock.set("09:00"))

    assert sum(len(page.mentions) for page in pages) == 6
    assert len(there.stored) == 6


def test_the_first_look_is_a_week_back(wired):
    clock = Clock()
    box = wired(world_of(letter("lama", "07:00"), clock=clock))
    there = reading(box)

    there.cycle(clock.set("08:00") + timedelta(days=9))

    assert there.stored == {}
    assert there.account.cursor  # and it goes on from there


def test_a_mail_that_cannot_be_read_costs_no_other(wired):
    clock = Clock()
    box = wired(world_of(letter("a", "07:00"), letter("rusak", "07:01"), letter("b", "07:02"), clock=clock))
    box.raw["rusak"] = b"Subject: \n\n   "

    page = reading(box).page(clock.set("08:00"))

    assert [m.native_id for m in page.mentions] == ["a@warga.example", "b@warga.example"]
    assert [q.reason for q in page.quarantined] == ["text: nothing that can be read"]


def test_a_mail_with_a_large_attachment_is_read_as_far_as_its_words(wired):
    clock = Clock()
    box = wired(world_of(letter("besar", "07:00"), clock=clock))
    box.raw["besar"] = (b"Message-ID: <x@y>\nFrom: a@b.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nSungai meluap\n"
                        b"--q\nContent-Type: image/jpeg; name=foto.jpg\nContent-Transfer-Encoding: base64\n\n" + b"A" * (5 << 20) + b"\n--q--\n")

    mention, = reading(box).page(clock.set("08:00")).mentions

    assert (mention.text, mention.media[0].alt) == ("Sungai meluap", "foto.jpg")


@pytest.mark.parametrize(("fault", "error"), [
    ("token", AccountBlocked), ("rate_limit", RateLimited), ("outage", Transient), ("html", Transient), ("truncate", Transient),
    ("hang", Transient), ("trickle", Transient)])
def test_every_failure_is_one_of_four_answers_and_the_next_turn_reads_on(wired, fault, error):
    """And none quotes what we logged in with."""
    clock = Clock()
    world = world_of(letter("a", "07:00", "x" * 300), clock=clock)
    box = wired(world)
    world.faults.add("mail:solo", fault, seconds=0.2 if fault == "trickle" else 5)
    there = reading(box, QUICK)

    with pytest.raises(error) as told:
        there.page(clock.set("08:00"))
    there.cycle(clock.set("08:01"))

    assert TOKENS["mail"] not in str(told.value) + repr(told.value.__cause__)
    assert len(there.stored) == 1


def test_a_wrong_password_a_missing_one_and_a_folder_that_is_not_there_need_a_person(wired, monkeypatch):
    clock = Clock()
    box = wired(world_of(clock=clock))
    folder = Mail(PlatformSettings(base_url=box.url + "/Aduan", token_env="TEST_MAIL"))

    with pytest.raises(AccountBlocked, match="folder"):
        folder.fetch(BOX, now=clock())
    monkeypatch.setenv("TEST_MAIL", "salah")
    with pytest.raises(AccountBlocked, match="kata sandi"):
        reading(box).page(clock())
    monkeypatch.setenv("TEST_MAIL_SOLO", TOKENS["mail"])
    assert reading(box).page(clock()).mentions == ()
    monkeypatch.delenv("TEST_MAIL")
    monkeypatch.delenv("TEST_MAIL_SOLO")
    with pytest.raises(AccountBlocked, match="belum ada") as told:
        reading(box).page(clock())
    assert "TEST_MAIL" in told.value.remedy


def test_nobody_answers(wired):
    box = wired(world_of())
    box.stop()

    with pytest.raises(Transient, match="ConnectionRefusedError"):
        reading(box).page(box.world.now())


def test_a_server_without_tls_is_refused_before_anything_is_said():
    for server in ("", "imap://imap.kota.example", "http://x"):
        with pytest.raises(ConfigError, match="imaps"):
            Mail(PlatformSettings(server=server))
    with pytest.raises(ConfigError, match="loopback"):
        Mail(PlatformSettings(base_url="imap://imap.kota.example"))
    assert os.environ.get("TEST_MAIL") is None
