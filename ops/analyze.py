"""`kentongan analyze`: what the NLP sees in each text and where it would go. No store, no network.

Relevance, topics, places, location, urgency, routes, sensitivity and personal data, with offsets in
code points of the given text. Routes are computed for every row, also for one that would be kept in
a lane: the reader asked where it *would* go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain import Extraction, Mention, Reason, Relevance, Route, Span, Topic
from ops.json_lines import BadRow, Row, batches, opened
from ops.rows import AccountNames, mention_of
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, progress, say, write_rows

if TYPE_CHECKING:
    from nlp.extract import Extractor
    from routing.rules import Rules


PRAISE, REST = "pujian", "lainnya"


def _picker(*names: str) -> Callable[[Any], dict[str, Any]]:
    """What makes an object of those fields of a record."""
    fields = attrgetter(*names)
    return lambda record: dict(zip(names, fields(record), strict=True))


RELEVANCE = _picker("label", "detail", "score")
PLACE = _picker("start", "end", "text", "type", "code", "name", "score")
LOCATION = _picker("code", "name", "level", "lat", "lng", "score")
ROUTE = _picker("department", "owner", "priority", "score")
BESIDE = _picker("runner_up", "margin")


def analyze(
    path: Annotated[Path | None, typer.Argument(help="berkas JSON Lines; kosong atau - : masukan baku")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Baca setiap teks: relevansi, topik, tempat, urgensi, tujuan, data pribadi.

    Contoh: echo '{"id":1,"text":"Jalan Slamet Riyadi Solo berlubang"}' | kentongan analyze
    """
    from nlp.collector import spare_the_collector
    from nlp.extract import Extractor
    from routing.rules import compile_rules
    from settings import load

    settings = load(readable(config))
    extractor, rules, names = Extractor(settings), compile_rules(settings), AccountNames(settings)
    spare_the_collector()
    bad = 0
    with opened(path) as stream, progress("membaca") as advance:
        for batch in batches(stream):
            write_rows(_answers(batch, extractor, rules, names))
            bad += sum(isinstance(row, BadRow) for row in batch)
            advance(len(batch))
    if bad:
        say(f"{bad} baris tidak terbaca; lihat `error` pada baris keluarannya")


def _answers(
    batch: Sequence[Row | BadRow], extractor: Extractor, rules: Rules, names: AccountNames
) -> Iterator[dict[str, Any]]:
    """One output row for each of the batch, in its order."""
    from routing.route import route

    mentions = [_mention(row, names) for row in batch if not isinstance(row, BadRow)]
    extractions = iter(zip(mentions, extractor.extract_many(mentions), strict=True))
    for row in batch:
        if isinstance(row, BadRow):
            yield row.as_output()
            continue
        mention, extraction = next(extractions)
        yield as_output(row.get("id"), extraction, route(mention, extraction, rules))


def _mention(row: Row, names: AccountNames) -> Mention:
    return mention_of(row, key=str(row.get("id")), account=names.key(row.get("account")))


def as_output(row_id: Any, extraction: Extraction, routes: Iterable[Route]) -> dict[str, Any]:
    """The contract of DESIGN §5, field by field."""
    location = extraction.location
    return {
        "id": row_id,
        "language": extraction.language,
        "relevance": _relevance(extraction.relevance),
        "topics": [{"label": t.label, "score": t.score, "spans": _spans(t.spans)} for t in _topics(extraction)],
        "places": [PLACE(place) for place in extraction.places],
        "location": LOCATION(location) if location else None,
        "urgency": {
            "label": extraction.urgency.label,
            "score": extraction.urgency.score,
            "because": reasons(extraction.urgency.because),
        },
        "routes": [{**ROUTE(r), "because": reasons(r.because), **BESIDE(r)} for r in routes],
        "sensitive": extraction.sensitive,
        "pii": [asdict(p) for p in extraction.pii],
    }


def _relevance(found: Relevance) -> dict[str, Any]:
    """Praise has a lane of its own with us; the contract's word for it is talk."""
    said = RELEVANCE(found)
    return said | {"detail": "obrolan"} if found.detail == PRAISE else said


def _topics(extraction: Extraction) -> tuple[Topic, ...]:
    """A matter to act on always has a topic, if only "lainnya"."""
    unknown = extraction.relevance.label == "actionable" and not extraction.topics
    return (Topic(REST, 0.0),) if unknown else extraction.topics


def _spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    return [{"start": s.start, "end": s.end} for s in spans]


def reasons(given: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"what": r.what, "weight": r.weight, "spans": _spans(r.spans)} for r in given]
