"""Ends of a way, as people write them."""

from __future__ import annotations

import pytest

from routing.ways import ends_of


@pytest.mark.parametrize(("text", "ends"), [
    ("dari Kartasura ke Solo macet", ["Kartasura", "Solo macet"]),
    ("Macet dari Palur ke arah Solo Baru, parah", ["Palur", "Solo Baru"]),
    ("saking Colomadu menyang Jebres", ["Colomadu", "Jebres"]),
    ("Dari Colomadu masuk Jajar jalannya bolong", ["Colomadu"]),
    ("jalan ke Colomadu rusak", []),
    ("", []),
    ("dari", []),
])
def test_the_ends_are_found_and_entering_is_no_end(text, ends):
    """Three words at most, up to the next word of way; a single goal is no way."""
    assert [text[span.start:span.end] for span in ends_of(text)] == ends
