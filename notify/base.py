"""What a transport is: it takes an event to one address and knows no store. The outbox owns retries."""

from __future__ import annotations

from typing import Protocol

from domain import Event, KentonganError


class Transport(Protocol):
    def send(self, event: Event) -> None:
        """Deliver once; the event's key lets the receiver drop a second copy. Raises DeliveryError."""
        ...


class DeliveryError(KentonganError):
    """`permanent` says whether trying again makes sense: the one bit that the outbox needs."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
