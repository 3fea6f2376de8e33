"""The tables, on one screen. How an older file becomes them: `migrations.py`.

`SQL` is the current schema. Times are whole microseconds since 1970, UTC (columns `_at`); a `day` is a WIB date.
Citizens' words stand in mention, revision, quarantine, judgement, cluster.body and ticket_text, where staff blotted
them in redaction and redacted, and nowhere else: `purge` empties these. What was known of their pictures (hashes, no
picture is ever stored) stands in picture and picture_again, which it empties too.
"""

# ruff: noqa: S608  only our own lists of states are written into SQL

from storage.sqlite.list_schema import COUNTS, DESK, EVIDENCE, LIVE, MARKS, PLACE, STATUS, VIEWS, WORDS
from storage.sqlite.oversight_schema import OVERSIGHT
from storage.sqlite.watch_schema import WATCH

__all__ = ["LIVE", "SQL", "WAITING", "WAITS"]

WAITS = "('waiting', 'failed')"

WAITING = f"""CREATE INDEX IF NOT EXISTS mention_waiting ON mention(echo, posted_at, key) WHERE fate IN {WAITS};
CREATE INDEX IF NOT EXISTS mention_first_repost ON mention(repost_of)
  WHERE fate IN {WAITS} AND echo = 0 AND repost_of IS NOT NULL;  -- hardly any
"""

PICTURES = """
CREATE TABLE IF NOT EXISTS picture ( -- of a post, as far as it was asked for; hashes alone, never the picture
  seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- new when it was looked at, never used twice: replicas read on from it
  mention TEXT NOT NULL REFERENCES mention(key),
  place INTEGER NOT NULL,           -- in the post's list of media
  state TEXT NOT NULL,              -- waiting, then as domain.Picture.state
  until INTEGER NOT NULL,           -- the post is not judged before, unless the picture was seen
  tried_at INTEGER,                 -- when the platform was asked for it
  reason TEXT,
  sha256 TEXT,
  views BLOB,                       -- 16 bytes each
  UNIQUE (mention, place)
) STRICT;
CREATE INDEX IF NOT EXISTS picture_waiting ON picture(until) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS picture_tried ON picture(tried_at) WHERE tried_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS picture_again ( -- an old picture under a new story; staff are told, nothing follows
  mention TEXT NOT NULL REFERENCES mention(key),
  place INTEGER NOT NULL,
  earlier TEXT NOT NULL REFERENCES mention(key),  -- the first that showed it
  distance INTEGER NOT NULL,
  PRIMARY KEY (mention, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS picture_again_earlier ON picture_again(earlier);
CREATE VIEW IF NOT EXISTS metric_picture AS SELECT state, reason, count(*) AS n FROM picture GROUP BY state, reason;
"""

ADDED = """CREATE INDEX IF NOT EXISTS mention_addition ON mention(cluster, posted_at)
  WHERE verdict IN ('quote', 'thread', 'added');  -- what may tell more than the story's first post
"""
SPREAD = """
CREATE TABLE IF NOT EXISTS spread_story (  -- how stories told twice spread: a replica of mention, see spread.py
  cluster TEXT PRIMARY KEY,
  posts INTEGER NOT NULL,           -- members that the counts hold; another number than cluster.size: count anew
  surged_at INTEGER,                -- when it was told so fast that its urgency rose
  surge_voices INTEGER
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS spread_moved AFTER UPDATE OF cluster ON mention  -- merged, split, undone, left
  WHEN old.cluster IS NOT NULL AND old.cluster IS NOT new.cluster BEGIN
    UPDATE spread_story SET posts = -1 WHERE cluster IN (old.cluster, new.cluster);
END;
CREATE TABLE IF NOT EXISTS spread_minute (
  cluster TEXT NOT NULL,
  minute INTEGER NOT NULL,          -- posted_at in whole minutes
  posts INTEGER NOT NULL,
  voices INTEGER NOT NULL,          -- authors heard for the first time
  PRIMARY KEY (cluster, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spread_share (
  cluster TEXT NOT NULL,
  platform TEXT NOT NULL,
  account TEXT NOT NULL,
  way TEXT NOT NULL,                -- first repost same copy quote reply
  posts INTEGER NOT NULL,
  voices INTEGER NOT NULL,
  young INTEGER NOT NULL,           -- of these voices, accounts younger than a month
  PRIMARY KEY (cluster, platform, account, way)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spread_voice (
  cluster TEXT NOT NULL,
  voice INTEGER NOT NULL,           -- hash of platform and author; goes with the author's last post
  posts INTEGER NOT NULL,
  PRIMARY KEY (cluster, voice)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spread_source (
  cluster TEXT NOT NULL,
  source TEXT NOT NULL,             -- key of the post that was repeated by reference
  posts INTEGER NOT NULL,
  PRIMARY KEY (cluster, source)
) STRICT, WITHOUT ROWID;
"""

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
  echo INTEGER NOT NULL DEFAULT 0,  -- 1: repeats a post that was known when it came; judged after what is new
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER,                 -- of a failed one
  reason TEXT,                      -- what decided its fate
  verdict TEXT,                     -- why it belongs to its cluster
  home TEXT,                        -- the story it was told for, where staff have merged that one into `cluster`
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
{WAITING}CREATE INDEX mention_story ON mention(cluster, posted_at) WHERE cluster IS NOT NULL;
CREATE INDEX mention_home ON mention(home) WHERE home IS NOT NULL;
CREATE INDEX mention_lane ON mention(posted_at) WHERE lane IS NOT NULL;
{ADDED}
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
  extraction TEXT,                  -- JSON, see judgement.py
  routes TEXT NOT NULL              -- JSON list of asdict(Route)
) STRICT;

{PICTURES}
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
  media TEXT,                       -- JSON list
  joined TEXT REFERENCES cluster(id),  -- staff merged it into this one; its own tellings arrive there
  parted TEXT REFERENCES cluster(id)   -- staff split it from this one; its fingerprint keeps it apart
) STRICT;
CREATE UNIQUE INDEX cluster_seq ON cluster(seq, first_at);
CREATE INDEX cluster_joined ON cluster(joined) WHERE joined IS NOT NULL;

{SPREAD}
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
  reason TEXT,
  merged_into INTEGER REFERENCES ticket(id),
  platform TEXT,                    -- of the story's first mention, and where that one is: for lists, see listing.py
  place TEXT,                       -- code of the area
  assignee TEXT,                    -- name of a member of staff
  answered_at INTEGER,              -- when a person first decided on it: oversight_schema.py
  marks TEXT GENERATED ALWAYS AS ({MARKS}) VIRTUAL  -- where words are looked for, see search.py
) STRICT;
CREATE UNIQUE INDEX one_live_ticket ON ticket(cluster, department, coordinates)
  WHERE status IN {LIVE};           -- a finished complaint may return
CREATE INDEX ticket_cluster ON ticket(cluster);
{DESK}{PLACE}
{STATUS}
CREATE INDEX ticket_desk_opened ON ticket(department, opened_at) WHERE status IN {LIVE};  -- what may be the same
CREATE INDEX ticket_topic_opened ON ticket(topic, opened_at) WHERE status IN {LIVE};
{WORDS}
{COUNTS}
{VIEWS}
{EVIDENCE}
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
{OVERSIGHT}

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
CREATE INDEX correction_story ON correction(cluster);

CREATE TABLE regrouping (           -- merges and splits by staff, with what undoing them restores
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
  ticket INTEGER NOT NULL REFERENCES ticket(id),  -- merged, or split from
  other INTEGER NOT NULL REFERENCES ticket(id),   -- goes on, or opened by the split
  story TEXT NOT NULL REFERENCES cluster(id),
  other_story TEXT NOT NULL REFERENCES cluster(id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  tickets TEXT NOT NULL,            -- JSON: [ticket, columns before, columns after]
  mentions TEXT,                    -- JSON: of a split, how each mention stood before
  undone_at INTEGER,
  withdrawn TEXT NOT NULL DEFAULT '[]'  -- JSON: tickets of a split that was undone; no export lists them
) STRICT;
CREATE INDEX regrouping_ticket ON regrouping(ticket) WHERE undone_at IS NULL;
CREATE INDEX regrouping_other ON regrouping(other) WHERE undone_at IS NULL;
CREATE INDEX regrouping_story ON regrouping(story);
CREATE INDEX regrouping_undone ON regrouping(id) WHERE withdrawn <> '[]';

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
  error TEXT,
  facts TEXT NOT NULL DEFAULT '[]'  -- JSON pairs: department, urgency, due_at; no word of a citizen's
) STRICT;
CREATE INDEX outbox_due ON outbox(due_at, id) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox(given_up_at) WHERE given_up_at IS NOT NULL;

CREATE TABLE ruleset (
  hash TEXT PRIMARY KEY,
  rules TEXT NOT NULL,              -- JSON, sorted keys
  reason TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE ruleset_version (      -- v1, v2, ...: which rules were in force since when, by whose hand and why
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL REFERENCES ruleset(hash),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  text TEXT,                        -- the operators' file as it stood, comments and all
  gate TEXT                         -- JSON: what the diff said when it was saved, and whether it was forced
) STRICT;
CREATE INDEX ruleset_version_hash ON ruleset_version(hash);

{WATCH}
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
