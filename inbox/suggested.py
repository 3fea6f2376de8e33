"""Other tickets that may tell the same incident, prepared for the page: text, reasons in words, nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain import Ticket
from inbox.desk import desk
from inbox.masks import Segment, gist
from nlp.related import Telling, Why, suggestions
from storage.records import Head
from storage.regrouping import Candidate


@dataclass(frozen=True, slots=True)
class Suggestion:
    ticket: Ticket
    gist: Sequence[Segment]
    score: float
    reasons: Sequence[str]


def suggested(head: Head, candidates: Sequence[Candidate], *, official: frozenset[str]) -> list[Suggestion]:
    """At most three; none for a story whose words are gone."""
    ours = Telling(head.mention, head.extraction)
    others = [Telling(candidate.mention, candidate.extraction) for candidate in candidates]
    found = suggestions(ours, others) if head.mention.text else []
    return [Suggestion(candidates[likeness.at].ticket, gist(candidates[likeness.at].mention.text, official=official),
                       likeness.score, list(_in_words(likeness.reasons))) for likeness in found]


def _in_words(reasons: Iterable[Why]) -> Iterable[str]:
    for what, detail, _weight in reasons:
        if what == "words":
            yield _("kata yang sama: %(words)s") % {"words": detail}
        elif what == "place":
            yield _("tempat yang sama: %(place)s") % {"place": detail}
        elif what == "area":
            yield _("wilayah yang sama: %(area)s") % {"area": detail}
        elif what == "distance":
            yield _("berjarak %(metres)s m") % {"metres": detail}
        elif what == "topic":
            yield _("topik yang sama: %(topic)s") % {"topic": desk().rules.topic_name(detail)}
        elif what == "time":
            yield _apart_in_time(int(detail))


def _apart_in_time(hours: int) -> str:
    if hours < 1:
        return str(_("selisih kurang dari satu jam"))
    if hours < 48:
        return str(ngettext("selisih %(num)d jam", "selisih %(num)d jam", hours) % {"num": hours})
    days = round(hours / 24)
    return str(ngettext("selisih %(num)d hari", "selisih %(num)d hari", days) % {"num": days})
