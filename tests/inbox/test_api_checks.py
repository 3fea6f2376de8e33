"""R1 to R8 and R11 of the field's checks, through the API: what a button does, a token does, and neither does more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from storage.auditing import AuditQuery
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.api_house import Api, read
from tests.inbox.casework import ACCOUNT, answer, delete_at_source, open_case, retell
from tests.inbox.test_api import problem
from tests.inbox.test_closing import drawing
from tests.inbox.test_exports import many

TICKETS = "/api/v1/tickets"
TEXT = "Anak bu Siti Rahayu jatuh di lubang depan SD Jebres, tolong ditambal. WA 081234567890"


@pytest.fixture
def post() -> Any:
    return mention(TEXT, platform="instagram", account=ACCOUNT, at=NOON, url="https://www.instagram.com/p/CONTOH1/")


@pytest.fixture
def number(store: Store, post: Any) -> int:
    number = open_case(store, post, place="Jebres", words=("lubang",), pii=(("phone", "081234567890"),))
    retell(store, post, times=2)
    return number


@pytest.fixture
def api(api_of: Callable[..., Api]) -> Api:
    return api_of("dpupr-solo", "read", "act", name="sipd")


def last(store: Store, people: Any, number: int, who: str = "alice") -> Any:
    return store.ticket(people[who].actor, number).history[-1]


def test_r1_a_ticket_tells_what_its_page_tells(number: int, api: Api) -> None:
    """Text, source, times, reason card, spread, history; masked, and marked where words decided."""
    ticket = api.get(f"{TICKETS}/{number}").json()

    assert ticket["text"] == TEXT.replace("081234567890", "[phone]")
    assert ticket["source"] == "https://www.instagram.com/p/CONTOH1/"
    assert (ticket["posted_at"], ticket["size"], ticket["place"]) == ("2026-11-02T05:00:00Z", 3, "Jebres")
    assert (ticket["reason"]["rule"], ticket["reason"]["runner_up"]) == ("jalan-kota", "dishub-solo")
    assert ticket["spread"]["posts"] == 3
    assert [step["verb"] for step in ticket["history"]] == ["open"]
    opened = ticket["history"][0]["after"]
    assert (opened["due_at"], opened["opened_at"], opened["sensitive"]) == (ticket["due_at"], ticket["opened_at"], False)
    assert {"text": "lubang", "kinds": ["topic"], "mask": None} in ticket["pieces"]
    assert {"text": "", "kinds": [], "mask": "phone"} in ticket["pieces"]
    assert ticket["possible"][0] == "accept"
    assert api.get(f"{TICKETS}/{number}/history").json()["history"] == ticket["history"]


@pytest.mark.parametrize(("verb", "fields", "changed"), [
    ("accept", {}, {"status": "diterima"}), ("reroute", {"to_department": "dishub-solo"}, {"department": "dishub-solo"}),
    ("reject", {"reason": "ganda", "note": "sudah ada"}, {"status": "ditolak"}),
    ("hand_over", {"note": "milik PLN", "to_department": "pln"}, {"status": "diteruskan", "department": "pln"}),
    ("ask", {"note": "di sebelah mana?"}, {"status": "menunggu_keterangan"}), ("assign", {"assignee": "bob"}, {"assignee": "bob"}),
    ("set_topic", {"value": "bansos"}, {"topic": "bansos"}), ("set_urgency", {"value": "darurat"}, {"urgency": "darurat"}),
    ("note", {"note": "dicek besok"}, {}), ("secret", {"note": "korban anak"}, {"sensitive": 1}),
    ("redact", {"words": "Siti Rahayu", "note": "nama warga"}, {"blotted": 3})])
def test_r2_every_action_is_the_button_s(
    verb: str, fields: dict[str, str], changed: dict[str, Any], number: int, store: Store, people: Any, api: Api,
    browser_of: Any,
) -> None:
    """The same entry in the history as a click makes, in the token's name; a second copy of the case is clicked."""
    copy = open_case(store, mention(TEXT, platform="instagram", account=ACCOUNT, at=NOON))
    before = store.ticket(people["alice"].actor, number).ticket

    done = api.act(number, verb, 1, **fields)
    page = f"/tiket/{copy}/tutup-kata" if verb == "redact" else f"/tiket/{copy}/{verb}"
    browser_of("alice").post(page, {"version": "1", **fields})

    assert done.status_code == 200
    ticket = done.json()["ticket"]
    assert (ticket["number"], ticket["version"]) == (number, before.version + 1)
    who = "citra" if "department" in changed else "alice"
    ours, clicked = (last(store, people, one, who) for one in (number, copy))
    assert (ours.verb, ours.actor, clicked.actor) == (verb, "api:sipd", "alice")
    assert ours.reason == clicked.reason
    assert {name: ours.after[name] for name in changed} == changed
    if verb != "redact":
        assert (ours.verb, ours.before, ours.after.keys()) == (clicked.verb, clicked.before, clicked.after.keys())
    assert store.verify() == []


def test_r2_merge_split_and_reject_are_undone(number: int, store: Store, people: Any, api: Api) -> None:
    """Each in one request, and the export is what it was, byte for byte."""
    other = open_case(store, "Lubang besar di depan SD Jebres bikin anak jatuh")
    before = list(store.export_tickets())

    merged = api.act(number, "merge", 1, other=other, note="lubang yang sama").json()
    assert (merged["onward"], merged["ticket"]["status"], merged["ticket"]["merged_into"]) == (other, "digabung", other)
    regrouping = api.get(f"{TICKETS}/{other}").json()["regroupings"][0]["id"]
    assert api.act(other, "undo", 2, regrouping=regrouping).status_code == 200
    assert list(store.export_tickets()) == before

    ticket = api.get(f"{TICKETS}/{number}").json()
    refused = api.act(number, "split", ticket["version"], mentions=["tidak-ada"])
    assert problem(refused) == "refused"
    assert api.act(number, "reject", ticket["version"], reason="ganda").status_code == 200
    assert api.act(number, "reopen", ticket["version"] + 1).status_code == 200
    assert list(store.export_tickets()) == before
    assert store.verify() == []


def test_r2_split_and_back(store: Store, people: Any, post: Any, api: Api) -> None:
    number = open_case(store, post, place="Jebres")
    told = answer(store, post, "Di gang sebelah lampunya juga mati", place="gang sebelah")
    telling, = api.get(f"{TICKETS}/{number}").json()["tellings"]
    assert telling["key"] == told.key

    opened = api.act(number, "split", 1, mentions=[telling["key"]], note="soal lain").json()["onward"]

    assert opened != number
    assert api.get(f"{TICKETS}/{opened}").json()["text"].startswith("Di gang sebelah")
    ticket = api.get(f"{TICKETS}/{number}").json()
    assert api.act(number, "undo", ticket["version"], regrouping=ticket["regroupings"][0]["id"]).status_code == 200
    assert api.get(f"{TICKETS}/{number}").json()["size"] == 2


def test_r2_apart_is_kept_as_a_label(number: int, store: Store, api: Api) -> None:
    other = open_case(store, "Lubang besar di depan SD Jebres bikin anak jatuh")

    assert api.act(number, "apart", 1, other=other).status_code == 200

    assert [label.same for label in store.pair_labels()] == [False]


def test_r3_no_rejection_without_a_listed_reason(number: int, api: Api) -> None:
    """Refused in words; the rejected one is found and can be opened again."""
    refused = api.act(number, "reject", 1, reason="malas")
    assert (refused.status_code, problem(refused)) == (422, "refused")
    assert "Pilih alasan penolakan dari daftar" in refused.json()["reason"]
    assert "accept" in refused.json()["possible"]

    assert api.act(number, "reject", 1, reason="ganda").status_code == 200
    assert [t["number"] for t in api.get(TICKETS, {"status": "ditolak"}).json()["tickets"]] == [number]
    assert api.act(number, "reopen", 2).json()["ticket"]["status"] == "baru"


def test_r4_the_due_date_stays_over_every_desk(number: int, store: Store, api: Api, api_of: Callable[..., Api]) -> None:
    """A to B to C: one clock, and every desk's stay in the history."""
    due = api.get(f"{TICKETS}/{number}").json()["due_at"]
    api.act(number, "reroute", 1, to_department="dishub-solo")
    second, third = api_of("dishub-solo", "read", "act"), api_of("dinkes-jateng", "read", "act")
    second.act(number, "reroute", 2, to_department="dinkes-jateng")

    ticket = third.get(f"{TICKETS}/{number}").json()

    assert ticket["due_at"] == due
    assert [(s["before"]["department"], s["after"]["department"]) for s in ticket["history"] if s["verb"] == "reroute"] == [
        ("dpupr-solo", "dishub-solo"), ("dishub-solo", "dinkes-jateng")]
    assert api.get(f"{TICKETS}/{number}").status_code == 404


def test_r5_a_stale_save_is_refused_and_says_what_changed(number: int, store: Store, people: Any, browser_of: Any, api: Api) -> None:
    """Never merged blindly: the answer holds each step since, so that a person can decide again."""
    browser_of("alice").post(f"/tiket/{number}/accept", {"version": "1"})
    browser_of("bob").post(f"/tiket/{number}/note", {"version": "2", "note": "kabari 081298765432"})

    stale = api.act(number, "reject", 1, reason="ganda")

    assert (stale.status_code, problem(stale)) == (409, "stale")
    told = stale.json()
    assert told["version"] == 3
    assert [(s["actor"], s["verb"], s["reason"]) for s in told["changed"]] == [
        ("bob", "note", "kabari [phone]"), ("alice", "accept", None)]
    assert told["changed"][1]["after"] == {"status": "diterima"}
    assert store.ticket(people["alice"].actor, number).ticket.version == 3


def test_r7_unmasking_takes_a_scope_a_reason_and_is_audited(number: int, store: Store, people: Any, api: Api, api_of: Callable[..., Api]) -> None:
    """Every other answer is masked, whatever the scopes."""
    trusted = api_of("dpupr-solo", "read", "personal", name="rumah-sakit")
    path = f"{TICKETS}/{number}/unmask"

    assert problem(api.post(path, {"reason": "menghubungi warga"})) == "scope"
    assert problem(trusted.post(path, {"reason": "x"})) == "invalid"
    opened = trusted.post(path, {"reason": "menghubungi warga"}).json()

    assert opened["text"] == TEXT
    entry = last(store, people, number)
    assert (entry.verb, entry.actor, entry.after, entry.reason) == (
        "view", "api:rumah-sakit", {"what": "pii"}, "menghubungi warga")
    assert [(row.actor, row.ticket) for row in store.audit(AuditQuery(views=True))] == [("api:rumah-sakit", number)]
    assert "081234567890" not in trusted.get(f"{TICKETS}/{number}").content.decode()


def test_r7_a_blotted_name_opens_the_same_way(number: int, api: Api, api_of: Callable[..., Api]) -> None:
    api.act(number, "redact", 1, words="siti rahayu", note="nama warga")
    ticket = api.get(f"{TICKETS}/{number}").json()
    opened = api_of("dpupr-solo", "personal", name="dua").post(
        f"{TICKETS}/{number}/unmask", {"reason": "menghubungi warga"}).json()

    assert "Siti" not in json.dumps(ticket)
    assert "[redacted]" in ticket["text"]
    assert opened["text"] == TEXT


def test_r8_a_post_deleted_at_the_source_is_empty_everywhere(number: int, post: Any, store: Store, api: Api) -> None:
    """The facts of the ticket stay; words, author, address are in no answer and no export."""
    delete_at_source(store, post.key)

    ticket = api.get(f"{TICKETS}/{number}").json()
    row, = api.get(TICKETS).json()["tickets"]

    assert (ticket["deleted"], ticket["text"], ticket["source"], ticket["pieces"]) == (True, "", None, [])
    assert (row["deleted"], row["text"], row["status"]) == (True, "", "baru")
    for path in (f"{TICKETS}/{number}/sp4n", "/api/v1/exports/tickets.csv", "/api/v1/exports/tickets.jsonl",
                 "/api/v1/exports/tickets.sp4n.jsonl", "/api/v1/open311/requests.json", "/api/v1/open311/requests.xml",
                 "/api/v1/events?after=0"):
        path, _, query = path.partition("?")
        said = read(api.get(path, dict([query.split("=")]) if query else None))
        assert "lubang" not in said, path
        assert "Siti" not in said, path


def test_r11_a_photo_used_before_takes_a_second_person_and_a_token_is_none(
    store: Store, album: Path, api: Api, browser_of: Any, people: Any
) -> None:
    """The API hands it in; what it cannot do is wave it through. A person on the page can."""
    now = timezone.now() - timedelta(hours=1)
    first, second = (open_case(store, f"Jalan berlubang {n}", now=now) for n in range(2))
    for number in (first, second):
        api.act(number, "accept", 1)
    data = drawing(1)

    done = api.photo(first, 2, SimpleUploadedFile("bukti.jpg", data), note="ditambal").json()
    doubtful = api.photo(second, 2, SimpleUploadedFile("bukti.jpg", data), note="ditambal").json()

    assert (done["ticket"]["status"], done["doubts"]) == ("selesai", [])
    assert (doubtful["ticket"]["status"], doubtful["doubts"]) == ("diterima", [f"reused:{first}"])
    given, = api.get(f"{TICKETS}/{second}").json()["photos"]
    assert given["state"] == "pending"
    assert api.get(f"{TICKETS}/{second}/photos/{given['id']}")["Content-Type"] == "image/jpeg"
    assert api.post(f"{TICKETS}/{second}/photos/{given['id']}/accept", {"version": 3}).status_code == 404
    assert problem(api.act(second, "finish", 3)) == "refused"
    browser_of("alice").post(f"/tiket/{second}/bukti/{given['id']}/sahkan", {"version": "3"})
    assert api.get(f"{TICKETS}/{second}").json()["status"] == "selesai"
    assert store.verify() == []


def test_r11_a_token_may_set_a_doubtful_photo_aside(store: Store, album: Path, api: Api) -> None:
    now = timezone.now() - timedelta(hours=1)
    number = open_case(store, "Jalan berlubang", now=now)
    api.act(number, "accept", 1)
    api.photo(number, 2, SimpleUploadedFile("bukti.jpg", drawing(2, taken=None)))
    given, = api.get(f"{TICKETS}/{number}").json()["photos"]

    refused = api.post(f"{TICKETS}/{number}/photos/{given['id']}/refuse", {"version": 3})

    assert refused.json()["ticket"]["status"] == "diterima"
    assert api.get(f"{TICKETS}/{number}").json()["photos"][0]["state"] == "refused"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_r1_nothing_reads_the_whole_of_a_hundred_thousand_tickets(store: Store, number: int, api: Api) -> None:
    """Counted in SQLite's own steps, which no load of the machine changes: less than one a ticket and column read."""
    asked = ((TICKETS, {}), (f"{TICKETS}/{number}", {}), ("/api/v1/search", {"cari": "lubang"}),
             ("/api/v1/events", {"after": "0"}), ("/api/v1/open311/requests.json", {}))

    def steps(path: str, query: dict[str, str]) -> int:
        with store.connections.read() as connection:  # type: ignore[attr-defined]
            counted = [0]

            def step() -> int:
                counted[0] += 1
                return 0

            connection.set_progress_handler(step, 1_000)
        assert api.get(path, query).status_code == 200
        with store.connections.read() as connection:  # type: ignore[attr-defined]
            connection.set_progress_handler(None, 0)
        return counted[0]

    many(store, 99_000)
    taken = {path: steps(path, query) for path, query in asked}

    assert taken["/api/v1/search"] > 0, "steps are counted"
    assert max(taken.values()) < 1_000, taken  # a million steps: some hundredths of a second


# --- the feed ------------------------------------------------------------------------------------


def test_the_feed_tells_everything_once_in_order(number: int, api: Api, browser_of: Any) -> None:
    """A program that keeps `next` misses nothing and reads nothing twice, whatever the page's size."""
    alice = browser_of("alice")
    for version, verb in enumerate(("accept", "start", "note"), 1):
        alice.post(f"/tiket/{number}/{verb}", {"version": str(version), "note": "ya"})
    told: list[Any] = []
    after = 0
    while True:
        page = api.get("/api/v1/events", {"after": str(after), "limit": "2"}).json()
        told += page["events"]
        after = page["next"]
        if not page["more"]:
            break

    assert [event["verb"] for event in told] == ["open", "accept", "start", "note"]
    assert [event["id"] for event in told] == sorted({event["id"] for event in told})
    quiet = api.get("/api/v1/events", {"after": str(after)}).json()
    assert (quiet["events"], quiet["next"], quiet["more"]) == ([], after, False)


def test_the_feed_says_that_a_ticket_left_and_no_more(number: int, api: Api, api_of: Callable[..., Api]) -> None:
    """What the next desk does with it is that desk's."""
    start = api.get("/api/v1/events").json()["next"]
    api.act(number, "reroute", 1, to_department="dishub-solo", note="lampu, bukan jalan")
    next_desk = api_of("dishub-solo", "read", "act")
    next_desk.act(number, "accept", 2)

    ours = api.get("/api/v1/events", {"after": str(start)}).json()["events"]
    theirs = next_desk.get("/api/v1/events", {"after": str(start)}).json()["events"]

    assert [(e["verb"], e["ticket"], e["before"], e["after"], e["reason"], e["version"]) for e in ours] == [
        ("left", number, {}, {}, None, None)]
    assert [e["verb"] for e in theirs] == ["reroute", "accept"]
