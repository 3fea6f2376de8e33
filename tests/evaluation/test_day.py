"""The yardstick for the invented day: what is left out, what is compared, and that it prints no more than asked."""

from __future__ import annotations

from evaluation.day import Judged, main, posts_of, tally
from tests.paths import ROOT

DAY = """
posts:
  - {id: a, at: "06:00", on: x, to: [pemkot], by: w, kind: mention, text: "Jl. Bone Banyuanyar berlubang dalam, tolong",
     expect: {fate: ticket, topic: jalan_jembatan, department: dpupr-solo}}
  - {id: b, at: "06:01", on: x, to: [pemkot], by: w, kind: repost, of: a, expect: {fate: attached, story: a}}
  - {id: c, at: "06:02", on: x, to: [pemkot], own: true, kind: mention, text: "halo", expect: {fate: lane, lane: own}}
  - {id: d, at: "06:03", on: x, to: [pemkot], by: w, kind: mention, text: "semoga lancar acaranya",
     expect: {fate: ticket, topic: bencana, department: bpbd-solo}}
"""


def judged(expect: dict[str, str], **given: object) -> Judged:
    values = {"fate": "ticket", "lane": None, "topics": ("bansos",), "desks": ("a", "b"), "urgency": "tinggi"}
    return Judged("p", "text", expect, **{**values, **given})  # type: ignore[arg-type]


def test_copies_and_own_posts_are_left_out(tmp_path):
    """What becomes of a repost is not decided by reading it."""
    (tmp_path / "day.yaml").write_text(DAY, encoding="utf-8")

    assert [post["id"] for post in posts_of(tmp_path)] == ["a", "d"]


def test_the_counts_can_be_checked_by_hand():
    """A post with the wrong fate counts against the fate only; one of two desks is `any`, not `right`."""
    results = [
        judged({"fate": "ticket", "topic": "bansos", "department": "a", "urgency": "normal"}),
        judged({"fate": "ticket", "topic": "bansos", "department": "a"}, fate="lane"),
    ]

    assert tally(results) == {
        "fate": (1, 2), "topic": (1, 1), "desks": (0, 1), "desk all": (1, 1), "desk any": (1, 1), "urgency": (0, 1),
    }


def test_the_report_prints_the_disagreements_that_are_asked_for(tmp_path, capsys):
    """Figures always, posts only on demand."""
    (tmp_path / "day.yaml").write_text(DAY, encoding="utf-8")
    given = ["--day", str(tmp_path), "--config", str(ROOT / "simulators" / "demo.yaml")]

    assert main(given) == 0
    plain = capsys.readouterr().out
    main([*given, "--errors", "fate"])

    assert "fate         1 of 2" in plain
    assert "FATE" not in plain
    assert "FATE     d: ticket/ -> lane/" in capsys.readouterr().out
