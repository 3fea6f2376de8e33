"""Reasons as staff read them: the machine's keys in words, unknown ones left as they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from domain import Extraction, Mention, Route
from evaluation.day import mention_of, posts_of
from evaluation.gold import SETS, posts, read
from inbox.labels import URGENCY
from inbox.wording import clue, evidence
from nlp.extract import Extractor
from routing.route import route
from routing.rules import compile_rules
from routing.wording import KINDS, ONE_OF, PHRASES
from settings import load
from tests.paths import ROOT

CLOSED = {"rule", "vulnerable", "sensitive", "trivial", "default"}  # their details come from a list of ours


@pytest.mark.parametrize(("what", "words"), [
    ("signal:darurat:roboh", ("Darurat", "roboh")),
    ("signal:tidak_mendesak:usul", ("Tidak mendesak", "usul")),
    ("signal:defect:berlubang", ("kerusakan", "berlubang")),
    ("rule:past", ("aturan", "sudah lampau")),
    ("rule:metaphor:banjir order", ("kiasan", "banjir order")),
    ("vulnerable:elderly", ("rentan", "lansia")),
    ("topic:jalan_jembatan", ("topik", "jalan_jembatan")),
    ("place:desa_kelurahan", ("tempat", "desa/kelurahan")),
    ("place:33.72.02.1004 Tipes", ("tempat", "Tipes")),
    ("darurat:the province's rescuers hear of it", ("Darurat", "tim penyelamat provinsi ikut diberi tahu")),
    ("default:no place and no known account", ("bawaan", "tanpa tempat dan tanpa akun yang dikenal")),
    ("something_new:x y", ("something new", "x y")),
    ("", ("", "")),
])
def test_a_reason_is_put_into_words(what: str, words: tuple[str, str], office: Any) -> None:
    """What decided reads like a sentence of the office, not like a program."""
    assert clue(what) == words


@pytest.mark.parametrize(("because", "words"), [
    ("designator, parent:33.72", "kata penunjuk, didukung wilayah 33.72"),
    ("name, one of 3 of this name", "nama, satu dari 3 yang bernama ini"),
    ("named: Laweyan, first of several", "disebut Laweyan, yang pertama dari beberapa"),
    ("dari teks", "dari teks"),
    ("", ""),
])
def test_the_evidence_of_a_place_is_put_into_words(because: str, words: str, office: Any) -> None:
    """Why this Laweyan and not another, in a line."""
    assert evidence(because) == words


@pytest.fixture(scope="module")
def invented_day() -> list[tuple[Mention, Extraction, tuple[Route, ...]]]:
    """Every post of the demo with what the machine read and where it would go."""
    settings = load(ROOT / "simulators" / "demo.yaml")
    rules = compile_rules(settings)
    mentions = [mention_of(post, settings) for post in posts_of(ROOT / "simulators" / "day")]
    read = Extractor(settings).extract_many(mentions)
    return [(each, found, route(each, found, rules)) for each, found in zip(mentions, read, strict=True)]


@pytest.mark.slow
def test_no_reason_of_the_invented_day_is_left_in_the_machines_words(invented_day: Any) -> None:
    """A reviewer reads why in Indonesian, whatever the machine found to say about a whole day of posts."""
    said = {
        reason.what
        for _, found, routes in invented_day
        for reasons in (found.relevance.because, found.urgency.because, *(each.because for each in routes))
        for reason in reasons
    }
    keys = [what.removeprefix("signal:").removeprefix("cue:").partition(":") for what in said]

    assert len(said) > 200
    assert {kind for kind, _, _ in keys} - {*KINDS, *URGENCY} == set()
    closed = {detail for kind, _, detail in keys if kind in CLOSED and not detail.startswith("metaphor:")}
    assert closed - {*PHRASES} == set()


@pytest.mark.slow
def test_no_evidence_of_a_place_is_left_in_the_machines_words(invented_day: Any) -> None:
    """Why this Mojosongo and not the other is said in Indonesian too; a word of the post may stand for itself."""
    assert _unworded((mention.text, found) for mention, found, _ in invented_day) == set()


def test_evidence_of_names_as_thumbs_type_them_is_worded_as_well() -> None:
    """The set of posts that tries every way to a place."""
    rows = posts(folder=SETS["fifth"])
    found = read(Extractor(load(ROOT / "config.yaml")), rows)

    assert _unworded((row["text"], each) for row, each in found) == set()


def _unworded(told: Iterable[tuple[str, Extraction]]) -> set[str]:
    return {
        piece
        for text, found in told
        for place in (*found.places, *filter(None, [found.location]))
        for piece in place.because.split(", ")
        if piece.partition(":")[0] not in {"", *KINDS, *PHRASES} and not ONE_OF.fullmatch(piece)
        and piece not in text.lower()
    }
