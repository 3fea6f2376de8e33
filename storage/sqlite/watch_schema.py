"""The tables that say how the reading of accounts goes: where it came to, when it was blind, what it cost.

Apart from `account`, which says where polling stands. None of them holds a citizen's words.
"""

WATCH = """
CREATE TABLE IF NOT EXISTS watch (  -- one row an account, from its first poll on
  account TEXT PRIMARY KEY REFERENCES account(key),
  state_at INTEGER,                 -- since when the account is in its state
  began_at INTEGER,                 -- first moment of the reading under way
  read_until INTEGER,               -- first moment of the last reading that came to its end: all before it was read
  first_at INTEGER,                 -- the same of the first one: what is older was never ours to see
  quota TEXT,                       -- JSON: left, of, unit, resets_at
  token_expires_at INTEGER,         -- as the platform told
  attention TEXT NOT NULL DEFAULT '',  -- it is read, and yet a person has to look
  backfill_from INTEGER,            -- read again from here at the next turn
  swept_at INTEGER                  -- when posts with open tickets were last asked after
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS blind_window (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account(key),
  since_at INTEGER NOT NULL,
  until_at INTEGER,                 -- null: still blind
  kind TEXT NOT NULL CHECK (kind IN ('failure', 'budget', 'platform', 'down', 'silent', 'late')),
  cause TEXT NOT NULL,
  opened_at INTEGER NOT NULL,       -- when we noticed
  found INTEGER NOT NULL DEFAULT 0  -- posts of that time that were read afterwards
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS blind_window_open ON blind_window(account, kind = 'silent') WHERE until_at IS NULL;
CREATE INDEX IF NOT EXISTS blind_window_account ON blind_window(account, since_at);

CREATE TABLE IF NOT EXISTS breaker ( -- a platform that refuses is left alone, also after a restart
  platform TEXT PRIMARY KEY,
  blocks INTEGER NOT NULL,
  stumbles INTEGER NOT NULL,
  open_until INTEGER,
  opened INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS spend (  -- the budget day by day: what a forecast is made of
  day TEXT NOT NULL,                -- UTC, as the platforms bill
  account TEXT NOT NULL,
  reads INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  PRIMARY KEY (day, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS heard (  -- how much an account brought in an hour: by this its silence is judged
  account TEXT NOT NULL,
  hour INTEGER NOT NULL,            -- of posting, in whole hours since 1970
  n INTEGER NOT NULL,
  PRIMARY KEY (account, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_subject ON audit(subject) WHERE subject IS NOT NULL;  -- an account's history
"""

FILL_HEARD = """INSERT INTO heard SELECT s.account, m.posted_at / 3600000000, count(*)
  FROM sighting s JOIN mention m ON m.key = s.mention GROUP BY 1, 2 ON CONFLICT DO NOTHING"""
