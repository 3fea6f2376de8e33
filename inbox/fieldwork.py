"""The work order for a crew: what has to be done where, by when, and nothing of who said so. Pure.

It is built up from what is known to be harmless, never cut down from the post: number, topic, urgency, due date, the
official area, and names of streets and landmarks that stand in the text. The words of the post come along only where
nothing in them could point at somebody, and never of a sensitive case; the page says when they were left out, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import Author, MentionState, Ticket
from inbox.masks import Mask, harmless, personal, words
from storage.records import TicketView

Raw = Mapping[str, Any]
SHOWN_CHARS = 600
SPOTS = ("jalan", "landmark", "sub_desa", "rt_rw")
# who speaks of their own house shows where they live: of the work that is the least part
OWN_HOUSE = re.compile(
    r"\b(rumah|omah|griya|dalem|kos|kost|kontrakan|toko|warung|gang|halaman|pagar|pager|lapak)(\s+\w+)?\s+"
    r"(saya|sy|aku|ku|kami|kita|kulo|kula|dalem|inyong|nyong|gue|gw)\b"
    r"|\b(rumah|omah|toko|warung|kos|pagar)ku\b|\b(tetangga|tonggo)(\s+(saya|aku|kami|kulo))?\b|\b(nama|jeneng)\s+(saya|kulo|aku)\b",
    re.IGNORECASE)
WORD = re.compile(r"\w{3,}")
COMMON = frozenset(("warga", "kota", "solo", "jawa", "tengah", "info", "akun", "official", "desa", "kabar", "the"))


@dataclass(frozen=True, slots=True)
class WorkOrder:
    code: str | None  # of the area, for the map
    other: str | None  # what the place might also mean
    area: str  # "Jebres, Kota Surakarta", or ""
    spots: Sequence[str]  # streets and landmarks as they were written
    text: str  # of the report, "" where it is left out
    why_not: str  # sensitive gone personal house; "" where the text is there, or there is none


def work_order(view: TicketView, *, official: frozenset[str], area_of: Any) -> WorkOrder:
    """`area_of` puts a code into words."""
    mention, extraction = view.mention, view.extraction or {}
    gone = mention.state in (MentionState.GONE, MentionState.WITHHELD)
    text = "" if gone else mention.text
    code, other = located(view)
    hidden = [*personal(text, _stored(extraction), official=official), *_names(text, _authors(view))]
    why_not = "" if not text.strip() else _why_not(view.ticket, text, hidden)
    return WorkOrder(code, other, area_of(code) if code else "",
                     () if gone or view.ticket.sensitive else _spots(extraction, text, hidden),
                     harmless(text)[:SHOWN_CHARS] if text.strip() and not why_not else "",
                     "gone" if gone else why_not)


def located(view: TicketView) -> tuple[str | None, str | None]:
    """The area of the story, by its post or by what its reporter answered, and the next best reading of that place."""
    sources = [view.extraction or {}, *(one.extraction or {} for one in view.additions if one.by_reporter)]
    for extraction in sources:
        if location := extraction.get("location"):
            code = str(location["code"])
            readings = (place.get("runner_up") for place in extraction.get("places") or () if place.get("code") == code)
            return code, next((reading for reading in readings if reading), None)
    return None, None


def _why_not(ticket: Ticket, text: str, hidden: Sequence[Mask]) -> str:
    if ticket.sensitive:
        return "sensitive"
    if hidden:
        return "personal"
    return "house" if OWN_HOUSE.search(text) else ""


def _stored(extraction: Raw) -> Iterator[Mask]:
    for found in extraction.get("pii") or ():
        yield Mask(found["start"], found["end"], found["type"])


def _authors(view: TicketView) -> Iterator[Author]:
    """Everybody who told the story: a copy may be signed with the name of the first."""
    for mention in (view.mention, *view.copies, *(one.mention for one in view.additions)):
        if mention.author:
            yield mention.author


def _names(text: str, authors: Iterable[Author]) -> Iterator[Mask]:
    """Where the text holds a part of a name or handle of somebody who told it."""
    told = {part.casefold() for author in authors for field in (author.name, author.handle, author.id) if field
            for part in (*WORD.findall(field), *WORD.findall(field.replace("_", " ").replace(".", " ")))}
    folded = text.casefold()
    for part in told - COMMON:
        if (at := folded.find(part)) >= 0:
            yield Mask(at, at + len(part), "handle")


def _spots(extraction: Raw, text: str, hidden: Sequence[Mask]) -> tuple[str, ...]:
    """A place whose words touch a name, a number or a house of one's own is left out."""
    found = []
    for place in extraction.get("places") or ():
        said = words(text, place["start"], place["end"], hidden) if place["type"] in SPOTS else ""
        if said and not OWN_HOUSE.search(text[max(0, place["start"] - 40):place["end"] + 20]):
            found.append(" ".join(said.split()))
    return tuple(dict.fromkeys(found))
