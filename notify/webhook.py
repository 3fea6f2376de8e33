"""Notices to another system: JSON, signed over time and raw body, with an id that every copy bears.

The receiver answers 2xx once it has the notice safe; everything else is tried again. docs/notices.md shows how to check
the signature. Redirects are not followed, and of an answer nothing but the status is read.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

import orjson
import requests

from domain import Event
from notify.base import DeliveryError, asked_to_wait
from notify.words import link_of, stable_id
from settings import Settings
from settings.notices import secret

TIMEOUTS = (5, 10)
GONE = 410  # the receiver says: never again


class Webhook:
    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.notices, self.clock = settings.notices, clock

    def send(self, event: Event) -> None:
        hook = self.notices.webhooks.get(event.address)
        key = secret(hook.secret_env) if hook else None
        if hook is None or key is None:
            raise DeliveryError(f"webhook {event.address}: not in the settings, or its secret is missing",
                                permanent=hook is None)
        body = body_of(event, self.notices.link)
        stamp = str(int(self.clock()))
        headers = {
            "Content-Type": "application/json", "User-Agent": "Kentongan", "X-Kentongan-Id": stable_id(event),
            "X-Kentongan-Timestamp": stamp, "X-Kentongan-Signature": signature(key.get_secret_value(), stamp, body),
        }
        try:
            with requests.post(hook.url, data=body, headers=headers, timeout=TIMEOUTS, allow_redirects=False,
                               stream=True) as answer:
                status, wait = answer.status_code, asked_to_wait(answer.headers.get("Retry-After"))
        except requests.RequestException as error:
            raise DeliveryError(f"webhook {event.address}: {type(error).__name__}", permanent=False) from None
        if not 200 <= status < 300:
            raise DeliveryError(f"webhook {event.address}: {status}", permanent=status == GONE, retry_after=wait)


def body_of(event: Event, link: str) -> bytes:
    """The same bytes for every copy. `ticket` is null in a digest."""
    facts = dict(event.facts)
    return orjson.dumps({
        "id": stable_id(event), "ticket": event.ticket or None, "department": facts.get("department"),
        "department_name": facts.get("department_name"), "urgency": facts.get("urgency"), "status": facts.get("status"),
        "due_at": facts.get("due_at"), "subject": event.subject, "link": link_of(event, link) or None,
    })


def signature(key: str, stamp: str, body: bytes) -> str:
    return f"sha256={hmac.new(key.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"
