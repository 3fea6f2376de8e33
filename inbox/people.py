"""Staff accounts as the command line manages them: add, list, disable, the demo's logins.

There is no default account and no sign-up: the first person comes from this file's caller.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from domain import ConfigError, KentonganError
from inbox import factor, sessions
from inbox.models import ACTING, REVIEWER, ROLES, Session, User
from settings import Settings

DEMO = (("dpupr", "dpupr-solo"), ("dinsos", "dinsos-jateng"), ("dinkes", "dinkes-jateng"))
COORDINATOR = "koordinator"


def one_time_password() -> str:
    """Four groups of four signs that nobody confuses on a sheet of paper: about 77 bits."""
    signs = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(4))


def add(settings: Settings, name: str, *, departments: Sequence[str], role: str = REVIEWER,
        all_departments: bool = False, password: str | None = None) -> str | None:
    """Make an account; returns the one-time password where none was given, to be changed at first sign-in."""
    _check(settings, departments, role)
    if name.startswith("api:"):
        raise ConfigError(f"{name}: nama berawalan api: milik token", hint="pilih nama lain, atau: kentongan tokens")
    if not departments and not all_departments:
        raise ConfigError("dinas belum disebut", hint="pakai --department (boleh berulang) atau --all-departments")
    if User.objects.filter(username=name).exists():
        raise KentonganError(f"{name}: akun sudah ada", hint="lihat: kentongan users list")
    user = User(username=name, role=role, departments=list(departments), all_departments=all_departments,
                must_change_password=password is None)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ConfigError(" ".join(error.messages)) from error
    given = password or one_time_password()
    user.set_password(given)
    user.save()
    return None if password else given


def _check(settings: Settings, departments: Sequence[str], role: str) -> None:
    unknown = [key for key in departments if key not in settings.departments]
    if unknown:
        raise ConfigError(f"--department {', '.join(unknown)}: tidak dikenal", hint="lihat departments di config.yaml")
    if role not in ROLES:
        raise ConfigError(f"--role {role}: tidak dikenal", hint=f"pilih {', '.join(ROLES)}")


def listing() -> list[dict[str, Any]]:
    return [
        {"name": user.username, "role": user.role, "departments": list(user.departments),
         "all_departments": user.all_departments, "active": user.is_active,
         "must_change_password": user.must_change_password, "second_factor": factor.device_of(user) is not None,
         "last_login": user.last_login.isoformat() if user.last_login else None}
        for user in User.objects.order_by("username")
    ]


def colleagues_of(department: str) -> list[str]:
    """Who of a department may act on its tickets, by name."""
    return colleagues((department,)).get(department, [])


def colleagues(departments: Sequence[str]) -> dict[str, list[str]]:
    """The same of several at once, in their order; those without anybody are left out."""
    acting = User.objects.filter(is_active=True, role__in=ACTING).order_by("username")
    rows = acting.values_list("username", "departments")  # no whole accounts: every list asks
    found = {key: [name for name, own in rows if key in own] for key in departments}
    return {key: names for key, names in found.items() if names}


def disable(name: str) -> int:
    """Shut the account and end its sessions at once; returns how many there were."""
    user = _one(name)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return sessions.end_all(user)


def enable(name: str) -> None:
    """Open a closed account again; its password is what it was."""
    User.objects.filter(pk=_one(name).pk).update(is_active=True)


def end_sessions(name: str) -> int:
    return sessions.end_all(_one(name))


def standing_sessions(name: str) -> list[dict[str, str]]:
    return [{"began": one.began.isoformat(), "seen": one.seen.isoformat(), "from": one.address, "with": one.device}
            for one in sessions.of(_one(name), None)]


def renew_password(name: str) -> str:
    """A one-time password; ends the sessions and lifts a lock-out."""
    from axes.utils import reset

    user, given = _one(name), one_time_password()
    user.set_password(given)
    user.must_change_password = True
    user.save()
    sessions.end_all(user)
    reset(username=name)
    return given


def forget_factor(name: str) -> bool:
    """For who has lost phone and paper: the password alone opens again, or the person has to enrol anew."""
    user = _one(name)
    had = factor.forget(user)
    sessions.end_all(user)
    return had


def exists(name: str) -> str:
    return str(_one(name).username)


def _one(name: str) -> User:
    user: User | None = User.objects.filter(username=name).first()
    if user is None:
        raise KentonganError(f"{name}: akun tidak ada", hint="lihat: kentongan users list")
    return user


def demo(settings: Settings) -> list[dict[str, str]]:
    """Logins for the demo, each time with new passwords; they may be used without changing them first."""
    wanted = [(name, [key], False) for name, key in DEMO if key in settings.departments]
    wanted.append((COORDINATOR, [key for key in ("triage",) if key in settings.departments], True))
    rows = []
    for name, departments, everything in wanted:
        user = User.objects.filter(username=name).first() or User(username=name)
        user.role, user.departments, user.all_departments = REVIEWER, departments, everything
        user.is_active, user.must_change_password = True, False
        password = one_time_password()
        user.set_password(password)
        user.save()
        Session.objects.filter(user_id=user.pk).delete()
        rows.append({"name": name, "password": password, "department": "*" if everything else departments[0]})
    return rows
