"""The work order: enough for a crew, and nothing by which anybody could find who reported it (FIELD B9)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from domain import Author, Mention
from inbox.desk import Desk, desk, set_up
from personal_data import PATTERNS
from routing.rules import compile_rules
from run_daemon import compose
from settings import Settings, load
from storage import open_store
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import mention
from tests.inbox.casework import ACCOUNT, answer, delete_at_source, open_case
from tests.paths import DAY1, ROOT

RINI = Author("u7781", "rini_laweyan", "Rini Handayani")


def sheet(browser: Any, number: int) -> str:
    answer = browser.get(f"/tiket/{number}/lapangan")
    assert answer.status_code == 200
    return str(unescape(answer.content.decode()))


def article(page: str) -> str:
    """What is printed."""
    return page[page.index("<article"):page.index("</article>")]


def case(store: Store, text: str, **given: Any) -> int:
    post = mention(text, platform="instagram", account=ACCOUNT, author=RINI, url="https://www.instagram.com/p/abc123/")
    return open_case(store, post, **{"place": "Jebres", **given})


def test_the_crew_learns_what_where_and_by_when(store: Store, browser_of: Any) -> None:
    """Number, topic, urgency, area with its map, due date, what to do, room for photos and notes."""
    number = case(store, "Aspal amblas di Jebres, motor hampir jatuh", urgency="tinggi")

    page = article(sheet(browser_of("alice"), number))

    for said in (f"T-{number}", "Tinggi", "Serengan, Kota Surakarta", "Aspal amblas di Jebres", "7 Nov 2026", "Foto sebelum", "Foto sesudah",
                 "Sketsa letak", "tidak memuat data pelapor"):
        assert said in page, said


@pytest.mark.parametrize(("text", "why"), [
    ("Aspal amblas di Jebres, hubungi 0812-0000-3341", "data pribadi"),
    ("Aspal amblas di Jebres, NIK saya 3372014507900001", "data pribadi"),
    ("Aspal amblas di Jebres. Rini, warga sini", "data pribadi"),
    ("Lapor dari handayani: aspal amblas di Jebres", "data pribadi"),
    ("Aspal amblas di Jebres kata @tetangga_baru", "data pribadi"),
    ("Aspal amblas di Jebres depan rumah saya persis", "menunjuk rumah"),
    ("Jebres: got mampet ngarep omah kulo", "menunjuk rumah"),
    ("Jebres, tonggo kulo dereng angsal bantuan", "menunjuk rumah"),
])
def test_words_that_may_point_at_somebody_are_left_out_whole(text: str, why: str, store: Store, browser_of: Any) -> None:
    """Not cut: what is left of a sentence around a name may be enough to find the house."""
    page = article(sheet(browser_of("alice"), case(store, text)))

    assert "amblas" not in page
    assert "omah" not in page
    assert why in page


def test_a_name_among_the_copies_counts_as_well(store: Store, browser_of: Any) -> None:
    """A later teller's name in the first post is nobody's business either."""
    post = mention("Aspal amblas di Jebres, lihat foto Bambang", platform="instagram", account=ACCOUNT, author=RINI)
    number = open_case(store, post, place="Jebres")
    assert "amblas" in article(sheet(browser_of("alice"), number))

    answer(store, post, "Betul, di Jebres", place="Jebres", author=Author("u9", "bambang_s", "Bambang Sutejo"))

    assert "amblas" not in article(sheet(browser_of("alice"), number))


def test_a_sensitive_case_prints_no_words_and_no_spot(store: Store, browser_of: Any) -> None:
    number = case(store, "Anak dipukuli di Jebres", sensitive=True)

    page = article(sheet(browser_of("alice"), number))

    assert "dipukuli" not in page
    assert "Sketsa letak" not in page
    assert "Perkara sensitif" in page


def test_what_was_deleted_is_not_printed(store: Store, browser_of: Any) -> None:
    post = mention("Aspal amblas di Jebres", platform="instagram", account=ACCOUNT, author=RINI)
    number = open_case(store, post, place="Jebres")
    delete_at_source(store, post.key)

    page = article(sheet(browser_of("alice"), number))

    assert "amblas" not in page
    assert "dihapus penulisnya" in page


def test_a_case_without_a_place_says_so(store: Store, browser_of: Any) -> None:
    """On the sheet and on the ticket: no pin on the city hall."""
    number = open_case(store, "Aspal amblas, tolong")
    browser = browser_of("alice")

    assert "Tidak ada lokasi" in article(sheet(browser, number))
    assert "tidak ada lokasi" in browser.get(f"/tiket/{number}").content.decode()
    assert "Sketsa letak" not in browser.get(f"/tiket/{number}").content.decode()


# --- over a whole day ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented day of a province and a city, judged by the shipped rules."""
    path = tmp_path_factory.mktemp("day") / "k.db"
    with closing(open_store(path)) as store:
        compose(load(ROOT / "config.yaml"), store, replay=DAY1, judge=None).run_once()
    return path


@pytest.fixture
def whole_day(day: Path, office: Settings, tmp_path: Path, store: Store) -> Iterator[Store]:
    shipped = load(ROOT / "config.yaml").model_copy(update={"inbox": office.inbox})
    with closing(open_store(shutil.copy(day, tmp_path / "day.db"))) as whole:
        set_up(Desk(shipped, compile_rules(shipped), whole))
        yield whole


def told_by(view: Any) -> list[Mention]:
    return [view.mention, *view.copies, *(one.mention for one in view.additions)]


def identifiers(post: Mention, official: frozenset[str]) -> set[str]:
    """All by which a reader could find who wrote it: names, handle, id, address of the post and its ids."""
    author = post.author or Author()
    found = {post.native_id, post.key, post.url or ""}
    if (author.handle or "").lstrip("@").lower() not in official:
        found |= {author.id or "", author.handle or "", author.name or ""}
        found |= {part for part in re.split(r"[\s_.]+", author.name or "") if len(part) > 3}
    return {one for one in found if len(one) > 3}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_no_work_order_of_a_whole_day_holds_anything_of_a_reporter(whole_day: Store, people: Any, browser_of: Any) -> None:
    """Every ticket of every department, sensitive ones as well, read by somebody of that department."""
    from inbox.models import User

    everything = sorted(desk().settings.departments)
    User.objects.filter(username="citra").update(username="petugas-17", departments=everything)
    people["citra"] = User.objects.get(username="petugas-17")
    actor, browser, official = people["citra"].actor, browser_of("citra"), desk().official_handles
    numbers = [row.ticket.id for row in whole_day.tickets(actor, TicketQuery(limit=1000))]
    words = {word.casefold() for topic in desk().settings.topics.values() for word in re.findall(r"\w+", topic.name)}
    area = {word.casefold() for d in desk().settings.departments.values() for word in re.findall(r"\w+", d.name)}

    leaks, printed = [], 0
    for number in numbers:
        view = whole_day.ticket(actor, number)
        page = article(sheet(browser, number)).replace(f"/tiket/{number}", "")
        text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        printed += 'class="order-text"' in page
        leaks += [(number, one) for post in told_by(view) for one in identifiers(post, official)
                  if re.search(rf"(?<!\w){re.escape(one.casefold())}(?!\w)", page.casefold())
                  and one.casefold() not in words | area]
        leaks += [(number, found[0]) for kind, pattern in PATTERNS for found in pattern.finditer(text)
                  if kind != "handle" or found[0].strip("@.").lower() not in official]

    assert len(numbers) > 100
    assert printed > len(numbers) // 4  # the crew is told something
    assert leaks == []
