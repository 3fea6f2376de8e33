"""Saving and rolling back: `config.yaml` is written whole, the store notes who, when and why.

The order is file first, then note: a crash between them leaves a live file that the daemon notes by itself
when it takes it in. Nothing is saved that does not load, and nothing that breaks more than it may without force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain import ConfigError, Refused
from settings import Settings, load
from settings.files import checked, with_rules_of, write_whole
from storage.records import RulesVersion
from storage.store import Store

if TYPE_CHECKING:
    from workbench.diff import Report

SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class Author:
    """Who saves, when, and why; all three stand in the history."""

    name: str
    reason: str
    at: datetime


def gate(report: Report | None, *, max_broken: int | None, force: bool) -> dict[str, Any]:
    """What the history keeps of the diff. Raises Refused where more is broken than may be, unless forced."""
    if report is None:
        return {"diff": "none", "forced": force}
    broken = len(report.broken)
    refused = max_broken is not None and broken > max_broken
    if refused and not force:
        tickets = ", ".join(f"T-{each.ticket}" for each in report.broken[:10])
        raise Refused(f"{broken} keputusan petugas akan rusak, paling banyak {max_broken}: {tickets}",
                      hint="persempit aturannya, atau paksa dengan alasan: --force --reason")
    return {"counts": report.counts, "broken": broken, "fixed": len(report.fixed), "forced": refused and force,
            "max_broken": max_broken, "since": report.since, "mentions": report.mentions}


def save(
    store: Store, path: Path, text: str, author: Author, *, seen: str | None = None,
    gate: Mapping[str, Any] | None = None,
) -> tuple[int, Settings]:
    """Make `text` the operators' file. `seen` is the hash of the rules that the author started from.

    Raises ConfigError for a text that does not load, Refused where somebody else was first.
    """
    if len(author.reason.strip()) < SHORTEST_REASON:
        raise ConfigError("alasan terlalu pendek", hint="tulis untuk rekan yang membaca riwayat tahun depan")
    settings = checked(text, beside=path)
    if seen is not None and (now := current_hash(path)) != seen:
        raise Refused(f"berkas {path} sudah diubah orang lain (aturan {now}, bukan {seen})",
                      hint="muat ulang, lalu bandingkan lagi")
    write_whole(path, text)
    n = store.save_ruleset(settings.ruleset, settings.rules(), reason=author.reason.strip(), now=author.at,
                           actor=author.name, text=text, gate=gate, always=True)
    return n, settings


def current_hash(path: Path) -> str | None:
    """The hash of the rules in the file; None where it is broken or not there."""
    try:
        return load(path).ruleset
    except ConfigError:
        return None


def rolled_back(store: Store, path: Path, n: int) -> str:
    """The operators' file with the rules of version `n` in it; ports, paths and accounts as they are now.

    Raises ConfigError where that version's file is not known or would not give its rules again.
    """
    found = store.rules_text(n)
    if found is None:
        raise ConfigError(f"v{n}: tidak ada versi ini", hint="kentongan rules history")
    text, rules = found
    if text is None:
        raise ConfigError(f"v{n}: berkasnya tidak tersimpan, hanya aturannya",
                          hint=f"kentongan rules show v{n} mencetak aturannya; tulis sendiri ke dalam berkas")
    merged = with_rules_of(path.read_text(encoding="utf-8"), text)
    settings = checked(merged, beside=path)
    now = settings.model_dump(mode="json", by_alias=True)
    same = Settings.model_validate({**now, **rules, "models": now["models"]})  # the rules go back, the model does not
    if settings.ruleset != same.ruleset:  # held in today's shape: a field that came later has its default in both
        raise ConfigError(f"v{n}: berkas dasar (`extends`) sudah berubah, aturannya tidak akan sama lagi",
                          hint="bandingkan dengan kentongan rules show, lalu sunting sendiri")
    return merged


def number(name: str) -> int:
    """41 of "v41" or "41"; raises ConfigError for anything else."""
    digits = name.lower().removeprefix("v")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise ConfigError(f"{name}: bukan nomor versi", hint="tulis seperti v41")
    return int(digits)


def in_force(store: Store) -> RulesVersion | None:
    """The newest version of which the store knows."""
    return next(iter(store.rules_versions()), None)
