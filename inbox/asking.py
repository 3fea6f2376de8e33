"""Drafted questions to a citizen, in the register that the citizen writes in. A person sends them; nothing here can.

Asks for what the post lacks: where, when, a picture. Names no reporter and repeats no word of theirs, so that a draft
can be pasted anywhere. The Javanese is plain and polite: whoever is written to in ngoko is answered in ngoko that a
stranger may use. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nlp.new_facts import new_facts
from storage.records import TicketView

PLACE, TIME, PICTURE = "place", "time", "picture"
INDONESIAN, NGOKO, KRAMA = "id", "ngoko", "krama"
REGISTERS = MappingProxyType({"ngoko": NGOKO, "krama": KRAMA, "madya": KRAMA})

FRAMES: Mapping[str, str] = MappingProxyType({
    INDONESIAN: "Terima kasih sudah melapor kepada {office}. Supaya dapat segera kami tindak lanjuti, mohon "
                "keterangan: {wanted}. Mohon jangan menulis nomor telepon atau alamat rumah di kolom komentar; "
                "kirimkan lewat pesan langsung. Terima kasih.",
    NGOKO: "Matur nuwun wis lapor menyang {office}. Supaya bisa enggal ditindaklanjuti, nyuwun katrangan: {wanted}. "
           "Aja nulis nomer telpon utawa alamat omah ing kolom komentar ya, kirim liwat pesen langsung wae. Suwun.",
    KRAMA: "Matur nuwun sampun lapor dhateng {office}. Supados saged enggal katindaklanjuti, nyuwun katrangan: "
           "{wanted}. "
           "Nyuwun tulung sampun ngantos nyerat nomer telpon utawi alamat griya wonten ing kolom komentar, kintun "
           "lumantar pesen langsung kemawon. Matur nuwun.",
})
WANTED: Mapping[str, Mapping[str, str]] = MappingProxyType({
    INDONESIAN: {PLACE: "di mana tepatnya (nama jalan, kampung, atau patokan terdekat)", TIME: "sejak kapan",
                 PICTURE: "foto keadaannya bila ada"},
    NGOKO: {PLACE: "panggonane ngendi (jeneng dalan, kampung, utawa patokan sing cedhak)", TIME: "wiwit kapan",
            PICTURE: "foto kahanane yen ana"},
    KRAMA: {PLACE: "panggenanipun wonten pundi (nami margi, kampung, utawi patokan ingkang caket)",
            TIME: "wiwit kala menapa", PICTURE: "foto kawontenanipun menawi wonten"},
})


@dataclass(frozen=True, slots=True)
class Question:
    """The draft in the citizen's own register, and the same in the others."""

    register: str
    text: str
    others: tuple[tuple[str, str], ...]


def question(view: TicketView, *, office: str, answered: bool = False) -> Question:
    """`answered`: the reporter has told the place in the thread meanwhile."""
    lacks = lacking(view, answered=answered) or (PLACE,)
    register = register_of(view.extraction or {})
    drafts = {name: draft(name, lacks, office=office) for name in FRAMES}
    own = drafts.pop(register)
    return Question(register, own, tuple(drafts.items()))


def draft(register: str, lacks: tuple[str, ...], *, office: str) -> str:
    wanted = "; ".join(f"({n}) {WANTED[register][what]}" for n, what in enumerate(lacks, 1))
    return FRAMES[register].format(office=office, wanted=wanted if len(lacks) > 1 else wanted.removeprefix("(1) "))


def lacking(view: TicketView, *, answered: bool) -> tuple[str, ...]:
    """What the post does not say, in the order in which one asks."""
    extraction = view.extraction or {}
    placed = answered or bool(extraction.get("location")) or bool(extraction.get("places"))
    timed = any(fact.kind == "time" for fact in new_facts(view.mention.text, ""))
    shown = any(media.type in ("photo", "video", "gif") for media in view.mention.media)
    return tuple(what for what, known in ((PLACE, placed), (TIME, timed), (PICTURE, shown)) if not known)


def register_of(extraction: Mapping[str, Any]) -> str:
    """Javanese only to who writes it: a mixed post is answered in Indonesian unless its register is plain to see."""
    if extraction.get("language") not in ("jv", "mixed"):
        return INDONESIAN
    return REGISTERS.get(str(extraction.get("register")), INDONESIAN)
