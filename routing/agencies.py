"""Says which body outside of the served governments a text names, as the one that has to act. Pure.

Observations. "Sipir lapas mempersulit kunjungan" has no topic of ours and one owner. "Lubang depan kantor pos" names
the post office and is not its matter. "Kata polisi ..." names the police and may be about anything.

Theory. The names stand in `routing/data/agencies.yaml`, each with the topics that are the body's own once it is named
and with the time for which that holds. Where the reader of topics is in doubt (under SURE), or where the name leads the
post ("PLN memutus meteran kami"), the name decides alone. A name that only tells where something is (after "depan",
"sebelah", "dekat", "ngarep" ...) does not count. Rules of `routes` that know words speak first; this is for what they
leave to the place.

Known failures. Two bodies in one post: the one whose name stands first wins. "Kemarin di depan bank" counts as a place,
"di bank" does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain import Span, Topic
from routing.rules import Agency, Rules
from routing.words import Found

# matters of streets and water: a body has to claim these topics by name, an empty list does not hold them
GROUND_TOPICS = frozenset(("jalan_jembatan", "lampu_jalan", "banjir_drainase", "pohon_taman", "air_bersih"))
BESIDE = frozenset((
    "depan", "dekat", "sebelah", "samping", "seberang", "belakang", "sekitar", "arah", "timur", "barat", "utara",
    "selatan", "timurnya", "ngarep", "ngarepe", "cedhak", "cedak", "mburi", "mburine", "sisih", "kidul", "lor", "etan",
    "kulon", "wetan", "jalan", "jl", "jln", "perempatan", "pertigaan", "prapatan", "bangjo", "kata", "jare",
))
TOKEN = re.compile(r"[^\W_]+")
ADDRESS = frozenset((
    "pak", "bu", "min", "mas", "mbak", "wali", "gub", "gubernur", "lapor", "tolong", "yth", "bapak", "kantor"))
FIRST = 0  # words before a name that leads
SURE = 0.7  # of a topic, to hold against a body named beside it
LOOK_BACK = 2  # "depan kantor pos", "sebelah timur KUA"


@dataclass(frozen=True, slots=True)
class Called:
    agency: Agency
    word: str  # folded
    span: Span


def agency_of(text: str, found: Found, rules: Rules, topic: Topic, day: str) -> Called | None:
    """The body whose own matter this is by its name, the first named first; the longer name of one place."""
    called = [
        Called(agency, word, found.span(word))
        for word in found.words & rules.called.keys()
        for agency in rules.called[word] if agency.force.on(day)
    ]
    if not called:
        return None
    standing = [one for one in called if not _only_a_place(text, one.span)
                and (_claims(one.agency, topic.label) or topic.score < SURE or _leads(text, one.span))]
    return min(standing, key=lambda one: (one.span.start, -one.span.end, one.agency.key), default=None)


def _claims(agency: Agency, topic: str) -> bool:
    return topic in agency.topics if agency.topics else topic not in GROUND_TOPICS


def _leads(text: str, span: Span) -> bool:
    """Who is named first is whom the post is about; a form of address before it does not count."""
    before = [word for match in TOKEN.finditer(text[:span.start]) if (word := match.group().lower()) not in ADDRESS]
    return len(before) <= FIRST


def _only_a_place(text: str, span: Span) -> bool:
    before = [match.group().lower() for match in TOKEN.finditer(text[max(0, span.start - 40):span.start])]
    return not BESIDE.isdisjoint(before[-LOOK_BACK:])
