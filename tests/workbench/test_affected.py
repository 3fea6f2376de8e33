"""The shortcut: what is not read again could not have come out otherwise."""

from __future__ import annotations

import random
from typing import Any

import pytest

from domain import Extraction, Mention
from nlp.extract import Extractor
from settings import Settings
from tests.builders import mention
from tests.tiers import few
from workbench.affected import Affected
from workbench.diff import rules_diff

TAGS = ("#JalanRusakSolo lagi min", "#banjirsemanggi kapan surut", "lampune mati kabeh #pjumati", "got2 mampet neng ngarep")


def with_words(*words: str, kind: str = "topics__bencana__keywords__id") -> dict[str, Any]:
    return {kind: lambda old: [*old, *words]}


def without(kind: str, *words: str) -> dict[str, Any]:
    return {kind: lambda old: [word for word in old if word not in words]}


EDITS: dict[str, dict[str, Any]] = {
    "a new word": with_words("pengungsian banjir"),
    "a word that only a suffix hid": with_words("pompane", "tambal ban"),
    "a word that splits hashtags": with_words("kapan", "semanggi"),
    "a word taken out": without("topics__banjir_drainase__keywords__id", "banjir", "got", "genangan"),
    "lamps taken out": without("topics__lampu_jalan__keywords__id", "pju", "pju mati", "lampu jalan", "lampu mati"),
    "a defect": with_words("bolong", "mampet", "peyang", kind="signals__defect"),
    "a defect taken out": without("signals__defect", "rusak", "mati", "bolong"),
    "an exception": with_words("jalan kaki", "lampu merah", kind="topics__lampu_jalan__unless"),
    "an urgent phrase": with_words("jatuh", "anak sekolah", kind="signals__urgency__tinggi"),
    "a metaphor": with_words("mati kutu", "jalan", kind="signals__metaphors"),
    "a trifle": with_words("sandal", kind="signals__trivial__lost_item"),
    "a plea": without("signals__request", "tolong", "mohon"),
    "names of places": {"places": [
        {"name": "bangjo Semanggi", "code": "33.72.03.1002", "aliases": ["Jembatan Mojo", "Pasar Klitikan", "SD Negeri"]},
        {"name": "Balai Kota", "code": "33.72.03.1006"}, {"name": "Jalan Rusak Solo", "code": "33.72"}]},
    "names of places taken out": {"places": lambda old: [place for place in old if "Pasar" not in place["name"]]},
    "a place that lies elsewhere": {"places": lambda old: [{**place, "code": "33.72.02"} for place in old]},
    "a threshold": {"thresholds__topic": 0.6},
}


@pytest.fixture(scope="module")
def corpus(day: Any, shipped: Settings) -> list[Mention]:
    """The invented day in Indonesian and Javanese, every example of the file, and hashtags."""
    examples = [text for topic in shipped.topics.values() for text in (*topic.examples, *topic.not_)]
    return [*(past.mention for past in day.past_mentions()), *(mention(text) for text in (*examples, *TAGS))]


@pytest.fixture(scope="module")
def read_before(shipped: Settings, corpus: list[Mention]) -> list[Extraction]:
    return Extractor(shipped).extract_many(corpus)


@pytest.mark.parametrize("edit", few(EDITS.values()), ids=EDITS)
def test_what_is_left_alone_reads_the_same_as_before(shipped, edited, corpus, read_before, edit):
    """For edits of every list: the posts that are not read again come out equal, judgement by judgement."""
    new = edited(**edit)
    affected = Affected(shipped, new)

    left = [i for i, each in enumerate(corpus) if not affected.touched(each.text).read]
    read_now = Extractor(new).extract_many([corpus[i] for i in left])

    assert [read_before[i] for i in left] == read_now
    assert affected.everything or len(left) > len(corpus) // 3  # a shortcut that spares nothing would be none


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_any_ten_words_of_the_corpus_may_come_or_go(shipped, edited, corpus, read_before, seed):
    """Words drawn from the posts themselves, put into and taken out of any list."""
    draw = random.Random(seed)
    spoken = sorted({word for each in corpus for word in each.text.lower().split() if word.isalpha() and len(word) > 2})
    topics = sorted(shipped.topics)
    edits: dict[str, Any] = {}
    for topic in draw.sample(topics, 3):
        edits |= with_words(*(" ".join(draw.sample(spoken, draw.choice((1, 1, 2)))) for _ in range(2)),
                            kind=f"topics__{topic}__keywords__id")
    gone = draw.sample(shipped.topics[draw.choice(topics)].keywords["id"], 4)
    edits |= with_words(draw.choice(spoken), kind="signals__defect") | without("signals__request", *gone)
    new = edited(**edits)
    affected = Affected(shipped, new)

    left = [i for i, each in enumerate(corpus) if not affected.touched(each.text).read]

    assert [read_before[i] for i in left] == Extractor(new).extract_many([corpus[i] for i in left])


MIXED = {
    **without("topics__jalan_jembatan__keywords__id", "lubang", "berlubang", "aspal"),
    **with_words("darurat banget", "jatuh", kind="signals__urgency__tinggi"),
    "routes": lambda old: [route for route in old if route["name"] != "solo-jalan"],
}


@pytest.mark.slow
@pytest.mark.parametrize("edit", [EDITS["lamps taken out"], EDITS["an urgent phrase"], MIXED], ids=["topic", "urgency", "mixed"])
def test_the_diff_with_the_shortcut_is_the_diff_without_it(day, shipped, edited, edit):
    """Same tickets, same reasons, same people's decisions; only the work differs."""
    new = edited(**edit)

    quick, whole = rules_diff(day, shipped, new), rules_diff(day, shipped, new, shortcut=False)

    assert quick.changes == whole.changes or _but_for_phrases(quick) == _but_for_phrases(whole)
    assert quick.changes
    assert quick.read < whole.read == whole.mentions


def _but_for_phrases(report: Any) -> list[Any]:
    """The whole reading does not look which phrase stood where; all else has to agree."""
    return [(c.kind, c.cluster, c.before, c.after) for c in report.changes]
