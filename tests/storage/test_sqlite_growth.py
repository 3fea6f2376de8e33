"""What a batch of the daemon asks of the store costs the same at ten tickets and at a million."""

from __future__ import annotations

import re
from dataclasses import replace

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


@pytest.mark.parametrize("new", [0, 300], ids=["reposts alone", "more new posts than a batch holds"])
def test_the_next_batch_costs_the_same_however_long_the_backlog(tmp_path, empty_store, new):
    """It is read off the front of an index: 300 reposts that wait take as many steps as 3,000."""
    steps = [steps_of_a_batch(empty_store(tmp_path / f"{reposts}.db"), reposts=reposts, new=new)
             for reposts in (300, 3_000)]

    assert steps[0] > 1_000
    assert steps[1] <= steps[0] * 1.01


def steps_of_a_batch(path, *, reposts, new):
    """Instructions of SQLite's machine for reading the next 200 posts."""
    store = watch(open_store(path))
    first = mention()
    save(store, first)
    store.settle([opens(first)], announce=tell, now=LATER)
    for post, times in ((repost(first), reposts), (mention("Aduan"), new)):
        save(store, *(replace(post, key=f"{post.key}-{n}", native_id=f"{post.native_id}-{n}") for n in range(times)))
    connection = store.connections.connection()
    steps = 0

    def step():
        nonlocal steps
        steps += 1

    connection.set_progress_handler(step, 1)
    assert len(store.unprocessed(200, now=LATER)) == 200
    connection.set_progress_handler(None, 1)
    store.close()
    return steps


def test_the_order_of_judging_is_read_from_an_index(tmp_path, empty_store):
    """Nothing that waits is sorted or looked through, when a page comes and when a batch is taken."""
    store = watch(open_store(empty_store(tmp_path / "k.db")))
    first, unseen = mention(), mention()
    shares = [repost(first), repost(first), repost(unseen)]
    statements: list[str] = []
    store.connections.connection().set_trace_callback(statements.append)
    save(store, first, *shares)
    save(store, mention(reply_to=shares[0].key), *(mention(f"Aduan {n}") for n in range(8)))
    store.unprocessed(8, now=LATER)
    connection = store.connections.connection()
    connection.set_trace_callback(None)

    plans = [step for sql in statements if re.search(r"^(SELECT|WITH).* (m\.)?echo\b", sql, re.DOTALL)
             for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]

    ways = {step for step in plans if re.search(r"\b(mention|m)\b USING", step)}
    assert ways == {
        "SCAN m USING INDEX mention_waiting",  # as far as the batch goes
        "SEARCH m USING INDEX mention_waiting (echo=?)",
        "SEARCH m USING INDEX sqlite_autoindex_mention_1 (key=?)",
        "SEARCH mention USING INDEX sqlite_autoindex_mention_1 (key=?)",
        "SEARCH mention USING INDEX mention_first_repost (repost_of=?)",
    }
    assert not [step for step in plans if "ORDER BY" in step]
    store.close()
