"""`kentongan rules ...`: the operators' workbench on the command line. This file: `diff`, and what the others share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain import ConfigError
from ops import rules_lint, rules_table, rules_versions, rules_watch
from ops.opened_store import opened_store
from ops.rules_shared import MaxBrokenOption, SinceOption, jobs, since_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import load

if TYPE_CHECKING:
    from workbench.diff import Change, Report

app = typer.Typer(help="Aturan: bandingkan sebelum berlaku, simpan, riwayat, kembalikan.", no_args_is_help=True)


@app.command("diff")
def diff(
    new: Annotated[Path, typer.Argument(help="rancangan config.yaml")],
    since: SinceOption = "90d",
    max_broken: MaxBrokenOption = None,
    force: Annotated[bool, typer.Option("--force", help="lewati batas --max-broken, dengan --reason")] = False,
    reason: Annotated[str, typer.Option("--reason", help="alasan memaksa")] = "",
    shown: Annotated[int, typer.Option("--show", min=0, help="berapa perubahan yang dicetak; 0: semua")] = 40,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Tunjukkan tiket yang akan terbuka, tertutup, pindah, atau berubah bila rancangan ini berlaku.

    Hanya membaca; berjalan juga selagi daemon bekerja. Masukan sama, bita sama.
    Keluar 1 bila lebih dari --max-broken keputusan petugas akan rusak.
    Contoh: kentongan rules diff rancangan.yaml --since 90d --max-broken 0
    """
    if force and not reason.strip():
        raise ConfigError("--force memerlukan --reason", hint='--force --reason "dinas digabung per 1 Januari"')
    from workbench.diff import rules_diff

    with opened_store(config, store) as books:
        report = rules_diff(books, load(config), load(new), since=since_of(since), jobs=jobs())
    if json:
        write_row(report.plain())
    else:
        for line in lines(report, shown):
            typer.echo(line)
    if max_broken is not None and len(report.broken) > max_broken:
        say(f"{len(report.broken)} keputusan petugas akan rusak, paling banyak {max_broken}"
            + (f"; dipaksa: {reason.strip()}" if force else ""))
        if not force:
            raise typer.Exit(1)


app.command("save")(rules_versions.save)
app.command("history")(rules_versions.history)
app.command("show")(rules_versions.show)
app.command("rollback")(rules_versions.rollback)
app.command("lint")(rules_lint.lint)
app.command("watch")(rules_watch.watch)
app.command("export")(rules_table.export)
app.command("import")(rules_table.bring_in)


# --- for a person ----------------------------------------------------------------------------------

KINDS = {"open": "terbuka", "close": "tertutup", "move": "pindah", "topic": "topik", "urgency": "urgensi",
         "priority": "prioritas", "due": "batas waktu", "place": "usulan tempat", "moved_in": "masuk",
         "moved_out": "keluar"}


def lines(report: Report, shown: int) -> Iterator[str]:
    """The report as a person reads it: totals, desks, people's decisions, then ticket by ticket."""
    yield f"aturan     {report.old} -> {report.new}"
    since = f", sejak {report.since[:10]}" if report.since else ""
    yield f"riwayat    {report.mentions} kiriman, {report.stories} cerita{since}; dibaca ulang {report.read}"
    totals = ", ".join(f"{n} {KINDS[kind]}" for kind, n in report.counts.items() if n)
    yield f"perubahan  {totals or 'tidak ada'}"
    for department, counts in report.departments.items():
        yield f"  {department:<28} {', '.join(f'{n} {KINDS[kind]}' for kind, n in counts.items())}"
    yield f"petugas    {report.confirmed} keputusan; rusak {len(report.broken)}, membaik {len(report.fixed)}"
    for word, turned in (("rusak", report.broken), ("membaik", report.fixed)):
        for each in turned[: shown or None]:
            yield f"  {word:<8} T-{each.ticket} {each.kind} {each.value} ({each.because}) -> {', '.join(each.after)}"
    for note in report.notes:
        yield f"catatan    {note}"
    some = report.changes[: shown or None]
    for change in some:
        yield from _change(change)
    if left := len(report.changes) - len(some):
        yield f"... dan {left} lagi: --show 0 atau --json"


def _change(change: Change) -> Iterator[str]:
    number = f"T-{change.ticket}" if change.ticket else "baru"
    yield f"{KINDS[change.kind]:<10} {number}  {_seat(change.before)} -> {_seat(change.after)}"
    if change.kind == "place":
        yield f"           tempat {_place(change.before)} -> {_place(change.after)}"
    if change.text:
        yield f"           {change.text}"
    yield f"           karena {'; '.join(change.why)}"


def _seat(facts: Mapping[str, Any]) -> str:
    if "department" not in facts:
        return f"lajur {facts['lane']}" if facts else "tanpa tiket"
    return f"{facts['department']} [{facts['topic']}, {facts['urgency']}, {facts['rule']}]"


def _place(facts: Mapping[str, Any]) -> str:
    return f"{facts['place']} {facts['place_name']}" if facts["place"] else "tidak ada"
