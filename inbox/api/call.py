"""One request that was let in, and what an endpoint is. No view decides who may; the table says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from domain import Actor
from inbox.api.given import Given
from inbox.api.problems import Problem
from inbox.models import ApiToken

JSON = "application/json"
ARGUMENTS = {"number": r"[1-9][0-9]{0,14}", "photo": r"[1-9][0-9]{0,14}", "id": r"[A-Za-z0-9-]{1,40}",
             "form": r"[a-z0-9.]{1,12}"}


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the address. `schema` is JSON Schema of a string or an integer."""

    name: str
    about: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "maxLength": 200})
    required: bool = False

    def read(self, raw: str) -> str:
        """The value as it came, where it is one. Raises ValueError with what it should be."""
        schema = self.schema
        if schema["type"] == "integer":
            low, high = schema.get("minimum", 0), schema.get("maximum", 10**15)
            if not (raw.isascii() and raw.isdigit() and len(raw) <= 16 and low <= int(raw) <= high):
                raise ValueError(f"{self.name}: an integer, {low} to {high}")
        elif len(raw) > schema.get("maxLength", 200) or "\0" in raw:
            raise ValueError(f"{self.name}: at most {schema.get('maxLength', 200)} signs")
        elif "enum" in schema and raw not in schema["enum"]:
            raise ValueError(f"{self.name}: one of {', '.join(schema['enum'])}")
        elif "pattern" in schema and not re.fullmatch(schema["pattern"], raw, re.ASCII):
            raise ValueError(f"{self.name}: {self.about}")
        return raw


@dataclass(frozen=True, slots=True)
class Call:
    request: HttpRequest
    endpoint: Endpoint
    token: ApiToken | None
    args: Mapping[str, str]
    query: Mapping[str, str]
    given: Given | None = None
    photo: Any = None

    @property
    def actor(self) -> Actor:
        assert self.token is not None, "endpoints without a scope do not ask who"
        return self.token.actor

    @property
    def number(self) -> int:
        return int(self.args["number"])


@dataclass(frozen=True)
class Endpoint:
    """`gives` is the record of a 200, `media` its form; `also` are further statuses that its view may answer."""

    method: str
    path: str
    name: str
    about: str
    view: Callable[[Call], BaseModel | HttpResponse]
    scope: str | None
    gives: Any = None
    query: tuple[Param, ...] = ()
    body: type[Given] | None = None
    photo: bool = False
    media: str = JSON
    also: tuple[int, ...] = ()
    once: bool = False  # takes an Idempotency-Key

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        spelled = re.sub(r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>{ARGUMENTS[found[1]]})",
                         re.sub(r"\.(?=\w)", r"\\.", self.path))
        return re.compile(spelled, re.ASCII)

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status that a request to it may be answered with."""
        told = {200, 400, 429, 500, 503, *self.also}
        told |= {401, 403} if self.scope else set()
        told |= {404} if self.arguments else set()
        told |= {413, 415, 422} if self.body else set()
        told |= {409} if self.body and "version" in self.body.model_fields else set()
        return tuple(sorted(told))


def parameters(endpoint: Endpoint, given: Mapping[str, str]) -> dict[str, str]:
    """Those of the endpoint, each as it should be. What is not known is refused: a typo would widen a list."""
    known = {param.name: param for param in endpoint.query}
    errors = [f"{name}: unknown parameter" for name in given if name not in known]
    errors += [f"{name}: required" for name, param in known.items() if param.required and not given.get(name)]
    read: dict[str, str] = {}
    for name, raw in given.items():
        try:
            if name in known and raw:
                read[name] = known[name].read(raw)
        except ValueError as error:
            errors.append(str(error))
    if errors:
        raise Problem("invalid", errors=errors)
    return read
