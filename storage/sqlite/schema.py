"""The tables, on one screen, and how an older file becomes them.

`SQL` is the current schema. Times are whole microseconds since 1970, UTC (columns `_at`); a `day` is
a WIB date. Citizens' words stand in mention, revision, quarantine, judgement, cluster.body and
ticket_text and nowhere else: `purge` empties these six.
"""

# ruff: noqa: S608  only our own lists of states are written into SQL

from __future__ import annotations

import sqlite3

import sqlite_utils
from sqlite_utils import Migrations

from domain import StoreFault

LIVE = "('baru', 'diterima', 'dikerjakan', 'menunggu_keterangan', 'diteruskan')"
WAITS = "('waiting', 'failed')"

SQL = f"""
CREATE TABLE account (
  key TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  native_id TEXT NOT NULL,
  handle TEXT NOT NULL,             -- as the platform last said, else as configured
  configured_handle TEXT NOT NULL,  -- tells an operator's change from a rename at the platform
  government TEXT NOT NULL,
  department TEXT,
  cursor TEXT NOT NULL DEFAULT '',  -- opaque to all but the account's connector
  state TEXT NOT NULL DEFAULT 'ok',
  state_reason TEXT NOT NULL DEFAULT '',
  next_poll_at INTEGER,             -- null: due now
  fail_count INTEGER NOT NULL DEFAULT 0,
  last_success_at INTEGER,
  notes TEXT NOT NULL DEFAULT '[]'  -- what the last page said about the account; audited when it changes
) STRICT;

CREATE TABLE mention (
  key TEXT PRIMARY KEY,             -- platform:class:root
  fate TEXT NOT NULL DEFAULT 'waiting'
    CHECK (fate IN ('waiting', 'ticket', 'attached', 'lane', 'failed')),
  lane TEXT,
  cluster TEXT REFERENCES cluster(id),  -- null until settled; stays when a revision waits again
  account TEXT NOT NULL,            -- the first that was shown it; all of them stand in sighting
  platform TEXT NOT NULL,
  kind TEXT NOT NULL,
  native_id TEXT NOT NULL,          -- of the newest version
  state TEXT NOT NULL,              -- live edited gone withheld
  own INTEGER NOT NULL,
  posted_at INTEGER NOT NULL,       -- of the first version: an edit does not move it
  seen_at INTEGER NOT NULL,
  edited_at INTEGER,
  repost_of TEXT,                   -- key
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER,                 -- of a failed one
  reason TEXT,                      -- what decided its fate
  verdict TEXT,                     -- why it belongs to its cluster
  similarity REAL,
  ruleset TEXT,
  text TEXT NOT NULL,
  url TEXT,
  author_id TEXT,
  author_handle TEXT,
  author_name TEXT,
  metrics TEXT,                     -- JSON
  extra TEXT                        -- JSON: media, place, hashtags, ... those that are set
) STRICT;
CREATE INDEX mention_waiting ON mention(posted_at, key) WHERE fate IN {WAITS};
CREATE INDEX mention_story ON mention(cluster, posted_at) WHERE cluster IS NOT NULL;
CREATE INDEX mention_lane ON mention(posted_at) WHERE lane IS NOT NULL;
CREATE INDEX mention_thread ON mention(cluster, posted_at) WHERE verdict = 'thread';  -- answers may name the place

CREATE TABLE sighting (             -- an account was shown a mention; the ledger's right-hand side
  mention TEXT NOT NULL REFERENCES mention(key),
  account TEXT NOT NULL,
  day TEXT NOT NULL,                -- WIB day of the first time
  PRIMARY KEY (mention, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen_count (           -- the ledger's left-hand side: counted as pages come, never from rows
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (           -- items that could not be read
  key TEXT NOT NULL,
  account TEXT NOT NULL,
  raw TEXT NOT NULL,
  reason TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  day TEXT NOT NULL,
  counted INTEGER NOT NULL,         -- 0: the item also stands as a mention, which has its fate
  PRIMARY KEY (key, account)
) STRICT;

CREATE TABLE revision (             -- versions of a mention that were replaced
  id INTEGER PRIMARY KEY,
  mention TEXT NOT NULL REFERENCES mention(key),
  native_id TEXT NOT NULL,
  text TEXT NOT NULL,
  replaced_at INTEGER NOT NULL
) STRICT;
CREATE INDEX revision_mention ON revision(mention);

CREATE TABLE tombstone (            -- deleted at the source: what comes again under this key comes empty
  key TEXT PRIMARY KEY,
  gone_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (            -- what the NLP saw; apart from mention, whose rows stay small to scan
  mention TEXT PRIMARY KEY REFERENCES mention(key),
  extraction TEXT,                  -- JSON of asdict(Extraction)
  routes TEXT NOT NULL              -- JSON list of asdict(Route)
) STRICT;

CREATE TABLE cluster (
  id TEXT PRIMARY KEY,              -- key of the mention that the story is named after
  first TEXT NOT NULL REFERENCES mention(key),  -- the same, as soon as that one is settled
  size INTEGER NOT NULL,            -- members, the first included
  author TEXT,
  first_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,             -- grows when the story is made, changed, merged, split; not per member
  exact TEXT,                       -- fingerprint, or null: decimal, whatever its width
  shingles BLOB,                    -- 64-bit numbers; the first byte says q (signed) or Q
  body TEXT,
  media TEXT                        -- JSON list
) STRICT;
CREATE UNIQUE INDEX cluster_seq ON cluster(seq, first_at);

CREATE TABLE known_original (       -- reposted, but never shown to us itself
  key TEXT PRIMARY KEY,
  cluster TEXT NOT NULL REFERENCES cluster(id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  version INTEGER NOT NULL DEFAULT 1,    -- compare and swap
  cluster TEXT NOT NULL REFERENCES cluster(id),
  department TEXT NOT NULL,
  status TEXT NOT NULL,
  priority TEXT NOT NULL,
  topic TEXT NOT NULL,
  urgency TEXT NOT NULL,
  opened_at INTEGER NOT NULL,       -- when the mention reached us
  due_at INTEGER,
  due_rule TEXT,
  due_sort INTEGER GENERATED ALWAYS AS (  -- by due date; a danger to life that nobody took stands above all
    ifnull(due_at, 4611686018427387904) - (urgency = 'darurat' AND status = 'baru') * 4611686018427387904) VIRTUAL,
  parent INTEGER REFERENCES ticket(id),
  coordinates INTEGER NOT NULL,
  sensitive INTEGER NOT NULL,
  outside INTEGER NOT NULL,
  rule TEXT NOT NULL,
  ruleset TEXT NOT NULL,
  closed_at INTEGER,
  reason TEXT
) STRICT;
CREATE UNIQUE INDEX one_live_ticket ON ticket(cluster, department, coordinates)
  WHERE status IN {LIVE};           -- a finished complaint may return
CREATE INDEX ticket_cluster ON ticket(cluster);
CREATE INDEX ticket_desk ON ticket(department, status, due_sort, id);
CREATE INDEX ticket_due ON ticket(due_sort, id);
CREATE VIRTUAL TABLE ticket_text USING fts5(text, tokenize = "unicode61 remove_diacritics 2");
                                    -- rowid = ticket; words of the story's first mention, personal data left out

CREATE TABLE ticket_count (         -- kept by the triggers below
  department TEXT NOT NULL,
  status TEXT NOT NULL,
  sensitive INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (department, status, sensitive)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ticket_counted_in AFTER INSERT ON ticket BEGIN
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_over AFTER UPDATE OF department, status, sensitive ON ticket BEGIN
  UPDATE ticket_count SET n = n - 1
   WHERE department = old.department AND status = old.status AND sensitive = old.sensitive;
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_out AFTER DELETE ON ticket BEGIN
  UPDATE ticket_count SET n = n - 1
   WHERE department = old.department AND status = old.status AND sensitive = old.sensitive;
END;

CREATE TABLE audit (                -- who did what; each row holds the hash over itself and the one before
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  ticket INTEGER,
  subject TEXT,                     -- account or mention, where it is not about a ticket
  before TEXT NOT NULL,             -- JSON, sorted keys
  after TEXT NOT NULL,
  reason TEXT,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_ticket ON audit(ticket) WHERE ticket IS NOT NULL;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TABLE audit_head (           -- the last link: rows cut off the end are missed
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, '');

CREATE TABLE correction (           -- what staff changed in a machine's decision: a label
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  ticket INTEGER NOT NULL REFERENCES ticket(id),
  cluster TEXT NOT NULL REFERENCES cluster(id),
  kind TEXT NOT NULL,
  before TEXT NOT NULL,             -- JSON
  after TEXT NOT NULL,
  ruleset TEXT NOT NULL
) STRICT;

CREATE TABLE lane_sample (          -- drawn daily by hash: a person says whether the lane was right
  mention TEXT PRIMARY KEY REFERENCES mention(key),
  day TEXT NOT NULL,                -- WIB day of arrival
  lane TEXT NOT NULL,               -- as it was drawn: a wrong one is lifted
  drawn_at INTEGER NOT NULL,
  verdict TEXT CHECK (verdict IN ('benar', 'salah')),
  actor TEXT,
  checked_at INTEGER
) STRICT;
CREATE INDEX lane_sample_day ON lane_sample(day);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,         -- idempotency key
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  ticket INTEGER NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER,
  given_up_at INTEGER,              -- permanent failure: ops look at it
  error TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox(due_at, id) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox(given_up_at) WHERE given_up_at IS NOT NULL;

CREATE TABLE ruleset (
  hash TEXT PRIMARY KEY,
  rules TEXT NOT NULL,              -- JSON, sorted keys
  reason TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE budget (
  month TEXT NOT NULL,              -- 2026-11, UTC as the platforms bill
  platform TEXT NOT NULL,
  reads INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  PRIMARY KEY (month, platform)
) STRICT, WITHOUT ROWID;

-- metrics and books, as anybody with `sqlite3` can read them
CREATE VIEW fate_count AS
  SELECT s.account, s.day, m.fate, count(*) AS n
    FROM sighting s JOIN mention m ON m.key = s.mention GROUP BY s.account, s.day, m.fate
  UNION ALL
  SELECT account, day, 'quarantined', count(*) FROM quarantine WHERE counted = 1 GROUP BY account, day;
CREATE VIEW metric_backlog AS
  SELECT count(*) FILTER (WHERE fate = 'waiting') AS waiting, count(*) FILTER (WHERE fate = 'failed') AS failed,
         min(seen_at) AS oldest_seen_at
    FROM mention WHERE fate IN {WAITS};
CREATE VIEW metric_ticket AS SELECT status, sum(n) AS n FROM ticket_count GROUP BY status;
CREATE VIEW metric_outbox AS
  SELECT count(*) AS unsent, min(due_at) AS oldest_due_at,
         (SELECT count(*) FROM outbox WHERE given_up_at IS NOT NULL) AS given_up
    FROM outbox WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE VIEW metric_account AS SELECT key, platform, state, state_reason, last_success_at, next_poll_at FROM account;
CREATE VIEW metric_budget AS SELECT month, platform, reads, cost_usd FROM budget;
"""

MIGRATIONS = Migrations("kentongan")


@MIGRATIONS()
def m001_initial(db: sqlite_utils.Database) -> None:
    db.executescript(SQL)


@MIGRATIONS()
def m002_answers(db: sqlite_utils.Database) -> None:
    db.execute("CREATE INDEX IF NOT EXISTS mention_thread ON mention(cluster, posted_at) WHERE verdict = 'thread'")


@MIGRATIONS()
def m006_lane_samples(db: sqlite_utils.Database) -> None:
    start = SQL.index("CREATE TABLE lane_sample")
    for statement in SQL[start:SQL.index("CREATE TABLE outbox")].split(";"):
        if statement.strip():
            db.execute(statement.strip().replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)
                       .replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1))


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
