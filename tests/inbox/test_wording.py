"""Reasons as staff read them: the machine's keys in words, unknown ones left as they came."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.wording import clue, evidence


@pytest.mark.parametrize(("what", "words"), [
    ("signal:darurat:roboh", ("Darurat", "roboh")),
    ("signal:tidak_mendesak:usul", ("Tidak mendesak", "usul")),
    ("signal:defect:berlubang", ("kerusakan", "berlubang")),
    ("rule:past", ("aturan", "sudah lampau")),
    ("rule:metaphor:banjir order", ("kiasan", "banjir order")),
    ("vulnerable:elderly", ("rentan", "lansia")),
    ("topic:jalan_jembatan", ("topik", "jalan_jembatan")),
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
