"""`kentongan train`: learns from a folder of labelled rows and from staff's corrections, and takes what is better.

    python -m evaluation.retrain DATA_DIR [--config F] [--store F] [--into DIR] [--json] [--reason WHY]

A quarter of the rows, by a hash of their words, is held back: no model that is trained here ever learns from it, so
each month's model is scored on rows that are new to it, and identical texts stand on one side. What is written is the
very model that was scored. Prints figures, never a text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import xxhash

import logs
from domain import ConfigError, KentonganError, Mention
from evaluation.comparing import COMPONENTS, compared, refusals
from evaluation.corrections import taught_by_staff
from evaluation.learning import learn_from
from evaluation.rows import OTHERS_WEIGHT, Judged, Teaching, gathered
from evaluation.shelf import card_of, files_of, put
from evaluation.training import INVENTED, LEAST_ROWS
from nlp.learnt import Learnt, learnt_of
from nlp.linear import LinearModel
from settings import Settings, load
from settings.models import hash_of
from storage import open_store

HELD_SHARE = 4  # every fourth text
LEAST_HELD, LEAST_TAUGHT, LEAST_OF_A_KIND = 30, 90, 10  # rows of a component, what we invented not counted


def held_back(mention: Mention) -> bool:
    """By the words alone, so that it holds for ever and for every copy of a text."""
    return xxhash.xxh64_intdigest(f"held {_words(mention)}".encode()) % HELD_SHARE == 0


def _words(mention: Mention) -> str:
    return " ".join(mention.text.casefold().split())


def rows_for(data: Path, settings: Settings, store: Path | None) -> tuple[Teaching, Counter[str]]:
    """All rows of the folder and of the store, and what of the store is left out."""
    rows = gathered(data, "all")
    if store is None:
        return rows, Counter()
    books = open_store(store, lock_seconds=settings.store.lock_seconds, read_only=True)
    try:
        taught, left_out = taught_by_staff(books, settings.watching(books.accounts()))
    finally:
        books.close()
    for each in taught:
        if each.topic:
            rows.topics.append((each.mention, each.topic, OTHERS_WEIGHT, each.group))
        if each.relevance:
            rows.judged.append(Judged(each.mention, each.relevance, 1.0, each.group))
        if each.urgency:
            rows.hazards.append((each.mention, each.urgency, each.group))
    return rows, left_out


def split(rows: Teaching) -> tuple[Teaching, Teaching]:
    """(what is learnt from, what is held back), in an order that the files and the store do not choose."""
    topics = sorted(rows.topics, key=lambda row: (row[3], _words(row[0]), row[1]))
    judged = sorted(rows.judged, key=lambda row: (row.group, _words(row.mention), row.label))
    asked = {question: sorted(posts, key=lambda row: (row[2], _words(row[0]), row[1]))
             for question, posts in rows.asked.items()}

    def side(held: bool) -> Teaching:
        def ours(mention: Mention, group: str) -> bool:  # what its own authors expect of a post is no measure
            return held == (group not in INVENTED and held_back(mention))

        return Teaching([row for row in topics if ours(row[0], row[3])],
                        [row for row in judged if ours(row.mention, row.group)],
                        {question: [row for row in posts if ours(row[0], row[2])]
                         for question, posts in asked.items()})

    return side(False), side(True)


def check_rows(taught: Teaching, held: Teaching) -> None:
    """Raises ConfigError that says of every component what is missing."""
    problems = []
    for name, known, kept in zip(COMPONENTS, _labels(taught), _labels(held), strict=True):
        spread = Counter(known)
        kinds = [n for n in spread.values() if n >= (LEAST_ROWS if name == "topic" else LEAST_OF_A_KIND)]
        if len(known) < LEAST_TAUGHT or len(kept) < LEAST_HELD:
            problems.append(f"{name}: {len(known)} baris untuk belajar dan {len(kept)} untuk menguji; perlu paling "
                            f"sedikit {LEAST_TAUGHT} dan {LEAST_HELD}")
        elif len(kinds) < 2:
            problems.append(f"{name}: baris hampir semuanya berlabel sama: {dict(spread.most_common(3))}")
    if problems:
        raise ConfigError("baris berlabel terlalu sedikit untuk melatih", problems=tuple(problems),
                          hint="isi --data dengan topic.jsonl, relevance.jsonl, urgency.jsonl (docs/training.md)")


def _labels(rows: Teaching) -> tuple[list[str], list[str], list[str]]:
    return ([label for _, label, _, group in rows.topics if group not in INVENTED],
            [each.label for each in rows.judged if each.group not in INVENTED],
            [label for _, label, group in rows.hazards if group not in INVENTED])


def retrained(
    data: Path, settings: Settings, *, store: Path | None, into: Path, forced: str = "",
    say: Callable[[Mapping[str, Any]], None],
) -> bool:
    """Train, compare and take the new model, or not; `say` hears every line of the diff and then the verdict."""
    rows, left_out = rows_for(data, settings, store)
    taught, held = split(rows)
    check_rows(taught, held)
    learnt, figures = learn_from(taught, settings)
    learnt = as_stored(learnt)
    lines = compared(held, settings, learnt_of(settings), learnt)
    for line in lines:
        say(line.plain())
    against = refusals(lines)
    forced = forced if against else ""
    model, weights = files_of(learnt, {"out of fold": figures} | ({"forced": forced} if forced else {}))
    taken = not against or bool(forced)
    if taken:
        put(into, model, weights, card_of(model, weights, taught, lines, left_out, forced))
    say({"taken": taken, "model": hash_of(model, weights), "before": settings.models.hash, "into": str(into),
         "because": against, "forced": bool(forced), "left_out": dict(sorted(left_out.items()))})
    return taken


def as_stored(learnt: Learnt) -> Learnt:
    """With weights in the steps that the file has: what is scored is what will read."""
    return replace(learnt, model=LinearModel.from_bytes(learnt.model.to_bytes()) if learnt.model else None)


# --- the process -----------------------------------------------------------------------------------------------


def shown(row: Mapping[str, Any]) -> str:
    """A line of the diff, or the verdict, for a person."""
    if "taken" in row:
        left = [f"tidak dipakai dari basis data: {n} kiriman ({reason})" for reason, n in row["left_out"].items()]
        because = [f"- {reason}" for reason in row["because"]]
        end = f"dipakai: model {row['model']} di {row['into']} (sebelumnya {row['before']})" if row["taken"] else (
            f"tidak dipakai: model {row['before']} tetap berlaku, tidak ada yang ditulis")
        return "\n".join([*left, *because, end + (" - dipaksakan" if row["forced"] else "")])
    before, after = row["before"], row["after"]
    told = "  ".join(f"{name} {before[name]:.3f} -> {after[name]:.3f}" for name in before)
    sign = {"better": "membaik", "worse": "MEMBURUK", "alike": "setara"}[row["verdict"]]
    return (f"{row['component']:<10} {row['source']:<24} n={row['rows']:<5} {told}  +{row['better']} -{row['worse']}"
            f"  p {row['chance']:.3f}  {sign}")


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="evaluation.retrain", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--store", type=Path, help="staff's corrections; without it those of the settings' store")
    parser.add_argument("--into", type=Path, help="folder of the new model; without it that which the settings name")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--reason", default="", help="take the new model whatever the test says, and record why")
    return parser.parse_args(arguments)


def run(arguments: Sequence[str]) -> bool:
    """Raises ConfigError for what a person has to put right."""
    given = _arguments(arguments)
    settings = load(given.config)
    into = given.into or settings.models.folder
    if into is None:
        raise ConfigError("ke mana model baru ditulis?",
                          hint="tulis `models: var/model` di config.yaml, atau beri --into")
    store = given.store or settings.store.path
    if not store.exists():
        if given.store:
            raise ConfigError(f"{store}: belum ada basis data", hint="beri jalur yang benar, atau tanpa --store")
        sys.stderr.write(f"{store} tidak ada: belajar tanpa koreksi petugas\n")

    def say(row: Mapping[str, Any]) -> None:
        sys.stdout.write((orjson.dumps(row).decode() if given.json else shown(row)) + "\n")

    taken = retrained(given.data, settings, store=store if store.exists() else None, into=into, forced=given.reason,
                      say=say)
    if taken and into.absolute() != settings.models.folder:
        sys.stderr.write(f"agar berlaku, tulis di {given.config}: models: {into}\n")
    return taken


def main(arguments: Sequence[str]) -> int:
    logs.configure(level="WARNING")
    try:
        return 0 if run(arguments) else 1
    except KentonganError as error:
        for line in (*getattr(error, "problems", ()), f"galat: {error}", f"saran: {error.hint}" if error.hint else ""):
            sys.stderr.write(f"{line}\n" if line else "")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
