"""How much a post hurries, as a sum that can be shown.

Each phrase of the operators' lists adds points once: darurat 3, tinggi 1.6 (a second 0.6, further ones
0.2, so that many hazards together stay below a threat to life), tidak_mendesak -1.6. A weak one ("banjir", "jatuh",
"rawan": as often a fear, a leaf, a chronic trouble) adds half, and so does a word for the danger of a dark street where
lamps are the matter. A vulnerable person beside a hazard adds 0.4, a word for "now" beside one 0.3, a plea beside one
0.2, an illness without help 0.6. What turns a phrase leaves the part that `nlp.context` says. A post that only asks
loses 1.5, one with nothing but a question mark 0.8. From 2.8 points on it is darurat, from 1.3 tinggi, from -1 down
tidak_mendesak, else normal. The score says how far from the nearest border the sum lies. Once relevance is known,
news, adverts, praise, and talk without a matter are tidak_mendesak (`settled`).

Observations. "Segera", "enggal" and "secepatnya" stand in every second plea and say nothing of the matter;
"sakit" is part of every hospital's name: neither is in the lists. Water in the house is darurat by the
phrases that say so ("masuk rumah", "mlebu omah", "selutut"), not by the word for a flood. "Mungkin bisa", "masukan"
are courtesy: beside a hazard that stands they take 0.4 at the most. "Pernah ada yang jatuh" warns, "pernah banjir"
remembers.

Where water or power is the matter and a word says that it is out, 1.6 is added without a phrase of its own. A trained
model that reads hazards adds twice its margin and 1.3, between -0.9 and 1.8, and nothing upwards where the only
phrases were denied, over, supposed or past. What reads like a danger to life adds 1.5 to what is high already: out of
fold of 2,964 written reports darurat was right in .57 and found in .50 (by words alone .48 and .29). A missed danger
is the worse error, so the sum leans: the model out of two folds of the development half, 1,064 complaints that nobody
had read for the lists have precision .70 and recall .78 (leaning by 1.0 .77 and .70, by 1.45 .68 and .80, by 1.75 .59
and .83), 398 older labels, which the lists know, .63 and .86 (.69 .84; .60 .87; .55 .90).

Measured on texts kept aside: 354 complaints of a city that two readers labelled alike, precision .74, recall .93 (.77
and .79 before 2,580 other complaints were labelled to learn from), 55 older labels .50 and .45 (five of eleven; six
before): what was taken for talk hurries nobody. On the gold sets' kept-aside halves recall .91 at F1 .54 over all posts
(reports .59), and 1.0 at F1 .82 (reports .86), whose dev half was read for this; on the third set, which nobody has
read, .79 at F1 .81 (reports .86): every fifth hazard told without a word of hazard is still missed. "Jalan ambles" and
"dahan patah" are no hazards by themselves: half of those who write them endanger nobody. A reader by the page of
definitions has P .80 R .70 on the 88 older labels (`evaluation.reader`): they are strict where he is strict elsewhere.

Failures met and mended. "Hampir", "tiba" and "meninggal" by themselves were in the lists: "hampir 3 bulan", "tiba2"
and a dead father's papers hurry nobody. "Masuk rumah" is about water only where water is the matter; monitor lizards
come in too. "Banjir Kanal Barat" is a river.

Known failures. Sarcasm counts as said. A patient without treatment is tinggi here and may be darurat to a doctor. A
figure of speech without a known word of talk ("kebanjiran tamu") is a hazard; so is what officers have cleared
already, where nothing marks it as news ("petugas menyingkirkan dahan patah").
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from domain import Place, Reason, Relevance, Urgency
from nlp.context import NONE_LEFT, Turn, feared, turn_of
from nlp.languages import word_set
from nlp.learnt import DANGER, HAZARD
from nlp.phrases import Hit, Hits
from nlp.post import Component, Post
from nlp.tokens import Words
from nlp.values import plain_reason, two_digits

# Words that are a risk themselves, or a harm that comes often: "kalau hujan membahayakan" and "kalau hujan banyak yang
# jatuh" are a danger all the same.
RISK = word_set("bahaya berbahaya membahayakan rawan mbebayani bebaya sering banyak akeh")
# Water says how deep it is only where there is water: wild animals come "masuk rumah" too.
INSIDE = frozenset((
    "masuk rumah", "masuk ke rumah", "masuk kamar", "masuk dapur", "mlebu omah", "mlebu kamar", "selutut", "sedengkul",
    "sadengkul", "sakdengkul", "sepinggang", "sedada", "sewengkang", "masuk ruang tamu", "di ruang tamu",
    "masuk sampai kamar", "sampai kamar tidur", "nganti kamar", "semata kaki",
))
WATER = "banjir_drainase"
EVER = "pernah"  # "pernah ada yang jatuh" warns; "pernah banjir" remembers
HARMED = word_set("jatuh terjatuh kecelakaan celaka terperosok kejeblos kejeglong kecemplung tercebur kesetrum korban "
                  "terluka tertimpa tertabrak keserempet kepleset terpeleset tiba")
COURTESY = -0.4  # "mungkin bisa", "masukan" and their like take no more from a hazard that stands
# Who cannot wait for help that money or an office keeps from them; "sakit" alone names every hospital.
FRAIL = frozenset(("sick", "disabled", "pregnant"))
COMMON_ILLS = frozenset(("sakit", "lara", "cacat", "menyusui", "gangguan jiwa", "odgj", "depresi", "tuli", "bisu"))
UNTREATED = 0.6
# A supply that everybody needs, and words that say it is out.
SUPPLIES = frozenset(("air_bersih", "listrik_telekom"))
OUT = frozenset((
    "mati", "padam", "tidak keluar", "tidak mengalir", "ga ngalir", "gak ngalir", "ora mili", "ora metu", "mboten mili",
    "ora murub", "pejah", "kering", "asat", "tidak menyala", "gangguan",
))
CUT_OFF = 1.6
# Words that name what may as well be a wish, a place, a leaf or a chronic trouble: they need the model or another word.
WEAK = frozenset((
    "banjir", "jatuh", "rawan", "limbah", "macet parah", "macet pol", "igd", "roboh", "bahaya", "limpas", "ngeri",
    "pohon tumbang", "pohon roboh", "mengenai kabel", "kecelakaan", "tercemar", "ancaman", "pemadaman",
    "tidak punya biaya", "terlantar", "diare", "tidak ditangani", "membahayakan", "menjuntai", "berbahaya",
))
WEAKER = 0.5
LAMPS = "lampu_jalan"  # a dark street is said to be dangerous by everybody who reports one
OF_THE_DARK = frozenset((
    "rawan", "rawan kecelakaan", "rawan begal", "rawan celaka", "gelap gulita", "mati total", "membahayakan",
    "berbahaya", "kecelakaan", "begal", "bahaya",
))
NAMED_SPOTS = frozenset(("landmark", "jalan"))
HAZARD_LIKE, LIFE_LIKE = "model:reads like a hazard", "model:reads like a danger to life"
READS, READS_BIAS, READS_LEAST, READS_MOST = 2.0, 1.3, -0.9, 1.8
TO_LIFE, TO_LIFE_FROM = 1.5, 0.3  # points of what reads like a danger to life, and the margin from which on it does
FURTHER = {"tinggi": (1.6, 0.6, 0.2), "darurat": (3.0, 1.0, 0.5), "tidak_mendesak": (-1.6, -0.4, 0.0)}
SURE_TALK = 0.8
CALM_DETAILS = frozenset(("berita", "spam", "pujian", "pertanyaan", "obrolan"))
OWN_WORDS = frozenset(("pertanyaan", "obrolan"))
EMERGENCY, HIGH, LOW = 2.8, 1.3, -1.0
VULNERABLE, NOW, PLEA, ASKS, WONDERS = 0.4, 0.3, 0.2, -0.8, -1.5
NAMED = 0.35  # a topic that keywords name this well is a matter of the post
NO_MARGINS: Mapping[str, float] = {}
HAZARD_CAP = 2.6  # hazards without a threat to life never add up to darurat


def urgency_of(
    words: Words, hits: Hits, metaphors: list[Hit], *, asks_only: bool, named: Container[str] = (),
    places: Sequence[Place] = (), reads: float | None = None, to_life: float = -1.0,
) -> Urgency:
    """Add up the evidence of one text; pure.

    `named`: topics; `reads`, `to_life`: the model's margins of a hazard, of a danger to life; None and -1 without one.
    """
    found = _Sum(words, hits, named)
    for hit in _spoken(words, hits, metaphors, named, places):
        found.add(hit)
    found.cap()
    hazard = found.danger + found.high + found.without_words()
    total = hazard + found.courtesy()
    if hazard > 0:
        for kind, weight in (("vulnerable", VULNERABLE), ("cue:now", NOW), ("request", PLEA)):
            if kind in hits and (kind == "vulnerable" or found.danger or total < HIGH):
                total += found.because(f"rule:{kind.removeprefix('cue:')}", weight, hits[kind][0])
    if reads is not None:
        points = max(READS_LEAST, min(READS_MOST, READS * reads + READS_BIAS))
        if not found.stands and (found.turned or _denied(hits, words)):  # the model knows no "kalau" and no "dulu"
            points = min(points, 0.0)
        total += found.because(HAZARD_LIKE, points)
    if not found.danger:
        total = min(total, HAZARD_CAP)
    if asks_only:
        total += found.because("rule:only asks", WONDERS if "cue:wondering" in hits else ASKS)
    if to_life >= TO_LIFE_FROM and total >= HIGH:
        total += found.because(LIFE_LIKE, TO_LIFE)
    return _judged(total, tuple(found.reasons))


def _spoken(
    words: Words, hits: Hits, metaphors: Sequence[Hit], named: Container[str], places: Sequence[Place]
) -> Iterator[Hit]:
    """The phrases that speak of urgency, each once, without those of metaphors, rivers and wild animals."""
    seen: set[str] = set()
    for hit in hits.get("urgency", ()):
        if hit.phrase in seen or (metaphors and any(hit.touches(m) for m in metaphors)):
            continue
        if hit.label == "tinggi" and any(o.label == "darurat" and o.touches(hit) for o in hits["urgency"]):
            continue
        if (hit.phrase in INSIDE and WATER not in named) or (places and _inside(hit, words, places)):
            continue
        seen.add(hit.phrase)
        yield hit


class _Sum:
    """What the phrases of one text add up to, with the reasons: `danger`, `high` and `low` points."""

    def __init__(self, words: Words, hits: Hits, named: Container[str]) -> None:
        self.words, self.hits, self.named = words, hits, named
        self.reasons: list[Reason] = []
        self.points = {"darurat": 0.0, "tinggi": 0.0, "tidak_mendesak": 0.0}
        self.counts = dict.fromkeys(self.points, 0)
        self.weaklings, self.turned = 0, False

    @property
    def danger(self) -> float:
        return self.points["darurat"]

    @property
    def high(self) -> float:
        return self.points["tinggi"]

    @property
    def stands(self) -> bool:
        """Whether any hazard is meant as it is said."""
        return bool(self.counts["darurat"] or self.counts["tinggi"] or self.weaklings)

    def because(self, what: str, weight: float, hit: Hit | None = None) -> float:
        """Note a reason; gives back its weight."""
        self.reasons.append(Reason(what, two_digits(weight), (hit.span(self.words),)) if hit
                            else plain_reason(what, weight))
        return weight

    def add(self, hit: Hit) -> None:
        turn = self._turn(hit)
        weak = hit.phrase in WEAK or (hit.phrase in OF_THE_DARK and LAMPS in self.named)
        before = self.counts[hit.label] + (self.weaklings if weak else 0)  # a weak word takes nothing from a strong one
        weight = FURTHER[hit.label][min(before, 2)] * (turn.factor if turn else 1.0) * (WEAKER if weak else 1.0)
        self.points[hit.label] += self.because(f"signal:{hit.label}:{hit.phrase}", weight, hit)
        if turn:
            self.turned = self.turned or turn.what != "rule:only feared"
            self.because(turn.what, 0.0, turn.hit)
        elif weak:
            self.weaklings += 1
        else:
            self.counts[hit.label] += 1

    def _turn(self, hit: Hit) -> Turn | None:
        """What turns the phrase; a risk outlasts its condition, and harm that came once warns."""
        if hit.label == "tidak_mendesak":
            return None
        turn, parts = turn_of(hit, self.words, self.hits), hit.phrase.split()
        if turn and turn.what == "rule:condition" and not RISK.isdisjoint(parts):
            turn = None
        if turn and turn.what == "rule:past" and turn.hit.phrase == EVER and not HARMED.isdisjoint(parts):
            turn = None
        if turn is None and hit.phrase in WEAK and "cue:potential" in self.hits:
            turn = feared(hit, self.words, self.hits)
        return turn

    def cap(self) -> None:
        """Hazards together stay below a threat to life; before that, a supply that is out counts as one."""
        if not (self.counts["tinggi"] or self.weaklings) and (cut := _cut_off(self.words, self.hits, self.named)):
            self.points["tinggi"] += self.because("rule:a supply is out", CUT_OFF, cut)
        if self.high > HAZARD_CAP:
            self.points["tinggi"] += self.because("rule:hazards are capped", HAZARD_CAP - self.high)

    def without_words(self) -> float:
        """Points for somebody ill who lacks help, where no hazard is named."""
        patient = None if self.stands else _untreated(self.hits, self.words)
        return self.because("rule:somebody ill without help", UNTREATED, patient) if patient else 0.0

    def courtesy(self) -> float:
        """What "mungkin bisa" and their like take away: little where a hazard stands."""
        low = self.points["tidak_mendesak"]
        if self.stands and low < COURTESY:
            self.because("rule:courtesy beside a hazard", COURTESY - low)
            return COURTESY
        return low


def settled(urgency: Urgency, relevance: Relevance, *, matter: bool) -> Urgency:
    """What is left of it once it is known that nobody has to act: talk, news, praise and questions hurry nobody.

    A complaint without a handle stays as it was read, and so does a hazard that may stand.
    """
    if relevance.label == "actionable" or urgency.label == "tidak_mendesak" or relevance.detail not in CALM_DETAILS:
        return urgency
    if urgency.label != "normal" and _may_stand(urgency, relevance, matter=matter):
        return urgency
    total = sum(reason.weight for reason in urgency.because)
    return _judged(LOW, (*urgency.because, plain_reason("rule:nothing to act on", LOW - total)))


def _may_stand(urgency: Urgency, relevance: Relevance, *, matter: bool) -> bool:
    """Whether it may be the tone that was misread: talk that is not sure to be talk, or a hazard in somebody's own
    words, where those are of danger or name a `matter` of government.
    """
    own = relevance.detail in OWN_WORDS
    return relevance.score < SURE_TALK or (own and (matter or urgency.label == "darurat" or _told(urgency)))


def _told(urgency: Urgency) -> bool:
    """Whether words of hazard themselves carry the judgement, not the model alone."""
    return any(reason.what.startswith("signal:tinggi:") and reason.weight >= CUT_OFF for reason in urgency.because)


def _denied(hits: Hits, words: Words) -> bool:
    """Whether the text names defects and denies all of them, or says that they are over."""
    defects = hits.get("defect", ())
    return bool(defects) and all(
        (turn := turn_of(hit, words, hits)) is not None and turn.what in NONE_LEFT for hit in defects)


def _cut_off(words: Words, hits: Hits, named: Container[str]) -> Hit | None:
    """The word that says that water or power is out, where one of them is the matter."""
    if not any(supply in named for supply in SUPPLIES):
        return None
    outs = [hit for hit in hits.get("defect", ()) if hit.phrase in OUT]
    return next((hit for hit in outs if turn_of(hit, words, hits) is None), None)


def _untreated(hits: Hits, words: Words) -> Hit | None:
    """The word for somebody ill, disabled or with child who lacks what would help."""
    if "cue:lack" not in hits:
        return None
    return next((hit for hit in hits.get("vulnerable", ()) if hit.label in FRAIL
                 and hit.phrase not in COMMON_ILLS and turn_of(hit, words, hits) is None), None)


def _inside(hit: Hit, words: Words, places: Sequence[Place]) -> bool:
    """ "Banjir Kanal Barat" is a river, not a flood."""
    span = hit.span(words)
    return any(p.type in NAMED_SPOTS and p.start <= span.start and span.end <= p.end for p in places)


def _judged(total: float, reasons: tuple[Reason, ...]) -> Urgency:
    label = ("darurat" if total >= EMERGENCY else "tinggi" if total >= HIGH
             else "tidak_mendesak" if total <= LOW else "normal")
    border = min(abs(total - EMERGENCY), abs(total - HIGH), abs(total - LOW))
    return Urgency(label, round(min(0.98, 0.55 + border / 3), 3), reasons)


class UrgencyOf(Component):
    """spaCy component: `doc._.urgency`."""

    def note(self, post: Post) -> None:
        hits, words = post.hits, post.words
        if words.raw:
            metaphors = [*hits.get("metaphors", ()), *hits.get("unless", ())]
            named = {name.label for name in post.named if name.score >= NAMED}
            margins = post.reading.margins if post.reading else NO_MARGINS
            post.urgency = urgency_of(
                words, hits, metaphors, asks_only=asks_only(words, hits), named=named, places=post.places,
                reads=margins.get(HAZARD), to_life=margins.get(DANGER, -1.0),
            )


def asks_only(words: Words, hits: Hits) -> bool:
    """A question with nothing broken in it: no defect and no hazard that stands."""
    if not (words.asks or "cue:wondering" in hits):
        return False
    harm = [*hits.get("defect", ()), *(h for h in hits.get("urgency", ()) if h.label != "tidak_mendesak")]
    return not any(turn_of(hit, words, hits) is None for hit in harm)
