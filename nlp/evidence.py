"""What speaks for and against somebody being able to act on a post: named facts, each with its words.

A fact has a name, a value (mostly 0..1) and the words that carry it. `nlp.relevance` weighs them; the weights are
numbers in `nlp/models/relevance.json`, found by logistic regression, one a fact, for a person to read. A fact that
is not in that file weighs nothing, so a new one can be collected before it is weighed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from domain import Mention, MentionKind, Place, Reason, Span, Topic
from nlp import LANGUAGES
from nlp.context import NONE_LEFT, Turn, is_done, turn_of
from nlp.gazetteer import gazetteer
from nlp.handles import is_office, is_public
from nlp.languages import word_set
from nlp.phrases import Hit, Hits
from nlp.tokens import Words
from nlp.topics import REST
from nlp.values import plain_reason, quick, span_of, two_digits

TURNED = 0.4  # what a defect under a condition still tells: a chronic one
LONG_FROM, SHORT_TO = 30, 4  # words
CASE_TOPICS = frozenset((
    "bansos", "adminduk_perizinan", "kesehatan", "pendidikan", "ketenagakerjaan", "air_bersih", "listrik_telekom",
))  # matters that a person has rather than a street
TAGGED = 4  # words in hashtags
DATED = re.compile(r"\(\d{1,2}/\d{1,2}(?:/\d{2,4})?\)")  # "Selasa (12/8)": how newspapers date
UNITS = word_set("jam hari hr hri dino minggu mgg pekan bulan bln sasi tahun thn taun")
LASTING = word_set("""
seminggu semingguan sepekan sebulan setahun sehari sedino sesasi semalem semalam seharian berhari-hari
bertahun-tahun berbulan-bulan berminggu-minggu
""")
SIZES = word_set("cm meter m km titik tiang lubang rumah kk ekor kali orang motor warga pompa unit")
POSSESSED = word_set("""
omah umah rumah anak anake bayi ibu bapak ayah mbah simbah mbok simbok mboke adik kakak keponakan cucu nenek kakek
mertua suami istri bojo garwa lare teman tetangga tangga tonggo kampung desa dusun gang griya kos kontrakan warung toko
""")
HOUSES = word_set("no nomor nomer blok gang gg")
PLEAS = word_set("""
tolong mohon minta lapor melapor melaporkan mengadukan aduan tulung nyuwun njaluk jaluk mbok kapan
wadul butuh perlu harap dimohon memohon
""")
WANTS, REFUSALS = word_set("butuh perlu minta njaluk"), word_set("tidak ora bukan dudu mboten")
IN_NEED = "model:reads like somebody in need"
NEWS_LIKE = "model:reads like news"
REPORT_LIKE = "model:reads like a report"
NO_MARGINS: Mapping[str, float] = {}
VILLAGE_LETTERS = 6  # shorter names are words of many tongues
OWNERS = word_set("saya kami kula kulo inyong nyong enyong aku dalem gw gue")
AT = word_set("di neng nang ning ing kampung")
WIDE = frozenset(("kabupaten_kota", "provinsi"))
OWNED = POSSESSED | {f"{word}ku" for word in POSSESSED}
PLAIN = LANGUAGES["id"].function | LANGUAGES["jv"].function
HEADLINE_WORDS, HEADLINE_SHARE = 7, 0.75
_reason = quick(Reason)
_fact = tuple.__new__  # Fact(...) in half the time: a dozen a post are made


def _cue_facts(names: str) -> tuple[tuple[str, str, str], ...]:
    """(fact, what the reason card says, list of hits) of facts that are called as their cue is."""
    return tuple((name, f"rule:{name}", f"cue:{name}") for name in names.split())


NEEDS = _cue_facts("need lack")
KNOWN_FIRST_HAND = _cue_facts("now self lasts called")
TURNS = _cue_facts("chatty past condition done")


class Fact(NamedTuple):
    """One named fact: what it is called on the reason card, how much of it there is, and its words."""

    name: str
    what: str
    value: float
    span: Span | None = None


def weighing(what: str, span: Span | None, weight: float) -> Reason:
    """A fact's line on the reason card."""
    return plain_reason(what, weight) if span is None else _reason(what, two_digits(weight), (span,))


def _signs(**whats: str) -> dict[str, Fact]:
    return {name: Fact(name, f"rule:{what}", 1.0) for name, what in whats.items()}


# Facts that are there or not and have no words of their own.
SIGNS = _signs(
    place_and_harm="a place and a harm", place_and_topic="a place and a topic", spot="a name of a place",
    office="calls an office", others="speaks to somebody else", form="came by a form", lasts="lasts",
    measure="measure", address="address", case="a case of one's own", addressed="addressed", letter="letter",
    long="long text", short="short", asks="question mark", no_harm="no harm", headline="headline", link="link",
    told="told as news", thanks="praise and no harm", retold="told of others",
)


class Evidence:
    """Collects the facts of one text; `facts()` gives them in the order of the reason card."""

    def __init__(
        self, words: Words, hits: Hits, topics: Sequence[Topic], places: Sequence[Place], mention: Mention | None,
        *, direct: bool = False, reads: float = 0.0, in_need: float = 0.0, pleading: tuple[Span, ...] = (),
        news_like: float = 0.0, urgency: str = "normal", offices: frozenset[str] = frozenset(),
        margins: Mapping[str, float] = NO_MARGINS,
    ) -> None:
        self.words, self.hits, self.topics, self.places, self.mention = words, hits, topics, places, mention
        self.direct, self.reads, self.urgency = direct, reads, urgency
        self.in_need, self.pleading, self.news_like = in_need, pleading, news_like
        self.offices, self.margins = offices, margins
        self.own = hits.get("cue:own") or _possessed(words)
        self.metaphors = hits.get("metaphors", ())
        self.defects = hits.get("defect", ())
        if metaphors := [*self.metaphors, *hits.get("unless", ())]:
            self.defects = [h for h in self.defects if not any(h.touches(m) for m in metaphors)]
        self.requests = distinct(hits.get("request", ()))
        if "cue:done" in hits:
            self.requests = [h for h in self.requests if not is_done(h, words, hits)]
        if self.requests and not REFUSALS.isdisjoint(words.form):
            self.requests = [h for h in self.requests if not _declined(h, words)]
        self.turned: list[tuple[Hit, Turn | None]] = []
        self.live: list[Hit] = []
        if self.defects:
            self.turned = [(h, turn_of(h, words, hits)) for h in self.defects]
            self.live = [h for h, turn in self.turned if turn is None or turn.what not in NOTHING_NOW]
        self.lacks = "cue:lack" in hits and not all(_nothing_left(turn_of(h, words, hits)) for h in hits["cue:lack"])
        broken = bool(self.live or self.requests)
        self.harmed = broken or self.lacks or "cue:need" in hits
        self.retold = "news" in hits and self._retold(hits["news"])
        self.asked = bool(self.turned) and not broken and any(_asked(turn) for _, turn in self.turned)
        self.passed = None if broken or self.lacks else self._end()
        self.pleas = [h for h in self.requests if self.words.form[h.first] in PLEAS]
        self.top = topics[0].score if topics and topics[0].label != REST else 0.0
        self.specific = [p for p in places if p.type not in WIDE]
        self.matter = topics[0] if topics and self._stands(topics[0]) else None

    def _retold(self, marks: Sequence[Hit]) -> bool:
        """Whether somebody passes on what others did or said: two marks of news, or one and nobody's own word."""
        first_hand = self.own or self.requests or "cue:self" in self.hits or "cue:called" in self.hits
        return len(distinct(marks)) > 1 or not first_hand

    def _end(self) -> Hit | None:
        """What says that the matter is over, in a text that is short enough to have one matter."""
        if len(self.words.raw) >= LONG_FROM:
            return None
        return next((self.hits[kind][0] for kind in ("cue:over", "cue:gone") if kind in self.hits), None)

    def facts(self) -> list[Fact]:
        return [
            _fact(Fact, ("reads", REPORT_LIKE, self.reads, None)),
            *self._matter(), *self._where(), *self._who(),
            *(self._known() if self.topics or self.defects else ()), *self._manner(), *self._against(),
        ]

    # --- for

    def _matter(self) -> Iterator[Fact]:
        """What is broken, wanted or dangerous."""
        if best := self.matter:
            yield _fact(Fact, ("topic", f"topic:{best.label}", 1.0, best.spans[0]))
            yield _fact(Fact, ("topic_score", "rule:how sure the topic is", self.top, None))
        standing = sorted(self._standing(), key=lambda pair: -pair[0])
        for name, (factor, hit) in zip(("defect", "defect_2", "defect_3"), standing, strict=False):
            yield _fact(Fact, (name, f"signal:defect:{hit.phrase}", factor, hit.span(self.words)))
        for i, hit in enumerate(self.requests[:3]):
            name = "plea" if self.pleas else "wish"  # "dibersihkan" alone may be told of somebody else
            yield Fact(name if i == 0 else "request_more", f"signal:request:{hit.phrase}", 1.0, hit.span(self.words))
        yield from self._cues(NEEDS if self.lacks else NEEDS[:1])
        if self.urgency in {"darurat", "tinggi"}:
            yield Fact(self.urgency, f"rule:{'emergency' if self.urgency == 'darurat' else 'hazard'}", 1.0)

    def _cues(self, cues: Iterable[tuple[str, str, str]]) -> list[Fact]:
        """A fact for each of the cues that stands in the text."""
        hits, words = self.hits, self.words
        return [_fact(Fact, (name, what, 1.0, hits[kind][0].span(words))) for name, what, kind in cues if kind in hits]

    def _standing(self) -> Iterator[tuple[float, Hit]]:
        """The defects that are not denied, and what is left of each."""
        seen: set[str] = set()
        for hit, turn in self.turned:
            if hit.phrase in seen:
                continue
            seen.add(hit.phrase)
            factor = 1.0 if turn is None else 0.0 if _nothing_left(turn) else TURNED
            if factor:
                yield factor, hit

    def _stands(self, topic: Topic) -> bool:
        """Whether a topic is the matter: not denied, and no mere name ("Lapangan Mangkubumen")."""
        named = bool(self.places) and not self.harmed and _within(topic.spans, self.places)
        return not named and not self._denied(topic)

    def _denied(self, topic: Topic) -> bool:
        """ "Tidak banjir": all that the topic rests on is a defect that the text denies or says to be over."""
        denied = [hit.span(self.words) for hit, turn in self.turned if _nothing_left(turn)]
        return bool(denied) and all(
            any(d.start < span.end and span.start < d.end for d in denied) for span in topic.spans
        )

    def _where(self) -> Iterator[Fact]:
        for name, place in zip(("place", "place_2"), self.specific, strict=False):
            much = min(1.0, 0.4 + place.score)
            yield _fact(Fact, (name, f"place:{place.type}", much, span_of(place.start, place.end)))
        if self.places and not self.specific:
            city = self.places[0]
            yield Fact("city", f"place:{city.type}", 1.0, span_of(city.start, city.end))
        if self.specific and self.harmed:
            yield SIGNS["place_and_harm"]
        if self.specific and self.matter:
            yield SIGNS["place_and_topic"]
        if beside := self.hits.get("cue:beside"):
            yield Fact("beside", "rule:beside", 1.0, beside[0].span(self.words))
        matter = self.topics or self.defects
        if matter and not self.places and (_at_a_name(self.words) or _perhaps_a_village(self.words)):
            yield SIGNS["spot"]

    def _who(self) -> Iterator[Fact]:
        if self.pleading:
            yield Fact("in_need", IN_NEED, max(0.0, min(1.0, self.in_need)), self.pleading[0])
        if self.own:
            yield Fact("own", "rule:own", 1.0, self.own[0].span(self.words))
        irony = self.hits.get("cue:irony")
        if irony and (self.specific or self.own or "cue:beside" in self.hits):
            yield Fact("irony", "rule:irony", 1.0, irony[0].span(self.words))
        yield from self._cues(KNOWN_FIRST_HAND)
        if self.words.handles and (called := self._called()):
            yield SIGNS[called]
        if self.mention is not None and self.mention.kind is MentionKind.FORM:
            yield SIGNS["form"]

    def _called(self) -> str | None:
        """Whose handles stand in the text: "office" where one is an office's, "others" where all are somebody's own."""
        text = self.words.text
        handles = [text[start + 1 : end].casefold() for start, end in self.words.handles]
        if any(is_office(handle, self.offices) for handle in handles):
            return "office"
        return None if self.direct or any(map(is_public, handles)) else "others"

    def _known(self) -> Iterator[Fact]:
        """What only somebody says who knows the matter: how long, how much, which number, whose case."""
        lasts, measure, address = _numbers(self.words)
        if lasts and "cue:lasts" not in self.hits:
            yield SIGNS["lasts"]
        if measure:
            yield SIGNS["measure"]
        if address and not self.specific:
            yield SIGNS["address"]
        case = bool(self.topics) and self.topics[0].label in CASE_TOPICS and not self.words.urls
        if case and self.harmed and ("cue:self" in self.hits or self.pleas):
            yield SIGNS["case"]
        if self.direct:
            yield SIGNS["addressed"]

    def _manner(self) -> Iterator[Fact]:
        """How it is told: a letter, a shout, a question."""
        size = len(self.words.raw)
        yield _fact(Fact, ("length", "rule:how long the text is", math.log1p(min(size, 60)) / 4, None))
        if size >= LONG_FROM:
            yield SIGNS["letter" if "cue:letter" in self.hits else "long"]
        if size <= SHORT_TO:
            yield SIGNS["short"]
        if question := self.hits.get("question") or self.hits.get("cue:question"):
            yield Fact("question", "rule:question", 1.0, question[0].span(self.words))
        if self.words.asks:
            yield SIGNS["asks"]

    # --- against

    def _against(self) -> Iterator[Fact]:
        hits, words = self.hits, self.words
        if not self.harmed and "cue:irony" not in hits:
            yield SIGNS["no_harm"]
        if not (self.requests or self.own or "cue:self" in hits) and _is_headline(words):
            yield SIGNS["headline"]
        if self.passed:
            yield Fact("over", "rule:over", 1.0, self.passed.span(words))
        if self.asked:
            turn = next(turn for _, turn in self.turned if turn and _asked(turn))
            yield Fact("whether", "rule:asked about", 1.0, turn.hit.span(words))
        if "cue:wondering" in hits and not self.defects:
            yield Fact("wonders", "rule:wonders", 1.0, hits["cue:wondering"][0].span(words))
        praise = distinct(hits.get("praise", ()))
        if praise and not self.requests and "cue:irony" not in hits:
            yield Fact("praise", f"signal:praise:{praise[0].phrase}", 1.0, praise[0].span(words))
            if not self.harmed:
                yield SIGNS["thanks"]
        for kind, most in (("news", 3), ("spam", 2)):
            for hit in distinct(hits[kind])[:most] if kind in hits else ():
                yield Fact(kind, f"signal:{kind}:{hit.phrase}", 1.0, hit.span(words))
        if self.retold:
            yield SIGNS["retold"]
        if self.news_like > 0:
            yield Fact("news_like", NEWS_LIKE, self.news_like)
        for hit in self.metaphors[:1]:
            yield Fact("metaphor", f"rule:metaphor:{hit.phrase}", 1.0, hit.span(words))
        yield from self._cues(TURNS)
        if words.urls and not self.pleas and not self.own:
            yield SIGNS["link"]
        if not self.pleas and not self.own and (len(words.tagged) >= TAGGED or DATED.search(words.text)):
            yield SIGNS["told"]


NOTHING_NOW = NONE_LEFT | {"rule:asked about"}


def _nothing_left(turn: Turn | None) -> bool:
    return turn is not None and turn.what in NONE_LEFT


def _asked(turn: Turn | None) -> bool:
    return turn is not None and turn.what == "rule:asked about"


def _within(spans: Sequence[Span], places: Sequence[Place]) -> bool:
    """Whether all that a topic rests on is the name of a place."""
    return all(any(p.start <= span.start and span.end <= p.end for p in places) for span in spans)


def _declined(hit: Hit, words: Words) -> bool:
    """ "Ora butuh bantuan"; "belum diperbaiki" is none."""
    form = words.form
    return form[hit.first] in WANTS and form[hit.first - 1 : hit.first] != [] and form[hit.first - 1] in REFUSALS


def distinct(hits: Sequence[Hit]) -> list[Hit]:
    """One hit a phrase, the first of each."""
    return list({hit.phrase: hit for hit in reversed(hits)}.values())[::-1] if len(hits) > 1 else list(hits)


def _possessed(words: Words) -> list[Hit]:
    """ "Omahku", "simbokku": the clitic is cut from the form, so the spelling tells."""
    folds = words.fold
    if OWNED.isdisjoint(folds):
        return []
    return [
        Hit("cue:own", "", word, 1, i, i + 1) for i, word in enumerate(folds)
        if (word in POSSESSED and folds[i + 1 : i + 2] and folds[i + 1] in OWNERS)
        or (word.endswith("ku") and word[:-2] in POSSESSED)
    ]


def _at_a_name(words: Words) -> bool:
    """ "Di Jajar": a preposition and a capital, in a text that has small letters too."""
    return not AT.isdisjoint(words.fold) and any(
        before in AT and raw[0].isupper() and not raw.isupper() and form not in PLAIN
        for before, raw, form in zip(words.fold, words.raw[1:], words.form[1:], strict=False)
    )


def _perhaps_a_village(words: Words) -> bool:
    """A word that is the name of a village or a kecamatan of ours and no everyday word, wherever it lies."""
    villages = _villages()
    return not villages.isdisjoint(words.fold) and any(
        word in villages and form == word for word, form in zip(words.fold, words.form, strict=True)
    )


@lru_cache(maxsize=1)
def _villages() -> frozenset[str]:
    table = gazetteer()
    return frozenset(
        key for key in table.keys() - table.stops if len(key) >= VILLAGE_LETTERS
        and any(r.inside and r.type in {"desa_kelurahan", "kecamatan"} for r in table.readings(key))
    )


def _numbers(words: Words) -> tuple[bool, bool, bool]:
    """Whether a number tells a duration, a size or count, a house or block."""
    lasts = measure = address = False
    folds = words.fold
    for i in [i for i, word in enumerate(folds) if word[0].isdigit()] if words.digits else ():
        if i + 1 < len(folds):
            lasts = lasts or folds[i + 1] in UNITS
            measure = measure or folds[i + 1] in SIZES
        address = address or (i > 0 and folds[i - 1] in HOUSES)
    return lasts or not LASTING.isdisjoint(folds), measure, address


def _is_headline(words: Words) -> bool:
    """Nearly every word has a capital and not all are shouted: a title."""
    least = HEADLINE_SHARE * len(words.raw)
    if len(words.raw) < HEADLINE_WORDS or sum(map(str.isupper, [word[0] for word in words.raw])) < least:
        return False
    title = sum(1 for word in words.raw if word[0].isupper() and not (len(word) > 3 and word.isupper()))
    return title >= least
