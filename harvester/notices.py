"""What ops are told of the accounts: once each, with cause and command, and nothing that a citizen wrote. Pure.

Nothing is remembered here. Each notice has a key that names its episode (the account and since when it waits, the
month and the limit, the day on which a token ends), and the store takes a key once: so a notice can be reckoned anew
from how things stand every quarter of a minute, a crash loses none and a restart repeats none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from domain import Account, AccountState, BlindWindow, Event
from harvester.budget import OWN_LIMIT, WARN_AT, Purse

Address = tuple[str, str]  # transport kind, address
LAST_CALL = 1  # days before a token ends: told a second time


def notices(
    accounts: Sequence[Account], *, purses: Mapping[str, Purse], windows: Iterable[BlindWindow],
    ends: Mapping[str, date], token_days: int, addresses: Sequence[Address], now: datetime,
) -> list[Event]:
    """Everything that somebody has to know by now. `ends`: account -> the day on which its token ends."""
    told = [
        *_waiting(accounts), *_attention(accounts), *_money(accounts, purses),
        *_tokens(accounts, ends, token_days=token_days, now=now), *_silent(accounts, windows),
    ]
    return [Event(f"{key}|{kind}:{address}", kind, address, 0, subject, body)
            for key, subject, body in told for kind, address in addresses]


Told = tuple[str, str, str]  # key, subject, body


def _waiting(accounts: Sequence[Account]) -> Iterator[Told]:
    for account in accounts:
        if account.state is AccountState.NEEDS_HUMAN:
            yield (f"akun|{account.key}|perlu-petugas|{_since(account)}", f"Perlu petugas: {named(account)}",
                   f"Sebab: {account.state_reason}\n"
                   f"Sesudah beres, susulkan yang terlewat: kentongan poll --backfill {account.key}\n"
                   "Sampai saat itu akun ini tidak ditanya lagi.")


def _attention(accounts: Sequence[Account]) -> Iterator[Told]:
    for account in accounts:
        if account.attention:
            which = hashlib.sha256(account.attention.encode()).hexdigest()[:12]
            yield (f"akun|{account.key}|perhatian|{which}", f"Perlu petugas: {named(account)}",
                   f"Sebab: {account.attention}\nAkun ini tetap dibaca lewat id {account.native_id or 'lamanya'}.")


def _money(accounts: Sequence[Account], purses: Mapping[str, Purse]) -> Iterator[Told]:
    for purse in purses.values():
        key = f"anggaran|{purse.platform}|{purse.month}|{purse.limit}"
        if purse.limit and purse.used >= WARN_AT:
            yield (f"{key}|80", f"Anggaran {purse.platform} terpakai {purse.used:.0%}", forecast(purse))
    paused: dict[str, list[Account]] = {}
    for account in accounts:
        if account.state is AccountState.PAUSED_BUDGET:
            paused.setdefault(account.platform, []).append(account)
    for platform, waiting in paused.items():
        found = purses.get(platform)
        month = found.month if found else min(_since(account) for account in waiting)[:7]
        reason = waiting[0].state_reason
        own = reason.startswith(OWN_LIMIT)
        which = hashlib.sha256(reason.encode()).hexdigest()[:8] if own else "platform"
        yield (f"anggaran|{platform}|{month}|berhenti|{which}", f"Anggaran: {platform} berhenti dibaca",
               f"Sebab: {reason}\nAkun: {', '.join(account.key for account in waiting)}\n" + (
                   f"Naikkan platforms.{platform}.monthly_usd di config.yaml, atau tunggu bulan baru."
                   if own else f"Sesudah ada kredit: kentongan poll --backfill {' '.join(a.key for a in waiting)}"))


def forecast(purse: Purse) -> str:
    """How far the money reaches, in words."""
    if purse.limit is None:
        return "tidak dibatasi"
    spent = f"${purse.spent:.2f} dari ${purse.limit:.2f}"
    if purse.used >= 1:
        return f"{spent}: habis"
    if purse.empty_on is not None:
        return f"{spent}, ${purse.per_day:.2f} sehari: habis tanggal {purse.empty_on.day}"
    return f"{spent}: cukup sampai akhir bulan"


def _tokens(
    accounts: Sequence[Account], ends: Mapping[str, date], *, token_days: int, now: datetime
) -> Iterator[Told]:
    for account in accounts:
        end = ends.get(account.key)
        if end is None or account.state is AccountState.DISABLED:
            continue
        left = days_left(end, now)
        if left <= token_days:
            call = LAST_CALL if left <= LAST_CALL else token_days
            yield (f"akun|{account.key}|token|{end}|{call}", f"Token berakhir {end}: {named(account)}",
                   f"Token {account.key} berakhir {end}, {max(left, 0)} hari lagi. Buat yang baru sebelum itu; daemon "
                   f"membacanya setelah dijalankan ulang, lalu: kentongan poll --backfill {account.key}")


def days_left(end: date, now: datetime) -> int:
    return (end - now.astimezone(UTC).date()) // timedelta(days=1)


def _silent(accounts: Sequence[Account], windows: Iterable[BlindWindow]) -> Iterator[Told]:
    known = {account.key: account for account in accounts}
    for window in windows:
        if window.kind == "silent" and window.until is None and window.account in known:
            account = known[window.account]
            yield (f"akun|{account.key}|sunyi|{window.since:%Y-%m-%dT%H}", f"Sunyi di luar kebiasaan: {named(account)}",
                   f"{window.cause}. Buka akun itu di platformnya: adakah kiriman yang tidak sampai ke sini? "
                   f"Baca ulang: kentongan poll --backfill {account.key}")


def cause_of(reason: str) -> str:
    """What happened: "token kedaluwarsa" of "token kedaluwarsa — buat yang baru, lalu: kentongan accounts resume x"."""
    return reason.partition(" — ")[0]


def without_command(reason: str) -> str:
    """Cause and remedy; who shows it names the command itself, one and not two."""
    return reason.partition(", lalu: kentongan ")[0]


def named(account: Account) -> str:
    handle = account.handle.lstrip("@")
    return f"{account.key} (@{handle})" if handle else account.key


def _since(account: Account) -> str:
    return f"{account.state_at:%Y-%m-%dT%H:%M:%S}" if account.state_at else "-"
