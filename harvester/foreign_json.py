"""JSON as others write it: what the standard forbids and programs emit all the same is read.

NaN and infinity become null; half a surrogate pair becomes U+FFFD, one code point for one, so offsets
stay; an integer keeps all its digits. Costs nothing where the standard was kept.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

HALF_PAIR = re.compile("[\ud800-\udfff]")


def loads(raw: bytes) -> Any:
    """Raises ValueError only: of orjson where it is no JSON either way, UnicodeDecodeError where not UTF-8."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            return leniently(raw)
        except UnicodeDecodeError:
            raise
        except (ValueError, RecursionError):
            raise error from None


def leniently(raw: bytes) -> Any:
    """By the slow parser. Raises ValueError or RecursionError."""
    return _mended(json.loads(raw.decode("utf-8"), parse_constant=lambda _: None))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return HALF_PAIR.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value
