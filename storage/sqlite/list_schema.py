"""Tables of people's work: what lists stand on (read in `listing.py`), and closing photos. Part of `schema.SQL`."""

# ruff: noqa: S608  only our own list of states is written into SQL

from storage.sqlite.folding import TOKENIZER

LIVE = "('baru', 'diterima', 'dikerjakan', 'menunggu_keterangan', 'diteruskan')"
MARKS = ("char(57344) || lower(hex(department)) ||"  # as search.at asks for them
         f" iif(status IN {LIVE}, 'l ' || char(57344) || 'l', 'z')")
WORDS = f"""
CREATE VIRTUAL TABLE ticket_text USING fts5(text, marks, tokenize = "{TOKENIZER}");
                                    -- rowid = ticket; words of the story's first mention, personal data left out
CREATE TRIGGER ticket_marked AFTER UPDATE OF department, status ON ticket WHEN old.marks <> new.marks BEGIN
  UPDATE ticket_text SET marks = new.marks WHERE rowid = new.id;
END;
"""

DESK = """CREATE INDEX ticket_desk ON ticket(  -- of one status, in the order of the desk's list
  department, status, due_sort, id, topic, urgency, platform, place, assignee, opened_at, sensitive);
"""
PLACE = """CREATE INDEX ticket_place ON ticket(  -- of one place, with all that a list may be narrowed by
  place, status, due_sort, id, topic, urgency, platform, department, assignee, opened_at, sensitive)
  WHERE place IS NOT NULL;
"""
STATUS = """CREATE INDEX ticket_status ON ticket(  -- the same for who sees all desks
  status, due_sort, id, sensitive, department, topic, urgency, opened_at);
"""
COUNTS = """
CREATE TABLE ticket_count (         -- kept by the triggers below
  department TEXT NOT NULL,
  status TEXT NOT NULL,
  sensitive INTEGER NOT NULL,
  topic TEXT NOT NULL,
  urgency TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (department, status, sensitive, topic, urgency)
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_count_all (     -- the same of all desks, without what only its own desk sees
  status TEXT NOT NULL,
  topic TEXT NOT NULL,
  urgency TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (status, topic, urgency)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ticket_counted_in AFTER INSERT ON ticket BEGIN
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, new.topic, new.urgency, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
  INSERT INTO ticket_count_all SELECT new.status, new.topic, new.urgency, 1 WHERE new.sensitive = 0
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_over AFTER UPDATE OF department, status, sensitive, topic, urgency ON ticket
  WHEN (old.department, old.status, old.sensitive, old.topic, old.urgency)
    <> (new.department, new.status, new.sensitive, new.topic, new.urgency) BEGIN
  UPDATE ticket_count SET n = n - 1 WHERE department = old.department AND status = old.status
    AND sensitive = old.sensitive AND topic = old.topic AND urgency = old.urgency;
  UPDATE ticket_count_all SET n = n - 1
    WHERE old.sensitive = 0 AND status = old.status AND topic = old.topic AND urgency = old.urgency;
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, new.topic, new.urgency, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
  INSERT INTO ticket_count_all SELECT new.status, new.topic, new.urgency, 1 WHERE new.sensitive = 0
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_out AFTER DELETE ON ticket BEGIN
  UPDATE ticket_count SET n = n - 1 WHERE department = old.department AND status = old.status
    AND sensitive = old.sensitive AND topic = old.topic AND urgency = old.urgency;
  UPDATE ticket_count_all SET n = n - 1
    WHERE old.sensitive = 0 AND status = old.status AND topic = old.topic AND urgency = old.urgency;
END;
"""
COUNT = (  # anew, from the rows
    "INSERT INTO ticket_count SELECT department, status, sensitive, topic, urgency, count(*) FROM ticket"
    " GROUP BY 1, 2, 3, 4, 5",
    "INSERT INTO ticket_count_all SELECT status, topic, urgency, sum(n) FROM ticket_count WHERE sensitive = 0"
    " GROUP BY 1, 2, 3")
VIEWS = """
CREATE TABLE IF NOT EXISTS saved_view ( -- lists that people named for themselves
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;
"""
EVIDENCE = """
CREATE TABLE IF NOT EXISTS evidence ( -- photos that tickets are closed with; the files lie in a folder beside the store
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket(id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,             -- of the file as it was handed in
  views BLOB,                       -- 16 bytes each, as picture.views
  doubts TEXT NOT NULL,             -- JSON list: why a second person has to look; empty: nobody has to
  note TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'refused')),
  second TEXT,                      -- who looked at a doubtful one
  second_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS evidence_ticket ON evidence(ticket);
CREATE UNIQUE INDEX IF NOT EXISTS one_pending_photo ON evidence(ticket) WHERE state = 'pending';
"""
