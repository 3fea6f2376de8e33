"""A mailbox by IMAP: what citizens write to an office's address. Reads only; nothing is marked, moved or sent.

The cursor is the folder's UIDVALIDITY and the highest UID that is stored. Where the server has numbered its
mails anew, those since two days before the last reading are read again: the Message-ID says which are known.
The server must speak TLS, unless it is a simulator on loopback. One fetch is one connection.
"""

from __future__ import annotations

import contextlib
import imaplib
import os
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from domain import Account, ConfigError, Mention, Page, Quarantined
from harvester.base import AccountBlocked, HarvestError, RateLimited, Transient
from harvester.cursor import StoredCursor
from harvester.mail_payload import id_of, mention_of
from harvester.payload import why
from harvester.wire import Limits, loopback
from settings import PlatformSettings

PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}
PAGE_MAILS = 25
MAIL_BYTES = 2 << 20  # of one mail; words stand in front, what is attached behind may be cut
FIRST_LOOK = timedelta(days=7)
OVERLAP = timedelta(days=2)
LIMITS = Limits(connect_seconds=10, read_seconds=20, total_seconds=120, max_bytes=MAIL_BYTES + 65_536)
# IMAP's, whatever the locale
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CODE = re.compile(r"\[([A-Z-]+)")
DATA = re.compile(rb"\bUID (\d+)\b")


@dataclass(slots=True)
class Cursor(StoredCursor):
    validity: int = 0
    uid: int = 0
    at: float = 0.0  # when it was last read


class Mail:
    """The connector of `mail`: `server: imaps://HOST/FOLDER`, the account's handle is its user."""

    platform: ClassVar[str] = "mail"

    def __init__(self, settings: PlatformSettings, *, limits: Limits | None = None) -> None:
        self._settings = settings
        self._limits = limits or LIMITS
        self._server = urlsplit(loopback(settings.base_url) if settings.base_url else settings.server)
        if settings.base_url is None and self._server.scheme not in ("imaps", "imap+starttls"):
            raise ConfigError("platforms.mail.server: harus imaps://HOST atau imap+starttls://HOST",
                              hint="contoh: imaps://imap.contoh.go.id/INBOX")

    def fetch(self, account: Account, *, now: datetime) -> Page:
        password = password_for(self._settings, account)
        try:
            with self._opened(account, password) as mailbox:
                return self._page(mailbox, account, now)
        except HarvestError:
            raise
        except ssl.SSLCertVerificationError:
            raise AccountBlocked("sertifikat server surat tidak sah",
                                 remedy=f"periksa server, lalu: kentongan accounts resume {account.key}") from None
        except (imaplib.IMAP4.error, OSError, ValueError, LookupError) as error:  # their texts may quote what we sent
            raise Transient(f"kotak surat tidak terbaca: {type(error).__name__}") from None

    # --- the connection

    @contextlib.contextmanager
    def _opened(self, account: Account, password: str) -> Iterator[imaplib.IMAP4]:
        mailbox = self._connected()
        alarm = threading.Timer(self._limits.total_seconds, _cut, (mailbox,))  # a server that drips keeps no poller
        alarm.daemon = True
        alarm.start()
        try:
            self._log_in(mailbox, account, password)
            yield mailbox
        finally:
            alarm.cancel()
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                mailbox.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        host, scheme = self._server.hostname or "", self._server.scheme
        port = self._server.port or PORTS.get(scheme, 143)
        if scheme == "imaps":
            return _TlsMailbox(host, port, ssl_context=ssl.create_default_context(), timeout=self._limits.read_seconds)
        mailbox = _Mailbox(host, port, timeout=self._limits.read_seconds)
        if scheme == "imap+starttls":
            mailbox.starttls(ssl.create_default_context())
        return mailbox

    def _log_in(self, mailbox: imaplib.IMAP4, account: Account, password: str) -> None:
        """By PLAIN where offered: LOGIN takes neither blanks in names nor letters beyond ASCII."""
        try:
            if "AUTH=PLAIN" in mailbox.capabilities:
                mailbox.authenticate("PLAIN", lambda _: f"\0{account.handle}\0{password}".encode())
            else:
                mailbox.login(_quoted(account.handle), password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            found = CODE.search(str(error))
            code = found[1] if found else ""
            if code in ("UNAVAILABLE", "SERVERBUG", "INUSE"):
                raise Transient(f"server surat sedang terganggu ({code})") from None
            if code in ("LIMIT", "OVERQUOTA"):
                raise RateLimited(f"server surat membatasi ({code})") from None
            resume = f"perbarui kata sandinya, lalu: kentongan accounts resume {account.key}"
            raise AccountBlocked("server surat menolak nama atau kata sandi", remedy=resume) from None

    # --- reading

    def _page(self, mailbox: imaplib.IMAP4, account: Account, now: datetime) -> Page:
        cursor = Cursor.of(account.cursor)
        validity, following = self._examined(mailbox, account)
        if validity != cursor.validity:
            cursor = Cursor(validity, 0, cursor.at)
        uids = self._uids(mailbox, cursor, now)
        taken = uids[:PAGE_MAILS]
        items = [item for uid in taken for item in self._read(mailbox, uid, account, now)]
        cursor.uid = taken[-1] if taken else max(cursor.uid, following - 1)
        cursor.at = now.timestamp()
        mentions = {m.key: m for m in items if isinstance(m, Mention)}
        ordered = sorted(mentions.values(), key=lambda m: (m.posted_at, m.key))
        return Page(tuple(ordered), cursor.dump(), more=len(uids) > len(taken), reads=len(taken),
                    quarantined=tuple(q for q in items if isinstance(q, Quarantined)), firsts=tuple(mentions))

    def _examined(self, mailbox: imaplib.IMAP4, account: Account) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT of the folder, opened read-only."""
        folder = unquote(self._server.path.strip("/")) or "INBOX"
        status, _ = mailbox.select(_quoted(folder), readonly=True)
        if status != "OK":
            raise AccountBlocked("folder kotak surat tidak dapat dibuka",
                                 remedy=f"periksa server, lalu: kentongan accounts resume {account.key}")
        return _number(mailbox, "UIDVALIDITY"), _number(mailbox, "UIDNEXT")

    def _uids(self, mailbox: imaplib.IMAP4, cursor: Cursor, now: datetime) -> list[int]:
        """What is new, oldest first. `n:*` names the last mail even where its number is below n."""
        if cursor.uid:
            asked = f"UID {cursor.uid + 1}:*"
        else:
            at = datetime.fromtimestamp(cursor.at, UTC) - OVERLAP if cursor.at else now - FIRST_LOOK
            asked = f"SINCE {at.day:02}-{MONTHS[at.month - 1]}-{at.year}"
        _, answer = mailbox.uid("SEARCH", asked)
        told = b" ".join(part for part in answer if isinstance(part, bytes)).split()
        return sorted({int(uid) for uid in told if uid.isdigit() and int(uid) > cursor.uid})

    def _read(
        self, mailbox: imaplib.IMAP4, uid: int, account: Account, now: datetime
    ) -> Iterator[Mention | Quarantined]:
        """One mail; none where it was deleted meanwhile."""
        _, answer = mailbox.uid("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{MAIL_BYTES}>)")
        for part in answer:
            if not isinstance(part, tuple) or len(part) < 2 or not _is_of(uid, part, answer):
                continue
            raw = bytes(part[1])
            try:
                item = mention_of(raw, account=account, received=_received(part[0], now), seen_at=now)
            except Exception as error:  # a broken mail may break the reader in any way
                key = f"mail:post:{id_of('', raw)}"
                item = Quarantined(key, account.key, raw[:65_536].decode("utf-8", "replace"), why(error), now)
            yield replace(item, seen_at=now)


def password_for(settings: PlatformSettings, account: Account) -> str:
    """The mailbox's own password, else the platform's: with `token_env: MAIL`, that of `mail:solo` is MAIL_SOLO."""
    own = "".join(c if c.isalnum() else "_" for c in account.key.partition(":")[2]).upper()
    secret = settings.secret("token_env")
    password = os.environ.get(f"{settings.token_env}_{own}", "") if settings.token_env else ""
    password = password or (secret.get_secret_value() if secret else "")
    if not password:
        raise AccountBlocked("kata sandi kotak surat belum ada", remedy=f"isi {settings.token_env or 'token_env'}, "
                             f"lalu: kentongan accounts resume {account.key}")
    return password


def _is_of(uid: int, part: tuple[Any, ...], answer: list[Any]) -> bool:
    """Servers may tell of other mails in between; the UID stands before or behind the words."""
    told = DATA.search(bytes(part[0])) or next(
        (found for rest in answer if isinstance(rest, bytes) and (found := DATA.search(rest))), None)
    return told is None or int(told[1]) == uid


def _received(head: bytes, now: datetime) -> datetime:
    """The server's time of arrival; not after now, whatever its clock says."""
    at = imaplib.Internaldate2tuple(head)
    if at is None:
        return now
    return min(datetime(*at[:6]).astimezone(UTC), now)


def _number(mailbox: imaplib.IMAP4, name: str) -> int:
    _, answer = mailbox.response(name)
    told = answer[-1] if answer else None
    if not isinstance(told, bytes) or not told.isdigit():
        raise Transient(f"server surat tidak menyebut {name}")
    return int(told)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cut(mailbox: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        mailbox.socket().shutdown(2)


class _Bounded:
    """A server may not make us hold more than one mail."""

    def read(self, size: int) -> bytes:
        if size > LIMITS.max_bytes:
            raise imaplib.IMAP4.abort("an answer larger than was asked for")
        data: bytes = super().read(size)  # type: ignore[misc]
        return data


class _Mailbox(_Bounded, imaplib.IMAP4):
    pass


class _TlsMailbox(_Bounded, imaplib.IMAP4_SSL):
    pass
