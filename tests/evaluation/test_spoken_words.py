"""The dictionary of what is no name is what our own posts say, and nothing else."""

from __future__ import annotations

import pytest

from nlp.gazetteer import gazetteer, spoken_words
from scripts.build_spoken_words import spoken


@pytest.mark.slow
def test_the_shipped_words_are_those_that_the_posts_use():
    """Whoever adds posts or names runs the script again."""
    assert sorted(spoken_words()) == spoken()


def test_no_name_is_among_them():
    table = gazetteer()

    assert len(spoken_words()) > 9_000
    assert not [word for word in spoken_words() if table.readings(word)]
