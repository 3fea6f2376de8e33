"""Closing photos: read with every guard, written anew, and held against what was handed in before.

What is kept is a new JPEG of the picture's dots alone: where it was taken, by which telephone, and whatever else hides
in a file stays outside. The files lie beside the store, never below anything that a web server serves; the page of
the ticket hands them out to who may see the ticket.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from domain import Picture, Refused
from nlp.pictures import look, reused
from settings import Settings
from storage.records import KnownPhoto

MAX_BYTES = 10 << 20
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}  # a JPEG is unpacked small, others are not
SIDE = 2048
FOLDER = "bukti"
_one_at_a_time = threading.Lock()  # unpacking may take 200 MB


@dataclass(frozen=True, slots=True)
class Photo:
    jpeg: bytes
    picture: Picture
    taken_at: datetime | None


def read(upload: Any, *, zone: ZoneInfo) -> Photo:
    """The photo of an uploaded file. Raises Refused, in words for who handed it in."""
    if upload.size > MAX_BYTES:
        raise Refused(_("foto lebih besar dari 10 MB"), hint=_("perkecil dulu, atau ambil dengan mutu biasa"))
    data = upload.read(MAX_BYTES + 1)
    try:
        opened = Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS))
        if opened.width * opened.height > MAX_PIXELS[opened.format or ""]:
            raise Refused(_("foto terlalu besar"), hint=_("perkecil dulu, atau ambil dengan mutu biasa"))
        taken_at = _taken_at(opened, zone)
        with _one_at_a_time:
            jpeg = _anew(opened)
    except Refused:
        raise
    except Exception as error:  # Pillow raises whatever a broken file leads it to
        raise Refused(_("berkas itu bukan foto yang dapat dibaca"), hint=_("pakai JPEG, PNG, atau WebP")) from error
    seen = look(jpeg)
    return Photo(jpeg, replace(seen, sha256=hashlib.sha256(data).hexdigest()), taken_at)


def _anew(opened: Image.Image) -> bytes:
    """The dots alone, upright, on a fresh canvas: no tag, comment, profile or thumbnail comes along."""
    opened.draft("RGB", (SIDE, SIDE))
    upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    canvas = Image.new("RGB", upright.size)
    canvas.paste(upright)
    written = io.BytesIO()
    canvas.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()


def _taken_at(opened: Image.Image, zone: ZoneInfo) -> datetime | None:
    """When the camera says it was taken; cameras write their own town's time."""
    exif = opened.getexif()
    said = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.strptime(str(said), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None


def doubts(photo: Photo, known: Iterable[KnownPhoto], *, opened_at: datetime, now: datetime) -> Iterator[str]:
    """Why a second person has to look: used before, the complaint's own picture, no words of when, older than it."""
    earlier = list(known)
    match = reused(photo.picture, [one.picture for one in earlier])
    if match is not None:
        ticket = earlier[match.place].ticket
        yield "own" if ticket is None else f"reused:{ticket}"
    if not photo.picture.views:
        yield "empty"
    if photo.taken_at is None:
        yield "undated"
    elif photo.taken_at < opened_at:
        yield "older"
    elif photo.taken_at > now:
        yield "future"


def folder(settings: Settings) -> Path:
    return settings.store.path.parent / FOLDER


def keep(settings: Settings, photo: Photo) -> str:
    """Write the photo for its owner alone; returns its name. Nobody can guess another's."""
    place = folder(settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.jpg"
    descriptor = os.open(place / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(photo.jpeg)
        file.flush()
        os.fsync(file.fileno())
    return name


def drop(settings: Settings, name: str) -> None:
    (folder(settings) / name).unlink(missing_ok=True)
