"""What a transport is: it takes an event to one address and knows no store. The outbox owns retries."""

from __future__ import annotations

from typing import Protocol

from domain import Event, KentonganError


class Transport(Protocol):
    def send(self, event: Event) -> None:
        """Deliver once; the event's key lets the receiver drop a second copy. Raises DeliveryError."""
        ...


class DeliveryError(KentonganError):
    """`permanent` says whether trying again makes sense."""

    def __init__(self, message: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after  # seconds that the other side asked for


def asked_to_wait(said: object) -> float | None:
    """Seconds, where it is a sensible number of them; a day at most."""
    try:
        seconds = float(said)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return min(seconds, 86_400.0) if seconds > 0 else None
