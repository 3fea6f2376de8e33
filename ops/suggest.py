"""`kentongan suggest`: what staff corrected, as edits of the rules to look at. None is applied."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.opened_store import opened_store
from ops.rules_shared import SinceOption, jobs, since_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import load


def suggest(
    since: SinceOption = "90d",
    minimum: Annotated[int, typer.Option("--min", min=2, help="paling sedikit sekian pelapor berbeda")] = 3,
    with_x: Annotated[bool, typer.Option("--with-x", help="ikutkan kiriman X; hanya bila perjanjiannya membolehkan")]
    = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Usulkan suntingan aturan dari koreksi petugas, masing-masing dengan akibatnya; tidak ada yang diterapkan.

    Contoh: kentongan suggest --since 90d
    """
    from workbench.suggest import plain, suggestions

    with opened_store(config, store) as books:
        found = list(suggestions(books, load(config), since=since_of(since), with_x=with_x, minimum=minimum,
                                 jobs=jobs()))
    for proposal in found:
        if json:
            write_row(plain(proposal))
            continue
        place = f" di atas rute {proposal.where}" if proposal.kind == "route" and proposal.where else ""
        typer.echo(f"usul{place}:\n{proposal.lines}")
        counts = ", ".join(f"{kind} {n}" for kind, n in proposal.report.counts.items() if n)
        tickets = ", ".join(f"T-{number}" for number in proposal.evidence[:12])
        typer.echo(f"    akibat: {counts or 'tidak ada'}; petugas: membaik {proposal.mends}, "
                   f"rusak {len(proposal.report.broken)}; dari {tickets}")
    say(f"{len(found)} usul; tidak ada yang diterapkan. Salin ke rancangan, lalu: kentongan rules diff")
