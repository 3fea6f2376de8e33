"""Lists that people named for themselves. Nobody sees another's; the words in them were typed by staff."""

from __future__ import annotations

import sqlite3

from domain import Actor, Refused
from storage.records import SavedView

MOST = 30


def of(connection: sqlite3.Connection, actor: Actor) -> list[SavedView]:
    rows = connection.execute("SELECT name, query FROM saved_view WHERE person = ? ORDER BY name", (actor.name,))
    return [SavedView(*row) for row in rows.fetchall()]


def save(connection: sqlite3.Connection, actor: Actor, view: SavedView) -> None:
    names = {one.name for one in of(connection, actor)}
    if view.name not in names and len(names) >= MOST:
        raise Refused(f"sudah ada {MOST} tampilan tersimpan", hint="hapus yang tidak dipakai lagi")
    connection.execute("INSERT OR REPLACE INTO saved_view VALUES (?, ?, ?)", (actor.name, view.name, view.query))


def forget(connection: sqlite3.Connection, actor: Actor, name: str) -> None:
    connection.execute("DELETE FROM saved_view WHERE person = ? AND name = ?", (actor.name, name))
