"""`kentongan inbox`, `kentongan users`, `kentongan tokens`: become the web app's process, which owns its logins."""

from __future__ import annotations

import os
import sys

import typer

from ops.terminal import DEFAULT_CONFIG, ConfigOption


def serve(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Jalankan kotak masuk untuk petugas (aplikasi web) di alamat yang tertulis di pengaturan.

    Contoh: kentongan inbox --config config.yaml
    """
    _become("serve", "--config", str(config))


def users(context: typer.Context) -> None:
    """Kelola pengguna kotak masuk: add, list, disable, enable, password, factor, sessions, revoke, demo.

    Contoh: kentongan users add sri --department dpupr-solo
    """
    _become("users", *context.args)


def tokens(context: typer.Context) -> None:
    """Kelola token API dinas: create, list, revoke.

    Contoh: kentongan tokens create sipd-dpupr --department dpupr-solo --scope read --scope act
    """
    _become("tokens", *context.args)


def _become(*arguments: str) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "inbox", *arguments])  # noqa: S606 our own module
