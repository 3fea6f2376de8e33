"""Whether a post tells of somebody who needs protection: a child, the old, sick, pregnant, disabled, beaten or poor.

Such a post never rests in a lane. The person alone is not enough ("posyandu lansia ramai" names the elderly and
needs nothing; thanks for help got neither): a need, a plea, a harm or a trifle has to stand beside. Where no listed
person does, somebody near, a matter of school, health or living, and what is wanting are looked for apart
(`_hardship`), as is somebody frail who has only so much (`_scarce`).

No list holds all wordings: of 89 posts that tell of need by facts alone ("tiap istirahat dia cuma duduk di kelas,
katanya sudah kenyang") relevance without a model of need finds 72 %. The rest is read by one that has learnt how need
is told (`nlp.relevance`), and the same model takes back what it finds far from any need: of the posts that these rules
alone lift, a third are right.

Known failures. That a fee is owed is enough where a person is named; without one, nine more of 1,880 comments would be
false tickets. A vulnerable person who is only told of in the news passes where the news has no link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain import Reason
from nlp.context import turn_of
from nlp.evidence import Evidence, distinct
from nlp.languages import word_set
from nlp.phrases import Hit

TOLD_BY = frozenset(("vulnerable", "cue:ill", "cue:schooling", "cue:living"))
ONLY = word_set("cuma hanya mung namung pasrah sendirian dhewekan")
FRAIL = frozenset(("elderly", "pregnant", "disabled", "sick"))
BABIES = frozenset(("bayi", "bayine", "balita", "lare alit", "anak kecil"))
# How an office and its people are called: nobody's mother; an illness may be hers all the same.
CALLED = word_set("mbok kakak kak mas mbak tante")
PARENTS = word_set("ibu bapak bpk bp bu pak ibuk bapak2 ibu2")
MATTERS = ("cue:ill", "cue:schooling", "cue:living")
NEAR = ("vulnerable", "cue:kin", "cue:near")
IFS = frozenset(("kalau", "jika", "bila", "nek", "yen", "menawi"))
ALL_OF_US = frozenset(("warga", "awake dewe"))
PUPILS = frozenset(("murid", "siswa"))  # a school has them; that is nobody's hardship yet
MONEY = word_set("uang uangnya duit duite dhuwit dhuwite biaya biayanya ongkos ongkosnya ragat ragate arta arto")
NONE = word_set("tidak belum habis kurang ora durung mboten dereng telas entek mana")
MONEY_REACH = 5
NO_PLIGHT = frozenset(("cue:chatty", "cue:unreal", "news", "spam"))
NEED_TOPICS = frozenset(("kesehatan", "pendidikan", "bansos", "bencana"))
# Words for a child or an old person stand in every tenth post: they need more beside them than the rest.
COMMON_PERSONS = frozenset(("child", "children", "elderly", "kin"))
SELF_HARM = frozenset(("selfharm", "self_harm"))
GRAVE = SELF_HARM | {"violence", "sexual_violence"}


def vulnerable(e: Evidence) -> tuple[Reason, ...]:
    """Vulnerable persons beside a need, or beside a trifle."""
    cues = [h for h in e.hits.get("vulnerable", ()) if not any(h.touches(m) for m in e.metaphors)]
    cues += [hit._replace(label="kin") for hit in e.hits.get("cue:kin", ()) if _about_need(e)]
    if not cues or not (_needs(e, {hit.label for hit in cues}) or "trivial" in e.hits):
        cues = _hardship(e)
    return tuple(Reason(f"vulnerable:{hit.label or 'kin'}", 2.0, (hit.span(e.words),)) for hit in distinct(cues))


def _hardship(e: Evidence) -> list[Hit]:
    """Who, what, and the want of it, each in words of its own: "adikku", "LKS", "belum kebeli"; else nothing.

    No list holds all ways to say that a child cannot pay its school; but each of them names somebody near and a matter
    of school, health or living. Of 1,880 comments under a city's posts seven do so, need nothing and are not glad: who
    tells an office of an illness at home, or of a school or a meal with anything denied or owed beside it, is heard.
    """
    hits = e.hits
    if TOLD_BY.isdisjoint(hits) or e.words.urls or not NO_PLIGHT.isdisjoint(hits):
        return []
    burdens = [h for h in hits.get("cue:burden", ()) if _stands(h, e)] + _penniless(e)
    if not burdens and not e.requests and _glad(e):
        return []
    if scarce := _scarce(e):
        return scarce
    for kind, persons, wants in _ways(e, burdens):
        for matter in hits.get(kind, ()):
            found = _plight(matter, persons, wants)
            if found and turn_of(matter, e.words, hits) is None:
                return found
    return []


def _ways(e: Evidence, burdens: list[Hit]) -> Iterator[tuple[str, list[Hit], list[Hit] | None]]:
    """(matter, whose it is, what may be wanting; None: nothing has to be): a family first, then the writer alone."""
    hits = e.hits
    fold = e.words.fold
    near = [h for kind in NEAR for h in hits.get(kind, ()) if h.phrase not in PUPILS and fold[h.first] not in CALLED
            and not any(h.touches(m) for m in e.metaphors)]
    near += e.own
    kin = [h for h in near if h.size > 1 or fold[h.first] not in PARENTS]
    harms = [*burdens, *hits.get("cue:lack", ()), *e.live]
    yield "cue:ill", near, None
    yield "cue:schooling", kin, [*harms, *hits.get("cue:negator", ())]
    yield "cue:living", kin, harms
    selves = [h for h in hits.get("cue:self", ()) if h.phrase not in ALL_OF_US]
    yield from ((kind, selves, burdens) for kind in MATTERS)


def _scarce(e: Evidence) -> list[Hit]:
    """Somebody frail who has only so much, or whose state lasts: "bayi cuma minum air gula"."""
    frail = next((h for h in e.hits.get("vulnerable", ()) if h.label in FRAIL or h.phrase in BABIES), None)
    if frail is None or turn_of(frail, e.words, e.hits) is not None:
        return []
    only = next((i for i, word in enumerate(e.words.fold) if word in ONLY), None)
    if only is not None:
        return [frail, Hit("cue:burden", "burden", e.words.form[only], 1, only, only + 1)]
    return [frail, e.hits["cue:lasts"][0]._replace(label="burden")] if "cue:lasts" in e.hits else []


def _plight(matter: Hit, persons: list[Hit], wants: list[Hit] | None) -> list[Hit]:
    """The person, the matter and what is wanting, on words apart."""
    person = next((p for p in persons if not p.touches(matter)), None)
    if person is None:
        return []
    named = [person, matter._replace(label="sick" if matter.kind == "cue:ill" else "need")]
    if wants is None:
        return named
    want = next((w for w in wants if not w.touches(matter) and not w.touches(person)), None)
    return [*named, want._replace(label="burden")] if want else []


def _glad(e: Evidence) -> bool:
    """Praise, or a word of joy that is not denied: "belum lunas" is none."""
    return "praise" in e.hits or any(turn_of(h, e.words, e.hits) is None for h in e.hits.get("cue:glad", ()))


def _stands(hit: Hit, e: Evidence) -> bool:
    """Whether a burden is borne: "kalau tidak dibayar tidak boleh ikut" threatens, "semoga tidak putus" hopes."""
    turn = turn_of(hit, e.words, e.hits)
    return turn is None or turn.hit.phrase in IFS


def _penniless(e: Evidence) -> list[Hit]:
    """ "Uang buat angkot saja ga ada": money, and behind it a word for none."""
    form, sentence = e.words.form, e.words.sentence
    if MONEY.isdisjoint(form):
        return []
    return [
        Hit("cue:burden", "", word, 1, i, i + 1) for i, word in enumerate(form)
        if word in MONEY and any(
            form[j] in NONE and sentence[j] == sentence[i] for j in range(i + 1, min(i + 1 + MONEY_REACH, len(form))))
    ]


def grave(persons: Sequence[Reason]) -> bool:
    """Whether it is about violence or somebody's own life: no model's doubt puts that aside."""
    return any(reason.what.removeprefix("vulnerable:") in GRAVE for reason in persons)


def lifts(e: Evidence, persons: Sequence[Reason]) -> bool:
    """Whether the vulnerable person's case is actionable at once: news and adverts are told, not pleaded."""
    aside = e.retold or "spam" in e.hits or "cue:chatty" in e.hits
    if any(reason.what.removeprefix("vulnerable:") in SELF_HARM for reason in persons):
        return True
    burdened = any(reason.what == "vulnerable:burden" for reason in persons)
    thanks = _glad(e) and not (e.requests or e.live or e.lacks or burdened)
    return bool(persons) and not aside and not thanks


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
