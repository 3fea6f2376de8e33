"""Tokens of departments' own software: made, listed, revoked, recognised.

A token is 256 random bits, so a plain SHA-256 of it is kept: nobody can try them out, and looking one up costs the same
whatever was sent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain import ConfigError, KentonganError
from inbox.models import ApiToken
from settings import Settings

READ, ACT, PERSONAL = "read", "act", "personal"
SCOPES = (READ, ACT, PERSONAL)
PREFIX = "ktg_"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,39}", re.ASCII)
MOST_DAYS = 366
PER_MINUTE = (1, 6_000)
STAMP_EVERY = timedelta(minutes=1)


def create(
    settings: Settings, name: str, *, department: str, scopes: Sequence[str], days: int, now: datetime,
    per_minute: int = 120,
) -> str:
    """Make a token and give it out, this once."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"{name}: nama token harus 2 sampai 40 huruf kecil, angka, atau -", hint="mis. sipd-dpupr")
    found = settings.departments.get(department)
    if found is None or found.outside:
        raise ConfigError(f"--department {department}: tidak dikenal", hint="pilih dinas berkotak masuk di sini")
    if not scopes or set(scopes) - set(SCOPES):
        raise ConfigError("--scope: tidak dikenal", hint=f"pilih {', '.join(SCOPES)}")
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"--days: 1 sampai {MOST_DAYS}")
    if not PER_MINUTE[0] <= per_minute <= PER_MINUTE[1]:
        raise ConfigError(f"--per-minute: {PER_MINUTE[0]} sampai {PER_MINUTE[1]}")
    if ApiToken.objects.filter(name=name).exists():
        raise KentonganError(f"{name}: nama token itu sudah pernah dipakai", hint="pilih nama lain")
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        name=name, department=department, scopes=sorted(set(scopes)), digest=digest(token), shown=token[:8],
        per_minute=per_minute, made_at=now, expires_at=now + timedelta(days=days))
    return token


def listing(now: datetime) -> list[dict[str, Any]]:
    """Every token there ever was: its name stands in histories."""
    return [
        {"name": one.name, "department": one.department, "scopes": list(one.scopes), "begins": one.shown,
         "per_minute": one.per_minute, "made_at": one.made_at.isoformat(), "expires_at": one.expires_at.isoformat(),
         "used_at": one.used_at.isoformat() if one.used_at else None, "state": state_of(one, now)}
        for one in ApiToken.objects.order_by("name")
    ]


def revoke(name: str, *, now: datetime) -> bool:
    """From the next request on it opens nothing. False where it was revoked before."""
    one = ApiToken.objects.filter(name=name).first()
    if one is None:
        raise KentonganError(f"{name}: token tidak ada", hint="lihat: kentongan tokens list")
    return bool(ApiToken.objects.filter(pk=one.pk, revoked_at=None).update(revoked_at=now))


def recognised(sent: str, *, now: datetime) -> ApiToken | None:
    """The token's row, stamped as used; None for one that opens nothing (any more)."""
    if not sent.startswith(PREFIX) or len(sent) > 100:
        return None
    one: ApiToken | None = ApiToken.objects.filter(digest=digest(sent)).first()
    if one is None or state_of(one, now) != "active":
        return None
    if one.used_at is None or now - one.used_at > STAMP_EVERY:
        ApiToken.objects.filter(pk=one.pk).update(used_at=now)
    return one


def state_of(one: ApiToken, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "expired" if now >= one.expires_at else "active"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
