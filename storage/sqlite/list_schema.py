"""Tables and the index that lists of tickets stand on: part of `schema.SQL`. How they are read: `listing.py`."""

DESK = """CREATE INDEX ticket_desk ON ticket(  -- of one status, in the order of the desk's list
  department, status, due_sort, id, topic, urgency, platform, place, assignee, opened_at, sensitive);
CREATE INDEX ticket_place ON ticket(place) WHERE place IS NOT NULL;
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
CREATE TRIGGER ticket_counted_in AFTER INSERT ON ticket BEGIN
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, new.topic, new.urgency, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_over AFTER UPDATE OF department, status, sensitive, topic, urgency ON ticket BEGIN
  UPDATE ticket_count SET n = n - 1 WHERE department = old.department AND status = old.status
    AND sensitive = old.sensitive AND topic = old.topic AND urgency = old.urgency;
  INSERT INTO ticket_count VALUES (new.department, new.status, new.sensitive, new.topic, new.urgency, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ticket_counted_out AFTER DELETE ON ticket BEGIN
  UPDATE ticket_count SET n = n - 1 WHERE department = old.department AND status = old.status
    AND sensitive = old.sensitive AND topic = old.topic AND urgency = old.urgency;
END;
"""
VIEWS = """
CREATE TABLE IF NOT EXISTS saved_view ( -- lists that people named for themselves
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;
"""
