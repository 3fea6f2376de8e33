"""`kentongan rules save`, `history`, `show`, `rollback`: numbered versions; config.yaml stays the single truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain import ConfigError, Refused
from ops.json_lines import as_json
from ops.opened_store import opened_store
from ops.rules_shared import MaxBrokenOption, SinceOption, author_of, jobs, since_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from routing.clocks import WIB
from settings import load
from settings.files import checked
from storage.store import Store
from workbench import versions

ReasonOption = Annotated[str, typer.Option("--reason", help="alasan; tercatat dalam riwayat")]
ForceOption = Annotated[bool, typer.Option("--force", help="simpan walau lebih banyak yang rusak; tercatat")]


def save(
    new: Annotated[Path, typer.Argument(help="rancangan config.yaml yang sudah benar")],
    reason: ReasonOption,
    max_broken: MaxBrokenOption = None,
    since: SinceOption = "90d",
    force: ForceOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Jadikan rancangan ini config.yaml: diperiksa, dibandingkan, ditulis utuh, diberi nomor; daemon memuatnya sendiri.

    Berkas sebelumnya tinggal di sampingnya sebagai .bak. Keluar 1 bila --max-broken terlampaui tanpa --force.
    Contoh: kentongan rules save rancangan.yaml --reason "bocor pipa ke PDAM" --max-broken 0
    """
    text = _text(new)
    with opened_store(config, store, create=True) as books:
        _save(books, config, text, reason, max_broken=max_broken, since=since, force=force)


def _text(path: Path) -> str:
    load(path)  # problems are named with the draft's own lines
    return path.read_text(encoding="utf-8")


def _save(
    books: Store, config: Path, text: str, reason: str, *, max_broken: int | None, since: str, force: bool,
) -> None:
    from workbench.diff import rules_diff

    in_force, draft = load(config), checked(text, beside=config)
    report = rules_diff(books, in_force, draft, since=since_of(since), jobs=jobs())
    try:
        gate = versions.gate(report, max_broken=max_broken, force=force)
    except Refused as refusal:
        say(f"tidak disimpan: {refusal}")
        say(f"saran: {refusal.hint}")
        raise typer.Exit(1) from refusal
    n, settings = versions.save(books, config, text, author_of(reason), seen=in_force.ruleset, gate=gate)
    counts = ", ".join(f"{kind} {n}" for kind, n in report.counts.items() if n) or "tanpa perubahan tiket"
    say(f"v{n} disimpan: aturan {settings.ruleset}; {counts}; rusak {len(report.broken)}"
        + (" (dipaksa)" if gate["forced"] else ""))


def history(config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False) -> None:
    """Daftar versi aturan, terbaru dahulu: siapa, kapan, mengapa, berapa keputusan petugas yang rusak.

    Contoh: kentongan rules history
    """
    with opened_store(config, store) as books:
        found = books.rules_versions()
    for version in found:
        if json:
            write_row({"version": version.n, "ruleset": version.hash, "at": version.at.isoformat(),
                       "actor": version.actor, "reason": version.reason, "gate": version.gate})
            continue
        gate = version.gate or {}
        broken = f"  rusak {gate['broken']}{' DIPAKSA' if gate.get('forced') else ''}" if "broken" in gate else ""
        typer.echo(f"v{version.n:<4} {version.hash}  {version.at.astimezone(WIB):%Y-%m-%d %H:%M} WIB  {version.actor}: "
                   f"{version.reason}{broken}")


def show(
    version: Annotated[str, typer.Argument(help="nomor versi, mis. v41")],
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Cetak berkas satu versi sebagaimana disimpan; dengan --json aturannya yang sudah dinormalkan.

    Contoh: kentongan rules show v41 > v41.yaml
    """
    n = versions.number(version)
    with opened_store(config, store) as books:
        found = books.rules_text(n)
    if found is None:
        raise ConfigError(f"v{n}: tidak ada versi ini", hint="kentongan rules history")
    text, rules = found
    typer.echo(as_json(rules).decode() if json or text is None else text, nl=text is None or json)


def rollback(
    version: Annotated[str, typer.Argument(help="nomor versi, mis. v41")],
    reason: ReasonOption,
    max_broken: MaxBrokenOption = None,
    since: SinceOption = "90d",
    force: ForceOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Berlakukan lagi aturan satu versi, sebagai versi baru; porta, jalur berkas, dan akun tetap seperti sekarang.

    Contoh: kentongan rules rollback v41 --reason "v42 salah mengarahkan PDAM"
    """
    with opened_store(config, store, create=True) as books:
        text = versions.rolled_back(books, config, versions.number(version))
        _save(books, config, text, reason, max_broken=max_broken, since=since, force=force)
