"""What a batch of the daemon asks of the store costs the same at ten tickets and at a million."""

from __future__ import annotations

import re

import pytest

from storage import open_store
from tests.storage.decisions import LATER, joins, mention, opens, repost, save, tell, watch

# walked, and small whatever is stored: one row, the first row that is there, or only what still waits
SHORT = ("audit_head", "sqlite_sequence", "redaction", "json_each", "m USING INDEX mention_waiting", "CONSTANT ROW",
         "p VIRTUAL TABLE", "main.ticket_text_config", "told")


@pytest.fixture
def asked(tmp_path, empty_store):
    """Every statement that reads, of two batches: one that opens stories, one that goes on with them."""
    store = watch(open_store(empty_store(tmp_path / "k.db")))
    first, second = mention(), mention("Lampu jalan mati di Jebres")
    statements: list[str] = []
    store.connections.connection().set_trace_callback(statements.append)
    save(store, first, second)
    waiting = store.unprocessed(200, now=LATER)
    store.standings({post.key for post in waiting})
    store.settle([opens(first), opens(second, "solo-dishub")], announce=tell, now=LATER)
    again = repost(first)
    save(store, again)
    store.clusters_of([again.key, first.key])
    store.standings({first.key})
    store.heads({first.key})
    list(store.stories_since(0, after=first.posted_at))
    store.settle([joins(again, first.key)], announce=tell, now=LATER)
    store.connections.connection().set_trace_callback(None)
    yield store.connections.connection(), [sql for sql in statements if re.match(r"SELECT|UPDATE|DELETE|WITH", sql)]
    store.close()


def test_no_statement_of_a_batch_walks_a_table(asked):
    """Rows are found by key or by story: nothing is looked through that grows with the store."""
    connection, statements = asked

    steps = {(step, sql) for sql in statements
             for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()}

    assert any("ticket_cluster (cluster=?)" in step for step, _ in steps)
    assert not [(step, sql) for step, sql in steps
                if step.startswith("SCAN") and not step.removeprefix("SCAN ").startswith(SHORT)]
    assert not [(step, sql) for step, sql in steps if "status=?" in step]
