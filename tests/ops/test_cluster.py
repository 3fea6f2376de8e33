"""`kentongan cluster`: the contract, streaming, in order."""

from __future__ import annotations

from tests.ops.command import jsonl, kentongan

LAMP = "Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, gelap sekali dan rawan kecelakaan"


def clusters(*rows):
    done = kentongan("cluster", stdin=jsonl(*rows))
    assert done.code == 0
    return done.rows()


def test_copies_fold_into_the_first_row():
    """An edited copy and a repost by reference carry the first row's id; another road stays apart."""
    rows = clusters(
        {"id": 1, "text": LAMP, "created_at": "2026-11-02T01:00:00Z", "author": "a"},
        {"id": 2, "text": f"TOLONG VIRALKAN!! {LAMP} 😭 #solo", "created_at": "2026-11-02T01:05:00Z", "author": "b"},
        {"id": 3, "text": "RT", "repost_of": 1, "created_at": "2026-11-02T01:06:00Z", "author": "c"},
        {"id": 4, "text": LAMP.replace("Veteran", "Adi Sucipto"), "created_at": "2026-11-02T01:07:00Z", "author": "d"},
    )

    assert [row["cluster"] for row in rows] == [1, 1, 1, 4]
    assert [row["reason"] for row in rows] == ["new", "near_duplicate", "repost", "new"]
    assert all(list(row) == ["id", "cluster", "reason", "similarity"] for row in rows)


def test_reposts_of_an_original_that_we_never_saw_fold_together():
    """Two reposts of one unknown post tell one story."""
    rows = clusters(
        {"id": "a", "text": f"RT @warga: {LAMP}", "repost_of": "unseen"},
        {"id": "b", "text": "RT @warga: Lampu", "repost_of": "unseen"},
    )

    assert [row["cluster"] for row in rows] == ["a", "a"]


def test_an_unreadable_line_keeps_its_place():
    """A bad line is answered where it stood; the story goes on behind it."""
    done = kentongan("cluster", stdin=jsonl({"id": 1, "text": LAMP}) + b"\xff\xfe\n" + jsonl({"id": 2, "text": LAMP}))

    first, bad, copy = done.rows()
    assert first["cluster"] == copy["cluster"] == 1
    assert bad["error"]["line"] == 2


def test_ten_thousand_rows_in_order():
    """Many rows, many stories, one answer each."""
    rows = [{"id": n, "text": f"{LAMP} nomor {n % 500}", "created_at": 1_790_000_000 + n} for n in range(10_000)]

    answers = clusters(*rows)

    assert [a["id"] for a in answers] == [r["id"] for r in rows]
    assert all(a["cluster"] <= a["id"] for a in answers)


def test_strange_fields_end_no_run():
    """Missing ids, numbers for authors, unreadable times, empty media: the row is judged all the same."""
    rows = clusters(
        {"text": LAMP}, {"id": None, "text": ""}, {"id": 3, "text": LAMP, "author": 5, "created_at": "kemarin sore"},
        {"id": 4, "text": "", "media": [{"sha256": "ab" * 32}]}, {"id": 5, "text": "lihat", "media": [{"phash": "zz"}, 7]},
    )

    assert len(rows) == 5
