"""What a notice says outside: number, department, urgency, due date, link; and the id that tells a second copy.

There is nothing of a citizen's in an event, so nothing can slip in here; a test replays a day full of markers.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from domain import Event

WIB = ZoneInfo("Asia/Jakarta")
URGENCY = {"darurat": "darurat", "tinggi": "tinggi", "normal": "normal", "tidak_mendesak": "tidak mendesak"}


def stable_id(event: Event) -> str:
    """The same for every copy of one notice, whichever process sends it."""
    return hashlib.sha256(event.key.encode()).hexdigest()[:32]


def link_of(event: Event, base: str) -> str:
    return f"{base}/tiket/{event.ticket}" if base and event.ticket else base


def lines(event: Event, base: str) -> list[str]:
    """The facts below a notice's own words, those that there are."""
    facts = dict(event.facts)
    found = []
    if facts.get("urgency"):
        found.append(f"Urgensi: {URGENCY.get(facts['urgency'], facts['urgency'])}")
    if facts.get("due_at"):
        due = datetime.fromisoformat(facts["due_at"]).astimezone(WIB)
        found.append(f"Batas waktu: {due:%d-%m-%Y %H.%M} WIB")
    return [*found, link_of(event, base)] if base else found
