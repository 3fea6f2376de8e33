"""How much a post hurries, as a sum that can be shown.

Each phrase of the operators' lists adds points once: darurat 3, tinggi 1.6 (a second 0.6, further ones
0.2, so that many hazards together stay below a threat to life), tidak_mendesak -1.6. A vulnerable person
beside a hazard adds 0.4, a word for "now" beside one 0.3, a plea beside one 0.2. Negation takes a phrase's
points, a condition leaves a quarter, the past two fifths (`nlp.context`). A post that only asks loses 1.5,
one with nothing but a question mark 0.8. From 2.8 points on it is darurat, from 1.3 tinggi, from -1 down
tidak_mendesak, else normal. The score says how far from the nearest border the sum lies.

Observations. "Segera", "enggal" and "secepatnya" stand in every second plea and say nothing of the matter;
"sakit" is part of every hospital's name: neither is in the lists. Water in the house is darurat by the
phrases that say so ("masuk rumah", "mlebu omah", "selutut"), not by the word for a flood.

Measured: darurat + tinggi at precision 1.0, recall .83 on 33 labelled texts of the development half, .46 and
.55 on the 55 kept aside: the lists know the first half's words. On the invented day, whose authors call
hardship tinggi, the label agrees in 72 %.

Known failures. What a list does not name is normal, however bad; sarcasm counts as said. A patient without
treatment is tinggi here and may be darurat to a doctor.
"""

from __future__ import annotations

from spacy.tokens import Doc

from domain import Reason, Urgency
from nlp.context import turn_of
from nlp.phrases import Hit, Hits
from nlp.tokens import Words

POINTS = {"darurat": 3.0, "tinggi": 1.6, "tidak_mendesak": -1.6}
FURTHER = {"tinggi": (1.6, 0.6, 0.2), "darurat": (3.0, 1.0, 0.5), "tidak_mendesak": (-1.6, -0.4, 0.0)}
EMERGENCY, HIGH, LOW = 2.8, 1.3, -1.0
VULNERABLE, NOW, PLEA, ASKS, WONDERS = 0.4, 0.3, 0.2, -0.8, -1.5
HAZARD_CAP = 2.6  # hazards without a threat to life never add up to darurat


def urgency_of(words: Words, hits: Hits, metaphors: list[Hit], *, asks_only: bool) -> Urgency:
    """Add up the evidence of one text; pure."""
    reasons: list[Reason] = []
    sums = {"darurat": 0.0, "tinggi": 0.0, "tidak_mendesak": 0.0}
    counts = dict.fromkeys(sums, 0)
    seen: set[str] = set()
    for hit in hits.get("urgency", ()):
        if hit.phrase in seen or any(hit.touches(m) for m in metaphors):
            continue
        if hit.label == "tinggi" and any(o.label == "darurat" and o.touches(hit) for o in hits["urgency"]):
            continue
        seen.add(hit.phrase)
        turn = turn_of(hit, words, hits) if hit.label != "tidak_mendesak" else None
        steps = FURTHER[hit.label]
        weight = steps[min(counts[hit.label], 2)] * (turn.factor if turn else 1.0)
        counts[hit.label] += 1 if not turn else 0
        sums[hit.label] += weight
        reasons.append(Reason(f"signal:{hit.label}:{hit.phrase}", round(weight, 2), (hit.span(words),)))
        if turn:
            reasons.append(Reason(turn.what, 0.0, (turn.hit.span(words),)))
    hazard = min(sums["tinggi"], HAZARD_CAP)
    if hazard < sums["tinggi"]:
        reasons.append(Reason("rule:hazards are capped", round(hazard - sums["tinggi"], 2)))
    total = sums["darurat"] + hazard + sums["tidak_mendesak"]
    if sums["darurat"] + hazard > 0:
        for kind, weight in (("vulnerable", VULNERABLE), ("cue:now", NOW), ("request", PLEA)):
            if kind in hits and (kind == "vulnerable" or sums["darurat"] or total < HIGH):
                reasons.append(Reason(f"rule:{kind.removeprefix('cue:')}", weight, (hits[kind][0].span(words),)))
                total += weight
    if not sums["darurat"]:
        total = min(total, HAZARD_CAP)
    if asks_only:
        asked = WONDERS if "cue:wondering" in hits else ASKS
        reasons.append(Reason("rule:only asks", asked))
        total += asked
    return _judged(total, tuple(reasons))


def _judged(total: float, reasons: tuple[Reason, ...]) -> Urgency:
    label = ("darurat" if total >= EMERGENCY else "tinggi" if total >= HIGH
             else "tidak_mendesak" if total <= LOW else "normal")
    border = min(abs(total - line) for line in (EMERGENCY, HIGH, LOW))
    return Urgency(label, round(min(0.98, 0.55 + border / 3), 3), reasons)


class UrgencyOf:
    """spaCy component: `doc._.urgency`."""

    def __call__(self, doc: Doc) -> Doc:
        hits: Hits = doc._.hits
        words: Words = doc._.words
        if words.raw and hits:
            metaphors = [*hits.get("metaphors", ()), *hits.get("unless", ())]
            doc._.urgency = urgency_of(words, hits, metaphors, asks_only=asks_only(words, hits))
        return doc


def asks_only(words: Words, hits: Hits) -> bool:
    """A question with nothing broken in it: no defect and no hazard that stands."""
    if not (words.asks or "cue:wondering" in hits):
        return False
    harm = [*hits.get("defect", ()), *(h for h in hits.get("urgency", ()) if h.label != "tidak_mendesak")]
    return not any(turn_of(hit, words, hits) is None for hit in harm)
