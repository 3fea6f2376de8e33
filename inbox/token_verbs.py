"""`python -m inbox tokens create | list | revoke`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from settings import Settings

Ready = Callable[[Settings], None]
Say = Callable[[dict[str, Any]], None]
Verb = Callable[..., argparse.ArgumentParser]


def add_parsers(verbs: Any, verb: Verb, run: Mapping[str, Callable[[Settings, argparse.Namespace], int]]) -> None:
    """Hang the verbs on the parser; `verb` adds one with `--config`."""
    under = verbs.add_parser("tokens", help="token API dinas").add_subparsers(
        required=True, metavar="create|list|revoke")
    create = verb(under, "create", run["create"], "buat token; mencetaknya sekali ini saja")
    create.add_argument("name", help="2 sampai 40 huruf kecil, angka, dan tanda hubung; tercatat di riwayat tiket")
    create.add_argument("--department", required=True, help="kunci dinas di config.yaml")
    create.add_argument("--scope", action="append", choices=("read", "act", "personal"),
                        help="boleh berulang; tanpa ini: read")
    create.add_argument("--days", type=int, default=90, help="berlaku berapa hari, paling lama 366")
    create.add_argument("--per-minute", type=int, default=120, help="batas permintaan per menit")
    listing = verb(under, "list", run["list"], "daftar token, tanpa tokennya")
    listing.add_argument("--json", action="store_true")
    verb(under, "revoke", run["revoke"], "cabut token, berlaku seketika").add_argument("name")


def runs(ready: Ready, say: Say) -> Mapping[str, Callable[[Settings, argparse.Namespace], int]]:
    """The verbs; the models can be imported only once Django is set up."""

    def create(settings: Settings, options: argparse.Namespace) -> int:
        ready(settings)
        from inbox.api import tokens

        token = tokens.create(settings, options.name, department=options.department, scopes=options.scope or ["read"],
                              days=options.days, per_minute=options.per_minute, now=datetime.now(UTC))
        say({"name": options.name, "token": token})
        return 0

    def show(settings: Settings, options: argparse.Namespace) -> int:
        ready(settings)
        from inbox.api import tokens

        rows = tokens.listing(datetime.now(UTC))
        if not rows and not options.json:
            print("belum ada token", file=sys.stderr)  # noqa: T201
        for row in rows:
            if options.json:
                say(row)
            else:
                used = row["used_at"] or "belum dipakai"
                print(f"{row['name']:<24} {row['department']:<20} {','.join(row['scopes']):<18} "  # noqa: T201
                      f"{row['state']:<8} s.d. {row['expires_at'][:10]}  {used[:16]}")
        return 0

    def revoke(settings: Settings, options: argparse.Namespace) -> int:
        ready(settings)
        from inbox.api import tokens

        say({"name": options.name, "revoked": tokens.revoke(options.name, now=datetime.now(UTC))})
        return 0

    return {"create": create, "list": show, "revoke": revoke}
