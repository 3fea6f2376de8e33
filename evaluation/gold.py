"""Scores the extraction on our own invented posts (`evaluation/gold/`), per component and per kind of post.

    python -m evaluation.gold [--set first|second|third|fourth|fifth] [--half dev|held|all] [--worst FILE] [--record]

The posts and their labels were fixed before anything had read them. Words and weights may be mended on `dev`; of
`held` only sums are ever printed, so `--worst`, which writes errors with their reasons, refuses it. `--record` writes
the figures of both halves to the `record.json` of the set, against which a test holds every later change; those of
first sight stay in it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from domain import Extraction, Mention
from evaluation.gold_errors import errors
from evaluation.labelled import URGENT, Row, mention_of, rows_of
from evaluation.score import Score, multiclass, place_tally, prf, topic_of
from nlp.extract import Extractor
from settings import load

GOLD = Path(__file__).parent / "gold"
# each with its own record
SETS = {"first": GOLD, "second": GOLD / "second", "third": GOLD / "third", "fourth": GOLD / "fourth",
        "fifth": GOLD / "fifth"}
RECORD = "record.json"
NEED = frozenset(("rentan", "kisah", "halus"))  # kinds of posts about people in need
HALVES = ("dev", "held")
Pair = tuple[Row, Extraction]


def posts(half: str = "all", folder: Path = GOLD) -> list[Row]:
    """Every post of the half, in the order of files and lines."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in rows_of(path, half)]


def read(extractor: Extractor, rows: Sequence[Row]) -> list[Pair]:
    """Each post with what the extractor sees in it, addressed to the account that the row names."""
    return list(zip(rows, extractor.extract_many([addressed(row) for row in rows]), strict=True))


def addressed(row: Row) -> Mention:
    return replace(mention_of(row), account=row.get("account", ""))


def scores(pairs: Sequence[Pair], source: str = "all") -> Iterator[Score]:
    """One line per component; a component that nothing in `pairs` tries is left out."""
    for part, score in PARTS.items():
        tried = [pair for pair in pairs if LABELS.get(part, "id") in pair[0]]
        if tried and (found := score(tried)):
            rows, figures = found
            yield Score(part, source, rows, figures)


Found = tuple[int, dict[str, float]] | None


def _relevance(pairs: Sequence[Pair]) -> Found:
    figures = _detection([(row["relevance"] == "actionable", e.relevance.label == "actionable") for row, e in pairs])
    figures["accuracy"] = _share(row["relevance"] == e.relevance.label for row, e in pairs)
    figures["detail"] = _share(as_talk(row["detail"]) == as_talk(e.relevance.detail) for row, e in pairs)
    return len(pairs), figures


def as_talk(detail: str) -> str:
    """Praise has a lane of its own inside; `analyze` calls it talk."""
    return "obrolan" if detail == "pujian" else detail


def _vulnerable(pairs: Sequence[Pair]) -> Found:
    """Of reports about people in need, how many are put before a person. It may never fall."""
    cases = [e for row, e in pairs if row["kind"] in NEED and row["relevance"] == "actionable"]
    return (len(cases), {"R": _share(e.relevance.label == "actionable" for e in cases)}) if cases else None


def _topics(pairs: Sequence[Pair]) -> Found:
    """Of matters to act on: is the first topic right, and how far does the set agree?"""
    cases = [(row, e) for row, e in pairs if row["relevance"] == "actionable"]
    if not cases:
        return None
    figures = multiclass([(row["topics"][0], topic_of(e)) for row, e in cases])
    sets = [(set(row["topics"]), {t.label for t in e.topics}) for row, e in cases]
    both, guessed, gold = (sum(len(s) for s in part) for part in zip(*((g & f, f, g) for g, f in sets), strict=True))
    return len(cases), figures | {f"set {name}": value for name, value in prf(both, guessed, gold).items()}


def _urgency(pairs: Sequence[Pair]) -> Found:
    """High or not, and the exact class: of all posts, and of reports alone, which are what people work on."""
    figures = _detection([(row["urgency"] in URGENT, e.urgency.label in URGENT) for row, e in pairs])
    figures["exact"] = _share(row["urgency"] == e.urgency.label for row, e in pairs)
    reports = [(row, e) for row, e in pairs if row["relevance"] == "actionable"]
    if reports:
        high = _detection([(row["urgency"] in URGENT, e.urgency.label in URGENT) for row, e in reports])
        figures["reports F1"] = high["F1"]
        figures["reports exact"] = _share(row["urgency"] == e.urgency.label for row, e in reports)
    return len(pairs), figures


def _places(pairs: Sequence[Pair]) -> Found:
    tally = Counter[str]()
    for row, e in pairs:
        tally.update(place_tally(row | {"ignore": []}, e))
    if not tally["gold"] and not tally["guesses"]:
        return None
    precision = tally["guess right"] / (tally["guesses"] or 1)
    recall = tally["found"] / (tally["gold"] or 1)
    figures = {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall or 1.0)}
    if tally["coded"]:
        figures["code right"] = tally["code right"] / tally["coded"]
    return len(pairs), figures


def _location(pairs: Sequence[Pair]) -> Found:
    """Right: the same area, or one inside it. Also the regency alone, and "nowhere" where there is no place."""
    sure = [(row["location"], e.location.code if e.location else None) for row, e in pairs if "location" in row]
    placed = [(gold, guess) for gold, guess in sure if gold]
    nowhere = [guess for gold, guess in sure if gold is None]
    figures: dict[str, float] = {}
    if placed:
        figures["right"] = _share((guess or "").startswith(gold) for gold, guess in placed)
        figures["regency"] = _share((guess or "")[:5] == gold[:5] for gold, guess in placed)
    if nowhere:
        figures["nowhere"] = _share(guess is None for guess in nowhere)
    return (len(sure), figures) if figures else None


def _language(pairs: Sequence[Pair]) -> Found:
    figures = {"accuracy": _share(row["language"] == e.language for row, e in pairs)}
    spoken = [(row["register"], e.register) for row, e in pairs if row.get("register")]
    if spoken:
        figures["register"] = _share(gold == guess for gold, guess in spoken)
    return len(pairs), figures


def _sensitive(pairs: Sequence[Pair]) -> Found:
    marks = [(row["sensitive"], e.sensitive) for row, e in pairs]
    return (len(pairs), _detection(marks)) if any(gold or guess for gold, guess in marks) else None


def _personal(pairs: Sequence[Pair]) -> Found:
    """A span is right where it touches one of the same kind."""
    right = guessed = gold = found = 0
    for row, e in pairs:
        spans, guesses = row["pii"], [p for p in e.pii if p.type != "handle"]
        gold, guessed = gold + len(spans), guessed + len(guesses)
        right += sum(any(_same(p, s) for s in spans) for p in guesses)
        found += sum(any(_same(p, s) for p in guesses) for s in spans)
    if not gold and not guessed:
        return None
    precision, recall = right / (guessed or 1), found / (gold or 1)
    return gold, {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall or 1.0)}


def _same(found: Any, span: Row) -> bool:
    return bool(found.type == span["type"] and found.start < span["end"] and span["start"] < found.end)


def _detection(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    both = sum(gold and guess for gold, guess in pairs)
    return prf(both, sum(guess for _, guess in pairs), sum(gold for gold, _ in pairs))


def _share(right: Iterator[bool]) -> float:
    marks = list(right)
    return sum(marks) / len(marks)


PARTS = {
    "relevance": _relevance, "vulnerable": _vulnerable, "topic": _topics, "urgency": _urgency, "places": _places,
    "location": _location, "language": _language, "sensitive": _sensitive, "personal": _personal,
}

# component -> what a row must say to be scored by it; the third set bears no places
LABELS = {"places": "spans", "language": "language", "sensitive": "sensitive", "personal": "pii"}


def by_kind(pairs: Sequence[Pair]) -> Iterator[Score]:
    kinds: dict[str, list[Pair]] = defaultdict(list)
    for row, e in pairs:
        kinds[row["kind"]].append((row, e))
    for kind, some in sorted(kinds.items()):
        yield from scores(some, kind)


def confusion(pairs: Sequence[Pair]) -> list[tuple[str, str, int]]:
    """What was taken for which first topic, the commonest first."""
    seen = Counter((row["topics"][0], topic_of(e)) for row, e in pairs if row["relevance"] == "actionable")
    return [(gold, guess, n) for (gold, guess), n in seen.most_common() if gold != guess]


def recorded(extractor: Extractor, folder: Path = GOLD) -> dict[str, Any]:
    """The figures of both halves as `record.json` keeps them, rounded to what is meaningful."""
    return {half: {score.part: {"rows": score.rows} | {n: round(v, 4) for n, v in score.figures.items()}
                   for score in scores(read(extractor, posts(half, folder)))} for half in HALVES}


def write_record(extractor: Extractor, folder: Path = GOLD) -> None:
    """First sight is written once and never again."""
    now, path = recorded(extractor, folder), folder / RECORD
    first = orjson.loads(path.read_bytes())["first_sight"] if path.exists() else now
    path.write_bytes(orjson.dumps({"record": now, "first_sight": first}, option=orjson.OPT_INDENT_2) + b"\n")


def report(extractor: Extractor, half: str, folder: Path = GOLD) -> Iterator[str]:
    pairs = read(extractor, posts(half, folder))
    yield from (score.line() for score in (*scores(pairs), *by_kind(pairs)))
    yield from (f"{'taken for':<10} {gold} -> {guess}: {n}" for gold, guess, n in confusion(pairs)[:12])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.gold", description=__doc__)
    parser.add_argument("--set", choices=SETS, default="first", help="which of the sets of invented posts")
    parser.add_argument("--half", choices=(*HALVES, "all"), default="dev")
    parser.add_argument("--worst", type=Path, help="write the errors with their reasons there; dev alone")
    parser.add_argument("--record", action="store_true", help="make today's figures those of record")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    given = parser.parse_args(arguments)
    if given.worst and given.half != "dev":
        parser.error("--worst shows posts one by one: of the half that is kept aside nobody reads them")
    extractor, folder = Extractor(load(given.config)), SETS[given.set]
    sys.stdout.writelines(f"{line}\n" for line in report(extractor, given.half, folder))
    if given.worst:
        found = errors(read(extractor, posts("dev", folder)))
        given.worst.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    if given.record:
        write_record(extractor, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
