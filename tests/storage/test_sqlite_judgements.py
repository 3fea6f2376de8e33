"""What the NLP saw is kept short and read back whole, in the form of today and in that of older files."""

from __future__ import annotations

from dataclasses import asdict, replace

import orjson
import pytest

from domain import Pii, Reason, Relevance, Span, Topic, Urgency
from storage import open_store
from storage.sqlite.judgement import extraction_of, seen_of, text_of
from tests.storage.decisions import extraction, mention, opens, save, settle, watch

SEEN = replace(
    extraction(pii=(Pii(3, 9, "phone"),)), register="ngoko",
    relevance=Relevance("actionable", "laporan", 0.93, (Reason("rule:self", 0.45, (Span(0, 4), Span(7, 9))), Reason("model", -0.2)),
                        (Reason("vulnerable:child", 1.0, (Span(2, 5),)),)),
    topics=(Topic("jalan", 0.9, (Span(0, 5),)), Topic("lampu", 0.2)),
    urgency=Urgency("tinggi", 0.61, (Reason("signal:tinggi:roboh", 1.6, (Span(1, 2),)),)))
OLDER = orjson.dumps(asdict(SEEN)).decode()  # records throughout


@pytest.mark.parametrize("stored", [text_of(SEEN), OLDER], ids=["today", "older"])
def test_a_judgement_comes_back_as_it_was_made(stored):
    """Every reason with its words, weight and place; in the order in which the records name them."""
    seen = seen_of(stored)

    assert extraction_of(seen) == SEEN
    assert orjson.dumps(seen).decode() == OLDER


def test_a_store_reads_judgements_of_both_forms(tmp_path, empty_store):
    """A file that goes on under a newer version need not be written anew."""
    store = watch(open_store(empty_store(tmp_path / "k.db")))
    old, new = mention(), mention("Lampu jalan mati di Jebres")
    save(store, old, new)
    settle(store, replace(opens(old), extraction=SEEN), replace(opens(new), extraction=SEEN))
    with store.connections.write() as connection:
        connection.execute("UPDATE judgement SET extraction = ? WHERE mention = ?", (OLDER, old.key))

    heads = store.heads({old.key, new.key})

    assert heads[old.key].extraction == heads[new.key].extraction == SEEN
    store.close()
