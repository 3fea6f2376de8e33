"""Who came in, who was refused and who was put out, written into the audit chain.

A sign-in that cannot be written does not happen: the page says that the store is busy. Of a failed one only the name of
an existing account is kept; what strangers type into that field may be somebody's password.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from domain import Actor
from inbox.desk import desk
from inbox.models import User
from storage.records import HistoryEntry

UNKNOWN = "-"
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


def subject(name: str) -> str:
    return f"staff:{name}"


def note(request: HttpRequest, verb: str, name: str, **detail: str) -> None:
    """`name` did it, or it was tried in their name; from which address, with which device."""
    desk().store.note_access(Actor(name), verb, subject=subject(name), now=timezone.now(),
                             detail={"from": address_of(request), "with": device_of(request), **detail})


def note_failure(request: HttpRequest, verb: str, name: str, **detail: str) -> None:
    note(request, verb, name if User.objects.filter(username=name).exists() else UNKNOWN, **detail)


def of(name: str, *, limit: int = 12) -> list[HistoryEntry]:
    """What was noted of a person's sign-ins, newest first."""
    return desk().store.access_history(subject(name), limit=limit)


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")[:45]


def device_of(request: HttpRequest) -> str:
    """Browser and system as a person would name them, from what the browser says of itself."""
    said = str(request.META.get("HTTP_USER_AGENT") or "")
    browser, system = _first(BROWSERS, said), _first(SYSTEMS, said)
    return " · ".join(part for part in (browser, system) if part)


def _first(names: Any, said: str) -> str:
    return next((name for mark, name in names if mark in said), "")
