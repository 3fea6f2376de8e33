"""One language pack a file; `nlp.LANGUAGES` lists those in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """What the extraction knows of a language. All words folded; every list written by us.

    `function` words tell the language apart; words that both languages share stand in neither list.
    `registers` maps a register to the words that betray it. `cues` maps a kind of context (negator,
    condition, past, over, gone, contrast, contrary, worse, unreal, alike, potential, now, lasts, question, own,
    called, letter, beside, setting, bystander, need, lack, kin, near, ill, schooling, living, burden, glad) to words
    and phrases.
    `spelling` maps slang and abbreviations to words.
    """

    code: str
    name: str
    function: frozenset[str]
    cues: Mapping[str, tuple[str, ...]]
    spelling: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, frozenset[str]] = field(default_factory=dict)


def word_set(text: str) -> frozenset[str]:
    """The words of a block of text, for lists that are easier to read as prose."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The comma-separated phrases of a block of text."""
    return tuple(" ".join(part.split()) for part in text.split(",") if part.strip())


def table(text: str) -> dict[str, str]:
    """Lines `target = variant variant ...` as a map from variant to target."""
    result: dict[str, str] = {}
    for line in text.strip().splitlines():
        target, _, variants = line.partition("=")
        result.update(dict.fromkeys(variants.split(), target.strip()))
    return result
