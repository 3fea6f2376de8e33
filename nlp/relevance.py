"""Can somebody act on this post? Actionable or not, in which class, and which words say so.

Observations. Under a city's Instagram posts 7 % of the comments are actionable. What makes them so is not
anger and not a topic word but a handle: a place below the city, the writer's own case, a plea, a number
that only a witness knows (since when, how deep, which house), an office called by name. On a complaint
portal everything is actionable; there the pleas are formal. Where people talk among themselves the same
words ("jalan rusak", "banjir") are politics, fiction and news.

Theory. A sum of evidence, turned into a probability by the logistic function; `thresholds.relevance` cuts.
Evidence that a negation, a condition or the past turns counts less (`nlp.context`). A matter without any
handle loses, and so does a post in which nothing is broken, lacking or asked for. A post sent to a watched
account gains, because people who write to an office want something. Four things decide before the sum: a
threat against oneself, a vulnerable or beaten person in need (always actionable), trivia without a matter
of their own, and posts that hold nothing but signs. The weights were set by hand on the development half
of the labelled texts; the share of unlabelled comments called actionable (7 %) was held against the 7 %.

Measurement, texts alone, without account and kind. Development half: portal F1 1.0, Instagram .89 with four
actionable comments in 138. Half kept aside: portal P 1.0 R .90, X P .67 R .50, Instagram P 1.0 R .11 with nine
in 160, which is no success: the comments missed name a quarter that `nlp.places` does not find. A word that
may be a village counts as half a place since then (`_perhaps_a_village`); that was not measured again.

`vulnerable` is filled where a vulnerable person stands beside a need or lifts a trifle: those posts never
rest in a lane. "Posyandu lansia ramai" names the elderly and needs nothing; nor does thanks for help got.

Failures met and mended. "Anakku" and "omahku" lost their clitic before they were looked up, so that any
"anak" was the writer's own: possession is read off the spelling now. "Mbok" (please) was a mother for the
same reason. "Diperbaiki" and its like are half a request where nobody pleads: they tell of others too.

Known failures. Irony without one of the known turns; news retold without a link, a date or hashtags; a
complaint told as a story among friends is taken for a report; a place-less "jalan rusak" of somebody who
means his own street is left in a lane unless it was sent to us.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from spacy.tokens import Doc

from domain import Mention, MentionKind, Place, Reason, Relevance, Span, Topic
from nlp import LANGUAGES
from nlp.context import is_done, turn_of
from nlp.gazetteer import gazetteer
from nlp.languages import word_set
from nlp.phrases import Hit, Hits
from nlp.tokens import Words
from nlp.topics import REST
from settings import Settings

BASE = -2.5
TOPIC_FLOOR, TOPIC_SLOPE = 0.7, 1.0
DEFECT, REQUEST, OWN, NOW, SELF = (0.8, 0.4, 0.2), (0.8, 0.5, 0.3), 1.0, 0.3, 0.2
SPECIFIC_PLACE, CITY_ONLY, SECOND_PLACE = 1.4, 0.35, 0.4
WONDERS, PRAISES, NEWS, SPAM, FORM, IRONY, LINK, CHATTY = -0.8, -1.2, -0.7, -2.0, 2.2, 1.6, -0.9, -0.9
EMERGENCY = 1.0
LASTS, MEASURE, ADDRESS, DIRECT, CASE, HEADLINE = 0.5, 0.4, 0.8, 0.7, 0.7, -1.2
NO_HANDLE, NO_HARM, CALLED, MILD_REQUEST, SPOT = -0.7, -0.7, 0.4, 0.5, 0.6
LETTER = 1.5  # with a salutation: to an office, not to a crowd
LONG_TEXT, LONG_FROM = 0.5, 30  # a letter of thirty words is written for a reason
TURNED = 0.4  # what a defect under a condition still tells: a chronic one
CASE_TOPICS = frozenset((
    "bansos", "adminduk_perizinan", "kesehatan", "pendidikan", "ketenagakerjaan", "air_bersih", "listrik_telekom",
))  # matters that a person has rather than a street
TAGGED = 4  # words in hashtags
DATED = re.compile(r"\(\d{1,2}/\d{1,2}(?:/\d{2,4})?\)")  # "Selasa (12/8)": how newspapers date
UNITS = word_set("jam hari dino minggu pekan bulan sasi tahun taun")
SIZES = word_set("cm meter m km titik tiang lubang rumah kk ekor kali orang motor warga")
DIRECT_KINDS = frozenset((MentionKind.MENTION, MentionKind.VISITOR_POST, MentionKind.TAG))
POSSESSED = word_set("""
omah umah rumah anak anake bayi ibu bapak ayah mbah simbah mbok simbok mboke adik kakak keponakan cucu nenek kakek
mertua suami istri bojo garwa lare teman tetangga tangga tonggo kampung desa dusun gang griya kos kontrakan warung toko
""")
PLEAS = word_set("""
tolong mohon minta lapor melapor melaporkan mengadukan aduan tulung nyuwun njaluk jaluk mbok kapan
wadul butuh perlu harap dimohon memohon
""")
VILLAGE_LETTERS = 6  # shorter names are words of many tongues
OWNERS = word_set("saya kami kula kulo inyong nyong enyong aku dalem gw gue")
AT = word_set("di neng nang ning ing kampung")
PLAIN = LANGUAGES["id"].function | LANGUAGES["jv"].function
HEADLINE_WORDS, HEADLINE_SHARE = 7, 0.75
NEED_TOPICS = frozenset(("kesehatan", "pendidikan", "bansos", "bencana"))
# Words for a child or an old person stand in every tenth post: they need more beside them than the rest.
COMMON_PERSONS = frozenset(("child", "children", "elderly", "kin"))
SELF_HARM = frozenset(("selfharm", "self_harm"))
GREETING, GREETING_WORDS = "greeting", 8  # letters begin with a greeting too: only a bare one is a trifle
MATTER = 0.6  # a topic this strong is a matter of its own, trifles beside it or not


class RelevanceOf:
    """spaCy component: `doc._.relevance`, `doc._.sensitive`."""

    def __init__(self, settings: Settings) -> None:
        self._threshold = settings.thresholds.relevance
        self._watched = frozenset(account.key for account in settings.accounts)

    def __call__(self, doc: Doc) -> Doc:
        words: Words = doc._.words
        hits: Hits = doc._.hits
        doc._.sensitive = any(turn_of(hit, words, hits) is None for hit in hits.get("sensitive", ()))
        emergency = doc._.urgency.label == "darurat"
        doc._.relevance = self.judge(words, hits, doc._.topics, doc._.places, doc._.mention, emergency=emergency)
        return doc

    def judge(
        self, words: Words, hits: Hits, topics: Sequence[Topic], places: Sequence[Place], mention: Mention | None,
        *, emergency: bool,
    ) -> Relevance:
        if not any(word[0].isalpha() for word in words.fold):
            return _without_words(mention)
        direct = mention is not None and mention.kind in DIRECT_KINDS and mention.account in self._watched
        evidence = Evidence(words, hits, topics, places, mention, direct=direct)
        vulnerable = evidence.vulnerable()
        if vulnerable and evidence.lifts(vulnerable):
            return Relevance("actionable", "laporan", 0.9, vulnerable + tuple(evidence.reasons), vulnerable)
        if (trivial := evidence.trivial()) and not vulnerable:
            return Relevance("not_actionable", "obrolan", 0.9, trivial, ())
        total = evidence.total() + (evidence.say("rule:emergency", EMERGENCY) if emergency else 0.0)
        score = 1 / (1 + math.exp(-total))
        if _bare_plea(words, hits, mention):
            score = max(score, self._threshold)
        if score >= self._threshold or (trivial and vulnerable):
            return Relevance("actionable", "laporan", round(score, 3), tuple(evidence.reasons), vulnerable)
        detail = evidence.detail()
        return Relevance("not_actionable", detail, round(1 - score, 3), tuple(evidence.reasons), vulnerable)


class Evidence:
    """The sum for one text, with a Reason for every part of it."""

    def __init__(
        self, words: Words, hits: Hits, topics: Sequence[Topic], places: Sequence[Place], mention: Mention | None,
        *, direct: bool = False,
    ) -> None:
        self.words, self.hits, self.topics, self.places, self.mention = words, hits, topics, places, mention
        self.direct = direct
        self.own = hits.get("cue:own") or _possessed(words)
        self.reasons: list[Reason] = []
        metaphors = [*hits.get("metaphors", ()), *hits.get("unless", ())]
        self.metaphors = hits.get("metaphors", ())
        self.defects = [h for h in hits.get("defect", ()) if not any(h.touches(m) for m in metaphors)]
        self.requests = [h for h in _distinct(hits.get("request", ())) if not is_done(h, words, hits)]
        self.harmed = bool(self.defects or self.requests or "cue:need" in hits or "cue:lack" in hits)
        self.pleas = [h for h in self.requests if self.words.form[h.first] in PLEAS]
        self.top = topics[0].score if topics and topics[0].label != REST else 0.0

    def total(self) -> float:
        """The whole sum; fills `reasons`."""
        total = BASE
        if self.topics and not self._denied(self.topics[0]):
            best = self.topics[0]
            total += self.say(f"topic:{best.label}", TOPIC_FLOOR + TOPIC_SLOPE * self.top, best.spans[0])
        standing = []
        for hit in _distinct(self.defects):
            turn = turn_of(hit, self.words, self.hits)
            factor = 1.0 if turn is None else 0.0 if turn.what == "rule:negation" else TURNED
            standing.append((factor, hit))
        standing.sort(key=lambda pair: -pair[0])
        for weight, (factor, hit) in zip(DEFECT, standing, strict=False):
            if factor:
                total += self.say(f"signal:defect:{hit.phrase}", weight * factor, hit.span(self.words))
        for weight, hit in zip(REQUEST, self.requests, strict=False):
            factor = 1.0 if self.pleas else MILD_REQUEST  # "dibersihkan" alone may be told of somebody else
            total += self.say(f"signal:request:{hit.phrase}", weight * factor, hit.span(self.words))
        total += self._handles()
        return total + self._against()

    def _denied(self, topic: Topic) -> bool:
        """ "Tidak banjir": all that the topic rests on is a defect that the text denies."""
        denied = [
            hit.span(self.words) for hit in self.defects
            if (turn := turn_of(hit, self.words, self.hits)) is not None and turn.what == "rule:negation"
        ]
        return bool(denied) and all(
            any(d.start < span.end and span.start < d.end for d in denied) for span in topic.spans
        )

    def _handles(self) -> float:
        """What gives an agency something to hold on to."""
        total = 0.0
        specific = [p for p in self.places if p.type not in {"kabupaten_kota", "provinsi"}]
        for weight, place in zip((SPECIFIC_PLACE, SECOND_PLACE), specific, strict=False):
            total += self.say(f"place:{place.type}", weight * min(1.0, 0.4 + place.score), _span(place))
        if self.places and not specific:
            total += self.say(f"place:{self.places[0].type}", CITY_ONLY, _span(self.places[0]))
        if self.own:
            total += self.say("rule:own", OWN, self.own[0].span(self.words))
        for kind, weight in (("cue:now", NOW), ("cue:self", SELF), ("cue:irony", IRONY)):
            if kind in self.hits:
                total += self.say(f"rule:{kind[4:]}", weight, self.hits[kind][0].span(self.words))
        if self.topics or self.defects:
            total += self._facts(bool(specific))
        if not self.harmed and "cue:irony" not in self.hits:
            total += self.say("rule:no harm", NO_HARM)
        if len(self.words.raw) >= LONG_FROM:
            letter = "cue:letter" in self.hits
            total += self.say("rule:letter" if letter else "rule:long text", LETTER if letter else LONG_TEXT)
        if self.mention is not None and self.mention.kind is MentionKind.FORM:
            total += self.say("rule:came by a form", FORM)
        return total

    def _facts(self, placed: bool) -> float:
        """What only somebody says who knows the matter: how long, how much, which number, whose case."""
        total, words = 0.0, self.words
        lasts, measure, address = _numbers(words)
        if lasts or "cue:lasts" in self.hits:
            total += self.say("rule:lasts", LASTS)
        if measure:
            total += self.say("rule:measure", MEASURE)
        if address and not placed:
            total += self.say("rule:address", ADDRESS)
        case = bool(self.topics) and self.topics[0].label in CASE_TOPICS and not words.urls
        case = case and self.harmed and ("cue:self" in self.hits or bool(self.pleas))
        if case:
            total += self.say("rule:a case of one's own", CASE)
        if self.direct:
            total += self.say("rule:addressed", DIRECT)
        if "cue:called" in self.hits:
            total += self.say("rule:called", CALLED, self.hits["cue:called"][0].span(words))
        if spot := not placed and (_at_a_name(words) or _perhaps_a_village(words)):
            total += self.say("rule:a name of a place", SPOT)
        firm = placed or spot or address or self.direct or self.own or self.pleas or "cue:called" in self.hits
        if not firm:
            half = lasts or measure or case or "cue:lasts" in self.hits
            total += self.say("rule:no handle", NO_HANDLE / 2 if half else NO_HANDLE)
        return total

    def _against(self) -> float:
        total = 0.0
        if not self.requests and not self.own and "cue:self" not in self.hits and _is_headline(self.words):
            total += self.say("rule:headline", HEADLINE)
        if "cue:wondering" in self.hits and not self.defects:
            total += self.say("rule:wonders", WONDERS, self.hits["cue:wondering"][0].span(self.words))
        praise = _distinct(self.hits.get("praise", ()))
        if praise and not self.requests and "cue:irony" not in self.hits:
            total += self.say(f"signal:praise:{praise[0].phrase}", PRAISES, praise[0].span(self.words))
        for hit in _distinct(self.hits.get("news", ()))[:3]:
            total += self.say(f"signal:news:{hit.phrase}", NEWS, hit.span(self.words))
        for hit in _distinct(self.hits.get("spam", ()))[:2]:
            total += self.say(f"signal:spam:{hit.phrase}", SPAM, hit.span(self.words))
        for hit in self.metaphors[:1]:
            total += self.say(f"rule:metaphor:{hit.phrase}", 0.0, hit.span(self.words))
        if chatty := self.hits.get("cue:chatty"):
            total += self.say("rule:chatty", CHATTY, chatty[0].span(self.words))
        if self.words.urls and not self.pleas and not self.own:
            total += self.say("rule:link", LINK)
        if not self.pleas and not self.own and (len(self.words.tagged) >= TAGGED or DATED.search(self.words.text)):
            total += self.say("rule:told as news", NEWS)
        return total

    def say(self, what: str, weight: float, at: Span | None = None) -> float:
        """Note a part of the sum, and give it back."""
        self.reasons.append(Reason(what, round(weight, 2), (at,) if at else ()))
        return weight

    def trivial(self) -> tuple[Reason, ...]:
        """Trifles, where no matter of its own stands beside them."""
        if self.top >= MATTER:
            return ()
        more = bool(self.topics or self.defects or self.places) or len(self.words.raw) > GREETING_WORDS
        return tuple(
            Reason(f"trivial:{hit.label}", -3.0, (hit.span(self.words),))
            for hit in self.hits.get("trivial", ())
            if hit.label != GREETING or not more
        )

    def vulnerable(self) -> tuple[Reason, ...]:
        """Vulnerable persons beside a need, or beside a trifle."""
        cues = [h for h in self.hits.get("vulnerable", ()) if not any(h.touches(m) for m in self.metaphors)]
        cues += [hit._replace(label="kin") for hit in self.hits.get("cue:kin", ()) if self._about_need()]
        if not cues:
            return ()
        kinds = {hit.label for hit in cues}
        if not self._needs(kinds) and "trivial" not in self.hits:
            return ()
        return tuple(Reason(f"vulnerable:{hit.label}", 2.0, (hit.span(self.words),)) for hit in _distinct(cues))

    def _about_need(self) -> bool:
        return any(topic.label in NEED_TOPICS for topic in self.topics)

    def _needs(self, kinds: set[str]) -> bool:
        """Whether somebody vulnerable lacks something: the person's kind, a cause, a plea or a harm."""
        own, plea, told = bool(self.own), bool(self.requests), bool(self.words.urls)
        harm = "cue:lack" in self.hits or any(turn_of(h, self.words, self.hits) is None for h in self.defects)
        topic = self._about_need()
        if kinds & SELF_HARM or (own and (plea or harm)) or self._beaten():
            return True
        if kinds - COMMON_PERSONS:
            lacks = plea or harm or "cue:self" in self.hits or own
            return (topic and lacks) or plea or (len(kinds) > 1 and (harm or topic))
        return topic and (own or plea or (harm and not told))

    def _beaten(self) -> bool:
        """ "Dipukuli": somebody suffers it; "kekerasan" may only be spoken of."""
        return not self.words.urls and any(
            hit.label == "violence" and hit.phrase.startswith("di") and turn_of(hit, self.words, self.hits) is None
            for hit in self.hits.get("vulnerable", ())
        )

    def lifts(self, vulnerable: Sequence[Reason]) -> bool:
        """Whether the vulnerable person's case is actionable at once: news and adverts are told, not pleaded."""
        told = len(self.hits.get("news", ())) > 1 or "spam" in self.hits or "cue:chatty" in self.hits
        if any(reason.what.removeprefix("vulnerable:") in SELF_HARM for reason in vulnerable):
            return True
        thanks = "praise" in self.hits and not self.requests and not self.defects
        return bool(vulnerable) and not told and not thanks

    def detail(self) -> str:
        """The class of what is not actionable."""
        if len(_distinct(self.hits.get("spam", ()))) >= 1 and not self.requests and not self.defects:
            return "spam"
        linked = self.words.urls and self.top >= MATTER and "cue:self" not in self.hits
        if len(_distinct(self.hits.get("news", ()))) >= 2 or linked:
            return "berita"
        if self.metaphors and not self.topics:
            return "obrolan"
        if (self.words.asks or "cue:wondering" in self.hits) and not self.defects:
            return "pertanyaan"
        if "praise" in self.hits and not self.defects and "cue:irony" not in self.hits:
            return "pujian"
        if (self.topics or self.defects) and "cue:chatty" not in self.hits:
            return "keluhan_umum"
        return "obrolan"


def _without_words(mention: Mention | None) -> Relevance:
    """Nothing but signs. A picture sent to us says what words do not: a person looks at it."""
    if mention is not None and mention.media and mention.kind is not MentionKind.COMMENT:
        return Relevance("actionable", "laporan", 0.5, (Reason("rule:picture without words"),))
    return Relevance("not_actionable", "obrolan", 0.97, (Reason("rule:no words"),))


def _bare_plea(words: Words, hits: Hits, mention: Mention | None) -> bool:
    """ "min, tolong" under a picture."""
    return bool(mention is not None and mention.media and "request" in hits and len(words.raw) <= 6)


def _possessed(words: Words) -> list[Hit]:
    """ "Omahku", "simbokku": the clitic is cut from the form, so the spelling tells."""
    folds = words.fold
    return [
        Hit("cue:own", "", word, 1, i, i + 1) for i, word in enumerate(folds)
        if (word in POSSESSED and folds[i + 1 : i + 2] and folds[i + 1] in OWNERS)
        or (word.endswith("ku") and word[:-2] in POSSESSED)
    ]


def _at_a_name(words: Words) -> bool:
    """ "Di Jajar": a preposition and a capital, in a text that has small letters too."""
    return any(
        raw[0].isupper() and not raw.isupper() and words.fold[i] in AT and words.form[i + 1] not in PLAIN
        for i, raw in enumerate(words.raw[1:])
    )


def _perhaps_a_village(words: Words) -> bool:
    """A word that is the name of a village or a kecamatan of ours and no everyday word, wherever it lies."""
    table = gazetteer()
    return any(
        len(word) >= VILLAGE_LETTERS and word not in table.stops and words.form[i] == word
        and any(r.inside and r.type in {"desa_kelurahan", "kecamatan"} for r in table.readings(word))
        for i, word in enumerate(words.fold)
    )


def _numbers(words: Words) -> tuple[bool, bool, bool]:
    """Whether a number tells a duration, a size or count, a house or block."""
    lasts = measure = address = False
    folds = words.fold
    for i, word in enumerate(folds[:-1]):
        if word[0].isdigit():
            lasts = lasts or folds[i + 1] in UNITS
            measure = measure or folds[i + 1] in SIZES
        elif folds[i + 1][0].isdigit():
            address = address or word in {"no", "nomor", "nomer", "blok", "gang", "gg"}
    return lasts, measure, address


def _is_headline(words: Words) -> bool:
    """Nearly every word has a capital and not all are shouted: a title."""
    if len(words.raw) < HEADLINE_WORDS:
        return False
    title = sum(1 for word in words.raw if word[0].isupper() and not (len(word) > 3 and word.isupper()))
    return title >= HEADLINE_SHARE * len(words.raw)


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    return list({hit.phrase: hit for hit in reversed(hits)}.values())[::-1]


def _span(place: Place) -> Span:
    return Span(place.start, place.end)

