"""What was learnt from labelled texts, as one thing to hand over: the model of words and the weights of facts.

The shipped ones lie in `nlp/models/` with their card; an office that trains its own names their folder in `models`.
`evaluation.learning` makes others of the same shape, to be scored before they take the place of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from domain import ConfigError
from nlp.linear import LinearModel
from settings import Settings
from settings.models import MODEL, REMEDY, SHIPPED_MODELS, WEIGHTS, hash_of, read_models

__all__ = ["MODEL", "WEIGHTS", "Learnt", "learnt_of", "shipped"]

# What a model is asked beside topics, as its file names it: can somebody act on it; is it darurat or tinggi; is
# somebody vulnerable in trouble; is it darurat; is it told by papers and offices; and of what nobody can act on, is it
# criticism without a handle, a question?
REPORT, HAZARD, NEED, DANGER, NEWS, GRUMBLES, ASKS = "actionable", "high", "need", "danger", "news", "grumbles", "asks"
QUESTIONS = frozenset((REPORT, HAZARD))  # that every model has to answer


@dataclass(frozen=True, slots=True)
class Learnt:
    """`model` reads words, None where there is none; `weights` is the weight of each fact, "bias" among them."""

    model: LinearModel | None
    weights: Mapping[str, float]


@lru_cache(maxsize=1)
def shipped() -> Learnt:
    """What the product ships, read once a process."""
    return _read(SHIPPED_MODELS)


def learnt_of(settings: Settings) -> Learnt:
    """What the settings have the posts read by. Raises ConfigError where the files cannot be used."""
    return _of_folder(settings.models.folder, settings.models.hash) if settings.models.folder else shipped()


@lru_cache(maxsize=2)
def _of_folder(folder: Path, seen: str) -> Learnt:
    """Read once for each state of the files that settings have seen: before and after a training.

    Refuses files that are no longer those: decisions would name a model that did not judge.
    """
    if hash_of(*read_models(folder)) != seen:
        raise ConfigError(f"{folder}: model diganti sesudah pengaturan dibaca", hint="ulangi; pengaturan dibaca lagi")
    return _read(folder)


def _read(folder: Path) -> Learnt:
    stored, weights = read_models(folder)
    try:
        model = LinearModel.from_bytes(stored)
        learnt = Learnt(model, orjson.loads(weights)["weights"])
        fits = model.weights.shape[0] == len(model.vocabulary) == len(model.idf)
        fits = fits and model.weights.shape[1] == len(model.intercept)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{folder}: model tidak terbaca", hint=REMEDY) from error
    if not fits or not set(model.questions) >= QUESTIONS:
        raise ConfigError(f"{folder / MODEL}: bukan model dari versi ini", hint=REMEDY)
    return learnt
