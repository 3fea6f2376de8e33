"""The names under which duplicate detection knows a picture, as a fingerprint stores them. Pure.

"sha256:..." is the file itself, "view:..." one of the looks that `nlp.pictures` gives a picture, "phash:..." 64
bits that somebody else computed: all that the contract of `kentongan cluster` asks of its callers.
"""

from __future__ import annotations

import re

from domain import Mention
from nlp.pictures import COARSE_DISTANCE, VIEW_DISTANCE, distance

PHASH_DISTANCE = 10
MAX_MEDIA = 16
NEAR = {"phash": PHASH_DISTANCE, "view": COARSE_DISTANCE}  # of 64 bits: what is looked at more closely
WHOLE = ("sha256:", "view:")  # kept with the story, to be compared whole
SHA256 = re.compile(r"[0-9a-f]{8,128}")
HEX64 = re.compile(r"[0-9a-f]{16}")
HEX128 = re.compile(r"[0-9a-f]{32}")


def media_keys(mention: Mention) -> tuple[str, ...]:
    """Names of the pictures: "sha256:...", and "view:..." or else "phash:...", as the fingerprint stores them."""
    keys: list[str] = []
    for item in mention.media[:MAX_MEDIA]:
        keys += named("sha256:", item.sha256, SHA256)
        views = [name for view in item.views for name in named("view:", view, HEX128)]
        keys += views or named("phash:", item.phash, HEX64)
    return tuple(dict.fromkeys(keys))


def named(kind: str, value: str | None, shape: re.Pattern[str]) -> list[str]:
    plain = (value or "").strip().lower()
    return [kind + plain] if shape.fullmatch(plain) else []


def picture_differs(kind: str, value: str, theirs: list[str], bits: int) -> float | None:
    """The share of bits in which a picture differs from a story's `theirs`, None where it is another.

    `bits` of 64 is what the index found; whole views, where both sides have them, decide (see nlp.pictures).
    """
    if kind == "sha256":
        return 0.0 if f"sha256:{value}" in theirs else None
    views = [name[5:] for name in theirs if name.startswith("view:")]
    if kind == "view" and views:
        differ = distance([value], views)
        return differ / 128 if differ <= VIEW_DISTANCE else None
    return bits / 64 if bits <= PHASH_DISTANCE else None
