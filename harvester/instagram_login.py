"""A person logs in to Instagram: password and second factor come from whoever sits at the terminal.

Only `kentongan session login` comes here; the daemon never logs in and never answers a challenge. What
instaloader would save as a pickle is handed back as plain cookies. One try of a password is one request
for it: Instagram counts wrong ones. Nothing that was typed stands in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import instaloader
import requests

from domain import KentonganError
from harvester.instagram_session import FETCH_DEADLINE, NEEDED_COOKIES, Gate, GatedAdapter, loader, wired

SITE = "https://www.instagram.com"
CODES = 3  # tries of a second factor
POINTED_TO = re.compile(r"Point your browser to (\S+)")


class LoginRefused(KentonganError):
    """Instagram did not let the person in; the hint says what to do, the address to open among it."""


def log_in(
    username: str, password: str, *, ask_code: Callable[[], str], base_url: str | None = None
) -> dict[str, str]:
    """The cookies of a new session; raises LoginRefused. `ask_code` is called where a second factor is wanted."""
    adapter = GatedAdapter(Gate(None), base_url=base_url)
    try:
        with wired(adapter):
            cookies = _cookies(adapter, username, password, ask_code)
    except instaloader.BadCredentialsException:
        raise LoginRefused("kata sandi salah", hint="coba lagi; Instagram menghitung percobaan yang salah") from None
    except instaloader.LoginException as error:
        raise _refused(str(error), username) from None
    except (requests.RequestException, instaloader.InstaloaderException, KeyError, ValueError, TypeError) as error:
        raise LoginRefused(f"Instagram tidak menjawab seperti biasanya: {type(error).__name__}",
                           hint="coba lagi nanti, atau ambil kuki dari peramban: kentongan session import") from None
    if missing := [name for name in NEEDED_COOKIES if not cookies.get(name)]:
        raise LoginRefused(f"Instagram tidak memberi {', '.join(missing)}", hint="masuk lewat peramban, lalu: "
                           "kentongan session import")
    return cookies


def _cookies(
    adapter: GatedAdapter, username: str, password: str, ask_code: Callable[[], str]
) -> dict[str, str]:
    made = loader(adapter.gate)
    _give_time(adapter)
    try:
        made.login(username, password)
    except instaloader.TwoFactorAuthRequiredException:
        _second_factor(made, adapter, ask_code)
    cookies: dict[str, str] = made.save_session()
    return cookies


def _second_factor(made: instaloader.Instaloader, adapter: GatedAdapter, ask_code: Callable[[], str]) -> None:
    """Three tries; then the person has to begin anew."""
    for left in range(CODES - 1, -1, -1):
        code = "".join(ask_code().split())
        _give_time(adapter)  # a person takes as long as it takes
        try:
            made.two_factor_login(code)
        except instaloader.BadCredentialsException:
            if not left:
                raise LoginRefused("kode verifikasi salah", hint="minta kode baru, lalu coba lagi") from None
        else:
            return


def _give_time(adapter: GatedAdapter) -> None:
    adapter.ends_at = adapter.clock() + FETCH_DEADLINE.total_seconds()


def _refused(text: str, username: str) -> LoginRefused:
    if found := POINTED_TO.search(text):
        address = found[1] if found[1].startswith("http") else SITE + found[1]
        return LoginRefused("Instagram minta pemeriksaan oleh pemilik akun",
                            hint=f"buka {address} di peramban, ikuti langkahnya, lalu ulangi perintah ini")
    if "does not exist" in text:
        return LoginRefused(f"tidak ada akun {username} di Instagram", hint="periksa ejaan nama pengguna")
    return LoginRefused("Instagram menolak masuk", hint="coba lagi nanti, atau ambil kuki dari peramban: "
                        "kentongan session import")
