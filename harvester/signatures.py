"""Who really sent it: signatures over the raw body of a delivery, compared in constant time. Pure.

Meta and X sign the body with the app's secret. Our own webhook signs `timestamp.body`, so that a delivery
that was overheard is worth nothing after the window. A secret that is missing or empty fits nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)


def meta_signature(body: bytes, secret: str) -> str:
    """The value of X-Hub-Signature-256, and of our own signature header."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def x_signature(body: bytes, secret: str) -> str:
    """The value of x-twitter-webhooks-signature; of a CRC token, the answer to it."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def signed_body(timestamp: str, body: bytes) -> bytes:
    """What our own webhook signs."""
    return timestamp.encode("utf-8", "replace") + b"." + body


def same(given: str, wanted: str) -> bool:
    """Compared in constant time; text that is not ASCII is only another wrong one."""
    return hmac.compare_digest(given.strip().encode("utf-8", "replace"), wanted.encode())


def fits(given: str, body: bytes, secret: str) -> bool:
    """Whether `given` is Meta's kind of signature over `body`; capitals in the hex digits are no forgery."""
    return bool(secret) and same(given.strip().lower(), meta_signature(body, secret))


def fits_x(given: str, body: bytes, secret: str) -> bool:
    return bool(secret) and same(given, x_signature(body, secret))


def signer(given: str, body: bytes, secrets: Iterable[tuple[str, str]]) -> str | None:
    """The name whose secret made the signature; every secret is tried, so that time tells nothing."""
    found = [name for name, secret in secrets if fits(given, body, secret)]
    return found[0] if found else None


def bearer_of(given: str, secrets: Iterable[tuple[str, str]]) -> str | None:
    """The name whose secret `given` is."""
    found = [name for name, secret in secrets if secret and same(given, secret)]
    return found[0] if found else None


def in_window(timestamp: str, now: datetime, *, window: timedelta = WINDOW) -> bool:
    """Whether epoch seconds are near to now, in either direction: clocks differ."""
    text = timestamp.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 11):
        return False
    return abs(now.timestamp() - int(text)) <= window.total_seconds()
