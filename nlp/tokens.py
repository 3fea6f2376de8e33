"""Cuts a post into words without losing a sign, and builds spaCy's Doc from them.

spaCy's own Indonesian tokenizer carries some 16,000 exceptions: 3-5 s to load, 140 us a post, and
nothing in them for slang, handles or hashtags. One regular expression does it in a fraction (BENCH.md,
Tokens). The Doc holds every sign; beside it stands `Words`, plain lists of the words that mean
something, because reading those lists is ten times cheaper than asking Token objects.

Offsets are code points into the text as given. Refuses nothing: any str is cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.languages import word_set
from nlp.normalize import canonical, fold, hashtag_words

TOKEN = re.compile(
    r"""
    (?P<url>(?:https?://|www\.)\S+)
  | (?P<handle>(?<![\w.])@\w[\w.]*)
  | (?P<tag>\#\w+)
  | (?P<spaced>(?<!\w)(?:[^\W\d_][ ]){2,}[^\W\d_](?!\w))
  | (?P<number>\d+(?:[.,:]\d+)*(?!\w))
  | (?P<word>[^\W_](?:[\w\u0300-\u036f\u200d]|['’`](?=[^\W\d_]))*)
  | (?P<stop>[.!?…]+)
  | (?P<mark>[^\s])
    """,
    re.VERBOSE,
)
GAP = re.compile(r"\s+")
# A stop after one of these ends an abbreviation, not a sentence.
ABBREVIATIONS = word_set("""
jl jln kec kel kab ds dk dkh dsn kp gg no rt rw dr drs ir h hj prof st yth bpk sdr sdri jend kapt letjen tgl tlp
telp kh ki ny tn pt cv ud an no km prov rs sd smp sma tk wr wb perum lt blok
""")
TABLE_LIMIT = 200_000  # words; the table starts anew when chatter has filled it


class WordTable:
    """Raw word -> (folded, canonical), remembered across posts: people use few words, often."""

    def __init__(self, spelling: Mapping[str, str], known: frozenset[str]) -> None:
        self.spelling = spelling
        self.known = known
        self._forms: dict[str, tuple[str, str]] = {}

    def forms(self, raw: str) -> tuple[str, str]:
        found = self._forms.get(raw)
        if found is None:
            if len(self._forms) >= TABLE_LIMIT:
                self._forms.clear()
            folded = fold(raw)
            found = folded, canonical(folded, self.spelling, self.known) or folded
            self._forms[raw] = found
        return found


@dataclass(slots=True)
class Words:
    """The words of one text, in order. Lists of equal length unless said otherwise.

    `form` is canonical, `fold` as spelt. `joined` is the canonical text with blanks around each word and
    ` . ` between sentences; `at` says where in it each word begins. `tagged` holds indices of
    words that stood in a hashtag.
    """

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    fold: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    joined: str = ""
    handles: list[tuple[int, int]] = field(default_factory=list)
    tagged: set[int] = field(default_factory=set)
    urls: int = 0
    asks: bool = False  # a question mark stands somewhere
    marks: int = 0  # emoji and punctuation

    def gap(self, i: int) -> str:
        """What stands between word `i - 1` and word `i`."""
        return self.text[self.ends[i - 1] : self.starts[i]] if i else self.text[: self.starts[0]]


def split_words(phrase: str) -> list[str]:
    """The folded words of a phrase, cut as texts are cut."""
    return [fold(m.group()) for m in TOKEN.finditer(phrase) if m.lastgroup in {"word", "number", "spaced"}]


class Tokenizer:
    """spaCy's tokenizer of this product: text -> Doc with `doc._.words`."""

    def __init__(self, vocab: Vocab, table: WordTable) -> None:
        self.vocab = vocab
        self.table = table

    def __call__(self, text: str) -> Doc:
        words, orths, spaces = cut(text, self.table)
        doc = Doc(self.vocab, words=orths, spaces=spaces)
        doc._.words = words
        return doc


def cut(text: str, table: WordTable) -> tuple[Words, list[str], list[bool]]:
    """Words of `text`, and the tokens with the blanks after them that give back the text exactly."""
    words = Words(text)
    orths: list[str] = []
    spaces: list[bool] = []
    parts: list[str] = []
    sentence = length = position = 0
    add_orth, add_space = orths.append, spaces.append
    starts, ends, raw, folds, forms, sentences, at = (
        words.starts, words.ends, words.raw, words.fold, words.form, words.sentence, words.at,
    )
    for match in TOKEN.finditer(text):
        start, end = match.span()
        if start > position:
            sentence += _blank(text[position:start], orths, spaces)
        position = end
        kind, sign = match.lastgroup, match.group()
        add_orth(sign)
        add_space(False)
        if kind == "word" or kind == "number" or kind == "spaced" or kind == "tag":
            for begin, stop in ((start, end),) if kind != "tag" else _tag(start, sign, table):
                word = text[begin:stop] if kind != "spaced" else sign.replace(" ", "")
                folded, form = table.forms(word)
                if sentences and sentences[-1] != sentence:
                    parts.append(".")
                    length += 2
                if kind == "tag":
                    words.tagged.add(len(raw))
                starts.append(begin)
                ends.append(stop)
                raw.append(word)
                folds.append(folded)
                forms.append(form)
                sentences.append(sentence)
                at.append(length + 1)
                parts.append(form)
                length += len(form) + 1
        elif kind == "stop":
            if "?" in sign:
                words.asks = True
            if sign != "." or not (folds and ends[-1] == start and folds[-1] in ABBREVIATIONS):
                sentence += 1
        elif kind == "handle":
            words.handles.append((start, end))
        elif kind == "url":
            words.urls += 1
        else:
            words.marks += 1
    if position < len(text):
        _blank(text[position:], orths, spaces)
    words.joined = " " + " ".join(parts) + " "
    return words, orths, spaces


def _blank(gap: str, orths: list[str], spaces: list[bool]) -> int:
    """Note white space in spaCy's terms; returns 1 where a line ends, which ends a sentence too."""
    if gap[0] == " " and orths:
        spaces[-1] = True
        gap = gap[1:]
    if gap:
        orths.append(gap)
        spaces.append(False)
        return 1 if "\n" in gap else 0
    return 0


def _tag(start: int, tag: str, table: WordTable) -> list[tuple[int, int]]:
    return [(start + 1 + begin, start + 1 + stop) for begin, stop in hashtag_words(tag[1:], table.known)]
