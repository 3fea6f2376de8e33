"""`kentongan ingest`: archives and other channels through the same pipeline as the daemon's.

Twice the same archive opens nothing new; a malformed row is quarantined and counted, the rest goes in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain import Account, AccountState, ConfigError, Page
from ops.opened_store import opened_store
from ops.rows import AccountNames
from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption, progress, say
from settings import Settings, load

if TYPE_CHECKING:
    from storage.records import Saved
    from storage.store import Store

BATCH = 200
KEY = re.compile(r"[a-z0-9_]+:[A-Za-z0-9_.\-]+")  # as in the settings


class Format(StrEnum):
    X_V2 = "x-v2"
    X_COMPLIANCE = "x-compliance"
    INSTALOADER = "instaloader"
    GRAPH = "graph"
    OPEN311 = "open311"
    CSV = "csv"
    JSONL = "jsonl"


def ingest(
    path: Annotated[Path, typer.Argument(help="berkas atau folder arsip")],
    form: Annotated[Format, typer.Option("--format", help="bentuk arsip")],
    account: Annotated[str, typer.Option(help="akun yang disapa, mis. x:PEMKOT_SOLO")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Masukkan arsip lewat jalur yang sama dengan daemon; dua kali tidak menggandakan.

    Contoh: kentongan ingest --format x-v2 arsip.jsonl --account x:PEMKOT_SOLO
    """
    from harvester.archive import read

    settings = load(config)
    watched = archive_account(settings, form, account)
    try:
        pages = _of_that_form(read(form.value, path, account=watched, seen_at=datetime.now(UTC)), form, path)
    except ConfigError as error:
        if path.exists() and (other := _readable_as(path, form)):
            raise ConfigError(str(error), hint=f"tampaknya --format {other}") from error
        raise
    reasons: Counter[str] = Counter()
    with opened_store(config, store, create=True) as books:
        books.sync_accounts([*books.accounts(), watched], now=datetime.now(UTC))
        saved = _saved(books, watched, _noted(pages, reasons))
        opened = _judged(books, settings.watching(books.accounts()))
    say(f"baru {saved.new}, sudah ada {saved.known}, diperbarui {saved.revised}, "
        f"karantina {saved.quarantined}; tiket dibuka {opened}")
    if saved.gone:
        say(f"dihapus di sumbernya {saved.gone}: kata-katanya sudah dibuang")
    for reason, times in reasons.most_common(5):
        say(f"tidak terbaca {times} kali: {reason}")
    if saved == type(saved)():
        say(f"{path}: tidak ada yang baru, atau tidak ada isinya")


def _of_that_form(pages: Iterator[Page], form: Format, path: Path) -> Iterator[Page]:
    """`pages`; a ConfigError where all of the first is unreadable and `form` is not the file's."""
    first = next(pages, None)
    if first is None:
        return iter(())
    if first.quarantined and not first.mentions and _readable_as(path, form):
        raise ConfigError(f"{path}: tidak satu pun baris terbaca sebagai '{form}' ({first.quarantined[0].reason})")
    return chain([first], pages)


def _readable_as(path: Path, named: Format) -> str:
    """The other forms that read most of the first page, as a hint names them; empty for none."""
    from harvester.archive import read

    nobody = Account("import:coba", "import", "", "", "")
    counts: dict[str, int] = {}
    for form in Format:
        if form is not named:
            with suppress(ConfigError):
                page = next(read(form.value, path, account=nobody, seen_at=datetime.now(UTC)), None)
                counts[form.value] = len(page.mentions) if page else 0
    most = max(counts.values(), default=0)
    return " atau ".join(name for name, count in counts.items() if count == most > 0)


def _noted(pages: Iterator[Page], reasons: Counter[str]) -> Iterator[Page]:
    for page in pages:
        reasons.update(item.reason for item in page.quarantined)
        yield page


def archive_account(settings: Settings, form: Format, named: str) -> Account:
    """The archive's own row in the books, with the jurisdiction of the account that it is of; never polled.

    The row of the polled account stays as it is: an old archive says nothing about its token.
    """
    found = AccountNames(settings).key(named)
    for a in settings.accounts:
        if a.key == found:
            return Account(f"arsip:{a.key.replace(':', '.')}", a.platform, a.native_id, a.handle, a.government,
                           a.department, state=AccountState.DISABLED)
    if named and ":" not in named:
        raise ConfigError(f"--account {named}: tidak dikenal", hint="pakai kunci dari config.yaml, mis. x:solo")
    key = named or f"import:{form.value}"
    if not KEY.fullmatch(key):
        raise ConfigError(f"--account {named}: bukan kunci akun", hint="tulis seperti phone:solo")
    government = next(iter(settings.governments))
    return Account(key, key.split(":")[0], "", key.split(":")[1], government, state=AccountState.DISABLED)


def _saved(store: Store, account: Account, pages: Iterator[Page]) -> Saved:
    from storage.records import Saved

    total = Saved()
    with progress("menyimpan") as advance:
        for page in pages:
            now = datetime.now(UTC)
            saved = store.save_page(account.key, page, next_poll_at=now, now=now)
            total += saved
            advance(len(page.mentions) + len(page.quarantined))
    return total


def _judged(store: Store, settings: Settings) -> int:
    """Judge everything that waits, as the daemon would; returns how many tickets that opened."""
    from pipeline import build_judge, process_batch

    judge = build_judge(settings)
    store.save_ruleset(judge.rules.hash, settings.rules(), reason="ingest", now=datetime.now(UTC))
    before = _tickets(store)
    with progress("memutuskan") as advance:
        while taken := process_batch(store, judge, limit=BATCH, now=datetime.now(UTC)):
            advance(taken)
    return _tickets(store) - before


def _tickets(store: Store) -> int:
    counts: dict[str, Any] = store.facts().get("tickets", {})
    return sum(counts.values())


