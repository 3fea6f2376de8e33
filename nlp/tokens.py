"""Cuts a post into words without losing a sign.

spaCy's own Indonesian tokenizer carries some 16,000 exceptions: 3-5 s to load, 140 us a post, and
nothing in them for slang, handles or hashtags. One regular expression does it in a fraction (BENCH.md,
Tokens). A Doc holds every sign; beside it stands `Words`, plain lists of the words that mean
something, because reading those lists is ten times cheaper than asking Token objects.

What stands between two blanks is cut once and remembered: people write few words, often. Nothing of the expression
looks over a blank but spaced letters ("M A T I"); a text that has some is cut as one piece.

Offsets are code points into the text as given. Refuses nothing: any str is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

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
SPACED = re.compile(r"(?<!\w)[^\W\d_] [^\W\d_] [^\W\d_](?!\w)")
# A stop after one of these ends an abbreviation, not a sentence.
ABBREVIATIONS = word_set("""
jl jln kec kel kab ds dk dkh dsn kp gg no rt rw dr drs ir h hj prof st yth bpk sdr sdri jend kapt letjen tgl tlp
telp kh ki ny tn pt cv ud an no km prov rs sd smp sma tk wr wb perum lt blok
""")
TABLE_LIMIT = 50_000  # pieces or words; a table starts anew when chatter has filled it
PIECE_LETTERS = 32  # longer ones are links and shouts that do not come again
WORD, TAGGED, END, ASKS, HANDLE, URL, MARK = range(7)


class Item(NamedTuple):
    """Something in a piece, on code points `begin` to `stop` of it; the rest is for words."""

    kind: int
    begin: int
    stop: int
    raw: str = ""
    fold: str = ""
    form: str = ""


class Piece(NamedTuple):
    """What stands between two blanks: its tokens with the blanks after them, and what they mean."""

    orths: tuple[str, ...]
    spaces: tuple[bool, ...]
    items: tuple[Item, ...]
    digits: int  # at least as many signs as are digits, as written or folded


class WordTable:
    """What a word or a piece of text is, remembered across posts: people use few words, often."""

    def __init__(self, spelling: Mapping[str, str], known: frozenset[str], towns: frozenset[str] = frozenset()) -> None:
        self.spelling = spelling
        self.known = known
        self.in_tags = known | towns  # what a hashtag without capitals may be made of: "#kudusbanjir"
        self._forms: dict[str, tuple[str, str]] = {}
        self.pieces: dict[str, Piece] = {}

    def piece(self, text: str) -> Piece:
        found = self.pieces.get(text)
        if found is None:
            found = _cut_piece(text, self)
            if len(text) <= PIECE_LETTERS:
                if len(self.pieces) >= TABLE_LIMIT:
                    self.pieces.clear()
                self.pieces[text] = found
        return found

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
    digits: int = 0  # at least as many signs of the text are digits; 0: none is, nor any of a folded word

    def gap(self, i: int) -> str:
        """What stands between word `i - 1` and word `i`."""
        return self.text[self.ends[i - 1] : self.starts[i]] if i else self.text[: self.starts[0]]


def split_words(phrase: str) -> list[str]:
    """The folded words of a phrase, cut as texts are cut."""
    return [fold(m.group()) for m in TOKEN.finditer(phrase) if m.lastgroup in {"word", "number", "spaced"}]


def cut(text: str, table: WordTable) -> Words:
    words = Words(text, [], [], [], [], [], [])
    starts, ends, raw, folds, forms, sentences = (
        words.starts, words.ends, words.raw, words.fold, words.form, words.sentence,
    )
    ends_before: list[int] = []  # words that begin a sentence behind another one
    sentence = position = digits = 0
    last = 0  # sentence of the last word
    known, lines = table.pieces, "\n" in text
    for piece in _pieces(text):
        start = text.find(piece, position)
        if lines and "\n" in text[position:start]:
            sentence += 1
        position = start + len(piece)
        found = known.get(piece) or table.piece(piece)
        digits += found.digits
        for kind, begin, stop, word, fold_, form in found.items:
            if kind <= TAGGED:
                if sentence != last:
                    if raw:
                        ends_before.append(len(raw))
                    last = sentence
                if kind == TAGGED:
                    words.tagged.add(len(raw))
                starts.append(start + begin)
                ends.append(start + stop)
                raw.append(word)
                folds.append(fold_)
                forms.append(form)
                sentences.append(sentence)
            elif kind == END:
                sentence += 1
            elif kind == ASKS:
                words.asks = True
            elif kind == HANDLE:
                words.handles.append((start + begin, start + stop))
            elif kind == URL:
                words.urls += 1
            else:
                words.marks += 1
    words.digits = digits
    parts = forms.copy()
    for i in ends_before:
        parts[i - 1] += " ."
    words.joined = f" {' '.join(parts)} "
    words.at = list(accumulate([len(part) + 1 for part in parts[:-1]], initial=1)) if parts else []
    return words


def tokens(text: str, table: WordTable) -> tuple[list[str], list[bool]]:
    """In spaCy's terms: the tokens, and whether a blank follows each; together they give back the text exactly."""
    orths: list[str] = []
    spaces: list[bool] = []
    position = 0
    for piece in _pieces(text):
        start = text.find(piece, position)
        if start > position:
            _blank(text[position:start], orths, spaces)
        position = start + len(piece)
        found = table.piece(piece)
        orths += found.orths
        spaces += found.spaces
    if position < len(text):
        _blank(text[position:], orths, spaces)
    return orths, spaces


def _pieces(text: str) -> list[str]:
    pieces = text.split()
    if 1 in map(len, pieces) and SPACED.search(text):  # the middle one of spaced letters stands between two blanks
        return [text]
    return pieces


def _cut_piece(text: str, table: WordTable) -> Piece:
    if text.isascii() and text.isalpha():  # nothing but letters is one word, whatever the expression says
        return Piece((text,), (False,), (Item(WORD, 0, len(text), text, *table.forms(text)),), 0)
    orths: list[str] = []
    spaces: list[bool] = []
    items: list[Item] = []
    position = 0
    for match in TOKEN.finditer(text):
        start, end = match.span()
        if start > position and _blank(text[position:start], orths, spaces):
            items.append(Item(END, position, start))
        position = end
        orths.append(match.group())
        spaces.append(False)
        items += _items(match.lastgroup or "", start, end, match.group(), table, items)
    if position < len(text) and _blank(text[position:], orths, spaces):
        items.append(Item(END, position, len(text)))
    digits = max(_digits(text), sum(_digits(item.fold) for item in items))
    return Piece(tuple(orths), tuple(spaces), tuple(items), digits)


def _digits(signs: str) -> int:
    return sum(map(str.isdigit, signs))


def _items(
    kind: str, start: int, end: int, sign: str, table: WordTable, before: Sequence[Item]
) -> Iterator[Item]:
    """What one token means, behind the items `before`."""
    if kind == "word" or kind == "number":
        yield Item(WORD, start, end, sign, *table.forms(sign))
    elif kind == "spaced":
        word = sign.replace(" ", "")
        yield Item(WORD, start, end, word, *table.forms(word))
    elif kind == "tag":
        for begin, stop in _tag(start, sign, table):
            word = sign[begin - start : stop - start]
            yield Item(TAGGED, begin, stop, word, *table.forms(word))
    elif kind == "stop":
        if "?" in sign:
            yield Item(ASKS, start, end)
        behind = next((item for item in reversed(before) if item.kind <= TAGGED), None)
        if sign != "." or not (behind and behind.stop == start and behind.fold in ABBREVIATIONS):
            yield Item(END, start, end)
    else:
        yield Item(HANDLE if kind == "handle" else URL if kind == "url" else MARK, start, end)


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
    return [(start + 1 + begin, start + 1 + stop) for begin, stop in hashtag_words(tag[1:], table.in_tags)]
