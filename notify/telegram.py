"""Notices by a Telegram bot (Bot API, sendMessage): plain text, no preview that would fetch our link.

The address is the id of a chat. A person who blocked the bot, or a chat that is gone, is told to the operators by the
outbox; a wrong token is tried again, for it is nobody's chat that is at fault. The token stands in the address of the
request, so no error of the library is passed on.
"""

from __future__ import annotations

import orjson
import requests

from domain import Event
from notify.base import DeliveryError, asked_to_wait
from notify.words import lines, stable_id
from settings import Settings
from settings.notices import secret

TIMEOUTS = (5, 10)
JSON = {"Content-Type": "application/json"}
MAX_ANSWER = 16_384
MAX_TEXT = 4_096
LOST = {400: "chat not found", 403: "blocked"}  # trying again changes nothing


class Telegram:
    def __init__(self, settings: Settings) -> None:
        self.notices = settings.notices

    def send(self, event: Event) -> None:
        given = self.notices.telegram
        token = secret(given.token_env)
        if token is None:
            raise DeliveryError(f"telegram: no token in {given.token_env}", permanent=False)
        message = orjson.dumps({"chat_id": event.address, "text": text_of(event, self.notices.link),
                                "link_preview_options": {"is_disabled": True}})
        try:
            with requests.post(f"{given.base_url}/bot{token.get_secret_value()}/sendMessage", data=message,
                               headers=JSON, timeout=TIMEOUTS, allow_redirects=False, stream=True) as answer:
                status, said = answer.status_code, answer.raw.read(MAX_ANSWER, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise DeliveryError(f"telegram: {type(error).__name__}", permanent=False) from None
        if status != 200:
            why = LOST.get(status, "refused")
            raise DeliveryError(f"telegram {event.address}: {status} {why}", permanent=status in LOST,
                                retry_after=_retry_after(said))


def text_of(event: Event, link: str) -> str:
    """Subject, words, facts, and the id by which a person knows a second copy."""
    parts = [event.subject, event.body, *lines(event, link)]
    return "\n".join(part for part in parts if part)[:MAX_TEXT - 20] + f"\n#{stable_id(event)[:8]}"


def _retry_after(said: bytes) -> float | None:
    try:
        return asked_to_wait(orjson.loads(said)["parameters"]["retry_after"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
