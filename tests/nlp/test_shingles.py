"""Shingles: the same keys whatever stands beside a text, and one from every stretch of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.shingles import MAX_SHINGLES, sample, shingle_keys

WORDS = st.lists(st.sampled_from(("jalan", "rusak", "3", "mati", "é", "kampung")), max_size=12).map(tuple)


@given(st.lists(WORDS, max_size=8))
def test_a_text_has_the_same_keys_alone_and_among_others(texts):
    """Nothing runs over from one text into the next; texts of no, one or two words among them change nothing."""
    keys, counts = shingle_keys(texts)

    assert counts == [max(len(text) - 2, min(len(text), 1)) for text in texts]
    assert keys.tolist() == [key for text in texts for key in shingle_keys((text,))[0].tolist()]


def test_order_and_repetition_count():
    """Three words in another order are another run; the same three are the same run, wherever they stand."""
    (one, two, three), _ = shingle_keys((("lampu", "jalan", "mati"), ("mati", "jalan", "lampu"), ("lampu", "jalan", "mati")))

    assert one == three != two


@given(st.lists(st.integers(0, 1 << 64), max_size=400))
def test_every_stretch_gives_one_and_the_least(ranked):
    """No more than MAX_SHINGLES; each chosen one is the least of its stretch; of four and fewer all are taken."""
    chosen = list(sample(ranked))

    assert len(chosen) <= MAX_SHINGLES
    assert set(chosen) <= set(ranked)
    if len(ranked) <= 4:
        assert chosen == ranked
    else:
        assert min(ranked) in chosen
        width = -(-len(ranked) // len(chosen))
        assert chosen == [min(ranked[at:at + width]) for at in range(0, len(ranked), width)]
