"""Says which mentions need no work, and keeps them in a lane with the reason. Pure.

A lane is a shelf, not a bin: what lies there keeps its words, its reason and its place in the ledger,
is sampled by people, and a second look can lift it. What has a touch of need but no report in it has a lane of its own
that people look through whole, not by lot ("sepatu adikku kui meneh"). The error that hurts is a person in need on that
shelf, so every doubt is resolved for a ticket: never a lane for what is actionable, sensitive, speaks of
a child, an old, sick, pregnant, disabled, beaten, desperate or poor person, or tells of a danger to life
in somebody's own words. A picture sent to us with no more than "min, tolong" or "piye iki min" says something
that we cannot read: people look at it. And who writes to us of a matter that we are sure of, with a place or something
broken beside it, or names the body that it is about, has a complaint, whatever the tone: the reader of tone knows
comments among neighbours, where the same words are talk.

Known failures. An advertisement for baby clothes speaks of a child and reaches people. "Mati kutu" from
a citizen whom the NLP calls a chatterer stays here until somebody samples it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain import Extraction, Mention, MentionKind, Relevance, Topic
from routing.agencies import agency_of
from routing.jurisdiction import day_of
from routing.rules import UNKNOWN_TOPIC, Rules
from routing.words import TOKEN, Found

ACTIONABLE = "actionable"
LANES = {
    "keluhan_umum": ("chatter", "keluhan umum: tidak menyebut tempat, barang atau perkara yang dapat dikerjakan"),
    "pertanyaan": ("question", "pertanyaan, bukan laporan"),
    "berita": ("news", "berita atau pengumuman"),
    "obrolan": ("chatter", "obrolan, tidak ada yang perlu dikerjakan"),
    "spam": ("spam", "iklan atau spam"),
    "pujian": ("praise", "pujian atau terima kasih"),
}
NEED = "model:reads like somebody in need"
TOLD = frozenset({"berita", "spam"})  # whose need it is nobody says here
TRIVIAL = {
    "lost_item": "barang pribadi hilang: urusan polisi atau pengelola tempat, bukan dinas",
    "love": "urusan percintaan, bukan pelayanan publik",
    "greeting": "hanya salam",
}
OWN_WORDS = frozenset({"keluhan_umum", "obrolan", "pertanyaan"})  # first-hand speech, where danger counts
PICTURES = frozenset({"photo", "video", "gif"})
DIRECT = frozenset((MentionKind.MENTION, MentionKind.TAG, MentionKind.VISITOR_POST, MentionKind.FORM))
SURE = 0.8  # of 62 posts of the invented day that belong in a lane, two have such a topic and a defect beside it
TONES = frozenset(("keluhan_umum", "obrolan"))
# what the reader of tone has seen that speaks against a complaint
TALK = ("signal:spam", "signal:news", "signal:praise", "trivial:", "rule:metaphor", "rule:chatty",
        "rule:condition", "rule:wonders", "rule:link", "rule:headline", "rule:told")
ADDRESSED = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+")
NO_WORDS = 3  # "pak", "piye iki min": says nothing beside its picture
FEW_WORDS = 6  # "min tolong ini gimana ya pak"


@dataclass(frozen=True, slots=True)
class Lane:
    """`lane` as in Decision.lane; `because` is shown to staff."""

    lane: str
    because: str


def lane_of(mention: Mention, extraction: Extraction, rules: Rules) -> Lane | None:
    """The lane of a mention that needs no work; None for everything that people have to see."""
    relevance = extraction.relevance
    if relevance.label == ACTIONABLE or relevance.vulnerable or extraction.sensitive:
        return None
    if relevance.detail not in LANES:  # a report that is called not actionable: doubt, so a ticket
        return None
    if extraction.urgency.label == "darurat" and relevance.detail in OWN_WORDS:
        return None
    found = rules.lexicon.find(mention.text)
    if relevance.detail in OWN_WORDS and picture_speaks(mention, found, rules):
        return None
    if relevance.detail in TONES and complains_to_us(mention, extraction, found, rules):
        return None
    if relevance.detail == "obrolan" and (kind := _trivial_kind(found, rules) or _read_as(relevance)):
        return Lane("trivial", TRIVIAL.get(kind, f"hal sepele: {kind}"))
    if relevance.detail not in TOLD and any(reason.what == NEED for reason in relevance.because):
        return Lane("doubt", "mungkin ada yang kesusahan: dilihat semuanya, tidak diundi")
    return Lane(*LANES[relevance.detail])


def complains_to_us(mention: Mention, extraction: Extraction, found: Found, rules: Rules) -> bool:
    """A sure matter with something broken or a place, or a body by its name, written to an office."""
    if mention.kind not in DIRECT or rules.belongs(mention.account) is None or _trivial_kind(found, rules):
        return False
    seen = [reason.what for reason in extraction.relevance.because]
    if any(what.startswith(TALK) for what in seen):
        return False
    memory = "rule:past" in seen  # "dari dulu jalan di sini begini"; who names a body means today
    topic = extraction.topics[0] if extraction.topics else Topic(UNKNOWN_TOPIC, 0.0)
    broken = any(what.startswith("signal:defect:") for what in seen)
    sure = topic.score >= SURE and topic.label != UNKNOWN_TOPIC
    if sure and not memory and (broken or _somewhere(extraction, found, rules)):
        return True
    return agency_of(mention.text, found, rules, topic, day_of(mention)) is not None


def _somewhere(extraction: Extraction, found: Found, rules: Rules) -> bool:
    """A place of our own tables is named: talk is of everywhere, a matter is somewhere."""
    return any(place.code and "." in place.code for place in extraction.places) or not (
        found.words.isdisjoint(rules.suburbs))


def picture_speaks(mention: Mention, found: Found, rules: Rules) -> bool:
    """A picture with no words of its own, or with a few that only ask for help."""
    if not any(media.type in PICTURES for media in mention.media):
        return False
    said = TOKEN.findall(ADDRESSED.sub(" ", mention.text))
    if not said or (len(said) <= FEW_WORDS and not rules.request_words.isdisjoint(found.words)):
        return True
    sent_to_us = mention.kind is not MentionKind.COMMENT
    return sent_to_us and len(said) <= NO_WORDS and _trivial_kind(found, rules) is None


def _read_as(relevance: Relevance) -> str | None:
    """The kind of trifle that the reader saw: it knows more forms of a word than a list."""
    what = (reason.what for reason in relevance.because)
    return next((name.removeprefix("trivial:") for name in what if name.startswith("trivial:")), None)


def _trivial_kind(found: Found, rules: Rules) -> str | None:
    """The kind with the most words in the text; the file's order decides a tie."""
    counts = {kind: len(words & found.words) for kind, words in rules.trivial_words.items()}
    best = max(counts, key=lambda kind: counts[kind], default=None)
    return best if best is not None and counts[best] else None
