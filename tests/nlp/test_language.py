"""Language and register, as a hint for the tone of an answer."""

from __future__ import annotations

import pytest

from nlp import LANGUAGES


@pytest.mark.parametrize(("text", "language", "register"), [
    ("jalan rusak di depan rumah saya, mohon segera diperbaiki", "id", None),
    ("dalane rusak nemen, piye iki pak kok ora didandani", "jv", "ngoko"),
    ("nuwun sewu, margi ing ngajeng griya kula risak sanget, nyuwun tulung", "jv", "krama"),
    ("inyong arep takon, kepriwe kiye dalane rusak maning", "jv", "ngapak"),
    ("mohon segera diperbaiki ya pak, sudah lama tidak ada yang mau, kudu piye iki", "mixed", "ngoko"),
    ("please fix the road near my house", "other", None),
    ("😂😂", "other", None),
    ("", "other", None),
])
def test_language_and_register(read, text, language, register):
    """Indonesian, the three registers of Javanese, mixtures, and what is neither."""
    extraction = read(text)

    assert (extraction.language, extraction.register) == (language, register)


@pytest.mark.parametrize("pack", LANGUAGES.values(), ids=list(LANGUAGES))
def test_a_pack_is_complete(pack):
    """Every language brings function words and the cues that the judgements read."""
    needed = {"negator", "breaker", "condition", "past", "now", "question", "wondering", "own", "self", "done"}

    assert len(pack.function) > 40
    assert needed <= set(pack.cues)
    assert all(word == word.lower() for word in pack.function)
