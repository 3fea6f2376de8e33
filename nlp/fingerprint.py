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
from collections.abc import Iterable, Sequence
from operator import eq
from typing import NamedTuple

from xxhash import xxh3_64_hexdigest

from domain import Mention, MentionKind
from nlp.cue_words import GLUED, SPELLING
from nlp.shingles import Remembered, hash64

MAX_CHARS = 4_000
MAX_WORDS = 320

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
DIVIDER = "Z"
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


class Bared(NamedTuple):
    """A text without its decoration: as words, or whole where only signs between ASCII words have yet to go."""

    text: str
    tokens: list[str] | None
    decoration: list[str]
    cut: bool
    reposted: bool
    reposts: str


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
    return read_all((mention,))[0]


def read_all(mentions: Sequence[Mention]) -> list[Whole]:
    """The same of many: their words are cut and spelt in one go."""
    if not mentions:
        return []
    bared = [_bared(mention) for mention in mentions]
    plain = iter(_blanked([one.text for one in bared if one.tokens is None]))
    return [_whole(mention, one, next(plain).split() if one.tokens is None else one.tokens)
            for mention, one in zip(mentions, bared, strict=True)]


def _bared(mention: Mention) -> Bared:
    text = mention.text
    long = len(text) > MAX_CHARS and len(text := text.strip()) > MAX_CHARS  # a page of blank lines is not long
    text = _plain(text[:MAX_CHARS].rsplit(None, 1)[0] if long else text)
    reposted, reposts = mention.kind is MentionKind.REPOST, ""
    found = (REPOST.search(text) or QUOTED.search(text)) if "@" in text else None
    if found and (rest := text[found.end():]).strip(" .:\"\n"):
        text, reposted, reposts = rest, True, name_hash(found[1])
    cut = long or (("…" in text or "..." in text) and bool(CUT.search(text)))
    return Bared(*_undecorated(text), cut, reposted, reposts)


def _whole(mention: Mention, bared: Bared, tokens: list[str]) -> Whole:
    _, _, decoration, cut, reposted, reposts = bared
    words, plain, again = _words(tokens, cut=cut)
    bare = not words and bool(decoration)
    if bare:
        words = tuple(decoration[:MAX_WORDS])
        plain = " ".join(words)
    address = read_address(mention) if mention.place is not None else ()
    handle = author = ""
    if by := mention.author:
        handle = name_hash(by.handle) if by.handle else ""
        author = name_hash(f"{mention.platform}:{by.id or by.handle}") if by.id or by.handle else ""
    reposted = reposted or again
    reading = Reading(words, address, cut, bare, reposted, reposts, handle, author)
    flags = "c" * cut + "b" * bare + "r" * reposted if cut or bare or reposted else "-"
    where = " ".join(address) if address else ""
    body = f"{flags} {reposts or '-'} {handle or '-'} {author or '-'}\n{where}\n{plain}"
    return Whole(reading, body, hash64(f"{plain}\x1f{where}"))


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


def _undecorated(text: str) -> tuple[str, list[str] | None, list[str]]:
    """As `Bared` says. Hashtags inside a sentence are words of it."""
    if "http" in text or "www." in text:
        text = LINK.sub(" ", text)
    names = NAME.findall(text) if "@" in text else []
    if names:
        text = NAME.sub(" ", text)
    if "#" in text and (tags := TAG.findall(text)):
        tokens = _without_outer_tags(TAGGED.findall(text))
        return "", " ".join(tokens).replace("_", " ").split() if "_" in text else tokens, names + tags
    if "_" in text:
        text = text.replace("_", " ")
    return text, None if text.isascii() else WORD.findall(text), names


def _blanked(texts: Sequence[str]) -> list[str]:
    """ASCII texts with blanks for the signs between words, all in one go; in lower case, so a capital divides them."""
    return DIVIDER.join(texts).translate(BLANK).split(DIVIDER)


def _words(tokens: list[str], *, cut: bool) -> tuple[tuple[str, ...], str, bool]:
    """Words in their one spelling, also as one string, and whether they start with a bare "RT"."""
    words = list(map(SPELT.__getitem__, tokens))
    plain, said = " ".join(words), False
    if (count := plain.count(" ") + 1) > len(words) > 0:  # one token that is two words
        words = plain.split()
    if cut and words and words[-1] in {"h", "ht", "htt"}:
        words.pop()  # the stump of a link
    if plain.startswith(("rt ", "repost ", "retweet ")) and len(words) > 1:
        said = words[0] != "rt" or not words[1][0].isdigit()
        del words[:said]
    if any(map(eq, words, words[1:])):  # "rusak rusak" says it once, "rt 3 3" does not
        words = [word for at, word in enumerate(words) if at == 0 or word != words[at - 1] or word.isdigit()]
    del words[MAX_WORDS:]
    return tuple(words), plain if len(words) == count else " ".join(words), said


def _without_outer_tags(tokens: list[str]) -> list[str]:
    start, end = 0, len(tokens)
    while start < end and tokens[start][0] == "#":
        start += 1
    while end > start and tokens[end - 1][0] == "#":
        end -= 1
    return [token.lstrip("#") for token in tokens[start:end]]


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
    words: tuple[str, ...] = ()
    if place.address:
        text, tokens, _ = _undecorated(_plain(place.address[:400]))
        words, _, _ = _words(_blanked((text,))[0].split() if tokens is None else tokens, cut=False)
    if mention.kind is MentionKind.FORM and place.lat is not None and place.lng is not None:
        return (f"geo:{place.lat:.5f}:{place.lng:.5f}", *words)
    return words


def name_hash(name: str) -> str:
    return xxh3_64_hexdigest(name.lower().lstrip("@").encode("utf-8", "surrogatepass"))[8:]
