"""The session engine: rows in the auth database, each with its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import salted_hmac


class SessionStore(DatabaseStore):  # type: ignore[misc]
    @classmethod
    def get_model_class(cls) -> type:
        from inbox.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        owner = data.get(SESSION_KEY)
        row.user_id = int(owner) if owner else None
        return row


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as its owner knows it again. `handle` names it on a page; the key itself is what a thief wants."""

    handle: str
    began: datetime
    seen: datetime
    address: str
    device: str
    this: bool


def of(user: Any, key: str | None) -> list[Standing]:
    """The person's sessions that still stand, this one first, then the latest used."""
    found = list(_standing(user, key))
    return sorted(found, key=lambda one: (not one.this, -one.seen.timestamp()))


def _standing(user: Any, key: str | None) -> Iterator[Standing]:
    """What the limits of rest and of age have ended may lie there still; it opens nothing."""
    from inbox.configuration import ABSOLUTE, IDLE
    from inbox.middleware import LOGIN_AT, SEEN_AT

    now = timezone.now()
    for row in _rows(user):
        data = row.get_decoded()
        began, seen = (datetime.fromisoformat(data[name]) if data.get(name) else None for name in (LOGIN_AT, SEEN_AT))
        if began and seen and now - began <= ABSOLUTE and now - seen <= IDLE:
            yield Standing(handle_of(row.session_key), began, seen, str(data.get("from", "")),
                           str(data.get("with", "")), row.session_key == key)


def end(user: Any, handle: str) -> int:
    """One of the person's own; of somebody else's there is none by that name."""
    keys = [row.session_key for row in _rows(user) if handle_of(row.session_key) == handle]
    return int(_rows(user).filter(session_key__in=keys).delete()[0])


def end_others(user: Any, key: str | None) -> int:
    return int(_rows(user).exclude(session_key=key).delete()[0])


def end_all(user: Any) -> int:
    return int(_rows(user).delete()[0])


def handle_of(key: str) -> str:
    return str(salted_hmac("kentongan.session", key, algorithm="sha256").hexdigest()[:32])


def _rows(user: Any) -> Any:
    from inbox.models import Session

    return Session.objects.filter(user_id=user.pk)
