"""Whether a post tells of somebody who needs protection: a child, the old, sick, pregnant, disabled, beaten or poor.

Such a post never rests in a lane. The person alone is not enough ("posyandu lansia ramai" names the elderly and
needs nothing; thanks for help got neither): a need, a plea, a harm or a trifle has to stand beside.

Known failures. A vulnerable person who is only told of in the news passes where the news has no link.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain import Reason
from nlp.context import turn_of
from nlp.evidence import Evidence, distinct

NEED_TOPICS = frozenset(("kesehatan", "pendidikan", "bansos", "bencana"))
# Words for a child or an old person stand in every tenth post: they need more beside them than the rest.
COMMON_PERSONS = frozenset(("child", "children", "elderly", "kin"))
SELF_HARM = frozenset(("selfharm", "self_harm"))


def vulnerable(e: Evidence) -> tuple[Reason, ...]:
    """Vulnerable persons beside a need, or beside a trifle."""
    cues = [h for h in e.hits.get("vulnerable", ()) if not any(h.touches(m) for m in e.metaphors)]
    cues += [hit._replace(label="kin") for hit in e.hits.get("cue:kin", ()) if _about_need(e)]
    if not cues:
        return ()
    kinds = {hit.label for hit in cues}
    if not _needs(e, kinds) and "trivial" not in e.hits:
        return ()
    return tuple(Reason(f"vulnerable:{hit.label}", 2.0, (hit.span(e.words),)) for hit in distinct(cues))


def lifts(e: Evidence, persons: Sequence[Reason]) -> bool:
    """Whether the vulnerable person's case is actionable at once: news and adverts are told, not pleaded."""
    told = len(e.hits.get("news", ())) > 1 or "spam" in e.hits or "cue:chatty" in e.hits
    if any(reason.what.removeprefix("vulnerable:") in SELF_HARM for reason in persons):
        return True
    thanks = "praise" in e.hits and not e.requests and not e.defects
    return bool(persons) and not told and not thanks


def _about_need(e: Evidence) -> bool:
    return any(topic.label in NEED_TOPICS for topic in e.topics)


def _needs(e: Evidence, kinds: set[str]) -> bool:
    """Whether somebody vulnerable lacks something: the person's kind, a cause, a plea or a harm."""
    own, plea, told = bool(e.own), bool(e.requests), bool(e.words.urls)
    harm = "cue:lack" in e.hits or any(turn_of(h, e.words, e.hits) is None for h in e.defects)
    topic = _about_need(e)
    if kinds & SELF_HARM or (own and (plea or harm)) or _beaten(e) or _hungry(e):
        return True
    if kinds - COMMON_PERSONS:
        lacks = plea or harm or "cue:self" in e.hits or own
        return (topic and lacks) or plea or (len(kinds) > 1 and (harm or topic))
    return topic and (own or plea or (harm and not told))


def _beaten(e: Evidence) -> bool:
    """ "Dipukuli": somebody suffers it; "kekerasan" may only be spoken of."""
    return not e.words.urls and any(
        hit.label == "violence" and hit.phrase.startswith("di") and turn_of(hit, e.words, e.hits) is None
        for hit in e.hits.get("vulnerable", ())
    )


def _hungry(e: Evidence) -> bool:
    """A house without rice is a need whoever tells of it."""
    return not e.words.urls and any(
        hit.label == "poverty" and hit.phrase.endswith("beras") for hit in e.hits.get("vulnerable", ())
    )
