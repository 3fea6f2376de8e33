"""The hand-over packet: what an outside body needs to act, as plain data and as a letter. Pure.

A matter of another owner is never closed as "not ours": it goes out with what, where, the words that decided, by when
and on which rule, and whom to contact there, and stays tracked here (`diteruskan`). Who reported it does not go with
it: no name, handle, avatar, no link to the post (it leads to the person), and the text with its personal data hidden.

Known failures. A name that a citizen writes into the text is not recognised, so a person reads a packet before it is
sent; nothing here sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from personal_data import Mask, masked, personal
from routing.clocks import WIB, Due
from routing.rules import Rules

LEVELS = {"pusat": "pemerintah pusat", "provinsi": "provinsi", "kabupaten_kota": "kabupaten/kota", "desa": "desa",
          "unknown": "belum jelas"}
DAY = "%d-%m-%Y %H.%M WIB"


@dataclass(frozen=True, slots=True)
class Packet:
    """What goes out. `words` are those that decided; `limits` every limit with its rule, nearest first."""

    number: str | None
    to: str
    contact: str
    owner: str
    confidence: float | None
    runner_up: str | None
    topic: str
    urgency: str
    place: str | None
    code: str | None
    said_places: tuple[str, ...]
    text: str
    words: tuple[str, ...]
    rule: str
    arrived_at: datetime
    limits: tuple[Due, ...]


def packet(
    text: str, *, department: str, extraction: Mapping[str, Any], route: Mapping[str, Any] | None, rules: Rules,
    arrived_at: datetime, number: str | None = None, whom: str = "",
) -> Packet:
    """`extraction` and `route` as they are stored: asdict of the records.

    `whom`: as staff wrote it, where it goes to a body that config.yaml does not know.
    """
    hidden = [Mask(found["start"], found["end"], found["type"]) for found in extraction.get("pii") or ()]
    official, location = frozenset(rules.handles), extraction.get("location") or {}
    spans = [(place["start"], place["end"]) for place in extraction.get("places") or ()]
    reasons = [(s["start"], s["end"]) for reason in (route or {}).get("because") or () for s in reason["spans"]]
    masks = personal(text, hidden, official=official)
    bound, judged = rules.departments.get(department), {} if whom else route or {}  # ours, said the route: staff differ
    return Packet(
        number=number, to=masked(whom, official=official) or rules.department_name(department),
        contact=bound.contact if bound and not whom else "",
        owner=judged.get("owner") or (bound.level if bound and not whom else "unknown"),
        confidence=judged.get("score"),
        runner_up=rules.department_name(other) if (other := judged.get("runner_up")) else None,
        topic=rules.topic_name((route or {}).get("topic", "lainnya")),
        urgency=(extraction.get("urgency") or {}).get("label", "normal"),
        place=location.get("name"), code=location.get("code"), said_places=_words(text, spans, masks),
        text=masked(text, hidden, official=official), words=_words(text, reasons, masks),
        rule=(route or {}).get("rule", ""), arrived_at=arrived_at,
        limits=rules.dues(department, opened_at=arrived_at) if bound else (),
    )


def _words(text: str, spans: Iterable[tuple[int, int]], masks: Iterable[Mask]) -> tuple[str, ...]:
    """The words of the spans, once each, without those that touch personal data."""
    hidden = list(masks)
    shown = (text[start:end] for start, end in spans if not any(m.start < end and start < m.end for m in hidden))
    return tuple(dict.fromkeys(word for word in shown if word.strip()))


def letter(sent: Packet) -> Iterator[str]:
    """The packet in Indonesian, one fact a line."""
    yield f"PENERUSAN LAPORAN WARGA{f' {sent.number}' if sent.number else ''}"
    yield f"Kepada      {sent.to}"
    yield f"Kontak      {sent.contact or 'belum ada, perlu diisi petugas'}"
    yield f"Wewenang    {LEVELS.get(sent.owner, sent.owner)}" + (
        f" (keyakinan {sent.confidence * 100:.0f} %)" if sent.confidence is not None else "")
    if sent.runner_up:
        yield f"Mungkin     {sent.runner_up}"
    yield f"Perkara     {sent.topic}; urgensi {sent.urgency}"
    where = ", ".join(filter(None, (sent.place, sent.code))) or "tidak disebut"
    said = f" (tertulis: {', '.join(sent.said_places)})" if sent.said_places else ""
    yield f"Tempat      {where}{said}"
    yield f"Isi         {' '.join(sent.text.split())}"
    yield f"Bukti       {', '.join(sent.words) or '-'}; aturan {sent.rule or '-'}"
    yield f"Tiba        {sent.arrived_at.astimezone(WIB).strftime(DAY)}"
    for due in sent.limits:
        yield f"Batas       {due.at.astimezone(WIB).strftime(DAY)}, {due.rule}"
    yield "Pelapor     dirahasiakan; jawaban lewat kami"
