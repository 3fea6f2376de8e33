"""A cursor as the store keeps it: one JSON string, read by its own connector only."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, ClassVar, Self

import orjson


class StoredCursor:
    """Base of the connectors' cursor dataclasses."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @classmethod
    def of(cls, text: str) -> Self:
        """The stored cursor. One that cannot be read starts over: what is read again is known to the store."""
        try:
            stored = orjson.loads(text or "{}")
            held = cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})
        except (ValueError, TypeError, AttributeError):
            return cls()
        fresh = cls()
        sound = all(_alike(getattr(held, field.name), getattr(fresh, field.name)) for field in fields(cls))
        return held if sound else fresh

    def dump(self) -> str:
        return orjson.dumps(asdict(self)).decode()


def _alike(stored: Any, fresh: Any) -> bool:
    """Whether a stored value is of the kind that the field begins with; a whole number may stand for a time."""
    if fresh is None:
        return True
    if isinstance(fresh, int | float) and not isinstance(fresh, bool):
        return isinstance(stored, int | float) and not isinstance(stored, bool)
    return isinstance(stored, type(fresh))
