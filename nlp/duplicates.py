"""Folds copies of one post into one story, without merging two holes in one road.

Observations (5,294 posts of known clusters, 40 pairs and the synthetic storm of `bench/storm.py`)
- Most copies are exact once decoration is gone: native reposts cut at 140 or 280 signs, texts sent to
  other @names, the same form sent in ten times. What is left differs at the ends, in spelling, in the
  order of sentences.
- Complaints that must stay apart look *more* alike than edited copies do: templates of one citizen,
  two words ("pipa bocor") from a hundred addresses. No similarity separates them; see `nlp.guard`.
- A text of two or three telling words is written anew by strangers every day. It proves nothing
  unless it names its source ("RT @a:"), its author or its address.

Theory. Containment (Broder 1997): the share of the shorter text that stands in the longer one, so that
a cut copy counts as whole. The way of a post: equal words by hash -> candidates by an index of sampled
three-word shingles, where only the first post of each story is kept -> aligned words, containment of
at least `threshold` -> facts and differences under the guard -> pictures. Comparing with first posts
only means that stories cannot drift: copy of copy of copy still resembles the first.

Thresholds, and what chose them. Real clusters were halved by a hash of their id; one half chose, the
other was only reported. The same run with other values gave, on the choosing half of 2,751 posts:
- containment 0.60 / 0.66 / 0.72 / 0.78 / 0.84: pair precision 0.994 / 0.994 / 0.995 / 0.995 / 0.995, recall
  0.991 throughout. The guard decides, so 0.72 is no sharp choice.
- telling words that strangers' equal texts need, 4 / 5 / 6 / 7: B-cubed F1 0.980 / 0.980 / 0.980 / 0.979. 5, the
  last that loses nothing.
- the same where both give one address, 2 / 3 / 4: 4 / 2 / 0 look-alikes of 30 merged.
- the same of a text that says it is a repost, 2 / 3 / 4 / 5: F1 0.981 / 0.980 / 0.979 / 0.977. 3: two words
  ("jalan rusak") are too many people's.
- 8 telling words where only one side says where: not measured; a general complaint is no copy of a
  precise one.
- pictures: 3 days not measured; 10 bits of 64, because in 7,140 pairs of different pictures the nearest
  two stood 14 apart.
Measured with these (`kentongan eval --what duplicates --half held|all`): the half kept aside pair precision 1.000,
recall 0.991, B-cubed F1 0.983; both together 0.980, 0.982, 0.973. No hard negative merged, all pairs right. What still
counts as a wrong merge is the same text under another author's name; what is missed is mostly a second
report of one incident in other words, which is a suggestion to staff and no merge. A storm of 200,000
posts gives B-cubed F1 0.999 (`python -m bench.duplicates --million`: at a million posts a post costs 0.99 of what it
costs at ten thousand, and the stories take 159 MB), a rougher one
0.991 (`python -m bench.rough --seed 23`: 35 of 39,268 look-alikes merged, most of them equal texts of two people;
before slips and Javanese words were forgiven it gave 0.957 on 20,000 posts). The lists grew after its misses were
read, so the real rows weigh more. Beside it datasketch 2.0 in one run (`python -m bench.peers`): pair precision 1.000
against 0.978, recall 0.984 against 0.684, and 1.5 times its posts a second: the tenfold that was aimed at is missed.

Known failures. Replies that consist of @names only fold by those names. A campaign text that different
people post as their own folds into one story. A text longer than MAX_CHARS is known by its beginning.
When a story's first post is a cut copy, the rest of the original may hold a second matter. Between two
stories that both contain a copy whole, the copy goes to the older one. Where nearly every phrase is
common to hundreds of stories, the index may not offer the right one (one copy in a thousand).

Reads no store. Reposts of a known original by reference are resolved by the caller, before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from domain import Fingerprint, Mention, Verdict
from nlp.alignment import align
from nlp.fingerprint import Reading, fingerprint, from_body, hash64, read, sample, shingle_keys
from nlp.guard import apart, compare_address, facts_apart
from nlp.new_facts import facts_added
from nlp.picture_names import HEX64, NEAR, WHOLE, media_keys, picture_differs
from nlp.same_text import continues, enough, one_scene, overlap, reason_of, same_names, same_voice
from nlp.stories import SEGMENT, Index, Pictures, Shelf, Story

MAX_STORIES = 1_200_000
MAX_BYTES = 420_000_000  # of bodies
RENUMBER_AT = 1 << 27
CANDIDATES = 10  # compared per post, those with most shared shingles
SURE = 0.9  # containment from which no better story is looked for
MEDIA_WINDOW = timedelta(days=3)
COPIES = ("near_duplicate", "same_author")  # which become `added` where they tell more than the story


class Match(NamedTuple):
    """A story that a post may belong to; `voice`: both repeat one author by their own word."""

    cluster: str
    reason: str
    similarity: float
    voice: bool = False


class Folder:
    """Judges posts against the stories of the window and remembers new ones. Not for several threads."""

    def __init__(
        self, *, threshold: float, window: timedelta, place_words: frozenset[str] = frozenset(),
        towns: Mapping[str, tuple[str, ...]] | None = None, max_stories: int = MAX_STORIES,
    ) -> None:
        """`place_words`: single words of the gazetteer, in lower case, that the guard takes for places.

        `towns`: names of towns and districts -> codes; one picture under the names of two of them is no copy.
        """
        self.towns = towns or {}
        self.threshold = threshold
        self.window = window
        self.place_words = place_words
        self.max_stories = max_stories
        self._reach = window.total_seconds()
        self.clear()

    def clear(self) -> None:
        self._index = Index()
        self._shelf = Shelf()
        self._pictures = Pictures()
        self._parted: dict[str, str] = {}  # story that staff split off -> the one it was in

    @property
    def stories(self) -> int:
        """How many are held, those that housekeeping has yet to drop among them."""
        return len(self._shelf)

    @property
    def nbytes(self) -> int:
        """What the memory of stories takes, without the word caches (at most some 40 MB)."""
        return self._index.nbytes + self._shelf.nbytes + self._pictures.nbytes

    # --- the three verbs of the way

    def fold(self, mention: Mention) -> tuple[Verdict, Fingerprint]:
        """Judge a post; remember it where it is new. Folding a story's first post again changes nothing.

        `similarity` of a new story is that of the nearest story it was kept apart from, 0 for none.
        A copy's fingerprint carries no shingles: it opens no story.
        """
        reading, media, at = read(mention), media_keys(mention), mention.posted_at.timestamp()
        match = self._same_words(reading, at)
        numbers: list[int] = []
        seen: Counter[int] = Counter()
        nearest = 0.0
        keys = shingle_keys(reading.words if match is None or match.cluster == mention.key else ())
        if match is None and len(keys):
            numbers, seen = self._index.find(keys)
            match, nearest = self._near(reading, numbers, at)
        if match is None and media:
            match = self._same_media(reading, media, at)
        if match is not None and match.cluster != mention.key:
            verdict = Verdict(match.cluster, match.reason, round(match.similarity, 4))
            return verdict, fingerprint(reading, (), media)
        made = fingerprint(reading, sample(keys.tolist(), seen), media)
        if match is None:
            self._enter(mention.key, made, at)
        return Verdict(mention.key, "new", round(nearest, 4)), made

    def remember(
        self, cluster: str, fingerprint: Fingerprint, *, author: str | None,  # noqa: ARG002  the body carries it
        at: datetime, parted: str | None = None,
    ) -> None:
        """Take in a story from the store; one that is known already is left as it is.

        `parted`: the story that staff split this one from. What resembles that one is from now on compared with
        both, however sure it looks, and goes to the closer.

        An empty body means that its post was deleted: the story is forgotten. `author` is not needed,
        for the fingerprint's body carries the author's hash.
        """
        known = self._number_of(cluster, fingerprint)
        if parted:
            self._parted[cluster] = parted
        if not fingerprint.body:
            if known:
                self._shelf.blank(known)
        elif not known and at.timestamp() >= self._shelf.floor:
            self._enter(cluster, fingerprint, at.timestamp())

    def forget_before(self, at: datetime) -> None:
        """Drop stories told before `at`. Those outside the window are never matched, forgotten or not."""
        self._shelf.floor = max(self._shelf.floor, at.timestamp())
        self._shelf.drop_before(at.timestamp())
        self._pictures.drop_before(self._shelf.first)

    # --- remembering

    def _number_of(self, cluster: str, made: Fingerprint) -> int:
        """0 for a story that is not held. A full row may have lost one key: a deletion looks for all of them."""
        sought = [made.exact, *(made.shingles if not made.body else ())]
        for key in (cluster_key(cluster), *(key % (1 << 64) for key in sought)):
            for number in self._index.holders(key):
                if (story := self._shelf.get(number)) and story.cluster == cluster:
                    return number
        return 0

    def _enter(self, cluster: str, made: Fingerprint, at: float) -> None:
        shelf = self._shelf
        files = [name for name in made.media if name.startswith("sha256:")]
        kept = [name for name in made.media if name.startswith(WHOLE)]
        number = shelf.add(Story(cluster, made.body, at, " ".join(kept)))
        keys = [key % (1 << 64) for key in made.shingles]
        if not keys:
            keys = sample(shingle_keys(from_body(made.body).words).tolist(), {})
        keys += (cluster_key(cluster), made.exact % (1 << 64))
        keys += map(hash64, files)
        for name in made.media:
            kind, _, value = name.partition(":")
            if kind == "view" or (kind == "phash" and HEX64.fullmatch(value)):
                self._pictures.add(int(value[:16], 16), number)
        self._index.add(keys, number, oldest=shelf.first)
        if (number + 1 - shelf.first) % SEGMENT == 0:
            self._housekeeping()

    def _housekeeping(self) -> None:
        """With every sealed segment: drop what is too old or too much."""
        shelf = self._shelf
        shelf.drop_before(shelf.now - self._reach)
        while (len(shelf) - SEGMENT >= self.max_stories or shelf.nbytes > MAX_BYTES) and shelf.drop_oldest():
            pass
        if shelf.next_number > RENUMBER_AT:
            by = shelf.renumber()
            self._index.shift(by, oldest=by + 1)
            self._pictures.shift(by)
        self._pictures.drop_before(shelf.first)

    def _living(self, number: int, at: float) -> Story | None:
        story = self._shelf.get(number)
        return story if story and abs(at - story.at) <= self._reach else None

    # --- judging

    def _same_words(self, ours: Reading, at: float) -> Match | None:
        if not ours.words:
            return None
        for number in sorted(self._index.holders(ours.exact)):
            if story := self._living(number, at):
                theirs = from_body(story.body)
                same = theirs.words == ours.words and theirs.address == ours.address
                if same and enough(ours, theirs, ours.words):
                    return Match(story.cluster, reason_of(ours, theirs), 1.0)
        return None

    def _near(self, ours: Reading, numbers: list[int], at: float) -> tuple[Match | None, float]:
        """The story that `ours` copies, and the greatest similarity met. `numbers`: see Index.find."""
        least = 3 if len(ours.words) >= 10 else 1  # one rare shingle and one more, or three common ones
        ranked = sorted([(hits << 32) | n for n, hits in Counter(numbers).items() if hits >= least], reverse=True)
        words = set(ours.words)
        best: Match | None = None
        best_words: list[str] = []
        divided = set(self._parted.values())
        nearest = 0.0
        for number in sorted([rank & 0xFFFFFFFF for rank in ranked[:CANDIDATES]]):  # copies gather at the oldest
            story = self._living(number, at)
            if story is None:
                continue
            theirs = story.body[story.body.rfind("\n") + 1:].split()
            if len(words.intersection(theirs)) < (self.threshold - 0.08) * min(len(words), len(theirs)):
                continue
            match, similarity = self._compare(ours, story.cluster, from_body(story.body))
            nearest = max(nearest, similarity)
            if match and (best is None or (match.voice, match.similarity) > (best.voice, best.similarity)
                          or (self._parted.get(match.cluster) == best.cluster
                              and overlap(words, theirs) > overlap(words, best_words))):
                best, best_words = match, theirs
                if best.similarity >= SURE and (best.voice or not ours.reposts) and best.cluster not in divided:
                    break  # a repost looks on for its author's text
        return best, nearest

    def _compare(self, ours: Reading, cluster: str, theirs: Reading) -> tuple[Match | None, float]:
        address = compare_address(ours, theirs)
        if address == "other":
            return None, 0.0
        if ours.bare or theirs.bare:
            same = ours.bare and theirs.bare and same_names(ours, theirs) and continues(ours, theirs)
            return (Match(cluster, reason_of(ours, theirs), 1.0) if same else None), float(same)
        facts, voice = facts_apart(ours.words, theirs.words), same_voice(ours, theirs)
        if facts and not voice:
            return None, 0.0
        alignment = align(ours.words, theirs.words, cut=ours.cut or theirs.cut)
        similarity = min(1.0, alignment.similarity)
        match = Match(cluster, reason_of(ours, theirs), similarity, voice)
        if voice and continues(ours, theirs):
            return match, similarity
        if facts or similarity < self.threshold or alignment.matched < 3 * alignment.runs - 3:
            return None, similarity  # scattered words of a long text hold many a short one
        if not enough(ours, theirs, min(ours.words, theirs.words, key=len)):
            return None, similarity
        if apart(alignment, ours, theirs, same_address=address == "same", place_words=self.place_words):
            return None, similarity
        if match.reason in COPIES and any(gap.ours for gap in alignment.gaps) and facts_added(ours.words, theirs.words):
            match = match._replace(reason="added")
        return match, similarity

    # --- pictures

    def _same_media(self, ours: Reading, media: tuple[str, ...], at: float) -> Match | None:
        for name in media:
            kind, _, value = name.partition(":")
            if kind == "sha256":
                found = [(number, 0) for number in self._index.holders(hash64(name))]
            else:
                found = self._pictures.near(int(value[:16], 16), distance=NEAR[kind])
            for number, bits in sorted(found):
                story = self._living(number, at)
                if story is None or (differ := picture_differs(kind, value, story.media.split(" "), bits)) is None:
                    continue
                theirs = from_body(story.body)
                soon = abs(at - story.at) <= MEDIA_WINDOW.total_seconds()
                if one_scene(ours, theirs, soon=soon) and not self._elsewhere(ours, theirs):
                    return Match(story.cluster, "same_media", 1 - differ)
        return None

    def _elsewhere(self, ours: Reading, theirs: Reading) -> bool:
        """Whether both name a town, and none lies in the other's: an old picture goes round under new names."""
        mine, yours = ([code for word in side.words for code in self.towns.get(word, ())] for side in (ours, theirs))
        near = any(one.startswith(other) or other.startswith(one) for one in mine for other in yours)
        return bool(mine and yours and not near)


def own_fingerprint(mention: Mention) -> Fingerprint:
    """What a post that staff made a story of its own is known by; `remember` chooses its shingles."""
    return fingerprint(read(mention), (), media_keys(mention))


def cluster_key(cluster: str) -> int:
    return hash64(f"cluster:{cluster}")
