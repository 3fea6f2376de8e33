"""A linear classifier over words, word pairs and letter runs: weights that a person can read.

Observations. On 3,629 complaints of a city portal a linear model over words and letter runs beats word vectors and
a small network and costs a tenth of them (BENCH.md says the same of 8 classes). Letter runs carry informal spelling
("brlubang", "mbolong"), word pairs carry "lampu merah" against "lampu jalan".

Theory. Two blocks, words with pairs and letter runs of 3 to 5 signs within a word; each weighs its features
(1 + ln count) * idf and is brought to length 1, so that a long letter says no more than a short comment. The first
eight words stand in the first block once more, as openings. One column of weights a label. Numbers are one feature
whatever their value, and names of the gazetteer none: a model that has learnt one city's streets is wrong in the next,
and a street is too near to a person to be kept.

The file is JSON, compressed; the same model gives the same bytes. `read` says for every label a score between 0 and 1
(softmax of the margins over a temperature that training chose); `shares` says which words brought how much of it.
Columns after the labels are questions of their own over the same features ("actionable"): `read` gives their margins as
they are.

Words are taken as spelt, not as the operators' lists would have them, so that a new keyword never changes a model.

Known failures. A label that training never saw gets nothing here, and a text of three words little: keywords decide
there (`nlp.topics`).
"""

from __future__ import annotations

import base64
import gzip
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from nlp.gazetteer import Gazetteer, gazetteer
from nlp.tokens import Words

SHORTEST, LONGEST = 3, 5  # letters of a run; the blank at either end of a word counts as one
NUMBER = "#"
NAME_LETTERS = 5  # a gazetteer name of fewer letters is more often a word
TOGETHER = 64  # texts whose weights lie in the fast memory together: 32 cost a twentieth more, 96 no less
OPENING = 8  # words that count a second time, since people name their matter first; twelve are no better
REMEMBERED = 50_000  # words that are kept with their letter runs; the table starts anew when chatter has filled it
REMEMBERED_LOUD = 20_000  # words whose share in one column is kept

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]


class Term(NamedTuple):
    """What a model knows of a word: its token, its places among the features (-1: none) as a word, as an opening and by
    letter runs."""

    token: str
    at: int
    opening: int
    runs: bytes  # of np.int32; joined in a tenth of the time that small arrays take
    size: int  # how many
    pairs: dict[str, int]  # token that may follow -> place of the two as a pair


Terms = list[tuple[int, Term]]


class Loud(NamedTuple):
    """What words and pairs say to one column, as far as it was asked: see `LinearModel.shares`."""

    words: dict[str, tuple[float, float, float]]
    pairs: dict[int, float]


class Features(NamedTuple):
    """Of some texts in a row: `ids` ascend within a block, text `i` has those from `bounds[i]` to `bounds[i + 1]`."""

    ids: Ids
    values: Floats
    bounds: NDArray[np.intp]
    sizes: NDArray[np.intp]
    lengths: Floats  # of each text's two blocks before they were brought to 1, one behind the other
    known: list[int]  # words of each text that the model knows


class Reading(NamedTuple):
    """What a model makes of one text: `scores` by label, `margins` by question, and which features did it."""

    scores: dict[str, float]
    margins: dict[str, float]
    terms: Terms
    ids: Ids
    values: Floats
    known: int  # words that the model knows
    lengths: tuple[float, float]  # of its two blocks before they were brought to 1


def token_of(word: str, table: Gazetteer) -> str:
    """What a model may see of a folded word: one sign for all numbers, nothing ("") of a name of a place."""
    if not word.isalpha() and any(sign.isdigit() for sign in word):
        return NUMBER
    return "" if len(word) >= NAME_LETTERS and word not in table.stops and table.readings(word) else word


def letter_runs(word: str) -> list[str]:
    """The runs of 3 to 5 signs of a word with a blank at either end, in order."""
    padded = f" {word} "
    return [
        padded[at : at + size]
        for size in range(SHORTEST, LONGEST + 1)
        for at in range(len(padded) - size + 1)
    ]


@dataclass(slots=True)
class LinearModel:
    """Weights by feature and label. Features: "word", "^word" (an opening), "one two" (a pair) and "~run" (letters)."""

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats  # features x (labels, then questions)
    intercept: Floats
    temperature: float = 1.0
    questions: tuple[str, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    _terms: dict[str, Term] = field(default_factory=dict)
    _pairs: dict[str, dict[str, int]] = field(default_factory=dict, init=False)
    _loud: dict[int, Loud] = field(default_factory=dict, init=False)
    _columns: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._columns = {name: at for at, name in enumerate((*self.labels, *self.questions))}
        for name, at in self.vocabulary.items():
            one, blank, two = name.partition(" ")
            if blank and one[:1] != "~":  # a run may hold blanks too
                self._pairs.setdefault(one, {})[two] = at

    def read(self, words: Words, without: frozenset[int] = frozenset()) -> Reading:
        """Scores of all labels for one text, not counting the words at `without`."""
        return self.read_all([self.terms(words, without)])[0]

    def read_all(self, texts: Sequence[Terms]) -> list[Reading]:
        """A Reading of each text, given as what `terms` says of it; no text's figures hang on the others."""
        readings: list[Reading] = []
        for begin in range(0, len(texts), TOGETHER):
            readings += self._read_some(texts[begin : begin + TOGETHER])
        return readings

    def _read_some(self, texts: Sequence[Terms]) -> list[Reading]:
        features = self.features(texts)
        at = features.bounds[:-1]
        weighed = self.weights.take(features.ids, axis=0)
        weighed *= features.values[:, None]
        margins = self.intercept + _sums(weighed, at, features.sizes)
        ours = margins[:, : len(self.labels)]
        odds = np.exp((ours - ours.max(axis=1, keepdims=True)) / self.temperature)
        scores = (odds / odds.sum(axis=1, keepdims=True)).tolist()
        asked = margins[:, len(self.labels) :].tolist()
        lengths = features.lengths.tolist()
        return [
            Reading(dict(zip(self.labels, scores[i], strict=True)), dict(zip(self.questions, asked[i], strict=True)),
                    texts[i], features.ids[begin:end], features.values[begin:end], features.known[i],
                    (lengths[2 * i], lengths[2 * i + 1]))
            for i, (begin, end) in enumerate(pairwise(features.bounds.tolist()))
        ]

    def terms(self, words: Words, without: frozenset[int] = frozenset()) -> Terms:
        """(index of the word, what the model knows of it) of the words that a model may see."""
        given, term_of = self._terms.get, self._term
        terms = [(i, term) for i, word in enumerate(words.fold) if (term := given(word) or term_of(word))[0]]
        return [(i, term) for i, term in terms if i not in without] if without else terms

    def _term(self, word: str) -> Term:
        if len(self._terms) >= REMEMBERED:
            self._terms.clear()
        token, vocabulary = token_of(word, gazetteer()), self.vocabulary
        given = (vocabulary.get("~" + run) for run in letter_runs(token)) if token not in {"", NUMBER} else ()
        runs = [at for at in given if at is not None]
        pairs, opening = self._pairs.get(token, {}), vocabulary.get("^" + token, -1)
        packed = np.array(runs, np.int32).tobytes() if runs else b""
        term = self._terms[word] = Term(token, vocabulary.get(token, -1), opening, packed, len(runs), pairs)
        return term

    def features(self, texts: Sequence[Terms]) -> Features:
        """The features of some texts with their weights, each text's two blocks one behind the other."""
        whole: list[int] = []
        runs: list[bytes] = []
        known: list[int] = []
        sizes: list[int] = []  # of each text's first block, before its repeats are counted together
        letter_sizes: list[int] = []  # of its second one
        for terms in texts:
            begun, letters = len(whole), 0
            joined: list[int] = []
            follows: Mapping[str, int] = {}
            for _, (token, at, _, of_word, size, pairs) in terms:
                if at >= 0:
                    whole.append(at)
                if token in follows:
                    joined.append(follows[token])
                follows = pairs
                runs.append(of_word)
                letters += size
            known.append(len(whole) - begun)
            whole += joined
            whole += [term.opening for _, term in terms[:OPENING] if term.opening >= 0]
            sizes.append(len(whole) - begun)
            letter_sizes.append(letters)
        width = max(1, len(self.idf))
        blocks = np.arange(2 * len(texts) + 1) * width
        first = blocks[:-1:2].repeat(sizes) + np.array(whole, np.int64)
        second = blocks[1::2].repeat(letter_sizes) + np.frombuffer(b"".join(runs), np.int32)
        seen, counts = np.unique(np.concatenate((first, second)), return_counts=True)
        bounds = np.searchsorted(seen, blocks)
        found = seen % width
        values = (1 + np.log(counts, dtype=np.float32)) * self.idf[found]
        lengths = np.sqrt(_sums(values * values, bounds[:-1], np.diff(bounds)))
        lengths[lengths == 0] = 1
        values /= np.repeat(lengths, np.diff(bounds))
        return Features(found.astype(np.int32), values, bounds[::2], np.diff(bounds[::2]), lengths, known)

    def shares(self, reading: Reading, label: str, *, against: bool = False) -> list[float]:
        """What each word of `reading.terms` brought to the margin of a label or question (`against`: took from it); a
        pair's part goes to both its words.

        A feature that stands several times counts in full each time: in such a text the shares rank the words, and
        add up to more than the margin.
        """
        column = self._columns[label]
        words, pairs = self._loud_in(column)
        sign = -1.0 if against else 1.0
        given, by_words, by_runs = words.get, sign / reading.lengths[0], sign / reading.lengths[1]
        known = [given(term[0]) or self._loudness(term, column) for _, term in reading.terms]
        shares = [word * by_words + runs * by_runs for word, runs, _ in known]
        for place, (_, _, opening) in enumerate(known[:OPENING]):
            shares[place] += opening * by_words
        follows: Mapping[str, int] = {}
        for place, (_, term) in enumerate(reading.terms):
            if follows and term[0] in follows:
                pair = follows[term[0]]
                half = (pairs.get(pair) or self._loudness_of(pair, column)) * by_words / 2
                shares[place - 1] += half
                shares[place] += half
            follows = term[5]
        return shares

    def _loud_in(self, column: int) -> Loud:
        """What has been found to speak for that column."""
        loud = self._loud.setdefault(column, Loud({}, {}))
        if len(loud.words) >= REMEMBERED_LOUD:
            loud.words.clear()
        return loud

    def _loudness(self, term: Term, column: int) -> tuple[float, float, float]:
        """What a word says to a column as a word, by its letter runs, and as an opening more, before any length."""
        runs = np.frombuffer(term.runs, np.int32)
        word, opening = (float(self.weights[at, column] * self.idf[at]) if at >= 0 else 0.0
                         for at in (term.at, term.opening))
        by_runs = float(self.weights[runs, column] @ self.idf[runs])
        found = self._loud[column].words[term.token] = (word, by_runs, opening)
        return found

    def _loudness_of(self, pair: int, column: int) -> float:
        found = self._loud[column].pairs[pair] = float(self.weights[pair, column] * self.idf[pair])
        return found

    # --- the file

    def to_bytes(self) -> bytes:
        """The model as a file: weights in steps of 1/127 of each label's largest."""
        scale = np.abs(self.weights).max(axis=0) / 127
        steps = np.rint(self.weights / np.where(scale == 0, 1, scale)).astype(np.int8)
        names = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return gzip.compress(orjson.dumps({
            "labels": self.labels, "questions": self.questions, "features": names, "temperature": self.temperature,
            "meta": self.meta,
            "idf": _packed(self.idf.astype(np.float16)), "weights": _packed(steps),
            "scale": _packed(scale.astype(np.float32)), "intercept": _packed(self.intercept.astype(np.float32)),
        }), mtime=0)

    @classmethod
    def from_bytes(cls, stored: bytes) -> LinearModel:
        read = orjson.loads(gzip.decompress(stored))
        labels, questions = tuple(read["labels"]), tuple(read["questions"])
        steps = _unpacked(read["weights"], np.int8).reshape(-1, len(labels) + len(questions)).astype(np.float32)
        return cls(
            labels, {name: at for at, name in enumerate(read["features"])},
            _unpacked(read["idf"], np.float16).astype(np.float32), steps * _unpacked(read["scale"], np.float32),
            _unpacked(read["intercept"], np.float32), read["temperature"], questions, read["meta"],
        )


def features_of(words: Words, table: Gazetteer) -> Iterable[str]:
    """Every feature of a text, for counting when a vocabulary is made."""
    tokens = [token for word in words.fold if (token := token_of(word, table))]
    yield from tokens
    yield from ("^" + token for token in tokens[:OPENING])
    yield from (f"{one} {two}" for one, two in pairwise(tokens))
    yield from ("~" + run for token in tokens if token != NUMBER for run in letter_runs(token))


def vocabulary_of(
    kinds: Sequence[Sequence[Words]], table: Gazetteer, *, least: int
) -> tuple[dict[str, int], Floats]:
    """Features that stand in at least `least` of the texts of one kind, in alphabetical order, and their idf.

    Kinds are strangers' texts and our own: four strangers' and one of ours are four.
    """
    spreads = [Counter(feature for words in texts for feature in set(features_of(words, table))) for texts in kinds]
    names = sorted({name for spread in spreads for name, times in spread.items() if times >= least})
    size, spread = sum(map(len, kinds)), sum(spreads, Counter())
    idf = [math.log((1 + size) / (1 + spread[name])) + 1 for name in names]
    return {name: at for at, name in enumerate(names)}, np.array(idf, np.float32)


def _packed(array: NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _unpacked(text: str, kind: type) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), kind)


def _sums(rows: Floats, begins: NDArray[np.intp], sizes: NDArray[np.intp]) -> Floats:
    """Sum of each stretch of `rows`; zero for an empty one, which `reduceat` would give its neighbour's row."""
    full = sizes > 0
    if full.all() and len(full):
        return np.add.reduceat(rows, begins, axis=0)
    sums: Floats = np.zeros((len(begins), *rows.shape[1:]), np.float32)
    if full.any():
        sums[full] = np.add.reduceat(rows, begins[full], axis=0)
    return sums
