"""The drafted question: in the reporter's register, for what the post lacks, and never sent by the application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain import Author, Media
from inbox.asking import FRAMES, WANTED, draft, question
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, open_case


def view_of(store: Store, people: Any, text: str, *, media: tuple[Media, ...] = (), place: str = "", **seen: Any) -> Any:
    post = mention(text, platform="instagram", account=ACCOUNT, at=NOON, media=media,
                   author=Author("u1", "warga_contoh", "Warga Contoh"))
    view = store.ticket(people["alice"].actor, open_case(store, post, place=place))
    return replace(view, extraction={**view.extraction, **seen})


@pytest.mark.parametrize(("language", "register", "begins"), [
    ("id", None, "Terima kasih sudah"), ("mixed", None, "Terima kasih sudah"), ("jv", "ngoko", "Matur nuwun wis"),
    ("mixed", "krama", "Matur nuwun sampun"), ("jv", "krama", "Matur nuwun sampun"), ("jv", None, "Terima kasih sudah"),
    ("id", "krama", "Terima kasih sudah"), ("other", None, "Terima kasih sudah")])
def test_the_question_speaks_as_the_reporter_does(
    language: str, register: str | None, begins: str, store: Store, people: Any
) -> None:
    """Krama to who writes krama, ngoko to who writes ngoko, Indonesian to everybody else."""
    view = view_of(store, people, "Dalane rusak", language=language, register=register)

    asked = question(view, office="DPUPR Kota Surakarta")

    assert asked.text.startswith(begins)
    assert "DPUPR Kota Surakarta" in asked.text
    assert len(asked.others) == len(FRAMES) - 1
    assert asked.text not in {text for _, text in asked.others}


def test_it_asks_for_what_is_missing_and_nothing_else(store: Store, people: Any) -> None:
    """Where, when, a picture: whatever the post has is not asked again."""
    wanted = WANTED["id"]

    bare = question(view_of(store, people, "Jalan berlubang"), office="X").text
    full = question(view_of(store, people, "Jalan berlubang di Jebres sejak kemarin pukul 08.00", place="Jebres",
                            media=(Media("photo"),)), office="X").text
    answered = question(view_of(store, people, "Jalan berlubang"), office="X", answered=True).text

    assert all(words in bare for words in wanted.values())
    assert [key for key, words in wanted.items() if words in full] == ["place"]
    assert wanted["place"] not in answered


@pytest.mark.parametrize("register", list(FRAMES))
def test_a_draft_fits_every_platform_and_asks_for_no_personal_data(register: str) -> None:
    """Short enough for a comment of Instagram, and it tells people not to put numbers where all can read them."""
    text = draft(register, ("place", "time", "picture"), office="Dinas Pekerjaan Umum dan Penataan Ruang")

    assert len(text) <= 600
    assert "{" not in text
    assert "(3)" in text
    assert "telpon" in text or "telepon" in text


def test_a_draft_repeats_nothing_of_the_reporter(store: Store, people: Any) -> None:
    """Neither name nor handle nor words: it can be pasted anywhere."""
    view = view_of(store, people, "Jalan berlubang depan rumah Pak Karto, telepon 081234567890")

    asked = question(view, office="X")

    for text in (asked.text, *(text for _, text in asked.others)):
        assert not any(word in text for word in ("warga_contoh", "Warga Contoh", "Karto", "0812", "berlubang"))


def test_asking_waits_for_the_citizen_and_shows_the_pause(store: Store, browser_of: Any, people: Any) -> None:
    """The form holds the draft; sending it changes the state alone, keeps the question, and no message leaves."""
    number = open_case(store, "Jalan berlubang entah di mana")
    alice = browser_of("alice")
    page = alice.get(f"/tiket/{number}").content.decode()
    assert "Terima kasih sudah melapor kepada DPUPR Kota Surakarta" in page
    assert "Rancangan dalam bahasa pelapor (bahasa Indonesia)" in page
    unsent = len(store.due_events(100, now=NOON))

    alice.post(f"/tiket/{number}/ask", {"version": "1", "note": "Mohon keterangan: di mana tepatnya?"})

    view = store.ticket(people["alice"].actor, number)
    assert view.ticket.status == "menunggu_keterangan"
    assert view.history[-1].reason == "Mohon keterangan: di mana tepatnya?"
    assert len(store.due_events(100, now=NOON)) == unsent
    assert 'id="pauses"' in alice.get(f"/tiket/{number}").content.decode()
