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
            return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})
        except (ValueError, TypeError, AttributeError):
            return cls()

    def dump(self) -> str:
        return orjson.dumps(asdict(self)).decode()
