"""R2: blotting words, making secret and lifting it, by button; who may, what is told, and what no page shows any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import Decision, Fate
from inbox.desk import desk
from nlp.duplicates import Folder
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, answer, arrive, open_case, quiet, retell

TEXT = "Anak bu Siti Rahayu jatuh di lubang depan SD Jebres, tolong segera ditambal pak"
WHY = "nama warga"


@pytest.fixture
def post() -> Any:
    return mention(TEXT, platform="instagram", account=ACCOUNT, at=NOON)


@pytest.fixture
def number(store: Store, post: Any) -> int:
    number = open_case(store, post, place="Jebres")
    retell(store, post, times=1)
    answer(store, post, "Betul, rumah Siti Rahayu dekat situ, RT 02", place="RT 02")
    return number


def blot(browser: Any, number: int, words: str = "siti rahayu", *, version: int = 1, note: str = WHY) -> Any:
    return browser.post(f"/tiket/{number}/tutup-kata", {"version": str(version), "words": words, "note": note}, follow=True)


def test_a_blotted_name_is_on_no_page_any_more(store: Store, number: int, browser_of: Any) -> None:
    """Post, copies, answers, list, search: a mask stands there, and the rest of the post can be read."""
    alice = browser_of("alice")
    assert "Siti Rahayu" in alice.get(f"/tiket/{number}").content.decode()

    done = blot(alice, number).content.decode()

    assert "kata itu ditutup" in done
    for path in (f"/tiket/{number}", "/", "/?cari=jebres", f"/fragment/tiket/{number}/hadir?version=1"):
        page = alice.get(path).content.decode()
        assert "Siti" not in page, path
        assert "Rahayu" not in page, path
    assert "Ditutup petugas" in alice.get(f"/tiket/{number}").content.decode()
    assert "jatuh di lubang depan SD" in alice.get(f"/tiket/{number}").content.decode()
    assert "0 tiket cocok" in alice.get("/?cari=rahayu").content.decode()


def test_the_history_says_who_when_and_why_and_the_chain_holds(store: Store, number: int, browser_of: Any, people: Any) -> None:
    """As with every action; `verify` stays green."""
    page = blot(browser_of("alice"), number).content.decode()

    entry = store.ticket(people["alice"].actor, number).history[-1]
    assert (entry.verb, entry.actor, entry.reason, entry.after) == ("redact", "alice", WHY, {"blotted": 3})
    assert "menutup kata" in page.partition('class="history"')[2]
    assert store.verify() == []


def test_the_sealed_words_open_once_with_a_reason(store: Store, number: int, browser_of: Any, people: Any) -> None:
    """Nothing is destroyed: a wrong blot, or a visit to the citizen, needs the name; who looked is written down."""
    alice = browser_of("alice")
    blot(alice, number)

    opened = alice.post(f"/tiket/{number}/data-pribadi", {"reason": "menghubungi keluarga"}).content.decode()

    assert "Anak bu Siti Rahayu jatuh" in opened
    assert "Siti" not in alice.get(f"/tiket/{number}").content.decode()
    assert [e.verb for e in store.ticket(people["alice"].actor, number).history][-2:] == ["redact", "view"]


@pytest.mark.parametrize(("words", "note", "said"), [
    ("Budi Santoso", WHY, "Kata itu tidak ada"), ("", WHY, "Tulis kata yang ditutup"), ("?!", WHY, "Tulis kata yang ditutup"),
    ("Siti Rahayu", "", "memerlukan alasan"), ("Siti Rahayu", "menutup siti  rahayu", "Alasan memuat kata"),
    ("x" * 201, WHY, "Tulis kata yang ditutup")])
def test_what_cannot_be_blotted_is_said_with_what_was_typed(
    words: str, note: str, said: str, store: Store, number: int, browser_of: Any
) -> None:
    """A reason that repeats the name would keep it for good."""
    answered = blot(browser_of("alice"), number, words, note=note)

    assert answered.status_code == 422
    assert said in answered.content.decode()
    assert store.verify() == []


def test_a_stale_page_and_a_stranger_blot_nothing(store: Store, number: int, browser_of: Any, people: Any) -> None:
    """Compare and swap; and another desk's ticket does not exist."""
    alice = browser_of("alice")
    alice.post(f"/tiket/{number}/accept", {"version": "1"})

    assert blot(alice, number).status_code == 409
    for name in ("charlie", "oki", "ayu"):
        assert blot(browser_of(name), number, version=2).status_code == 403
    assert "Siti" in store.ticket(people["alice"].actor, number).mention.text


def test_a_later_copy_still_folds_and_comes_in_blotted(store: Store, post: Any, number: int, browser_of: Any) -> None:
    """The daemon's memory, read anew after a restart, knows the next copy, name and all; the page shows it blotted."""
    made = Folder(threshold=0.6, window=timedelta(days=30)).fold(post)[1]
    blot(browser_of("alice"), number)
    after = Folder(threshold=0.6, window=timedelta(days=30))
    after.remember(post.key, made, author=None, at=NOON)
    copy = mention(f"Tolong!! {TEXT} ya", platform="instagram", account=ACCOUNT, at=NOON + timedelta(hours=3))

    verdict = after.fold(copy)[0]
    arrive(store, copy)
    store.settle([Decision(copy.key, Fate.ATTACHED, None, verdict, (), (), "cafe0123")], announce=quiet, now=NOON)

    assert verdict.cluster == post.key
    page = browser_of("alice").get(f"/tiket/{number}").content.decode()
    assert "4 kiriman" in page
    assert "Siti" not in page


def test_secret_and_back_by_button(store: Store, number: int, browser_of: Any, people: Any) -> None:
    """Citra, who sees all desks, sees it no more, and again when it is lifted; both stand in the history."""
    alice, citra = browser_of("alice"), browser_of("citra")
    assert citra.get(f"/tiket/{number}").status_code == 200

    alice.post(f"/tiket/{number}/secret", {"version": "1", "note": "korban anak"})
    assert citra.get(f"/tiket/{number}").status_code == 404
    page = alice.get(f"/tiket/{number}").content.decode()
    assert "b-secret" in page
    assert "Cabut kerahasiaan" in page
    assert "Jadikan rahasia" not in page

    alice.post(f"/tiket/{number}/lift_secret", {"version": "2", "note": "ternyata bukan anak"})
    assert citra.get(f"/tiket/{number}").status_code == 200
    history = store.ticket(people["alice"].actor, number).history
    assert [(e.verb, e.before, e.after, e.reason) for e in history][-2:] == [
        ("secret", {"sensitive": 0}, {"sensitive": 1}, "korban anak"),
        ("lift_secret", {"sensitive": 1}, {"sensitive": 0}, "ternyata bukan anak")]
    assert store.verify() == []


def test_a_secret_without_a_reason_is_refused(store: Store, number: int, browser_of: Any) -> None:
    answered = browser_of("alice").post(f"/tiket/{number}/secret", {"version": "1", "note": "ya"})

    assert answered.status_code == 422
    assert "memerlukan alasan" in answered.content.decode()


def test_the_coordinator_who_makes_it_secret_is_sent_to_the_queue(store: Store, number: int, browser_of: Any) -> None:
    """It is not hers to see from then on."""
    answered = browser_of("citra").post(f"/tiket/{number}/secret", {"version": "1", "note": "korban anak"})

    assert (answered.status_code, answered.url) == (302, "/")
    assert desk().store.tickets(desk_actor("citra"), TicketQuery()) == []


def desk_actor(name: str) -> Any:
    from inbox.models import User

    return User.objects.get(username=name).actor


@pytest.mark.parametrize("verb", ["merge", "split", "reject"])
def test_what_must_be_undoable_is(verb: str, store: Store, post: Any, number: int, browser_of: Any, people: Any) -> None:
    """R2: merge, split and reject go back to the byte by a button; accept, re-route and hand-over go on as they are."""
    alice, actor = browser_of("alice"), people["alice"].actor
    other = open_case(store, "Lubang besar di depan SD Jebres bikin anak jatuh")
    before = list(store.export_tickets())
    if verb == "reject":
        alice.post(f"/tiket/{number}/reject", {"version": "1", "reason": next(iter(desk().settings.reject_reasons))})
        alice.post(f"/tiket/{number}/reopen", {"version": "2"})
    else:
        copies = [m.key for m in store.tellings(actor, number)]
        alice.post(f"/tiket/{number}/perkara/{verb}", {"version": "1", "other": f"T-{other}", "mention": copies[:1]})
        undoable = store.ticket(actor, number).regroupings[0]
        alice.post(f"/tiket/{number}/perkara/undo",
                   {"version": str(store.ticket(actor, number).ticket.version), "regrouping": str(undoable.id)})

    assert list(store.export_tickets()) == before
    assert store.verify() == []
