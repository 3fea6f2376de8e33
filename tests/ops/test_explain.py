"""`kentongan explain` as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from ops.explain import lines


def test_an_old_picture_is_explained_with_its_date_and_tickets():
    """Which tickets showed it, where there are any; nothing where no picture is old."""
    found = {"text": "", "fate": "ticket", "lane": None, "because": "jalan-kota", "ruleset": "cafe0123", "extraction": {},
             "routes": [], "old_pictures": [{"mention": "x:post:1", "picture": 0, "tickets": ["T-88", "T-89"],
                                             "seen_at": datetime(2021, 2, 14, tzinfo=UTC)}]}

    assert "gambar     pernah muncul 14-02-2021 T-88 T-89" in [*lines(found)]
    assert not any(line.startswith("gambar") for line in lines({**found, "old_pictures": []}))
