"""`kentongan explain`: every stage's output for one text or one ticket, with the words that decided.

For a text it runs the same stages as the daemon, offline and without a store; for a ticket it reads
what was stored when the decision was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from domain import Actor, ConfigError, Mention, MentionKind, Verdict
from ops.opened_store import opened_store
from ops.rows import AccountNames
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, write_row
from routing.packet import LEVELS
from routing.wording import evidence
from routing.wording import reason as in_words
from storage.records import TicketView

MAX_DIGITS = 18  # of a ticket number: SQLite counts to 9,223,372,036,854,775,807
FATES = {"ticket": "tiket", "attached": "melekat", "lane": "lajur"}
OPERATOR = Actor("kentongan explain", all_departments=True)


def explain(
    ticket: Annotated[str | None, typer.Argument(help="nomor tiket, mis. T-12")] = None,
    text: Annotated[str | None, typer.Option("--text", "-t", help="teks untuk dicoba")] = None,
    account: Annotated[str, typer.Option(help="akun yang disapa, mis. x:PEMKOT_SOLO")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Jelaskan keputusan: kata yang menentukan, aturan, pilihan kedua dan selisihnya.

    Contoh: kentongan explain --text "Lampu jalan mati di Jl. RM Said Solo"
    """
    if (ticket is None) == (text is None):
        raise ConfigError("beri nomor tiket atau --text, salah satu", hint='kentongan explain --text "..."')
    found = _of_text(_as_typed(text), account, config) if text is not None else _of_ticket(ticket or "", config, store)
    if json:
        write_row(found)
        return
    for line in lines(found):
        typer.echo(line)


def _as_typed(text: str) -> str:
    """The argument in UTF-8, also where LANG=C made Python keep its bytes as halves of surrogate pairs."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _of_text(text: str, account: str, config: Path) -> dict[str, Any]:
    from deciding import decide
    from nlp.extract import Extractor
    from routing.packet import letter, packet
    from routing.route import route
    from routing.rules import compile_rules
    from settings import load

    settings = load(readable(config))
    rules = compile_rules(settings)
    now = datetime.now(UTC)
    named = AccountNames(settings).key(account)
    if account and not named:
        raise ConfigError(f"--account {account}: tidak dikenal", hint="pakai kunci dari config.yaml, mis. x:solo")
    mention = Mention("text", named, "import", MentionKind.MENTION, "text", text, now, now)
    extraction = Extractor(settings).extract(mention)
    decision = decide(mention, verdict=Verdict("text", "new"), extraction=extraction, standing=None, rules=rules)
    routes = decision.routes or route(mention, extraction, rules)
    seen = asdict(extraction)
    packets = [list(letter(packet(text, department=r.department, extraction=seen, route=asdict(r), rules=rules,
                                  arrived_at=now))) for r in routes if r.outside]
    return {
        "packets": packets, "text": text, "fate": decision.fate, "lane": decision.lane, "because": decision.because,
        "ruleset": rules.hash, "extraction": seen, "routes": [asdict(r) for r in routes],
    }


def _of_ticket(name: str, config: Path, store: Path | None) -> dict[str, Any]:
    number = name.upper().removeprefix("T-")
    if not (number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS):
        raise ConfigError(f"{name}: bukan nomor tiket", hint="tulis seperti T-12")
    with opened_store(config, store) as books:
        view = books.ticket(OPERATOR, int(number))
        version = books.version_numbers().get(view.ticket.ruleset)
    ticket = view.ticket
    return {
        "packets": [_letter_of(view, config)] if ticket.outside else [],
        "ticket": f"T-{view.ticket.id}", "department": view.ticket.department, "text": view.mention.text,
        "fate": "ticket", "lane": None, "because": view.ticket.rule, "ruleset": view.ticket.ruleset,
        "rules_version": version,
        "extraction": dict(view.extraction or {}), "routes": [dict(r) for r in view.routes],
        "old_pictures": [{"mention": old.mention, "picture": old.place, "seen_at": old.seen_at,
                          "tickets": [f"T-{ticket.id}" for ticket in old.tickets]} for old in view.old_pictures],
    }


def _letter_of(view: TicketView, config: Path) -> list[str]:
    from routing.packet import letter, packet
    from routing.rules import compile_rules
    from settings import load

    ticket = view.ticket
    route = next((r for r in view.routes if r["department"] == ticket.department), None)
    return list(letter(packet(view.mention.text, department=ticket.department, extraction=view.extraction or {},
                              route=route, rules=compile_rules(load(readable(config))), arrived_at=ticket.opened_at,
                              number=f"T-{ticket.id}")))


# --- for a person ----------------------------------------------------------------------------------


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The decision as a person reads it, one fact a line."""
    text, seen = found["text"], found["extraction"]
    lane = f" ({found['lane']})" if found["lane"] else ""
    yield f"nasib      {FATES.get(found['fate'], found['fate'])}{lane}: {found['because']}"
    version = f"v{found['rules_version']}  " if found.get("rules_version") else ""
    yield f"aturan     {version}{found['ruleset']}"
    for old in found.get("old_pictures", ()):
        yield f"gambar     pernah muncul {old['seen_at']:%d-%m-%Y} {' '.join(old['tickets'])}".rstrip()
    if not seen:
        yield "ekstraksi  tidak ada (diputuskan tanpa NLP)"
        return
    relevance, urgency = seen["relevance"], seen["urgency"]
    yield f"bahasa     {seen['language']}" + (f", {seen['register']}" if seen.get("register") else "")
    yield f"relevansi  {relevance['detail'].replace('_', ' ')} {relevance['score']:.2f}"
    yield from _reasons(text, [*relevance["because"], *relevance["vulnerable"]])
    for topic in seen["topics"]:
        yield f"topik      {topic['label']} {topic['score']:.2f}  {_words(text, topic['spans'])}"
    for place in seen["places"]:
        yield (f"tempat     '{place['text']}' [{place['start']}:{place['end']}] {place['type']} "
               f"{place['code'] or '-'} {place['name']} {place['score']:.2f}  {evidence(place['because'])}")
    if location := seen["location"]:
        yield f"lokasi     {location['code']} {location['name']} ({location['level']}) {location['score']:.2f}"
    yield f"urgensi    {urgency['label']} {urgency['score']:.2f}"
    yield from _reasons(text, urgency["because"])
    for r in found["routes"]:
        outside = " (di luar: diteruskan)" if r["outside"] else ""
        owner = LEVELS.get(r["owner"], r["owner"])
        yield f"tujuan     {r['department']}{outside} {r['score']:.2f}, aturan {r['rule']}, wewenang {owner}"
        yield f"           pilihan kedua {r['runner_up'] or '-'}, selisih {r['margin']:.2f}"
        yield from _reasons(text, r["because"])
    for sent in found.get("packets", ()):
        yield from (f"           {line}" for line in sent)
    if seen["sensitive"]:
        yield "peka       ya: hanya untuk dinas yang menangani"
    for item in seen["pii"]:
        yield f"pribadi    {item['type']} [{item['start']}:{item['end']}]"


def _reasons(text: str, reasons: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for reason in reasons:
        yield f"           {reason['weight']:+.2f} {in_words(reason['what'])}  {_words(text, reason['spans'])}".rstrip()


def _words(text: str, spans: Iterable[Mapping[str, int]]) -> str:
    return " ".join(f"'{text[s['start']:s['end']]}' [{s['start']}:{s['end']}]" for s in spans)
