"""`kentongan rules watch`: what rules that only watch would have done, against what people decided."""

from __future__ import annotations

import typer

from ops.opened_store import opened_store
from ops.rules_shared import SinceOption, since_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import load


def watch(
    since: SinceOption = "7d",
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Laporkan rute ber-mode watch atau suggest: apa yang akan dilakukannya, dan apakah petugas sependapat.

    Contoh: kentongan rules watch --since 7d
    """
    from workbench.watching import watched_rules

    with opened_store(config, store) as books:
        found = list(watched_rules(books, load(config), since=since_of(since)))
    for each in found:
        if json:
            write_row({"rule": each.rule, "mode": each.mode, "to": each.to, "would": each.would,
                       "agreed": each.agreed, "against": each.against, "precision": each.precision,
                       "desks": dict(each.desks), "stories": list(each.clusters)})
            continue
        said = f"{each.precision:.0%} dari {each.agreed + each.against}" if each.precision is not None else "belum ada"
        desks = ", ".join(f"{desk} {n}" for desk, n in each.desks)
        typer.echo(f"{each.rule} ({each.mode}) -> {each.to}: {each.would} cerita; ketepatan {said}; "
                   f"dari {desks or '-'}")
    if not found:
        say("tidak ada rute ber-mode watch atau suggest")
