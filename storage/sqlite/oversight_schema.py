"""What the Monday brief, figures and maps stand on (read in `oversight.py`). Part of `schema.SQL`; m013 in older files.

Each count reads one stretch of one index and no row: by arrival, by answer, by closing, or what is open. When a person
first decided on a ticket, and when a department was last at work, follows from the audit chain, entry by entry: nobody
writes it, so nobody can forget to, and counting anew gives the same.
"""

# ruff: noqa: S608  only our own words are written into SQL

LIVE = "('baru', 'diterima', 'dikerjakan', 'menunggu_keterangan', 'diteruskan')"
MACHINE = "kentongan"
# a person has looked at the ticket and decided: it is answered
ANSWERS = "('accept', 'start', 'ask', 'finish', 'reject', 'reroute', 'hand_over')"
LOOKS_ON = "('open', 'view')"  # a ticket opened, personal data read: no work on the matter
WIB_MICROS = 25_200_000_000

ANSWERED = "{row}.verb IN " + ANSWERS + " OR ({row}.verb = 'merge' AND {row}.after ->> '$.status' = 'digabung')"

OVERSIGHT = f"""
CREATE INDEX IF NOT EXISTS ticket_opened ON ticket(
  opened_at, department, sensitive, topic, platform, place, urgency);
CREATE INDEX IF NOT EXISTS ticket_open ON ticket(
  department, sensitive, due_at, opened_at, topic, platform, place, urgency, answered_at, status)
  WHERE status IN {LIVE};
CREATE INDEX IF NOT EXISTS ticket_answered ON ticket(
  answered_at, department, sensitive, platform, topic, opened_at, place, urgency) WHERE answered_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS ticket_closed ON ticket(
  closed_at, department, sensitive, platform, topic, opened_at, due_at, place, urgency, answered_at, status)
  WHERE closed_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_moved ON audit(ticket, at) WHERE verb = 'reroute';
CREATE INDEX IF NOT EXISTS audit_moved_at ON audit(at, ticket) WHERE verb = 'reroute';
CREATE INDEX IF NOT EXISTS spread_minute_at ON spread_minute(minute);
CREATE TABLE IF NOT EXISTS desk_touch ( -- when people last worked on a department's tickets, day by day (WIB)
  department TEXT NOT NULL,
  sensitive INTEGER NOT NULL,
  day INTEGER NOT NULL,             -- whole days since 1970
  last_at INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (department, sensitive, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS ticket_first_answered AFTER INSERT ON audit
  WHEN new.ticket IS NOT NULL AND new.actor <> '{MACHINE}' AND ({ANSWERED.format(row='new')}) BEGIN
    UPDATE ticket SET answered_at = new.at WHERE id = new.ticket AND answered_at IS NULL;
END;
CREATE TRIGGER IF NOT EXISTS desk_touched AFTER INSERT ON audit
  WHEN new.ticket IS NOT NULL AND new.actor <> '{MACHINE}' AND new.verb NOT IN {LOOKS_ON} BEGIN
    INSERT INTO desk_touch
      SELECT ifnull(new.before ->> '$.department', t.department), t.sensitive, (new.at + {WIB_MICROS}) / 86400000000,
             new.at, 1 FROM ticket t WHERE t.id = new.ticket
      ON CONFLICT DO UPDATE SET n = n + 1, last_at = max(last_at, excluded.last_at);
END;
"""

FIRST_ANSWER = f"""SELECT a.at FROM audit a WHERE a.ticket = ticket.id AND a.actor <> '{MACHINE}'
  AND ({ANSWERED.format(row='a')}) ORDER BY a.id LIMIT 1"""
FILL_ANSWERED = f"UPDATE ticket SET answered_at = ({FIRST_ANSWER})"
FILL_TOUCHED = f"""INSERT INTO desk_touch
  SELECT ifnull(a.before ->> '$.department', t.department), t.sensitive, (a.at + {WIB_MICROS}) / 86400000000,
         max(a.at), count(*) FROM audit a JOIN ticket t ON t.id = a.ticket
   WHERE a.actor <> '{MACHINE}' AND a.verb NOT IN {LOOKS_ON} GROUP BY 1, 2, 3"""
