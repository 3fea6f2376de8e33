"""What was learnt from labelled texts, as one thing to hand over: the model of words and the weights of facts.

The shipped ones lie in `nlp/models/` with their card; `evaluation.learning` makes others of the same shape, to be
scored before they take the place of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import orjson

from nlp.linear import LinearModel

MODEL, WEIGHTS = "reading.json.gz", "relevance.json"


@dataclass(frozen=True, slots=True)
class Learnt:
    """`model` reads words, None where there is none; `weights` is the weight of each fact, "bias" among them."""

    model: LinearModel | None
    weights: Mapping[str, float]


@lru_cache(maxsize=1)
def shipped() -> Learnt:
    """What the product ships, read once a process."""
    folder = files("nlp") / "models"
    weights: Mapping[str, float] = orjson.loads((folder / WEIGHTS).read_bytes())["weights"]
    return Learnt(LinearModel.from_bytes((folder / MODEL).read_bytes()), weights)
