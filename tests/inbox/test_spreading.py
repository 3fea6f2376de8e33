"""The card that shows how a story spreads: right for one post, for three and for fifty thousand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain import Author, Decision, Fate, MentionKind, Verdict
from inbox.spreading import HEIGHT, spread_card
from storage.spread import Amplifier, Bin, Share, Spread
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, arrive, open_case, quiet, retell

WIB = ZoneInfo("Asia/Jakarta")
MINUTE = timedelta(minutes=1)


def spread(*posts: int, width: timedelta = MINUTE, **given: Any) -> Spread:
    """A curve with so many posts per bar, every second one a new voice."""
    bins = tuple(Bin(NOON + n * width, count, (count + 1) // 2) for n, count in enumerate(posts))
    fields: dict[str, Any] = {
        "posts": sum(posts), "voices": sum(b.voices for b in bins), "loudest": 2, "first_at": NOON,
        "last_at": bins[-1].at, "width": width, "bins": bins, "peak": sum(posts),
        "recent": tuple((b.at, b.posts) for b in bins),
        "shares": (Share("x", "x:solo", "first", 1, 1), Share("x", "x:solo", "repost", sum(posts) - 1, 1)),
    }
    return Spread(**{**fields, **given})


def card(one: Spread, *, official: frozenset[str] = frozenset(), now: Any = NOON + 2 * MINUTE) -> Any:
    return spread_card(one, official=official, zone=WIB, now=now)


def test_one_post_has_no_curve(office: Any) -> None:
    """A bar alone says nothing that the number does not."""
    assert card(spread(1)).bars == ()


def test_one_post_beside_ten_thousand_is_still_seen(office: Any) -> None:
    """Every bar stays inside the drawing, none that holds a post vanishes, and the table says the same."""
    shown = card(spread(1, 0, 40_000, 9_999))

    assert [bar.height > 1 for bar in shown.bars] == [True, True, True]
    assert all(0 <= bar.y <= bar.new_y <= HEIGHT and bar.y + bar.height == pytest.approx(HEIGHT) for bar in shown.bars)
    assert [row[1] for row in shown.rows] == [1, 40_000, 9_999]
    assert shown.highest == 40_000


def test_the_pace_is_that_of_the_last_hour_and_fades(office: Any) -> None:
    """"Now" is now: an hour after the last post nothing spreads any more, and the peak stays."""
    one = spread(5, 6, 7)

    assert card(one).pace == 18
    assert card(one, now=NOON + timedelta(hours=1, minutes=1)).pace == 7
    assert card(one, now=NOON + timedelta(hours=3)).pace == 0
    assert card(one, now=NOON + timedelta(hours=3)).spread.peak == 18


def test_who_carried_it_is_a_count_unless_it_is_an_office(office: Any) -> None:
    """A citizen's post that many repeated is shown without its author; an office's handle stands in clear."""
    citizen = mention("a", author=Author("u1", "warga_uji", "Siti Uji"), at=NOON)
    official = mention("b", author=Author("u2", "Info_Kota", "Kota"), at=NOON)

    shown = card(spread(3, 3, amplifiers=(Amplifier(citizen, 40), Amplifier(official, 3))), official=frozenset({"info_kota"}))

    assert [(one.official, one.repeats) for one in shown.carriers] == [(None, 40), ("@Info_Kota", 3)]
    assert "warga_uji" not in repr(shown.carriers)


def test_the_page_draws_the_curve_and_tells_it_as_a_table(store: Store, browser_of: Any) -> None:
    """Without a script, with a text for those who do not see it, and without any author."""
    post = mention("Paving jebol di Banjarsari", platform="instagram", account=ACCOUNT, at=NOON)
    number = open_case(store, post)
    retell(store, post, times=3)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()
    section = page[page.index('id="spread-title"'):page.index("Kiriman lain dalam perkara ini")]

    assert "dari 4 suara" in section
    assert re.search(r'<svg class="chart"[^>]* role="img" aria-label="Kiriman per 5 menit, dari 2 Nov 2026 12.00 WIB', section)
    assert section.count('class="chart-bar"') == 4
    assert len(re.findall(r"<tr><th scope=\"row\">2 Nov 1[2-5]\.00</th><td>1</td><td>1</td></tr>", section)) == 4
    assert "diulang 3 kali" in section
    assert "<script" not in section
    assert "style=" not in section
    assert "warga_" not in section


def test_a_copied_campaign_is_marked_and_explained(store: Store, browser_of: Any) -> None:
    """Staff read how many accounts sent the same text, and that the report is examined all the same."""
    post = mention("Paving jebol di Banjarsari", platform="instagram", account=ACCOUNT, at=NOON)
    number = open_case(store, post)
    for n in range(1, 33):
        copy = mention(post.text, platform="instagram", account=ACCOUNT, at=NOON + n * timedelta(minutes=40),
                       kind=MentionKind.TAG)
        arrive(store, copy)
        store.settle([Decision(copy.key, Fate.ATTACHED, None, Verdict(post.key, "near_duplicate"), (), (), "cafe0123")],
                     announce=quiet, now=NOON)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert "Tampak seperti kampanye salinan: 32 akun, teks sama" in page
    assert "isi laporannya tetap diperiksa" in page


def test_a_single_post_has_a_plain_card(store: Store, browser_of: Any) -> None:
    """Most stories are told once: their card is a line."""
    page = browser_of("alice").get(f"/tiket/{open_case(store, 'Paving jebol di Banjarsari')}").content.decode()

    assert "1 kiriman" in page
    assert "Laju kini" not in page
    assert "chart" not in page[page.index('id="spread-title"'):]


def test_deleted_posts_are_not_linked(office: Any) -> None:
    """What its author took back is counted and no longer pointed at."""
    from domain import MentionState

    gone = replace(mention("a", at=NOON, url="https://x.com/a/status/1"), state=MentionState.GONE)

    [one] = card(spread(2, 2, amplifiers=(Amplifier(gone, 2),))).carriers

    assert (one.link, one.official) == (None, None)


def test_what_a_copy_adds_stands_first_with_its_words_marked(store: Store, browser_of: Any) -> None:
    """A house number in the third remark is not buried below later assent; what the story said is no news."""
    post = mention("Tiang listrik miring di Jalan Kenanga, warga takut", platform="instagram", account=ACCOUNT, at=NOON)
    number = open_case(store, post)
    texts = ("Tiang listrik miring di Jalan Kenanga nomor 12, dua orang luka. WA 0812-3456-7890", "Betul, tiangnya miring", "Up")
    for n, text in enumerate(texts, 1):
        remark = mention(text, platform="instagram", account=ACCOUNT, at=NOON + n * timedelta(hours=1))
        arrive(store, remark)
        store.settle([Decision(remark.key, Fate.ATTACHED, None, Verdict(post.key, "added" if n == 1 else "quote"), (), (),
                               "cafe0123")], announce=quiet, now=NOON)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()
    section = page[page.index('id="additions-title"'):]

    assert section.index("nomor 12") < section.index("Betul")
    assert re.findall(r'<mark class="m-new">([^<]*)</mark>', section) == ["nomor 12", "dua orang luka"]
    assert '<mark class="m-new " title="fakta baru">nomor 12</mark>' in section
    assert "0812" not in section
