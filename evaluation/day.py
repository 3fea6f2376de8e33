"""Scores the judgement on the invented day: fate, topic, desks and urgency against `expect`.

    python -m evaluation.day [--day simulators/day] [--config simulators/demo.yaml] [--errors FATE,DESK,...]

Every post that stands for itself goes through Extractor, lane_of and route, as `pipeline.decide` would
send it; no store, no network. Copies (`fate: attached`), reposts and posts of the watched accounts
themselves are left out: what becomes of them is not decided by reading. An edited post is judged as it
reads in the end.

What is counted: the fate over all posts; the rest over the posts that should be, and were, tickets. A topic is right
where any ticket bears it, `desks` are right where the set is exactly the expected one, `all` where
nobody expected is missing (the owner of the ground beside the province's desk is by design), `any` where one of them is
hit. `expect` is one opinion, and the posts are ours: rules were read off them, so these figures
say whether the machine does what we meant, not how well it reads strangers. `evaluation.score` says that.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from domain import Extraction, Media, Mention, MentionKind, PlaceHint
from nlp.extract import Extractor
from routing.lanes import lane_of
from routing.route import route
from routing.rules import Rules, compile_rules
from settings import Settings, load

Raw = Mapping[str, Any]
AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
JUDGED = ("fate", "topic", "desks", "desk all", "desk any", "urgency")


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one post, beside what was expected."""

    id: str
    text: str
    expect: Raw
    fate: str
    lane: str | None
    topics: tuple[str, ...]
    desks: tuple[str, ...]
    urgency: str

    def agreement(self) -> Iterator[tuple[str, bool]]:
        """(what, whether it agrees), for all that can be compared."""
        same = self.fate == self.expect["fate"]
        yield "fate", same
        if not same or self.fate != "ticket":
            return
        yield "topic", self.expect["topic"] in self.topics
        wanted = desks_of(self.expect)
        yield "desks", set(self.desks) == wanted
        yield "desk all", wanted <= set(self.desks)
        yield "desk any", not wanted.isdisjoint(self.desks)
        if "urgency" in self.expect:
            yield "urgency", self.expect["urgency"] == self.urgency

    def line(self, what: str) -> str:
        """One disagreement, for the eye."""
        wanted, got = {
            "fate": (f"{self.expect['fate']}/{self.expect.get('lane', '')}", f"{self.fate}/{self.lane or ''}"),
            "topic": (self.expect.get("topic"), ",".join(self.topics)),
            "urgency": (self.expect.get("urgency"), self.urgency),
        }.get(what, (",".join(sorted(desks_of(self.expect))), ",".join(self.desks)))
        return f"{what.upper():<8} {self.id}: {wanted} -> {got} | {' '.join(self.text.split())}"


def desks_of(expect: Raw) -> set[str]:
    return set(expect.get("departments") or [d for d in (expect.get("department"),) if d])


def posts_of(folder: Path) -> Iterator[Raw]:
    """The posts that stand for themselves, in the files' order."""
    for path in sorted(folder.glob("*.yaml")):
        for post in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")).get("posts") or ():
            if post["expect"]["fate"] != "attached" and not post.get("own") and post["kind"] != "repost":
                yield post


def mention_of(post: Raw, settings: Settings) -> Mention:
    """The post as its connector would hand it over, to the first account that it was sent to."""
    name = post["to"] if isinstance(post["to"], str) else post["to"][0]
    keys = [a.key for a in settings.accounts if a.key.startswith(post["on"]) and a.key.endswith(f":{name}")]
    edited, place = post.get("edit"), post.get("place")
    text = str(edited["text"] if edited else post.get("text") or "")
    media = tuple(Media("video" if "video" in item else "photo") for item in post.get("media") or ())
    return Mention(
        f"{post['on']}:post:{post['id']}", keys[0] if keys else "", post["on"], MentionKind(post["kind"]),
        post["id"], text, AT, AT, media=media,
        place=PlaceHint(place.get("name"), place.get("lat"), place.get("lng")) if place else None,
    )


def judged(posts: Sequence[Raw], settings: Settings) -> list[Judged]:
    """Every post with its fate, in order."""
    rules = compile_rules(settings)
    mentions = [mention_of(post, settings) for post in posts]
    extractions = Extractor(settings).extract_many(mentions)
    return [_judge(*each, rules) for each in zip(posts, mentions, extractions, strict=True)]


def _judge(post: Raw, mention: Mention, extraction: Extraction, rules: Rules) -> Judged:
    kept = lane_of(mention, extraction, rules)
    routes = () if kept else route(mention, extraction, rules)
    return Judged(
        post["id"], mention.text, post["expect"], "lane" if kept else "ticket", kept.lane if kept else None,
        tuple(dict.fromkeys(r.topic for r in routes)), tuple(r.department for r in routes), extraction.urgency.label,
    )


def tally(results: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """What -> (right, compared)."""
    counts = Counter(pair for result in results for pair in result.agreement())
    return {what: (counts[what, True], counts[what, True] + counts[what, False]) for what in JUDGED}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.day", description=__doc__)
    parser.add_argument("--day", type=Path, default=Path("simulators/day"))
    parser.add_argument("--config", type=Path, default=Path("simulators/demo.yaml"))
    parser.add_argument("--errors", default="", help="print disagreements, e.g. fate,topic")
    given = parser.parse_args(arguments)
    results = judged(list(posts_of(given.day)), load(given.config))
    asked = {what for what in JUDGED if what in given.errors.lower().split(",")}
    for result in results:
        for what, right in result.agreement():
            if what in asked and not right:
                sys.stdout.write(result.line(what) + "\n")
    for what, (hits, compared) in tally(results).items():
        sys.stdout.write(f"{what:<9} {hits:>4} of {compared:<4} {hits / max(1, compared):.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
