"""Says whether a quote, a reply or a comment tells the story that it refers to, or one of its own. Pure.

Observations. Under a complaint people write four things: the reporter's own answer to "where is it?", new facts
("the house number is 12", "my sister is the one who fell"), assent and jokes, and now and then a complaint of
their own, because the office reads along there ("numpang lapor, beda lokasi"). The first three make no sense
without the post above and are lost in a lane when read alone. The fourth is lost inside a story of others.

Rule. A post that refers to a known story with live tickets joins it, unless its own words would be work *and*
make a matter of their own. When in doubt it stays apart: a ticket too many costs a desk a minute, a complaint
that vanished in another's story costs a citizen. A matter of its own is one that
- is sensitive, where the story is not: another desk must not read it;
- refers to a story whose words are gone: nothing can be compared;
- is elsewhere: a fact of place contradicts the story's (`nlp.guard.facts_apart`), or both name areas of which
  neither lies in the other;
- is about another topic, and either complains (a defect, a request) or is as sure of it as SURE_TOPIC;
and, where another than the story's reporter wrote it, one that
- complains and names a place that the story does not;
- speaks of a need where the story's topic is one that a person has rather than a street: "my aid was cut as
  well" is a second case;
- speaks of a danger to life, unless it quotes the story and is about its topic: then the story's urgency rises.
What reads as chatter joins whatever it says: the tickets' desk sees it, in a lane nobody would. Advertising never
joins, nor does an office: what it answers is its own. A story without live tickets is joined by nobody: "still
broken" after the end must be work again. An edited reply is asked the same anew, and may leave.

Thresholds. 14 references of an invented day, all ours. SURE_TOPIC 0.8: two quotes with new facts came out
0.56 and 0.58 sure of a topic that was not theirs, the one real other matter 0.97. TOPIC as the model's own limit.

Known failures. Where the platform names no author (Facebook without rights), the reporter counts as another. A
second matter of the same topic without a place ("the lamp on the other side too") joins. A complaint that the
NLP takes for chatter joins and opens nothing, as it would have opened nothing in its lane. A correction ("no,
it is Jl. Nias") that contradicts the first post and is work by itself becomes a second ticket. What refers to a post
that reached us later, or never, is judged alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain import Extraction, Mention, MentionState, Verdict
from nlp.evidence import CASE_TOPICS
from nlp.fingerprint import read
from nlp.guard import facts_apart
from nlp.topics import REST

TOPIC = 0.5
SURE_TOPIC = 0.8
COMPLAINS = ("signal:defect:", "signal:request:")
OUTSIDERS = frozenset(("spam",))  # lanes whose posts tell nobody's story
FINE = frozenset(("rt_rw",))  # places that say where within a place

Lane = Callable[[Mention, Extraction], str | None]
Read = Callable[[Sequence[Mention]], Sequence[Extraction]]


class Told(NamedTuple):
    """A story's first post and what was seen in it; None where that is gone."""

    mention: Mention
    extraction: Extraction | None


def references(mention: Mention) -> Iterator[tuple[str, str]]:
    """(key, reason) of the posts whose story a mention may tell, the nearest first. Reposts have their own way."""
    if mention.repost_of or mention.own or mention.state is MentionState.GONE:
        return
    if mention.quote_of:
        yield mention.quote_of, "quote"
    for key in dict.fromkeys((mention.reply_to, mention.thread)):
        if key and key != mention.key:
            yield key, "thread"


class Threads:
    """The stories that the posts of one batch refer to, and what those posts themselves say.

    `heads` and `live` are the store's: first posts, and stories with live tickets. The batch's own posts go
    before them, so batch borders change nothing. `lane` names the lane of a post that needs no work, `official`
    tells posts of watched accounts, whichever account was shown them.
    """

    def __init__(
        self, mentions: Sequence[Mention], *, heads: Mapping[str, Told], live: frozenset[str], read: Read, lane: Lane,
        official: Callable[[Mention], bool] = lambda _: False,
    ) -> None:
        self.extractions: dict[str, Extraction] = {}
        self._posts = {mention.key: mention for mention in mentions}
        self._heads = heads
        self._live = live
        self._read = read
        self._lane = lane
        self._official = official
        self._take([mention for mention in mentions if any(references(mention))])

    def told(self, cluster: str) -> Told | None:
        """The story's first post, as it reads now."""
        if post := self._posts.get(cluster):
            gone = post.state is MentionState.GONE
            return Told(post, None if gone else self._extraction(post))
        return self._heads.get(cluster)

    def joined(self, mention: Mention, clusters: Mapping[str, str]) -> Verdict | None:
        """The story that a new post tells by reference; None where it has to be judged by its words."""
        for key, reason in references(mention) if not self._official(mention) else ():
            cluster = clusters.get(key)
            if cluster is not None and cluster != mention.key and self._open(cluster):
                return Verdict(cluster, reason) if self._tells(mention, cluster) else None
        return None

    def revised(self, mention: Mention, cluster: str, clusters: Mapping[str, str]) -> Verdict:
        """An edited post stays where it was, unless it was there by reference and now has a matter of its own."""
        reasons = [reason for key, reason in references(mention) if clusters.get(key) == cluster != mention.key]
        if not reasons:
            return Verdict(cluster, "revision")
        return Verdict(cluster, reasons[0]) if self._tells(mention, cluster) else Verdict(mention.key, "left")

    def _open(self, cluster: str) -> bool:
        """Whether people work on the story, a citizen's, or will when this batch is settled."""
        told = self.told(cluster)
        if told is not None and self._official(told.mention):
            return False
        if cluster in self._live:
            return True
        post = self._posts.get(cluster)
        if post is None or post.own or post.state is MentionState.GONE:
            return False
        return self._lane(post, self._extraction(post)) is None

    def _tells(self, mention: Mention, cluster: str) -> bool:
        extraction, told = self._extraction(mention), self.told(cluster)
        lane = self._lane(mention, extraction)
        if told is None or lane in OUTSIDERS:
            return False
        return lane is not None or own_matter(mention, extraction, told) is None

    def _extraction(self, mention: Mention) -> Extraction:
        if mention.key not in self.extractions:
            self._take([mention])
        return self.extractions[mention.key]

    def _take(self, mentions: Sequence[Mention]) -> None:
        self.extractions |= zip((mention.key for mention in mentions), self._read(mentions), strict=True)


# --- what two posts are to each other ------------------------------------------------------------------


def own_matter(mention: Mention, extraction: Extraction, told: Told) -> str | None:
    """Why a post that would be work by itself is no part of the story it refers to; None where it is."""
    first, seen = told
    if seen is None:
        return "the story's words are gone"
    if extraction.sensitive and not seen.sensitive:
        return "sensitive"
    if facts := facts_apart(read(mention).words, read(first).words):
        return facts
    if _elsewhere(extraction, seen):
        return "another area"
    if topic := _other_topic(extraction, seen):
        return f"topic: {topic}"
    return None if same_author(mention, first) else _own_case(mention, extraction, told)


def same_author(mention: Mention, first: Mention) -> bool:
    """Whether the platform says that one person wrote both."""
    ours, theirs = mention.author, first.author
    if ours is None or theirs is None or mention.platform != first.platform:
        return False
    if ours.id and theirs.id:
        return ours.id == theirs.id
    return bool(ours.handle) and ours.handle == theirs.handle


def new_places(extraction: Extraction, first: Mention) -> tuple[str, ...]:
    """Places that a post names and the story's first post does not, in its words."""
    said = first.text.casefold()
    return tuple(place.text for place in extraction.places if place.text.casefold() not in said)


def complains(extraction: Extraction) -> bool:
    return any(reason.what.startswith(COMPLAINS) for reason in extraction.relevance.because)


def _elsewhere(ours: Extraction, theirs: Extraction) -> bool:
    if ours.location is None or theirs.location is None:
        return False
    one, other = f"{ours.location.code}.", f"{theirs.location.code}."
    return not one.startswith(other) and not other.startswith(one)


def _other_topic(ours: Extraction, theirs: Extraction) -> str | None:
    best = _topic(ours)
    if best is None or best in {topic.label for topic in theirs.topics}:
        return None
    return best if complains(ours) or ours.topics[0].score >= SURE_TOPIC else None


def _topic(extraction: Extraction) -> str | None:
    best = extraction.topics[0] if extraction.topics else None
    return best.label if best and best.label != REST and best.score >= TOPIC else None


def _own_case(mention: Mention, extraction: Extraction, told: Told) -> str | None:
    """What makes another citizen's words another citizen's case."""
    first, seen = told
    said = first.text.casefold()
    named = [p.text for p in extraction.places if p.type not in FINE and p.text.casefold() not in said]
    if named and complains(extraction):
        return f"place: {named[0]}"
    personal = seen is not None and _topic(seen) in CASE_TOPICS
    if personal and (_topic(extraction) or extraction.relevance.vulnerable):
        return "a need of one's own"
    of_the_story = mention.quote_of and seen is not None and _topic(extraction) in {t.label for t in seen.topics}
    if extraction.urgency.label == "darurat" and not of_the_story:
        return "a danger of one's own"
    return None
