"""Gathers from a folder of labelled texts the rows that may be learnt from, and says how much each weighs.

Topics come from topic.jsonl. Relevance comes from relevance.jsonl, from a share of the portal's complaints (all of them
actionable), from the comments that `labels/relevance.tsv` judges by their id, and from the invented day; answers to the
other questions from urgency.jsonl, from labels by id, and from what we wrote. `dev` leaves the other half of
topic.jsonl, relevance.jsonl and urgency.jsonl untouched, so that it can be scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import xxhash

from domain import Mention
from evaluation import day
from evaluation.labelled import Row, height_of, label_by_key, labels_of, may_be_learnt, mention_of, rows_of
from evaluation.training import INVENTED
from evaluation.written import GROUP as WRITTEN
from evaluation.written import written
from nlp.learnt import ASKS, DANGER, GRUMBLES, HAZARD, NEED, NEWS, REPORT
from nlp.topics import REST
from settings import load

# Complaints of a portal that relevance learns from, by lot, each at little weight beside a comment. In five folds of
# everything, comments at recall .83 to .85: precision .64 with some 1,800, .60 with 3,600; with 450 of the development
# half fewer complaints are found (.885 for .93).
PORTAL_MOST, PORTAL_WEIGHT, DAY_WEIGHT = 1800, 0.1, 0.5
OTHERS_WEIGHT, DAY_TOPIC_WEIGHT = 4.0, 2.0  # a letter or a comment counts more than one of 7,000 complaints
# What we wrote (`evaluation.written`) must not outvote strangers. With 5,301 posts, five folds of the development half
# at .3, 1 and 2: topics of its portal .861, .857, .852 (without .858), of letters and comments .824, .836, .832
# (.784); reports at 1 cost its comments recall. With 16,345 posts topics at .4 and .3: portal .861 and .862, the third
# gold set .69 both; reports at .3 and .22: comments F1 .762 and .764; hazards at .5 and .4: F1 .768 and .776, of the
# third set .786 and .792. With 30,188 posts two thirds of these weights, these, and half as much again, in two folds:
# comments F1 .774, .792, .771, portal .862, .860, .861, third set's reports F1 .866, .880, .884, topics .67, .70, .70.
WRITTEN_TOPIC_WEIGHT, WRITTEN_WEIGHT = 0.35, 0.28
TONES = {GRUMBLES: "keluhan_umum", ASKS: "pertanyaan"}  # question -> the detail that it is about
DARURAT, NEWS_DETAIL = "darurat", "berita"
PORTALS = ("surabaya_wargaku",)
LABELS = Path(__file__).parent / "labels"
RELEVANCE, TOPIC, URGENCY = LABELS / "relevance.tsv", LABELS / "topic.tsv", LABELS / "urgency.tsv"
PORTAL_URGENCY, PORTAL_NEED, UNSURE = LABELS / "portal_urgency.tsv", LABELS / "portal_need.tsv", "unsure"
DETAIL, COMMENTS = LABELS / "comment_detail.tsv", "unlabelled_semarang_ig.jsonl"
DAY = Path(__file__).parent.parent / "simulators"


Asked = tuple[Mention, str, str]  # post, what a question is called where the answer is yes (else another word), group


@dataclass(frozen=True, slots=True)
class Judged:
    """A post whose relevance is known."""

    mention: Mention
    label: str
    weight: float
    group: str


@dataclass(frozen=True, slots=True)
class Teaching:
    """All that a training learns from; a group is where a row comes from."""

    topics: list[tuple[Mention, str, float, str]]  # post, topic, weight, group
    judged: list[Judged]
    asked: dict[str, list[Asked]]  # by the model's questions, in their order

    @property
    def hazards(self) -> list[Asked]:
        return self.asked[HAZARD]


def topic_rows(data: Path, half: str) -> Iterator[tuple[Mention, str, float, str]]:
    """(post, topic, weight, group) of the folder, of the labels by id and of the day."""
    for row in _rows(data / "topic.jsonl", half):
        group = str(row.get("source") or "")
        yield mention_of(row), row["label"], 1.0 if group in PORTALS else OTHERS_WEIGHT, group
    for file, row, label in _by_id(data, TOPIC, half):
        yield mention_of(row), label, OTHERS_WEIGHT, file
    for mention, expected in _day():
        if expected["fate"] == "ticket":
            yield mention, expected["topic"], DAY_TOPIC_WEIGHT, "day"
    for post in written():
        if post.reports and post.topics[0] != REST:
            yield post.mention, post.topics[0], WRITTEN_TOPIC_WEIGHT, WRITTEN


@lru_cache(maxsize=1)
def _day() -> tuple[tuple[Mention, Row], ...]:
    """The posts of the invented day, each with what its author expects of it; its files take seconds to read."""
    settings = load(DAY / "demo.yaml")
    return tuple((day.mention_of(post, settings), post["expect"]) for post in day.posts_of(DAY / "day"))


def _by_id(data: Path, labels: Path, half: str) -> Iterator[tuple[str, Row, str]]:
    """(file, row, label) of the rows that a file of labels judges by their id."""
    judged = {(file, key): label for file, key, label in labels_of(labels)}
    for file in dict.fromkeys(file for file, _ in judged):
        for row in _rows(data / file, half if file == "topic.jsonl" else "all"):
            if label := judged.get((file, row["id"])):
                yield file, row, label


def relevance_rows(data: Path, half: str) -> Iterator[Judged]:
    """Every post of the folder, of the day and of the labels by id whose relevance may be learnt."""
    for row in _rows(data / "relevance.jsonl", half):
        yield Judged(mention_of(row), row["label"], 1.0, str(row.get("source") or ""))
    complaints = [row for row in _rows(data / "topic.jsonl", half) if row.get("source") in PORTALS]
    for row in sorted(complaints, key=_lot)[:PORTAL_MOST]:
        yield Judged(mention_of(row), REPORT, PORTAL_WEIGHT, row["source"])
    yield from _comments(data / COMMENTS)
    for mention, expected in _day():
        yield Judged(mention, REPORT if expected["fate"] == "ticket" else f"not_{REPORT}", DAY_WEIGHT, "day")
    for each in written():
        yield Judged(each.mention, REPORT if each.reports else f"not_{REPORT}", WRITTEN_WEIGHT, WRITTEN)


def _lot(row: Row) -> int:
    return xxhash.xxh64_intdigest(f"portal {row['id']}".encode())


def urgency_rows(data: Path, half: str) -> Iterator[Asked]:
    """(post, "high" or "low", group) of the folder, of the labels by id and of the day."""
    for row in _rows(data / "urgency.jsonl", half):
        yield mention_of(row), height_of(row["label"]), str(row.get("source") or "")
    for file, row, label in _by_id(data, URGENCY, half):
        if label != UNSURE:
            yield mention_of(row), label, file
    for mention, label in _complaints(data, PORTAL_URGENCY, half):
        yield mention, height_of(label), PORTALS[0]
    for mention, expected in _day():
        if expected["fate"] == "ticket" and "urgency" in expected:
            yield mention, height_of(expected["urgency"]), "day"
    for post in written():
        yield post.mention, height_of(post.urgency), WRITTEN


def need_rows(data: Path, half: str) -> Iterator[Asked]:
    """(post, "need" or "none", group): what we wrote, complaints by id, and the comments that need nothing."""
    for post in written():
        yield post.mention, NEED if post.need else "none", WRITTEN
    for mention, label in _complaints(data, PORTAL_NEED, half):
        yield mention, NEED if label == "y" else "none", PORTALS[0]
    for each in _comments(data / COMMENTS):
        if each.label != REPORT:
            yield each.mention, "none", each.group


def danger_rows(data: Path, half: str) -> Iterator[Asked]:
    """(post, "danger" or "none", group): what we wrote, and complaints by id, which hold nearly none."""
    for post in written():
        yield post.mention, DANGER if post.urgency == DARURAT else "none", WRITTEN
    for mention, label in _complaints(data, PORTAL_URGENCY, half):
        yield mention, DANGER if label == DARURAT else "none", PORTALS[0]
    for mention, expected in _day():
        if expected["fate"] == "ticket" and "urgency" in expected:
            yield mention, DANGER if expected["urgency"] == DARURAT else "none", "day"


def news_rows(judged: Sequence[Judged]) -> Iterator[Asked]:
    """(post, "news" or "none", group): what we wrote, and strangers' complaints and comments, which hold no news."""
    for post in written():
        yield post.mention, NEWS if post.detail == NEWS_DETAIL else "none", WRITTEN
    for each in judged:
        if each.group not in INVENTED:
            yield each.mention, "none", each.group


def tone_rows(data: Path, half: str, question: str) -> Iterator[Asked]:
    """(post, the question or "none", group) of posts that nobody can act on: do they grumble, do they ask?"""
    for row in _rows(data / "relevance.jsonl", half):
        if row["label"] != REPORT and (detail := row.get("detail")):
            yield mention_of(row), question if detail == TONES[question] else "none", str(row.get("source") or "")
    details = label_by_key(DETAIL)
    for each in _comments(data / COMMENTS):
        if each.label != REPORT and (read := details.get(each.mention.native_id)):
            yield each.mention, question if read == TONES[question] else "none", each.group
    for post in written():
        if not post.reports:
            yield post.mention, question if post.detail == TONES[question] else "none", WRITTEN


def _complaints(data: Path, labels: Path, half: str) -> Iterator[tuple[Mention, str]]:
    """(post, label) of the portal's complaints that a file of labels judges by their id alone."""
    judged = label_by_key(labels)
    for row in _rows(data / "topic.jsonl", half):
        if (label := judged.get(row["id"], UNSURE)) != UNSURE:
            yield mention_of(row), label


def _comments(path: Path) -> Iterator[Judged]:
    judged = label_by_key(RELEVANCE)
    for row in _rows(path, "all"):
        label = judged.get(row["id"], f"not_{REPORT}")
        if label != UNSURE:
            yield Judged(mention_of(row), label, 1.0, "semarang_ig")


def _rows(path: Path, half: str) -> list[Row]:
    return [row for row in rows_of(path, half) if may_be_learnt(row)] if path.exists() else []


def gathered(data: Path, half: str) -> Teaching:
    judged = list(relevance_rows(data, half))
    asked = {
        HAZARD: urgency_rows(data, half), NEED: need_rows(data, half), DANGER: danger_rows(data, half),
        NEWS: news_rows(judged),
        **{question: tone_rows(data, half, question) for question in TONES},
    }
    return Teaching(list(topic_rows(data, half)), judged, {question: list(rows) for question, rows in asked.items()})
