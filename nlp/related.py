"""Says which other stories may tell the same incident in other words, and why. A suggestion, never a merge. Pure.

Observations. Two neighbours who report one hole share hardly a sentence: a name ("Pasar Legi"), the thing ("bolong",
"lubang"), the day. What they share with hundreds of other reports is the same thing without the name. The folder
(`nlp.duplicates`) must not fold them, for on words alone two holes in one road look more alike than two tellings of
one. A person decides in seconds, if the pair is put before them with its reasons.

Theory. Evidence against first, each alone enough:
- another address, number or name behind the same cue ("RT 3" / "RT 5"), from `nlp.guard`;
- other roads, or other kampung, where both name one; areas of which neither lies in the other; both say where and
  share nothing of it; the posts' own coordinates more than FAR_METRES apart;
- other topics, where both are known; a topic that a person has rather than a street (papers, aid, care), at no
  place that both name: two people's cases are two, unless one person wrote both.
Then evidence for, added up to at most 1: shared words that say something, by how few of the candidates have
them (so "voza" counts for more than "rusak", with no list of words and no corpus: the desk's own tickets are the
measure), the place, the topic, the time between them. Urgency is no evidence: a hole is as old as it is deep.

Measured (`python -m evaluation.suggestions ../shared/data/labelled`). 292 stories of a city portal that the folder
leaves apart; those that the city's own address and topic put together within 14 days count as one incident, and
the address was kept from the machine. Halved by a hash of the cluster; one half chose. Shown: at most SHOWN of
the candidates nearest in time; found: of the posts that have a twin.
    THRESHOLD                 0.40   0.45   0.50   0.55   0.60
    right of shown, choosing  0.92   0.97   1.00   1.00   1.00
    found, choosing           0.56   0.49   0.37   0.23   0.17
    right of shown, other     0.83   0.88   1.00   1.00   1.00
    found, other              0.59   0.52   0.44   0.38   0.31
(The other half chose nothing, but its figures were seen three times while the guards were built.)
0.45: a person who looks at three wrong ones for every right one stops looking, at one in ten they go on; half of
the twins is what words alone give. Of dedup_pairs.jsonl (no times, every other text of the file as a candidate) 5 of
the 6 pairs of one incident are suggested, and 3 of 24 different ones: two news items on floods, one radio report. No
template with another address is. On the invented day, where nearly each of 318 tickets is an incident of its own, 23
show a suggestion: floods of one morning in neighbouring kampung, "jukir liar" without a place.

Known failures. A text without a place and without a telling word ("mohon ditindaklanjuti nggih") is like every other
one: never suggested. A road under two names. Two holes in one road, both without a number: suggested, wrongly, and a
person sees that faster than a machine. A Javanese and an Indonesian telling share only what `nlp.cue_words` makes one.
Figures come from a portal of another city: its posts are longer than what is written to an account.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from domain import Extraction, Mention
from nlp.cue_words import HARMLESS, NAMED, NEAR, NUMBERED, OBJECTS, POLARITY, TITLES
from nlp.fingerprint import Reading, read
from nlp.guard import compare_address, facts_apart, is_number, root
from nlp.threads import same_author
from nlp.topics import REST

WITHIN = timedelta(days=14)
SHOWN = 3
THRESHOLD = 0.45
TOPIC = 0.3  # from which a topic counts as known, as in routing
WORDS, PLACE, SAME_TOPIC, TIME = 0.5, 0.3, 0.1, 0.1
DESA, KECAMATAN = 0.2, 0.12  # where no smaller place is shared
FEW = 60  # stories, of which fewer do not show what is rare
RARE = 2.0  # about how many rare words are worth as much as all others together
FADES = timedelta(days=3)
FAR_METRES, NEAR_METRES = 3_000, 300
FINE = ("jalan", "landmark", "sub_desa", "admin_lain")
EXCLUSIVE = ("jalan", "sub_desa")  # a matter lies in one of each
SAYS_LITTLE = HARMLESS | POLARITY | NEAR | TITLES | NUMBERED | (NAMED - OBJECTS)
MOST_WORDS = 4
PERSONAL = frozenset(("bansos", "adminduk_perizinan", "kesehatan", "pendidikan", "ketenagakerjaan"))


class Why(NamedTuple):
    """One reason: `what` is words, place, area, distance, topic or time; `detail` is a word, name, label or number."""

    what: str
    detail: str
    weight: float


class Likeness(NamedTuple):
    at: int  # place in the list that was asked about
    score: float
    reasons: tuple[Why, ...]  # the strongest first


@dataclass
class Telling:
    """A story's first post and what was seen in it."""

    mention: Mention
    extraction: Extraction | None = None

    @cached_property
    def reading(self) -> Reading:
        return read(self.mention)

    @cached_property
    def roots(self) -> dict[str, str]:
        """Root -> the word as it stands, of the words that say something."""
        if self.reading.bare:
            return {}
        return {root(word): word for word in self.reading.words if word not in SAYS_LITTLE and not is_number(word)}

    def names(self, *types: str) -> dict[str, str]:
        """Named places, by a spelling that blanks do not change."""
        places = self.extraction.places if self.extraction else ()
        return {place.text.casefold().replace(" ", ""): place.text for place in places if place.type in types}

    @cached_property
    def area(self) -> str:
        """Code of the kecamatan or desa; "" where only a larger area, or none, is known."""
        found = self.extraction.location if self.extraction else None
        return found.code if found and found.code.count(".") >= 2 else ""

    @cached_property
    def topics(self) -> frozenset[str]:
        found = self.extraction.topics[:2] if self.extraction else ()
        return frozenset(topic.label for topic in found if topic.label != REST and topic.score >= TOPIC)


def suggestions(ours: Telling, others: Sequence[Telling]) -> list[Likeness]:
    """At most SHOWN of `others` that may tell our incident, the likeliest first."""
    return [likeness for likeness in ranked(ours, others) if likeness.score >= THRESHOLD][:SHOWN]


def ranked(ours: Telling, others: Sequence[Telling]) -> list[Likeness]:
    """All that nothing keeps apart from ours, the likeliest first."""
    known = Counter(word for one in (ours, *others) for word in one.roots)
    found = []
    for at, theirs in enumerate(others):
        if apart(ours, theirs) is None:
            reasons = sorted(_reasons(ours, theirs, known, 1 + len(others)), key=lambda reason: -reason.weight)
            found.append(Likeness(at, round(min(1.0, sum(reason.weight for reason in reasons)), 4), tuple(reasons)))
    return sorted(found, key=lambda likeness: (-likeness.score, likeness.at))


def shared_names(ours: Telling, theirs: Telling) -> list[str]:
    """Places that both name, as ours has them; of landmarks one may say more: "Pasar Legi", "Pasar Legi Solo"."""
    mine, yours = ours.names(*FINE), theirs.names(*FINE)
    found = [mine[key] for key in sorted(mine.keys() & yours.keys())]
    for name in ours.names("landmark").values():
        for other in theirs.names("landmark").values():
            shorter, longer = sorted((name.casefold().split(), other.casefold().split()), key=len)
            if len(shorter) >= 2 and longer[:len(shorter)] == shorter and name not in found:
                found.append(name)
    return found


# --- against -------------------------------------------------------------------------------------


def apart(ours: Telling, theirs: Telling) -> str | None:
    """What shows that these are two incidents; None where nothing does."""
    if compare_address(ours.reading, theirs.reading) == "other":
        return "address"
    if fact := facts_apart(ours.reading.words, theirs.reading.words):
        return fact
    metres = _metres(ours.mention, theirs.mention)
    if metres is not None and metres > FAR_METRES:
        return "distance"
    if ours.topics and theirs.topics and not ours.topics & theirs.topics:
        return "topic"
    personal = ours.topics & theirs.topics & PERSONAL
    if personal and not same_author(ours.mention, theirs.mention) and not shared_names(ours, theirs):
        return "a case of one's own"
    return _elsewhere(ours, theirs)


def _elsewhere(ours: Telling, theirs: Telling) -> str | None:
    a, b = (one.extraction.location if one.extraction else None for one in (ours, theirs))
    if a and b and not f"{a.code}.".startswith(f"{b.code}.") and not f"{b.code}.".startswith(f"{a.code}."):
        return "area"
    for kind in EXCLUSIVE:
        mine, yours = ours.names(kind), theirs.names(kind)
        if mine and yours and not mine.keys() & yours.keys():
            return kind
    placed = all(one.area or one.names(*FINE) for one in (ours, theirs))
    return "place" if placed and not any(_place(ours, theirs)) else None


def _metres(one: Mention, other: Mention) -> float | None:
    """Between the coordinates that the platform gave, flat enough for a province."""
    a, b = one.place, other.place
    if a is None or b is None or a.lat is None or a.lng is None or b.lat is None or b.lng is None:
        return None
    return math.hypot(a.lat - b.lat, (a.lng - b.lng) * math.cos(math.radians(a.lat))) * 111_320


# --- for -----------------------------------------------------------------------------------------


def _reasons(ours: Telling, theirs: Telling, known: Counter[str], stories: int) -> Iterator[Why]:
    yield from _words(ours, theirs, known, stories)
    yield from _place(ours, theirs)
    if ours.topics & theirs.topics and ours.extraction and theirs.extraction:
        best = ours.extraction.topics[0].label
        if best == theirs.extraction.topics[0].label:
            yield Why("topic", best, SAME_TOPIC)
    gap = abs(ours.mention.posted_at - theirs.mention.posted_at)
    yield Why("time", str(round(gap.total_seconds() / 3600)), TIME * math.exp(-gap / FADES))


def _words(ours: Telling, theirs: Telling, known: Counter[str], stories: int) -> Iterator[Why]:
    """Each shared word by its rarity: 1 where only these two stories have it, 0 where all have; less among few."""
    shared = {word: math.log((stories + 1) / known[word]) / math.log((max(stories, FEW) + 1) / 2)
              for word in ours.roots.keys() & theirs.roots.keys()}
    if shared:
        told = sorted(shared, key=lambda word: (-shared[word], word))[:MOST_WORDS]
        weight = WORDS * (1 - math.exp(-sum(shared.values()) / RARE))
        yield Why("words", ", ".join(ours.roots[word] for word in told), weight)


def _place(ours: Telling, theirs: Telling) -> Iterator[Why]:
    """The smallest place that they share."""
    metres = _metres(ours.mention, theirs.mention)
    if same := shared_names(ours, theirs):
        yield Why("place", same[0], PLACE)
    elif metres is not None and metres <= NEAR_METRES:
        yield Why("distance", str(round(metres)), DESA)
    elif ours.area and theirs.area and ours.extraction and ours.extraction.location:
        depth = min(ours.area.count("."), theirs.area.count("."))
        yield Why("area", ours.extraction.location.name, DESA if depth == 3 else KECAMATAN)
