"""`kentongan explain` as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain import ConfigError
from ops.explain import explain, lines
from tests.paths import ROOT


def test_an_old_picture_is_explained_with_its_date_and_tickets():
    """Which tickets showed it, where there are any; nothing where no picture is old."""
    found = {"text": "", "fate": "ticket", "lane": None, "because": "jalan-kota", "ruleset": "cafe0123", "extraction": {},
             "routes": [], "old_pictures": [{"mention": "x:post:1", "picture": 0, "tickets": ["T-88", "T-89"],
                                             "seen_at": datetime(2021, 2, 14, tzinfo=UTC)}]}

    assert "gambar     pernah muncul 14-02-2021 T-88 T-89" in [*lines(found)]
    assert not any(line.startswith("gambar") for line in lines({**found, "old_pictures": []}))


REASON = {"what": "model:reads like a report", "weight": 2.74, "spans": []}


def test_the_reasons_stand_in_the_words_of_the_office():
    """As on the ticket page; keys that an operator edits stay keys."""
    seen = {"language": "id", "relevance": {"label": "actionable", "detail": "keluhan_umum", "score": 0.9,
                                            "because": [REASON], "vulnerable": []},
            "topics": [], "places": [], "location": None, "sensitive": None, "pii": [],
            "urgency": {"label": "normal", "score": 0.9, "because": [{**REASON, "what": "topic:lampu_jalan"}]}}
    route = {"department": "pln", "outside": True, "score": 0.9, "rule": "pln", "owner": "unknown", "runner_up": None,
             "margin": 1.0, "because": []}

    said = "\n".join(lines({"text": "", "fate": "lane", "lane": "spam", "because": "iklan", "ruleset": "cafe", "extraction": seen,
                            "routes": [route]}))

    for part in ("nasib      lajur (spam): iklan", "keluhan umum 0.90", "+2.74 pola kata mirip laporan warga",
                 "topik lampu_jalan", "wewenang belum jelas"):
        assert part in said, part


def test_an_account_that_nobody_watches_is_refused(tmp_path):
    """A slip of the pen would route the text as if nobody had been addressed, and say so with certainty."""
    with pytest.raises(ConfigError, match="x:bukan: tidak dikenal"):
        explain(text="Jalan berlubang", account="x:bukan", config=ROOT / "config.yaml")
