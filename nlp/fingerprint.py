"""Reads a post into what duplicate detection compares: plain words, marks, hashes. Pure.

A `Reading` is the post without its decoration: no URLs, no @names, no emoji, no hashtags at either
end, no "RT @a:"; one spelling for slang, abbreviations, stretched letters and numbers. Two copies of
one text that differ in such things only have equal words, hence equal `exact` hashes.

`Fingerprint.body` is the reading as text, three lines: marks, address words, words. Nothing else is
needed to judge later posts against it, so a memory rebuilt from stored fingerprints judges the same.
Author names stand in it as 32-bit hashes. All hashes are xxh3 of the words, so they survive a
restart and another machine; changing SPELLING or a pattern here changes them, and stories remembered
before the change are then found by their other shingles or not at all.

Refuses to look at more than MAX_CHARS and MAX_WORDS: the rest of a pasted book is no evidence.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Sequence
from operator import eq
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_hexdigest, xxh3_64_intdigest

from domain import Mention, MentionKind
from nlp.cue_words import GLUED, SPELLING

MAX_CHARS = 4_000
MAX_WORDS = 320
MAX_SHINGLES = 24  # stored per story; each run of PER_SHINGLE words (more in long texts) gives one
PER_SHINGLE = 3

Keys = NDArray[np.uint64]
T = TypeVar("T")

WORD = re.compile(r"\w+")
TAGGED = re.compile(r"#?\w+")
LINK = re.compile(r"https?:?\S*|www\.\S+")
NAME = re.compile(r"@\w+")
TAG = re.compile(r"#\w+")
CUT = re.compile(r"(?:…|\.\.\.)[\s\"”’]*(?:https?\S*\s*)*$")
REPOST = re.compile(
    r"(?:^|[\s\"“:|])(?:rt|repost(?:ed)?|regram|regrann|via)(?:\s+(?:from|by|dari))?\s*:?\s*@(\w+)\s*:?"
)
QUOTED = re.compile(r"^\s*[\"“]\s*@(\w+)\s*:")
SIGNS = "'’‘`ʼ´\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f¼½¾"
SILENT = re.compile(f"[{SIGNS}\u064b-\u065f]+")  # the last: Arabic vowel signs, written or not at will
BLANK = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}  # between ASCII words
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
JOINED = re.compile(r"([a-z]+)(\d+)([a-z]?)|(\d+)([a-z]{3,})")


class Reading(NamedTuple):
    """A post as duplicate detection sees it. `reposts`, `handle` and `author` are 8 hex digits or ""."""

    words: tuple[str, ...]
    address: tuple[str, ...] = ()
    cut: bool = False  # the text ends in an ellipsis: its last word may be half a word
    bare: bool = False  # no words of its own: `words` are its @names and hashtags
    reposted: bool = False  # says of itself that it repeats another post
    reposts: str = ""  # whose post it repeats
    handle: str = ""
    author: str = ""


class Whole(NamedTuple):
    """A reading with its body and the hash of its words and address, whatever its marks."""

    reading: Reading
    body: str
    exact: int


def from_body(body: str) -> Reading:
    """The reading that `read` wrote down; a body of any other origin counts as plain words."""
    parts = body.split("\n", 2)
    marks = parts[0].split(" ")
    if len(parts) != 3 or len(marks) != 4:
        return Reading(tuple(body.split()[:MAX_WORDS]))
    flags, reposts, handle, author = ("" if mark == "-" else mark for mark in marks)
    return Reading(tuple(parts[2].split()), tuple(parts[1].split()), "c" in flags, "b" in flags, "r" in flags,
                   reposts, handle, author)


def read(mention: Mention) -> Reading:
    """Strip a mention to what may be compared. Never raises, whatever the text."""
    return read_whole(mention).reading


def read_whole(mention: Mention) -> Whole:
    """The same with what is stored of it, for who folds."""
    text = mention.text
    long = len(text) > MAX_CHARS and len(text := text.strip()) > MAX_CHARS  # a page of blank lines is not long
    text = _plain(text[:MAX_CHARS].rsplit(None, 1)[0] if long else text)
    reposted, reposts = mention.kind is MentionKind.REPOST, ""
    found = (REPOST.search(text) or QUOTED.search(text)) if "@" in text else None
    if found and (rest := text[found.end():]).strip(" .:\"\n"):
        text, reposted, reposts = rest, True, name_hash(found[1])
    cut = long or (("…" in text or "..." in text) and bool(CUT.search(text)))
    words, decoration, said = _words(text, cut=cut)
    address = read_address(mention) if mention.place is not None else ()
    handle = author = ""
    if by := mention.author:
        handle = name_hash(by.handle) if by.handle else ""
        author = name_hash(f"{mention.platform}:{by.id or by.handle}") if by.id or by.handle else ""
    bare = not words and bool(decoration)
    return _written(Reading(words or decoration, address, cut, bare, reposted or said, reposts, handle, author))


def _written(reading: Reading) -> Whole:
    words, address, cut, bare, reposted, reposts, handle, author = reading
    said, where = " ".join(words), " ".join(address)
    flags = "c" * cut + "b" * bare + "r" * reposted
    body = f"{flags or '-'} {reposts or '-'} {handle or '-'} {author or '-'}\n{where}\n{said}"
    return Whole(reading, body, hash64(f"{said}\x1f{where}"))


def _plain(text: str) -> str:
    """Lower case, compatibility letters folded, apostrophes and invisible signs gone; "…" is kept."""
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = SILENT.sub("", text)
        text = "…".join([unicodedata.normalize("NFKC", part) for part in text.split("…")])
    elif "'" in text or "`" in text:
        text = text.replace("'", "").replace("`", "")
    return text.lower()


def _words(text: str, *, cut: bool) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """(words, decoration, whether it starts with a bare "RT"). Inner hashtags are words of the sentence."""
    if "http" in text or "www." in text:
        text = LINK.sub(" ", text)
    names = NAME.findall(text) if "@" in text else []
    if names:
        text = NAME.sub(" ", text)
    tags = TAG.findall(text) if "#" in text else []
    if tags:
        tokens = _without_outer_tags(TAGGED.findall(text))
    else:
        tokens = text.translate(BLANK).split() if text.isascii() else WORD.findall(text)
    words = list(map(SPELT.__getitem__, tokens))
    if "_" in text or " ".join(words).count(" ") >= len(words):  # one token that is two words, or none
        words = " ".join(words).split()
    if cut and words and words[-1] in {"h", "ht", "htt"}:
        words.pop()  # the stump of a link
    said = len(words) > 1 and (
        words[0] in {"repost", "retweet"} or (words[0] == "rt" and not words[1][0].isdigit())
    )
    if said:
        del words[0]
    if any(map(eq, words, words[1:])):  # "rusak rusak" says it once, "rt 3 3" does not
        words = [word for at, word in enumerate(words) if at == 0 or word != words[at - 1] or word.isdigit()]
    decoration = () if words else tuple([*names, *tags][:MAX_WORDS])
    return tuple(words[:MAX_WORDS]), decoration, said


def _without_outer_tags(tokens: list[str]) -> list[str]:
    start, end = 0, len(tokens)
    while start < end and tokens[start][0] == "#":
        start += 1
    while end > start and tokens[end - 1][0] == "#":
        end -= 1
    return [token.lstrip("#") for token in tokens[start:end]]


class Remembered(dict[str, T]):
    """A function of a word with its answers: people use few words, often. Begins anew when chatter has filled it."""

    def __init__(self, function: Callable[[str], T], limit: int) -> None:
        super().__init__()
        self.function = function
        self.limit = limit

    def __missing__(self, word: str) -> T:
        if len(self) >= self.limit:
            self.clear()
        found = self[word] = self.function(word)
        return found


def _spelt(token: str) -> str:
    """A token in its one spelling: "rt03" becomes two words, "tolooong" one, "_" none."""
    if token.isalpha() and len(token) <= 60:
        if len(set(token)) <= len(token) - 2:  # else nothing stands thrice
            token = STRETCHED.sub(r"\1", token)
        return SPELLING.get(token, token)
    made: list[str] = []
    for word in token.split("_"):
        if len(word) > 60:
            word = word[:60]
        joined = JOINED.fullmatch(word)
        if joined and joined[1] and (len(joined[1]) > 2 or joined[1] in GLUED):
            parts: Iterable[str] = (joined[1], joined[2] + joined[3])
        elif joined and joined[4]:
            parts = (joined[4], joined[5])
        else:
            parts = (word,)
        for part in parts:
            plain = STRETCHED.sub(r"\1", part)
            if plain.isdigit():
                plain = plain.lstrip("0") or "0"
            if plain:
                made.append(SPELLING.get(plain, plain))
    return " ".join(made)


SPELT = Remembered(_spelt, 65_536)


def spelled(token: str) -> tuple[str, ...]:
    """The words that a token stands for."""
    return tuple(SPELT[token].split())


def read_address(mention: Mention) -> tuple[str, ...]:
    """The words of the address that another channel asked for, after "geo:lat:lng" of a form; empty for neither.

    Coordinates of other kinds say where somebody sat and posted, not where the matter is.
    """
    place = mention.place
    if place is None:
        return ()
    words = _words(_plain(place.address[:400]), cut=False)[0] if place.address else ()
    if mention.kind is MentionKind.FORM and place.lat is not None and place.lng is not None:
        return (f"geo:{place.lat:.5f}:{place.lng:.5f}", *words)
    return words


def name_hash(name: str) -> str:
    return xxh3_64_hexdigest(name.lower().lstrip("@").encode("utf-8", "surrogatepass"))[8:]


# --- hashes ------------------------------------------------------------------------------------

VOWELS = dict.fromkeys(map(ord, "aeiou"))
MIX = np.array((0x165667B19E3779F9, 0xC2B2AE3D27D4EB4F, 0x9E3779B97F4A7C15), np.uint64)


def _word_hash(word: str) -> int:
    """Hash a word's skeleton: people drop vowels before anything else ("jlan", "perbakan", "tdak").

    A coarser key finds more candidates; the guard, which sees whole words, decides.
    """
    if len(word) > 3 and word.isalpha():
        word = word[0] + word[1:].translate(VOWELS)
    return hash64(word)


WORD_HASH = Remembered(_word_hash, 131_072)


def shingle_keys(texts: Sequence[Sequence[str]]) -> tuple[Keys, list[int]]:
    """Hash every run of three words of each text, in text order; a text of one or two words is one run.

    Returns the keys of all texts one after the other, and how many each has: none for a text without words.
    """
    hashes, kept, counts = array("Q"), bytearray(), list[int]()
    short: list[tuple[int, str]] = []
    for words in texts:
        if (runs := len(words) - 2) > 0:
            hashes.extend(map(WORD_HASH.__getitem__, words))
            kept += b"\1" * runs + b"\0\0"
            counts.append(runs)
        elif words:
            short.append((len(hashes), " ".join(words)))
            hashes.extend((0, 0, 0))
            kept += b"\1\0\0"
            counts.append(1)
        else:
            counts.append(0)
    if not hashes:
        return np.empty(0, np.uint64), counts
    keys = np.convolve(np.frombuffer(hashes, np.uint64), MIX, "valid")
    for at, text in short:
        keys[at] = hash64(text)
    return keys[np.frombuffer(kept, np.bool_)[:len(keys)]], counts


def sample(keys: Sequence[int], seen: Sequence[int]) -> list[int]:
    """One key from every PER_SHINGLE consecutive ones: that which fewest stories have, by `seen`.

    A later post that shares any run of 7 words with the story (of length / 24 * 2 + 2 in texts of
    more than 74 words) therefore meets one of them: posts are looked up by all their keys.
    """
    count = len(keys)
    if count <= 4:
        return list(keys)
    width = max(PER_SHINGLE if count > 8 else 2, -(-count // MAX_SHINGLES))
    ranked = list(zip(seen, keys, strict=True))
    return [min(ranked[at:at + width])[1] for at in range(0, count, width)]


def hash64(text: str) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def signed(value: int) -> int:
    """SQLite's integers end at 63 bits and a sign."""
    return value - (1 << 64) if value >= 1 << 63 else value


def all_signed(values: Sequence[int]) -> tuple[int, ...]:
    return tuple([value - (1 << 64) if value >= 1 << 63 else value for value in values])
