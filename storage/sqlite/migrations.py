"""How a file of an older version becomes one of this version: step by step, each once, in the order of their numbers.

A new file gets all of `schema.SQL` from the first step, so every later one has to find its work done.
"""

from __future__ import annotations

import re
import sqlite3

import sqlite_utils
from sqlite_utils import Migrations

from domain import StoreFault
from storage.sqlite.deliveries import TABLES as DELIVERIES
from storage.sqlite.list_schema import COUNT, COUNTS, DESK, EVIDENCE, MARKS, PLACE, STATUS, VIEWS, WORDS
from storage.sqlite.outbox import RETRYING
from storage.sqlite.oversight_schema import FILL_ANSWERED, FILL_TOUCHED, OVERSIGHT
from storage.sqlite.redacting import TABLES as REDACTIONS
from storage.sqlite.schema import ADDED, PICTURES, SPREAD, SQL, WAITING, WAITS
from storage.sqlite.watch_schema import FILL_HEARD, WATCH

MIGRATIONS = Migrations("kentongan")


@MIGRATIONS()
def m001_initial(db: sqlite_utils.Database) -> None:
    _run(db, SQL)


@MIGRATIONS()
def m002_answers(db: sqlite_utils.Database) -> None:
    db.execute("CREATE INDEX IF NOT EXISTS mention_thread ON mention(cluster, posted_at) WHERE verdict = 'thread'")


@MIGRATIONS()
def m003_merges(db: sqlite_utils.Database) -> None:
    """Columns and tables for merges and splits, where m001 of an older version did not make them."""
    for table, column in (("mention", "home TEXT"), ("cluster", "joined TEXT REFERENCES cluster(id)"),
                          ("cluster", "parted TEXT REFERENCES cluster(id)"),
                          ("ticket", "merged_into INTEGER REFERENCES ticket(id)")):
        if column.split()[0] not in {row[1] for row in db.execute(f"PRAGMA table_info({table})").fetchall()}:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for name in ("mention_home", "cluster_joined", "ticket_desk_opened", "ticket_topic_opened", "correction_story",
                 "regrouping"):
        for statement in _statements_for(name):
            db.execute(statement)


@MIGRATIONS()
def m004_pictures(db: sqlite_utils.Database) -> None:
    _run(db, PICTURES)


@MIGRATIONS()
def m005_spread(db: sqlite_utils.Database) -> None:
    """Stories of an older file are counted when they next grow; until then their page counts the rows."""
    _run(db, ADDED + SPREAD)


@MIGRATIONS()
def m006_lane_samples(db: sqlite_utils.Database) -> None:
    start = SQL.index("CREATE TABLE lane_sample")
    for statement in SQL[start:SQL.index("CREATE TABLE outbox")].split(";"):
        if statement.strip():
            db.execute(statement.strip().replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)
                       .replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1))


@MIGRATIONS()
def m007_rulesets(db: sqlite_utils.Database) -> None:
    """Versions get numbers; rules that were in force before get theirs in the order in which they came."""
    _run(db, """
        CREATE TABLE IF NOT EXISTS ruleset_version (
          n INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL REFERENCES ruleset(hash), at INTEGER NOT NULL,
          actor TEXT NOT NULL, reason TEXT NOT NULL, text TEXT, gate TEXT) STRICT;
        CREATE INDEX IF NOT EXISTS ruleset_version_hash ON ruleset_version(hash);
        INSERT INTO ruleset_version (hash, at, actor, reason)
          SELECT hash, saved_at, 'kentongan', reason FROM ruleset
           WHERE hash NOT IN (SELECT hash FROM ruleset_version) ORDER BY saved_at, hash;
    """)


@MIGRATIONS()
def m008_watching(db: sqlite_utils.Database) -> None:
    """What an account was heard in which hour is counted from the rows of an older file; readings start anew."""
    _run(db, WATCH)
    db.execute(FILL_HEARD)


@MIGRATIONS()
def m010_deliveries(db: sqlite_utils.Database) -> None:
    _run(db, DELIVERIES)


@MIGRATIONS()
def m011_queue(db: sqlite_utils.Database) -> None:
    """Tickets learn where they are and whence; the counters learn topics; both filter lists. 7 s a million tickets."""
    if "place" in {row[1] for row in db.execute("PRAGMA table_info(ticket)").fetchall()}:
        return
    for column in ("platform", "place", "assignee"):
        db.execute(f"ALTER TABLE ticket ADD COLUMN {column} TEXT")
    db.execute("""
        UPDATE ticket SET (platform, place) = (
          SELECT m.platform, j.extraction ->> '$.location.code' FROM cluster c JOIN mention m ON m.key = c.first
            LEFT JOIN judgement j ON j.mention = m.key WHERE c.id = ticket.cluster)""")
    for trigger in ("in", "over", "out"):
        db.execute(f"DROP TRIGGER ticket_counted_{trigger}")
    db.execute("DROP VIEW metric_ticket")
    db.execute("DROP TABLE ticket_count")
    db.execute("DROP INDEX ticket_desk")
    _run(db, DESK + PLACE + COUNTS + VIEWS)
    db.execute("CREATE VIEW metric_ticket AS SELECT status, sum(n) AS n FROM ticket_count GROUP BY status")
    for statement in COUNT:
        db.execute(statement)


@MIGRATIONS()
def m011b_evidence(db: sqlite_utils.Database) -> None:
    _run(db, EVIDENCE)


@MIGRATIONS()
def m012_redactions(db: sqlite_utils.Database) -> None:
    _run(db, REDACTIONS)


@MIGRATIONS()
def m013_oversight(db: sqlite_utils.Database) -> None:
    """When tickets were answered and desks at work: counted from an older audit chain. 27 s a million tickets."""
    if "answered_at" in {row[1] for row in db.execute("PRAGMA table_info(ticket)").fetchall()}:
        return
    db.execute("ALTER TABLE ticket ADD COLUMN answered_at INTEGER")
    _run(db, OVERSIGHT)
    db.execute(FILL_ANSWERED)
    db.execute(FILL_TOUCHED)


@MIGRATIONS()
def m014_facts(db: sqlite_utils.Database) -> None:
    """Notices carry facts for machines; those that failed are found by ticket, so that later ones wait for them."""
    if "facts" not in {row[1] for row in db.execute("PRAGMA table_info(outbox)").fetchall()}:
        db.execute("ALTER TABLE outbox ADD COLUMN facts TEXT NOT NULL DEFAULT '[]'")
    db.execute(RETRYING)


@MIGRATIONS()
def m015_marks(db: sqlite_utils.Database) -> None:
    """The index of words learns desks and which tickets live; all desks get counts and an index. A minute a million."""
    if "marks" in {row[1] for row in db.execute("PRAGMA table_xinfo(ticket)").fetchall()}:
        return
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'ticket_count_all'").fetchall():
        for trigger in ("in", "over", "out"):
            db.execute(f"DROP TRIGGER ticket_counted_{trigger}")
        db.execute("DROP VIEW metric_ticket")
        db.execute("DROP TABLE ticket_count")
        _run(db, COUNTS)
        db.execute("CREATE VIEW metric_ticket AS SELECT status, sum(n) AS n FROM ticket_count GROUP BY status")
        for statement in COUNT:
            db.execute(statement)
    db.execute("DROP INDEX ticket_due")
    db.execute(STATUS)
    db.execute(f"ALTER TABLE ticket ADD COLUMN marks TEXT GENERATED ALWAYS AS ({MARKS}) VIRTUAL")
    db.execute("ALTER TABLE ticket_text RENAME TO ticket_text_before")
    _run(db, WORDS)
    db.execute("INSERT INTO ticket_text (rowid, text, marks) SELECT w.rowid, w.text, t.marks FROM ticket_text_before w"
               " JOIN ticket t ON t.id = w.rowid ORDER BY w.rowid")
    db.execute("DROP TABLE ticket_text_before")


@MIGRATIONS()
def m016_judgements(db: sqlite_utils.Database) -> None:
    """Judgements are written shorter from here on, see judgement.py. No row changes; an older version must stop."""


@MIGRATIONS()
def m017_places(db: sqlite_utils.Database) -> None:
    """The index of places answers every filter of a list by itself. 3 s a million tickets, 100 MB."""
    made, = db.execute("SELECT sql FROM sqlite_master WHERE name = 'ticket_place'").fetchone()
    if "due_sort" not in made:
        db.execute("DROP INDEX ticket_place")
        _run(db, PLACE)


@MIGRATIONS()
def m018_echoes(db: sqlite_utils.Database) -> None:
    """What waits learns whether it repeats a post that is known. Reads what waits, nothing else."""
    if "echo" in {row[1] for row in db.execute("PRAGMA table_info(mention)").fetchall()}:
        return
    db.execute("ALTER TABLE mention ADD COLUMN echo INTEGER NOT NULL DEFAULT 0")
    db.execute(
        f"UPDATE mention SET echo = 1 WHERE fate IN {WAITS} AND (repost_of IN (SELECT key FROM known_original)"  # noqa: S608
        " OR EXISTS (SELECT 1 FROM mention o WHERE o.key = mention.repost_of))")
    db.execute("DROP INDEX mention_waiting")
    _run(db, WAITING)


def _run(db: sqlite_utils.Database, script: str) -> None:
    """Its statements, in the migration's own transaction. sqlite-utils looks after each sign whether one is whole,
    50 ms for a new file; in a script of ours each ends at the end of a line.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(statement)


def _statements_for(name: str) -> list[str]:
    """The statements of SQL that make an index or table of this name, or indexes named after the table."""
    made = re.compile(rf"CREATE (TABLE|INDEX) ({name}\w*)\b[^;]*", re.ASCII)
    plain = re.sub(r"--[^\n]*", "", SQL)
    return [re.sub(r"^CREATE (TABLE|INDEX)", r"CREATE \1 IF NOT EXISTS", found[0]) for found in made.finditer(plain)]


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing; inside the caller's transaction, so all of it or nothing."""
    MIGRATIONS.apply(_database(connection))


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether nothing is pending. Raises StoreFault where a newer version has been at work."""
    database = _database(connection)
    ours = [migration.name for migration in MIGRATIONS._migrations]
    applied = [migration.name for migration in MIGRATIONS.applied(database)]
    newer = [name for name in applied if name not in ours]
    if newer:
        raise StoreFault(
            f"skema basis data lebih baru daripada program ini: {', '.join(newer)}",
            hint="pakai versi Kentongan yang menulisnya, atau pulihkan cadangan dari sebelum pemutakhiran",
        )
    if not applied and database.table_names():
        raise StoreFault("basis data ini bukan milik Kentongan", hint="periksa store.path di config.yaml")
    return applied == ours


def version(connection: sqlite3.Connection) -> str:
    return max((migration.name for migration in MIGRATIONS.applied(_database(connection))), default="")


def _database(connection: sqlite3.Connection) -> sqlite_utils.Database:
    return sqlite_utils.Database(connection, execute_plugins=False, recursive_triggers=False)
