"""The packed memory under duplicate detection: it grows, forgets and renumbers without losing a story."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from nlp.duplicates import Folder
from nlp.shingle_index import FEW, HOT, Index, voting
from nlp.stories import SEGMENT, UNPACKED, Pictures, Shelf, Story
from tests.builders import mention
from tests.nlp.test_duplicates import WINDOW, unlike

NUMBERS = random.Random(3)
KEYS = [NUMBERS.getrandbits(36) for _ in range(60_000)]  # tags


def asked(index: Index, *tags: int) -> list[int]:
    """The places of keys with these tags."""
    return index.look_up(np.array(tags, np.uint64) << np.uint64(28))


def found(index: Index, *tags: int) -> list[set[int]]:
    """What a look-up of all of them gives."""
    places = asked(index, *tags)
    index.refresh()
    return [set(index.votes[place]) for place in places]


def test_stories_are_found_after_the_table_has_grown():
    """From a handful of stories to thousands the same keys lead to the same stories."""
    index = Index(rows=16)

    for number in range(1, 6_001):
        index.add(KEYS[number * 10 - 10:number * 10], number, oldest=1)

    one_each = KEYS[9::10]
    lost = sum(number not in holders for number, holders in enumerate(found(index, *one_each), 1))
    assert lost <= 120  # full rows let the oldest go: two keys in a hundred, and each story has ten
    assert found(index, *KEYS[:500]) == [set(index.holders(key)) for key in KEYS[:500]]
    assert found(index, *KEYS[:FEW - 1]) == [set(index.holders(key)) for key in KEYS[:FEW - 1]]


def test_what_everybody_says_holds_few_cells():
    """A phrase of ten thousand complaints does not push out what tells them apart."""
    index = Index(rows=16)
    index.add([KEYS[0]], 1, oldest=1)

    for number in range(2, 2_000):
        index.add([KEYS[1]], number, oldest=1)

    assert len(index.holders(KEYS[1])) <= HOT
    assert max(index.holders(KEYS[1])) == 1_999
    assert index.holders(KEYS[0]) == [1]


def test_what_was_looked_up_stays_true_while_stories_are_entered():
    """A batch is looked up once; the stories it opens, and those that give way to them, are known all the same."""
    draw = random.Random(5)
    index, number = Index(rows=16), 0
    for _ in range(40):
        tags = draw.sample(KEYS[:600], 150)
        places = asked(index, *tags)
        for _ in range(20):
            number += 1
            index.enter(draw.sample(places, 9), number, oldest=max(1, number - 300))
            if number % 7 == 0:
                index.add(draw.sample(KEYS[:600], 3), number, oldest=max(1, number - 300))
        index.refresh()
        held = [index.holders(tag) for tag in tags]
        assert [Counter(index.votes[place]) for place in places] == [Counter(voting(numbers)) for numbers in held]
        assert [index.counts[place] for place in places] == list(map(len, held))
    assert sum(map(len, map(index.holders, KEYS[:600]))) > 300


def test_what_few_stories_have_votes_twice():
    """A key has one vote for each story, two where few have it; and its count is that of its stories."""
    index = Index()
    index.add(KEYS[:2], 1, oldest=1)
    index.add(KEYS[1:2], 2, oldest=1)
    for number in range(3, 3 + HOT):
        index.add(KEYS[2:3], number, oldest=1)

    places = asked(index, *KEYS[:4])

    assert [sorted(index.votes[place]) for place in places] == [[1, 1], [1, 1, 2, 2], list(range(3, 3 + HOT)), []]
    assert [index.counts[place] for place in places] == [1, 2, HOT, 0]
    assert sorted(places) == sorted(places, key=lambda place: index.keys[place] % (1 << 64)), "in the order of keys"


def test_dead_stories_make_room_instead_of_growth():
    """A table in a steady stream stays as large as the window needs."""
    index = Index(rows=256)
    before = index.nbytes

    for number in range(1, 5_001):
        index.add(KEYS[number * 10 - 10:number * 10], number, oldest=max(1, number - 50))

    assert index.nbytes == before


def test_renumbering_moves_every_story():
    """After years the count begins again, and each key still leads to its story."""
    index = Index()
    for number in range(100, 200):
        index.add([KEYS[number]], number, oldest=100)

    index.shift(99, oldest=120)

    assert index.holders(KEYS[150]) == [51]
    assert index.holders(KEYS[110]) == []


@pytest.mark.slow
def test_a_folder_that_renumbers_judges_on(monkeypatch):
    """The long-lived daemon meets the end of its numbers without a hitch."""
    monkeypatch.setattr("nlp.duplicates.RENUMBER_AT", 3 * SEGMENT)
    folder = Folder(threshold=0.72, window=WINDOW, max_stories=1_000)
    posts = unlike(5 * SEGMENT + 100)

    verdicts = [folder.fold(post)[0] for post in posts]
    again = [folder.fold(mention(post.text, at=post.posted_at))[0] for post in posts[-150:]]

    assert {verdict.reason for verdict in verdicts} == {"new"}
    assert [verdict.cluster for verdict in again] == [post.key for post in posts[-150:]]


def test_the_shelf_gives_back_what_it_took():
    """Sealed or open, a story comes back as it was put in, blanked ones do not come back."""
    shelf = Shelf()
    stories = [Story(f"x:post:{n}", f"- - - -\n\nkata{n} é 🔥", float(n), "sha256:ab" if n % 2 else "") for n in range(SEGMENT + 50)]
    numbers = [shelf.add(story) for story in stories]

    for number in (numbers[7], numbers[-7]):
        shelf.blank(number)

    back = [shelf.get(number) for number in numbers]
    assert [story for n, story in enumerate(back) if n not in {7, len(back) - 7}] == [s for n, s in enumerate(stories) if n not in {7, len(back) - 7}]
    assert back[7] is back[-7] is None
    assert [shelf.told(number) is None for number in numbers] == [story is None for story in back]
    assert shelf.get(0) is shelf.get(numbers[-1] + 1) is shelf.get(10**9) is None


def test_a_story_that_was_blanked_is_not_kept_unpacked():
    """The words of a deleted post leave every place where they stood, and old ones do not pile up."""
    shelf = Shelf()
    numbers = [shelf.add(Story(f"x:post:{n}", f"- - - -\n\nkata{n} rusak", float(n))) for n in range(2 * UNPACKED + 10)]
    assert [shelf.told(number).reading.words for number in numbers[:3]] == [("kata0", "rusak"), ("kata1", "rusak"), ("kata2", "rusak")]

    shelf.blank(numbers[1])
    shelf.floor = 1.0

    assert [shelf.told(number) and shelf.told(number).cluster for number in numbers[:3]] == [None, None, "x:post:2"]
    assert all(shelf.told(number) for number in numbers[3:])
    assert len(shelf._young) + len(shelf._old) <= 2 * UNPACKED


def test_pictures_are_found_within_their_distance_only():
    """Of a thousand pictures exactly those within ten bits are offered, until they are dropped."""
    pictures, value = Pictures(), 0x9F3C61D2A4B7E85F
    for number in range(1, 1_001):
        pictures.add(value if number == 500 else KEYS[number], number)

    assert pictures.near(value ^ 0b1011, distance=10) == [(500, 3)]
    pictures.shift(100)
    assert pictures.near(value, distance=0) == [(400, 0)]
    pictures.drop_before(401)
    assert pictures.near(value, distance=0) == []
