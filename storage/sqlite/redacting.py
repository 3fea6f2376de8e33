"""Words that staff blotted: gone from the rows that every reader reads, sealed in a table that only one verb opens.

A mask is applied at each exit and a new exit may forget it; a blot stands in the stored text itself, sign for sign,
so that pages, lists, search, exports, notices and a replay have nothing to forget and every span stays true. What
stood there is sealed in `redacted`, for the owning desk to unmask with a reason. The words themselves are kept in
`redaction`, because the same words arrive again: with the next poll, a repost, a copy, an edit.

Blotted are text, descriptions of pictures and the like, older versions, the raw form in quarantine, what was seen in
the text and the search index. The body of the fingerprint keeps the words: no reader gets it, and only by it is the
next copy known for one, and blotted. An edit is read with its blots, so copies of the edit may open a ticket of their
own.
"""

# ruff: noqa: S608  only our own conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from domain import Actor, Conflict, Refused, Ticket
from personal_data import BLOT, blotted
from storage.redaction import Redact
from storage.sqlite import audit, search
from storage.sqlite.judging import LISTED
from storage.sqlite.rows import keys_json, micros
from storage.sqlite.stories import descendants, one_ticket, tickets_of, write_ticket
from storage.sqlite.tickets import mine

TABLES = """
CREATE TABLE IF NOT EXISTS redaction ( -- words that staff blotted out of a story, for its tellings to come
  story TEXT NOT NULL REFERENCES cluster(id),
  words TEXT NOT NULL,              -- as they were given
  ticket INTEGER NOT NULL REFERENCES ticket(id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (story, words)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS redacted (  -- what stood under the blots of a mention's text; read with a reason only
  mention TEXT NOT NULL REFERENCES mention(key),
  start INTEGER NOT NULL,           -- code point in the text
  words TEXT NOT NULL,
  PRIMARY KEY (mention, start)
) STRICT, WITHOUT ROWID;
"""
LEFT_ALONE = frozenset(("url", "sha256", "views", "type", "reply_to", "quote_of", "thread", "revision_of"))


def redact(connection: sqlite3.Connection, actor: Actor, given: Redact) -> Ticket:
    """See Store.redact."""
    before = mine(connection, actor, given.ticket)
    if before.version != given.seen_version:
        raise Conflict(f"tiket T-{before.id} sudah diubah orang lain", hint="muat ulang halaman, lalu coba lagi")
    stories = [before.cluster, *descendants(connection, before.cluster)]
    connection.executemany(
        "INSERT INTO redaction (story, words, ticket, at, actor) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(story, given.words, before.id, micros(given.at), given.actor) for story in stories])
    keys = [key for key, in connection.execute(
        "SELECT key FROM mention WHERE cluster = ?", (before.cluster,)).fetchall()]
    pieces = sum(_blot(connection, key, [given.words]) for key in keys)
    if not pieces:
        raise Refused("kata itu tidak ada di kiriman perkara ini", hint="salin katanya dari teks, lalu coba lagi")
    _index_again(connection, before.cluster)
    concerned = tickets_of(connection, before.cluster)
    for ticket in concerned:
        write_ticket(connection, ticket, {})
    audit.append(connection, [
        audit.Entry(given.at, given.actor, "redact", ticket=ticket.id, after={"blotted": pieces}, reason=given.reason)
        for ticket in concerned])
    return one_ticket(connection, before.id)


def sealed(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> list[tuple[int, str]]:
    """What was blotted in the story's first post, for the desk that may unmask it: (start, words)."""
    cluster = mine(connection, actor, ticket_id).cluster
    return connection.execute(
        "SELECT r.start, r.words FROM cluster c JOIN redacted r ON r.mention = c.first WHERE c.id = ? ORDER BY r.start",
        (cluster,)).fetchall()


def known_words(connection: sqlite3.Connection, keys: str) -> Mapping[str, Sequence[str]]:
    """Mention -> words to blot in whatever comes for it; for mentions that tell a story already."""
    found: dict[str, list[str]] = defaultdict(list)
    if _any(connection):
        for key, words in connection.execute(
            "SELECT m.key, r.words FROM mention m LEFT JOIN cluster c ON c.id = m.cluster"
            f" JOIN redaction r ON r.story IN (m.cluster, m.home, c.parted) WHERE m.key {LISTED}", (keys,)).fetchall():
            found[key].append(words)
    return found


def follow(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Blot what has just joined its story, or was read anew: the words are known from those that told it before."""
    if not _any(connection):
        return
    told = connection.execute(
        f"SELECT key, cluster FROM mention WHERE cluster IS NOT NULL AND key {LISTED}", (keys_json(keys),)).fetchall()
    for cluster in {cluster for _, cluster in told}:
        kin = [cluster, *descendants(connection, cluster), *_parted(connection, cluster)]
        words = [one for one, in connection.execute(
            f"SELECT DISTINCT words FROM redaction WHERE story {LISTED}", (keys_json(kin),)).fetchall()]
        if not words:
            continue
        for key, joined in told:
            if joined == cluster:
                _blot(connection, key, words)
        _index_again(connection, cluster)


def forget(connection: sqlite3.Connection, listed: str) -> None:
    """These mentions were deleted at the source: the sealed words go too, and the rule where nobody tells them."""
    connection.execute(f"DELETE FROM redacted WHERE mention {LISTED}", (listed,))
    connection.execute(
        f"DELETE FROM redaction WHERE story IN (SELECT cluster FROM mention WHERE key {LISTED}"
        f" UNION SELECT home FROM mention WHERE key {LISTED}) AND NOT EXISTS (SELECT 1 FROM mention m JOIN redacted r"
        " ON r.mention = m.key WHERE m.cluster = redaction.story OR m.home = redaction.story)", (listed, listed))


def seal(connection: sqlite3.Connection, key: str, pieces: Iterable[tuple[int, str]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO redacted VALUES (?, ?, ?)",
                           [(key, start, words) for start, words in pieces])


def seal_anew(connection: sqlite3.Connection, key: str, pieces: Iterable[tuple[int, str]]) -> None:
    """An edit replaced the text: what was sealed stood in the old one."""
    connection.execute("DELETE FROM redacted WHERE mention = ?", (key,))
    seal(connection, key, pieces)


# --- blotting ------------------------------------------------------------------------------------


def _any(connection: sqlite3.Connection) -> bool:
    """One look where nothing was ever blotted: the daemon passes here with every batch."""
    return connection.execute("SELECT 1 FROM redaction LIMIT 1").fetchone() is not None


def _parted(connection: sqlite3.Connection, cluster: str) -> list[str]:
    row = connection.execute("SELECT parted FROM cluster WHERE id = ?", (cluster,)).fetchone()
    return [row[0]] if row and row[0] else []


def _blot(connection: sqlite3.Connection, key: str, words: Sequence[str]) -> int:
    """Blot one mention everywhere it stands; how many pieces of its text were."""
    text, extra = connection.execute("SELECT text, extra FROM mention WHERE key = ?", (key,)).fetchone()
    clean, pieces = blotted(text, words)
    beside = _json_blotted(extra, words)
    if clean != text or beside != extra:
        connection.execute("UPDATE mention SET text = ?, extra = ? WHERE key = ?", (clean, beside, key))
        seal(connection, key, pieces)
    for row, old in connection.execute("SELECT id, text FROM revision WHERE mention = ?", (key,)).fetchall():
        connection.execute("UPDATE revision SET text = ? WHERE id = ?", (blotted(old, words)[0], row))
    for account, raw in connection.execute("SELECT account, raw FROM quarantine WHERE key = ?", (key,)).fetchall():
        connection.execute("UPDATE quarantine SET raw = ? WHERE key = ? AND account = ?",
                           (blotted(raw, words)[0], key, account))
    if pieces:
        _blot_judgement(connection, key, clean, words)
    return len(pieces) + int(beside != extra)


def _json_blotted(extra: str | None, words: Sequence[str]) -> str | None:
    if extra is None:
        return None
    clean = _walked(orjson.loads(extra), words)
    return orjson.dumps(clean).decode() if clean != orjson.loads(extra) else extra


def _walked(value: Any, words: Sequence[str]) -> Any:
    if isinstance(value, str):
        return blotted(value, words)[0]
    if isinstance(value, list):
        return [_walked(item, words) for item in value]
    if isinstance(value, dict):
        return {name: item if name in LEFT_ALONE else _walked(item, words) for name, item in value.items()}
    return value


def _blot_judgement(connection: sqlite3.Connection, key: str, text: str, words: Sequence[str]) -> None:
    """What was read out of the words: a place that they named is not shown by its name either."""
    row = connection.execute("SELECT extraction FROM judgement WHERE mention = ?", (key,)).fetchone()
    if row is None or row[0] is None:
        return
    seen = orjson.loads(row[0])
    for place in seen.get("places") or ():
        if BLOT in text[place["start"]:place["end"]]:
            place.update({name: blotted(str(place[name]), words)[0] for name in ("text", "name", "because")
                          if place.get(name)})
    if where := seen.get("location"):  # "named: gang mawar"
        where["because"] = blotted(where.get("because", ""), words)[0]
    connection.execute("UPDATE judgement SET extraction = ? WHERE mention = ?", (orjson.dumps(seen).decode(), key))


def _index_again(connection: sqlite3.Connection, cluster: str) -> None:
    tickets = [ticket.id for ticket in tickets_of(connection, cluster)]
    indexed = {ticket for ticket, in connection.execute(
        f"SELECT rowid FROM ticket_text WHERE rowid {LISTED}", (keys_json(map(str, tickets)),)).fetchall()}
    if indexed:
        words = search.words_of_first(connection, cluster)
        search.put(connection, dict.fromkeys(indexed, words), fresh=set())
