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
posts gives B-cubed F1 0.999 (`python -m bench.duplicates --million`: at a million posts a post costs 1.04 times what it
costs at ten thousand, and the stories take 159 MB), a rougher one
0.991 (`python -m bench.rough --seed 23`: 35 of 39,268 look-alikes merged, most of them equal texts of two people;
before slips and Javanese words were forgiven it gave 0.957 on 20,000 posts). The lists grew after its misses were
read, so the real rows weigh more. Beside it datasketch 2.0 in one run (`python -m bench.peers --size 6000`): pair
precision 1.000 against 0.988, recall 0.998 against 0.653, look-alikes merged 0 against 574 of 892.

Cost. Posts are read and looked up a batch at once (`look_ahead`), then judged one after the other, each against all
before it: batches and single posts give the same verdicts and the same index, cell by cell. Medians of three runs of
`bench.peers` on a machine that others used as well: 55 us a post in batches, 97 alone, 218 for datasketch in its plain
use over triples of words, its quickest: 4.0 times. Over runs of five letters, which find more (recall .832, 792
look-alikes merged), it takes 850 us: 14.6 times. The tenfold that was aimed at is reached over letters and missed over
words. Of 52 us, the clocks that told them apart among them, reading took 8, hashing shingles 2, looking up 3, counting
votes 6, looking at the words of candidates 3, comparing 8, choosing shingles 2, entering 7 (six posts of ten are new),
records and the way between 13: some hundred steps of the interpreter, and no single part that could give it. Tried at
equal verdicts and found no quicker: votes of a batch counted with NumPy and then corrected for the stories that the
batch itself opens (of the storm's posts that come to it 93 in 100 share a phrase with such a story), a shorter way for
texts whose very words are known, sorting the votes.

Known failures. Replies that consist of @names only fold by those names. A campaign text that different
people post as their own folds into one story. A text longer than MAX_CHARS is known by its beginning.
When a story's first post is a cut copy, the rest of the original may hold a second matter. Between two
stories that both contain a copy whole, the copy goes to the older one. Where nearly every phrase is
common to hundreds of stories, the index may not offer the right one (one copy in a thousand).

Reads no store. Reposts of a known original by reference are resolved by the caller, before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np

from domain import Fingerprint, Mention, Verdict
from nlp.comparing import Comparing, Match
from nlp.fingerprint import Whole, from_body, read_all, read_whole
from nlp.picture_names import HEX64, NEAR, WHOLE, media_keys, picture_differs
from nlp.same_text import one_scene, overlap
from nlp.shingle_index import Index, tag_of
from nlp.shingles import hash64, sample, shingle_keys, signed
from nlp.stories import SEGMENT, Pictures, Shelf, Story
from nlp.told import Told

MAX_STORIES = 1_200_000
MAX_BYTES = 420_000_000  # of bodies
RENUMBER_AT = 1 << 27
CANDIDATES = 10  # compared per post, those with most shared shingles
LONG, LEAST = 10, 3  # of so many words on: one rare shingle in common and one more, or three common ones
SURE = 0.9  # containment from which no better story is looked for
MEDIA_WINDOW = timedelta(days=3)
PLACE_BITS, PLACE = 32, 0xFFFFFFFF  # a place, and what is ranked before it


class Ahead(NamedTuple):
    """What was read of a post, and looked up, before it is judged."""

    mention: Mention
    read: Whole
    places: list[int]  # in the index: of its shingles
    names: list[int]  # and of the story that it may open, and of its words as a whole


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
        self.max_stories = max_stories
        self._comparing = Comparing(threshold, place_words)
        self._reach = window.total_seconds()
        self.clear()

    def clear(self) -> None:
        self._index = Index()
        self._shelf = Shelf()
        self._pictures = Pictures()
        self._parted: dict[str, str] = {}  # story that staff split off -> the one it was in
        self._divided: set[str] = set()  # those
        self._ahead: dict[str, Ahead] = {}

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
        return list(map(self._judged, self._read_ahead(mentions)))

    def look_ahead(self, mentions: Sequence[Mention]) -> None:
        """Read posts that are to be folded next, and look all of them up at once. Changes no verdict."""
        self._ahead = {ahead.mention.key: ahead for ahead in self._read_ahead(mentions)}

    def fold(self, mention: Mention) -> tuple[Verdict, Fingerprint]:
        """Judge a post; remember it where it is new. Folding a story's first post again changes nothing.

        `similarity` of a new story is that of the nearest story it was kept apart from, 0 for none.
        A copy's fingerprint carries no shingles: it opens no story.
        """
        ahead = self._ahead.pop(mention.key, None)
        if ahead is None or ahead.mention is not mention:
            self._ahead = {}
            ahead = self._read_ahead((mention,))[0]
        return self._judged(ahead)

    def _read_ahead(self, mentions: Sequence[Mention]) -> list[Ahead]:
        if not mentions:
            return []
        read = read_all(mentions)
        keys, counts = shingle_keys([one.reading.words for one in read])
        names = [name for mention, one in zip(mentions, read, strict=True)
                 for name in (cluster_key(mention.key), one.exact)]
        places = self._index.look_up(np.concatenate((keys, np.array(names, np.uint64))))
        start, name, made = 0, len(keys), []
        for mention, one, count in zip(mentions, read, counts, strict=True):
            end = start + count
            made.append(Ahead(mention, one, places[start:end], places[name:name + 2]))
            start, name = end, name + 2
        return made

    def _judged(self, ahead: Ahead) -> tuple[Verdict, Fingerprint]:
        mention, (reading, body, exact), places, names = ahead
        key, nearest = mention.key, 0.0
        media = media_keys(mention) if mention.media else ()
        post = Told(key, mention.posted_at.timestamp(), "", reading)
        self._index.refresh()
        known = self._index.votes[names[1]]
        match = self._same_words(post, known) if known else None
        again = match is not None and match.cluster == key
        if match is None:
            match, nearest = self._near(post, places)
            if match is None and media:
                match = self._same_media(post, media)
        if match is not None and match.cluster != key:
            verdict = Verdict(match.cluster, match.reason, round(match.similarity, 4))
            return verdict, Fingerprint(signed(exact), (), body, media)
        chosen = self._chosen(places, whatever_is_told=again)
        made = Fingerprint(signed(exact), tuple(map(self._index.keys.__getitem__, chosen)), body, media)
        if match is None:
            self._enter(key, made, post.at, post, chosen + names)
        return Verdict(key, "new", round(nearest, 4)), made

    def _chosen(self, places: list[int], *, whatever_is_told: bool) -> list[int]:
        """Shingles that a story is to be known by: those that fewest stories have, of equals the least.

        Places are in the order of keys. `whatever_is_told`: by their keys alone.
        """
        if whatever_is_told:
            return list(sample(places))
        counts = self._index.counts
        return [rank & PLACE for rank in sample([counts[place] << PLACE_BITS | place for place in places])]

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
            if not fingerprint.shingles:
                fingerprint = replace(fingerprint, shingles=_chosen_anew(fingerprint.body))
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
        for key in (cluster_key(cluster), *sought):
            for number in self._index.holders(tag_of(key)):
                if (story := self._shelf.get(number)) and story.cluster == cluster:
                    return number
        return 0

    def _enter(
        self, cluster: str, made: Fingerprint, at: float, post: Told | None = None, places: Sequence[int] = ()
    ) -> None:
        """`post`: the story unpacked, where it is at hand; `places`: of its keys, where they were looked up."""
        shelf, media = self._shelf, made.media
        kept = " ".join([name for name in media if name.startswith(WHOLE)]) if media else ""
        number = shelf.add(Story(cluster, made.body, at, kept))
        if post:
            post.media = kept
            shelf.keep(number, post)
        if places and not media:
            self._index.enter(places, number, oldest=shelf.first)
        else:
            files = [hash64(name) for name in media if name.startswith("sha256:")]
            keys = (*made.shingles, cluster_key(cluster), made.exact, *files)
            self._index.add(map(tag_of, keys), number, oldest=shelf.first)
            self._enter_views(media, number)
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

    def _same_words(self, post: Told, numbers: Sequence[int]) -> Match | None:
        """`numbers`: of the stories whose words and address have the same hash."""
        for number in sorted(set(numbers)) if post.words else ():
            if (told := self._living(number, post.at)) and (match := self._comparing.same_words(post, told)):
                return match
        return None

    def _candidates(self, post: Told, places: list[int]) -> list[int]:
        """Stories that share shingles with a post: of those that share most, the oldest first."""
        votes = Counter(chain.from_iterable(map(self._index.votes.__getitem__, places)))
        least = LEAST if len(post.words) >= LONG else 1
        numbers = [number for number, cast in votes.items() if cast >= least]
        if len(numbers) > CANDIDATES:
            numbers.sort(key=lambda number: (votes[number], number), reverse=True)
            del numbers[CANDIDATES:]
        numbers.sort()
        return numbers

    def _near(self, post: Told, places: list[int]) -> tuple[Match | None, float]:
        """The story that a post copies, and the greatest similarity met."""
        if not (numbers := self._candidates(post, places)):
            return None, 0.0
        best: Match | None = None
        best_told, nearest, comparing, words = post, 0.0, self._comparing, frozenset(post.words)
        for number in numbers:  # copies gather at the oldest
            told = self._living(number, post.at)
            if told is None or not comparing.may_be(words, told.words):
                continue
            match, similarity = comparing.compare(post, told)
            nearest = max(nearest, similarity)
            if match and (best is None or (match.voice, match.similarity) > (best.voice, best.similarity)
                          or (self._parted.get(match.cluster) == best.cluster
                              and overlap(words, told.words) > overlap(words, best_told.words))):
                best, best_told = match, told
                if (best.similarity >= SURE and (best.voice or not post.reading.reposts)
                        and best.cluster not in self._divided):
                    break  # a repost looks on for its author's text
        return best, nearest

    # --- pictures

    def _same_media(self, post: Told, media: tuple[str, ...]) -> Match | None:
        for name in media:
            kind, _, value = name.partition(":")
            if kind == "sha256":
                found = [(number, 0) for number in self._index.holders(tag_of(hash64(name)))]
            else:
                found = self._pictures.near(int(value[:16], 16), distance=NEAR[kind])
            for number, bits in sorted(found):
                told = self._living(number, post.at)
                if told is None or (differ := picture_differs(kind, value, told.media.split(" "), bits)) is None:
                    continue
                soon = abs(post.at - told.at) <= MEDIA_WINDOW.total_seconds()
                if one_scene(post, told, soon=soon) and not self._elsewhere(post, told):
                    return Match(told.cluster, "same_media", 1 - differ)
        return None

    def _elsewhere(self, ours: Told, theirs: Told) -> bool:
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


def _chosen_anew(body: str) -> tuple[int, ...]:
    """Shingles for a story that was stored without: a copy which staff made a story of its own."""
    keys, _ = shingle_keys((from_body(body).words,))
    return tuple(map(signed, sample(keys.tolist())))
