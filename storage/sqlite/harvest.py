"""Saving a page: what came in, once, and in the transaction that moves the cursor past it.

The ledger's two sides are written here apart from each other: `seen_count` from what the page
brought, `sighting` and `quarantine` as rows. Judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain import Mention, MentionKind, MentionState, Page, Quarantined
from personal_data import blotted
from storage.records import Saved
from storage.sqlite import accounts, bulk, deliveries, echoes, pictures, purge, redacting, watching
from storage.sqlite.rows import keys_json, mention_row, micros, storable, wib_day

INSERT_MENTION = (
    "INSERT INTO mention (key, account, platform, kind, native_id, text, posted_at, seen_at, url, author_id,"
    " author_handle, author_name, repost_of, edited_at, state, own, metrics, extra, echo)"
)
KEY, KIND, NATIVE_ID, TEXT, SEEN_AT, URL, REPOST_OF, EDITED_AT, STATE, METRICS = 0, 3, 4, 5, 7, 8, 12, 13, 14, 16
BETTER = {("visitor_post", "mention"): "mention"}  # who tags us is known from some deliveries of a post only
REVISE = (
    "UPDATE mention SET native_id = ?, text = ?, url = ?, author_id = ?, author_handle = ?, author_name = ?,"
    " edited_at = ?, state = ?, metrics = ?, extra = ?, fate = 'waiting', lane = NULL, reason = NULL, attempts = 0,"
    " retry_at = NULL WHERE key = ?"
)


@dataclass(slots=True)
class Known:
    """What a stored mention is compared with."""

    native_id: str
    text: str
    edited_at: int | None
    state: str
    metrics: str | None
    kind: str


@dataclass
class Intake:
    """A page on its way into the tables: what is known before it, and the rows that it will add."""

    account: str
    known: dict[str, Known]
    tombstones: set[str]
    sighted: set[tuple[str, str]]
    quarantined: dict[tuple[str, str], str]  # (key, account) -> day, counted ones
    blots: Mapping[str, Sequence[str]] = field(default_factory=dict)  # key -> words that staff blotted in it
    new: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    revised: list[tuple[Any, ...]] = field(default_factory=list)
    replaced: list[tuple[str, str, str]] = field(default_factory=list)
    updated: list[tuple[str, str | None, int | None, str, str]] = field(default_factory=list)
    sealed: list[tuple[str, list[tuple[int, str]]]] = field(default_factory=list)  # under the blots of an edited text
    firsts: frozenset[str] = frozenset()  # keys whose text is no news about what is known
    sightings: list[tuple[str, str, str]] = field(default_factory=list)
    readable_now: list[tuple[str, str]] = field(default_factory=list)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    repeated: int = 0

    def take(self, mention: Mention) -> None:
        if mention.key in self.tombstones or (
            mention.kind is MentionKind.REPOST and mention.repost_of in self.tombstones
        ):
            mention = purge.emptied(mention)
        mention, pieces = self._blotted(mention)
        row = mention_row(mention)
        known = self.known.get(row[KEY]) or self._twice(row[KEY])
        if known is None:
            self.new[row[KEY]] = row
        elif row[KEY] not in self.firsts and is_revision(known, row, mention):
            self._revise(known, row, mention)
            self.sealed.append((row[KEY], pieces))
        else:
            self.repeated += 1
            self._update(known, row, mention)
        for account in sorted({self.account, *mention.seen_by}) if mention.seen_by else (self.account,):
            self._sight(row[KEY], account, row[SEEN_AT])

    def _blotted(self, mention: Mention) -> tuple[Mention, list[tuple[int, str]]]:
        """What staff blotted comes again with every poll: it is no news, and an edit does not bring it back."""
        words = self.blots.get(mention.key)
        if not words:
            return mention, []
        text, pieces = blotted(mention.text, words)
        media = tuple(replace(item, alt=blotted(item.alt, words)[0]) if item.alt else item for item in mention.media)
        return replace(mention, text=text, media=media), pieces

    def _twice(self, key: str) -> Known | None:
        """What is known of a mention that this very page has brought before."""
        if row := self.new.get(key):
            self.known[key] = Known(row[NATIVE_ID], row[TEXT], row[EDITED_AT], row[STATE], row[METRICS], row[KIND])
        return self.known.get(key)

    def _revise(self, known: Known, row: tuple[Any, ...], mention: Mention) -> None:
        """The old text is kept, the state says edited, and the mention waits to be judged again."""
        state = "withheld" if mention.state is MentionState.WITHHELD else "edited"
        self.replaced.append((row[KEY], known.native_id, known.text))
        self.revised.append((row[NATIVE_ID], row[TEXT], *row[URL:REPOST_OF], row[EDITED_AT], state, *row[METRICS:],
                             row[KEY]))
        self.known[row[KEY]] = Known(row[NATIVE_ID], row[TEXT], row[EDITED_AT], state, row[METRICS], known.kind)

    def _update(self, known: Known, row: tuple[Any, ...], mention: Mention) -> None:
        """Numbers, visibility and what is known of the kind may move without the words: no reason to judge again."""
        if known.state == "gone":
            return
        state = known.state
        if mention.state in (MentionState.WITHHELD, MentionState.EDITED) or state == "withheld":
            state = str(mention.state)
        metrics = row[METRICS] or known.metrics
        # words that we have already may be told as a later edit: an older one that is still on its way is older
        edited_at = known.edited_at if row[EDITED_AT] is None else max(row[EDITED_AT], known.edited_at or 0)
        kind = BETTER.get((known.kind, row[KIND]), known.kind)
        if (state, metrics, edited_at, kind) != (known.state, known.metrics, known.edited_at, known.kind):
            self.updated.append((state, metrics, edited_at, kind, row[KEY]))
            known.state, known.metrics, known.edited_at, known.kind = state, metrics, edited_at, kind

    def _sight(self, key: str, account: str, seen_at: int) -> None:
        """Count the first time only. An item that was in quarantine has been counted there."""
        if (key, account) in self.sighted:
            return
        self.sighted.add((key, account))
        day = self.quarantined.get((key, account))
        if day is None:
            day = wib_day(seen_at)
            self.seen[account, day] += 1
        else:
            self.readable_now.append((key, account))
        self.sightings.append((key, account, day))


def save_page(
    connection: sqlite3.Connection, account: str, page: Page, *, next_poll_at: datetime, now: datetime,
    pictures_until: datetime | None = None, polled: bool = False, beside: bool = False,
) -> Saved:
    """See Store.save_page."""
    accounts.ensure(connection, [account])
    intake = _opened(connection, account, page)
    for mention in page.mentions:
        intake.take(mention)
    repeats = echoes.among(connection, {m.key: m for m in page.mentions if m.key in intake.new}.values())
    _write(connection, intake, repeats, now=now)
    if pictures_until is not None:
        arrived = intake.new.keys() | {key for key, _, _ in intake.replaced}
        pictures.ask_for(connection, [m for m in page.mentions if m.key in arrived], until=pictures_until)
    quarantined = _set_aside(connection, page.quarantined, intake.sighted)
    gone = {*page.gone, *(m.key for m in page.mentions if m.state is MentionState.GONE)}
    purged = purge.purge(connection, gone, now=now) if gone else 0
    connection.executemany(
        "INSERT INTO seen_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        [(shown_to, day, n) for (shown_to, day), n in (intake.seen + quarantined).items()],
    )
    ours = {key for key, shown_to, _ in intake.sightings if shown_to == account}
    shown = [mention for mention in {m.key: m for m in page.mentions}.values() if mention.key in ours]
    watching.count_heard(connection, account, shown)
    if polled:
        planned, = connection.execute("SELECT next_poll_at FROM account WHERE key = ?", (account,)).fetchone()
        watching.polled(connection, account, page, shown, planned=planned, now=now)
    if not beside:
        accounts.fetched(connection, account, page, next_poll_at=next_poll_at, now=now)
    deliveries.noted(connection, account, page, now=now)
    accounts.spend(connection, account, page, now=now)
    return Saved(new=len(intake.new), known=intake.repeated, revised=len(intake.revised), gone=purged,
                 quarantined=quarantined.total())


def is_revision(known: Known, row: tuple[Any, ...], mention: Mention) -> bool:
    """Whether what came is a newer version. Pages overlap, so an older version may well come again."""
    if known.state == "gone" or mention.state is MentionState.GONE:
        return False
    text, edited_at = row[TEXT], row[EDITED_AT]
    if mention.native_id == known.native_id:
        older = edited_at is not None and known.edited_at is not None and edited_at < known.edited_at
        return bool(text != known.text) and not older
    if mention.native_id.isdigit() and known.native_id.isdigit():
        return int(mention.native_id) > int(known.native_id)
    return mention.revision_of == known.native_id or bool(text != known.text)


def _opened(connection: sqlite3.Connection, account: str, page: Page) -> Intake:
    """Read once what the page has to be compared with."""
    keys = keys_json({mention.key for mention in page.mentions} | {item.key for item in page.quarantined})
    originals = keys_json({m.key for m in page.mentions} | {m.repost_of for m in page.mentions if m.repost_of})
    known = {
        key: Known(*rest) for key, *rest in connection.execute(
            "SELECT key, native_id, text, edited_at, state, metrics, kind FROM mention"
            " WHERE key IN (SELECT value FROM json_each(?))", (keys,)).fetchall()
    }
    tombstones = connection.execute(
        "SELECT key FROM tombstone WHERE key IN (SELECT value FROM json_each(?))", (originals,)).fetchall()
    sighted = connection.execute(
        "SELECT mention, account FROM sighting WHERE mention IN (SELECT value FROM json_each(?))",
        (keys_json(known),)).fetchall()
    quarantined = connection.execute(
        "SELECT key, account, day FROM quarantine WHERE counted = 1 AND key IN (SELECT value FROM json_each(?))",
        (keys,)).fetchall()
    return Intake(account, known, {key for key, in tombstones}, set(sighted),
                  {(key, shown_to): day for key, shown_to, day in quarantined},
                  redacting.known_words(connection, keys_json(known)), firsts=frozenset(page.firsts))


def _write(connection: sqlite3.Connection, intake: Intake, repeats: Container[str], *, now: datetime) -> None:
    bulk.insert(connection, INSERT_MENTION, [(*row, int(key in repeats)) for key, row in intake.new.items()])
    if intake.revised:
        connection.executemany("INSERT INTO revision (mention, native_id, text, replaced_at) VALUES (?, ?, ?, ?)",
                               [(*old, micros(now)) for old in intake.replaced])
        connection.executemany(REVISE, intake.revised)
        connection.executemany("DELETE FROM judgement WHERE mention = ?",  # its spans point into the old text
                               [(key,) for key, _, _ in intake.replaced])
    for key, pieces in intake.sealed:
        redacting.seal_anew(connection, key, pieces)
    connection.executemany("UPDATE mention SET state = ?, metrics = ?, edited_at = ?, kind = ? WHERE key = ?",
                           intake.updated)
    bulk.insert(connection, "INSERT INTO sighting", intake.sightings)
    connection.executemany("DELETE FROM quarantine WHERE key = ? AND account = ?", intake.readable_now)


def _set_aside(
    connection: sqlite3.Connection, items: Iterable[Quarantined], sighted: set[tuple[str, str]]
) -> Counter[tuple[str, str]]:
    """Keep unreadable items whole; returns how many were new, by account and day.

    One whose key also stands as a mention (a later delivery of it was malformed) is kept for ops,
    but its fate is the mention's.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for item in items:
        counts = (item.key, item.account) not in sighted
        day = wib_day(micros(item.seen_at))
        done = connection.execute(
            "INSERT INTO quarantine SELECT ?1, ?2, iif(t.key IS NULL, ?3, ''), ?4, ?5, ?6, ?7"
            " FROM (SELECT 1) LEFT JOIN tombstone t ON t.key = ?1 WHERE true ON CONFLICT DO NOTHING",
            (storable(item.key), item.account, storable(item.raw), storable(item.reason), micros(item.seen_at), day,
             int(counts)),
        )
        if counts and done.rowcount:
            counted[item.account, day] += 1
    return counted

