"""The machine's reasons in the language of the page: `routing.wording` with the labels of the inbox."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from inbox.labels import label
from routing import wording

CODED = re.compile(r"^\d\d[\d.]* ")  # "33.72 Kota Surakarta": staff know their places by name


def clue(what: str) -> tuple[str, str]:
    """Kind and detail of a Reason's `what`, in words: "signal:darurat:roboh" -> ("Darurat", "roboh")."""
    kind, detail = wording.parts(what)
    if kind in ("darurat", "tinggi", "tidak_mendesak"):
        return label("urgency", kind), phrase(detail)
    if kind == "place":
        return wording.kind_of(kind, _), label("place", CODED.sub("", detail))
    return wording.kind_of(kind, _), phrase(detail)


def evidence(because: str) -> str:
    """A place's `because`, a list with commas, in words."""
    return wording.evidence(because, _)


def phrase(text: str) -> str:
    return wording.phrase(text, _)
