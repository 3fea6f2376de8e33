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
posts gives B-cubed F1 0.999 (`python -m bench.duplicates --million`: at a million posts a post costs 1.16 times what it
costs at ten thousand, and the stories take 159 MB), a rougher one
0.991 (`python -m bench.rough --seed 23`: 35 of 39,268 look-alikes merged, most of them equal texts of two people;
before slips and Javanese words were forgiven it gave 0.957 on 20,000 posts). The lists grew after its misses were
read, so the real rows weigh more. Beside it datasketch 2.0 in one run (`python -m bench.peers --size 6000`): pair
precision 1.000 against 0.988, recall 0.998 against 0.653, look-alikes merged 0 against 574 of 892.

Cost. Posts are read and looked up a batch at once (`look_ahead`), then judged one after the other, each against all
before it: batches and single posts give the same verdicts and the same index, cell by cell. In that run 17,100 posts
a second, 1.6 times what one at a time gives: 3.8 times datasketch in its plain use, 2.1 times with a post's shingles
hashed in one call; given a whole batch (`MinHash.bulk`) it is 1.1 times as quick as this, at its recall. The tenfold
that was aimed at is missed. Of some 60 us reading takes 8, looking up 4, counting shared shingles 5, comparing 13,
entering 6, the collector of garbage 8: no single part is left that could give it.

Known failures. Replies that consist of @names only fold by those names. A campaign text that different
people post as their own folds into one story. A text longer than MAX_CHARS is known by its beginning.
When a story's first post is a cut copy, the rest of the original may hold a second matter. Between two
stories that both contain a copy whole, the copy goes to the older one. Where nearly every phrase is
common to hundreds of stories, the index may not offer the right one (one copy in a thousand).

Reads no store. Reposts of a known original by reference are resolved by the caller, before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from domain import Fingerprint, Mention, Verdict
from nlp.alignment import align
from nlp.fingerprint import Reading, Whole, all_signed, from_body, hash64, read_whole, sample, shingle_keys, signed
from nlp.guard import apart, compare_address, facts_apart
from nlp.new_facts import facts_added
from nlp.picture_names import HEX64, NEAR, WHOLE, media_keys, picture_differs
from nlp.same_text import continues, enough, one_scene, overlap, reason_of, same_names, same_voice
from nlp.shingle_index import SLOT_BITS, Index, tag_of
from nlp.stories import SEGMENT, Pictures, Shelf, Story, Told

MAX_STORIES = 1_200_000
MAX_BYTES = 420_000_000  # of bodies
RENUMBER_AT = 1 << 27
CANDIDATES = 10  # compared per post, those with most shared shingles
LONG, LEAST = 10, 3  # of so many words on: one rare shingle in common and one more, or three common ones
SURE = 0.9  # containment from which no better story is looked for
MEDIA_WINDOW = timedelta(days=3)
COPIES = ("near_duplicate", "same_author")  # which become `added` where they tell more than the story


class Match(NamedTuple):
    """A story that a post may belong to; `voice`: both repeat one author by their own word."""

    cluster: str
    reason: str
    similarity: float
    voice: bool = False


class Ahead(NamedTuple):
    """What was read of a post, and looked up, before it is judged."""

    mention: Mention
    read: Whole
    names: tuple[int, int]  # tags of the story that it may open, and of its words as a whole
    start: int  # of its shingles, in the lists of all
    end: int


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
        self._divided: set[str] = set()  # those
        self._ahead: dict[str, Ahead] = {}
        self._tags: list[int] = []  # of the shingles of what was looked up
        self._keys: list[int] = []

    @property
    def stories(self) -> int:
        """How many are held, those that housekeeping has yet to drop among them."""
        return len(self._shelf)

    @property
    def nbytes(self) -> int:
        """What the memory of stories takes, without the word caches (at most some 40 MB)."""
        return self._index.nbytes + self._shelf.nbytes + self._pictures.nbytes

    # --- the verbs of the way

    def fold_all(self, mentions: Sequence[Mention]) -> list[tuple[Verdict, Fingerprint]]:
        """Judge posts in order, each against all before it: what `fold` says of one after the other, for less."""
        self.look_ahead(mentions)
        return [self.fold(mention) for mention in mentions]

    def look_ahead(self, mentions: Sequence[Mention]) -> None:
        """Read posts that are to be folded next, and look all of them up at once. Changes no verdict."""
        read = [read_whole(mention) for mention in mentions]
        keys, counts = shingle_keys([one.reading.words for one in read])
        names = [(cluster_key(mention.key) >> 28, one.exact >> 28) for mention, one in zip(mentions, read, strict=True)]
        tags = keys >> SLOT_BITS
        self._index.look_up(np.concatenate((tags, np.array(names, np.uint64).ravel())))
        self._tags, self._keys, start = tags.tolist(), keys.tolist(), 0
        self._ahead = {}
        for mention, one, named, count in zip(mentions, read, names, counts, strict=True):
            end = start + count
            self._ahead[mention.key] = Ahead(mention, one, named, start, end)
            start = end

    def fold(self, mention: Mention) -> tuple[Verdict, Fingerprint]:
        """Judge a post; remember it where it is new. Folding a story's first post again changes nothing.

        `similarity` of a new story is that of the nearest story it was kept apart from, 0 for none.
        A copy's fingerprint carries no shingles: it opens no story.
        """
        ahead = self._ahead.pop(mention.key, None)
        if ahead is None or ahead.mention is not mention:
            self.look_ahead((mention,))
            ahead = self._ahead.pop(mention.key)
        _, (reading, body, exact), names, start, end = ahead
        key, whole, at, nearest = mention.key, signed(exact), mention.posted_at.timestamp(), 0.0
        media = media_keys(mention) if mention.media else ()
        match = self._same_words(reading, self._index.known(names[1]), at)
        again = match is not None and match.cluster == key
        if match is None:
            match, nearest = self._near(reading, self._tags[start:end], at)
        if match is None and media:
            match = self._same_media(reading, media, at)
        if match is not None and match.cluster != key:
            return Verdict(match.cluster, match.reason, round(match.similarity, 4)), Fingerprint(whole, (), body, media)
        seen = [0] * (end - start) if again else self._index.seen(self._tags[start:end])
        chosen = sample(self._keys[start:end], seen)
        made = Fingerprint(whole, all_signed(chosen), body, media)
        if match is None:
            self._enter(key, made, at, [*[one >> 28 for one in chosen], *names], reading)
        return Verdict(key, "new", round(nearest, 4)), made

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
            self._divided.add(parted)
        if not fingerprint.body:
            if known:
                self._shelf.blank(known)
        elif not known and at.timestamp() >= self._shelf.floor:
            keys: Sequence[int] = fingerprint.shingles
            if not keys:
                keys = shingle_keys((from_body(fingerprint.body).words,))[0].tolist()
                keys = sample(keys, [0] * len(keys))
            tags = [tag_of(key) for key in (*keys, cluster_key(cluster), fingerprint.exact)]
            self._enter(cluster, fingerprint, at.timestamp(), tags)

    def forget_before(self, at: datetime) -> None:
        """Drop stories told before `at`. Those outside the window are never matched, forgotten or not."""
        self._shelf.floor = max(self._shelf.floor, at.timestamp())
        self._shelf.drop_before(at.timestamp())
        self._pictures.drop_before(self._shelf.first)

    # --- remembering

    def _number_of(self, cluster: str, made: Fingerprint) -> int:
        """0 for a story that is not held. A full row may have lost one key: a deletion looks for all of them."""
        sought = [made.exact, *(made.shingles if not made.body else ())]
        for key in (cluster_key(cluster), *sought):
            for number in self._index.holders(tag_of(key)):
                if (story := self._shelf.get(number)) and story.cluster == cluster:
                    return number
        return 0

    def _enter(
        self, cluster: str, made: Fingerprint, at: float, tags: list[int], reading: Reading | None = None
    ) -> None:
        """`reading`: of the body, where it is at hand. The tags have then been looked up."""
        shelf, media = self._shelf, made.media
        kept = " ".join([name for name in media if name.startswith(WHOLE)]) if media else ""
        number = shelf.add(story := Story(cluster, made.body, at, kept))
        if reading is not None:
            shelf.unpacked(number, story, reading)
        if media:
            tags += [hash64(name) >> 28 for name in media if name.startswith("sha256:")]
            self._enter_views(media, number)
        self._index.add(tags, number, oldest=shelf.first, asked=reading is not None and not media)
        if (number + 1 - shelf.first) % SEGMENT == 0:
            self._housekeeping()

    def _enter_views(self, media: tuple[str, ...], number: int) -> None:
        for name in media:
            kind, _, value = name.partition(":")
            if kind == "view" or (kind == "phash" and HEX64.fullmatch(value)):
                self._pictures.add(int(value[:16], 16), number)

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

    def _living(self, number: int, at: float) -> Told | None:
        told = self._shelf.told(number)
        return told if told and abs(at - told.at) <= self._reach else None

    # --- judging

    def _same_words(self, ours: Reading, numbers: Sequence[int], at: float) -> Match | None:
        """`numbers`: of the stories whose words and address have the same hash."""
        for number in sorted(numbers) if ours.words else ():
            if told := self._living(number, at):
                theirs = told.reading
                same = theirs.words == ours.words and theirs.address == ours.address
                if same and enough(ours, theirs, ours.words):
                    return Match(told.cluster, reason_of(ours, theirs), 1.0)
        return None

    def _near(self, ours: Reading, tags: list[int], at: float) -> tuple[Match | None, float]:
        """The story that `ours` copies, and the greatest similarity met. `tags`: of its shingles."""
        ranked = self._index.ranked(tags, least=LEAST if len(ours.words) >= LONG else 1)
        if not ranked:
            return None, 0.0
        words = frozenset(ours.words)
        best: Match | None = None
        best_words: tuple[str, ...] = ()
        nearest = 0.0
        for number in sorted([rank & 0xFFFFFFFF for rank in ranked[:CANDIDATES]]):  # copies gather at the oldest
            told = self._living(number, at)
            if told is None:
                continue
            theirs = told.reading.words
            if len(words.intersection(theirs)) < (self.threshold - 0.08) * min(len(words), len(theirs)):
                continue
            match, similarity = self._compare(ours, told.cluster, told.reading)
            nearest = max(nearest, similarity)
            if match and (best is None or (match.voice, match.similarity) > (best.voice, best.similarity)
                          or (self._parted.get(match.cluster) == best.cluster
                              and overlap(words, theirs) > overlap(words, best_words))):
                best, best_words = match, theirs
                if best.similarity >= SURE and (best.voice or not ours.reposts) and best.cluster not in self._divided:
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
                found = [(number, 0) for number in self._index.holders(hash64(name) >> 28)]
            else:
                found = self._pictures.near(int(value[:16], 16), distance=NEAR[kind])
            for number, bits in sorted(found):
                story = self._living(number, at)
                if story is None or (differ := picture_differs(kind, value, story.media.split(" "), bits)) is None:
                    continue
                theirs = story.reading
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
    _, body, exact = read_whole(mention)
    return Fingerprint(signed(exact), (), body, media_keys(mention))


def cluster_key(cluster: str) -> int:
    return hash64(f"cluster:{cluster}")
