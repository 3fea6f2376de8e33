"""The whole extraction: any text, right offsets, nothing of spaCy's left over."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import Extraction, Pii, Place, Reason, Span
from nlp.extract import MAX_CHARS, Extractor
from tests.builders import mention

WORDS = st.sampled_from((
    "jalan", "Jl.", "rusak", "😂", "di", "Solo", "desa", "Jadi", "RT 02/RW 05", "tolong", "NIK 3372014107900003", "@x",
    "#BanjirSolo", "\n", "é", "ة", "\x00", "\u200f", "Ⅻ", "²",
))
TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300),
    st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join),
)


def spans_of(extraction: Extraction):
    for part in (*extraction.topics, *extraction.places, *extraction.pii):
        yield from [part] if isinstance(part, Place | Pii) else part.spans
    for reason in (*extraction.relevance.because, *extraction.relevance.vulnerable, *extraction.urgency.because):
        yield from reason.spans


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_is_read_and_every_span_lies_in_it(extractor, text):
    """No text makes it fail; every finding points at signs that are there."""
    extraction = extractor.extract(mention(text))

    assert all(0 <= span.start < span.end <= len(text) for span in spans_of(extraction))
    assert all(place.text == text[place.start : place.end] for place in extraction.places)


@pytest.mark.parametrize("text", [
    "", " ", "\n\n", "😂" * 50, "\x00\x01\x02", "\u202eترك السيارة هنا", "a" * 5000, "a." * 5000, "é" * 3000,
    "@" * 500, "0" * 3000, "A B " * 2000,
])
def test_odd_texts_are_read(read, text):
    """Empty, only emoji, control signs, right to left, endless."""
    assert read(text).relevance.label == "not_actionable"


def test_a_megabyte_is_cut_and_read(read):
    """Only the first 20,000 signs are read; a place behind them is not."""
    extraction = read("banjir di Kartasura " + "x " * 500_000 + " desa Jadi")

    assert [place.text for place in extraction.places] == ["Kartasura"]
    assert all(span.end <= MAX_CHARS for span in spans_of(extraction))


def test_offsets_count_code_points_after_emoji_and_marks(read):
    """Emoji and combining marks before a place do not shift it."""
    text = "👨‍👩‍👧 e\u0301 😭 banjir di Kartasura"
    (place,) = read(text).places

    assert text[place.start : place.end] == "Kartasura"


def test_many_keep_their_order_and_equal_one_by_one(extractor):
    """A batch gives what its members give alone, in order: nothing leaks from post to post."""
    mentions = [mention(t) for t in ("banjir di Solo", "", "PJU mati", "😂", "dalan bolong neng Kartasura") * 60]

    assert extractor.extract_many(mentions) == [extractor.extract(m) for m in mentions]


def test_a_post_without_a_doc_is_judged_as_its_doc(extractor):
    """Whoever looks with spaCy's eyes sees what the daemon sees."""
    posts = [mention(text, key=f"x:post:{i}") for i, text in enumerate((
        "Lampu PJU mati di desa Jadi, 3 hari", "", "keren pak @humas", "jalan berlubang  depan pasar\nKartasura?", "M A T I",
    ))]

    for extraction, doc in zip(extractor.extract_many(posts), extractor.read(posts), strict=True):
        assert doc.text == doc._.words.text
        for field in fields(extraction):
            assert getattr(doc._, field.name) == getattr(extraction, field.name)


def test_judging_leaves_nothing_with_spacy(extractor):
    """The string store, which grows with every new word that a Doc holds, stays as it was."""
    before = len(extractor.nlp.vocab.strings)
    extractor.extract_many([mention(f"banjir di Kartasura nomor kata{n}baru") for n in range(300)])

    assert len(extractor.nlp.vocab.strings) == before


def test_the_result_holds_nothing_of_spacys(extractor):
    """Records of ours only."""
    extraction = extractor.extract(mention("banjir di Kartasura, tolong"))

    assert type(extraction.places[0].text) is str
    assert all(isinstance(r, Reason) and isinstance(s, Span) for r in extraction.urgency.because for s in r.spans)


def test_the_components_are_in_order(extractor):
    """spaCy itself confirms that every component finds what it needs."""
    problems = extractor.nlp.analyze_pipes()["problems"]

    assert problems
    assert not any(problems.values())


def test_a_doc_of_the_pipeline_carries_places_as_spans(extractor: Extractor):
    """Whoever adds a component of his own finds the places where spaCy keeps spans."""
    doc = extractor.nlp("banjir di Kartasura")

    assert [(span.text, span.label_) for span in doc.spans["places"]] == [("Kartasura", "kecamatan")]


def test_a_batch_is_read_as_its_posts_alone(extractor):
    """What a post is judged to be does not hang on the posts that came with it."""
    posts = [mention(text, key=f"x:post:{i}") for i, text in enumerate((
        "Lampu PJU mati di desa Jadi", "", "keren pak", "jalan berlubang depan pasar Kartasura, ada anak jatuh", "😂",
        "air PDAM mati 3 hari di Mojosongo",
    ) * 50)]

    assert extractor.extract_many(posts) == [extractor.extract(post) for post in posts]
