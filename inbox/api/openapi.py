"""The OpenAPI 3.1 document, written from the table of endpoints and the records: nothing in it is kept by hand."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.http import HttpResponse
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from inbox.api import given, records
from inbox.api.call import ARGUMENTS, JSON, Call, Endpoint, Param
from inbox.api.problems import KINDS

PROBLEM = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"
ABOUT = """Kentongan's inbox for a department's own software. One token, one department; made with
`kentongan tokens create`. Texts are masked. Everything that changes something takes the `version` of the ticket that
was looked at and answers 409 with what changed where that is old. How to use it: docs/api.md."""
BAD = {
    400: "What was sent cannot be read; see `errors`.", 401: "No token that opens anything.",
    403: "The token's scopes do not cover this.", 404: "It does not exist, or it is another department's.",
    409: "The ticket was changed since; see `changed`. Or the same request is being worked on.",
    410: "The ticket that bounded the page has moved: begin again.", 413: "Too big.",
    415: "Not a form that is read here.", 422: "The rules refuse it; see `reason` and `possible`.",
    429: "Too many requests; see Retry-After.", 500: "A fault of ours, noted.", 503: "Busy; see Retry-After.",
}
KEY = {"name": "Idempotency-Key", "in": "header", "required": False,
       "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
       "description": "The same key with the same request is done once and answered alike for a day."}


def served(_call: Call) -> HttpResponse:
    return HttpResponse(as_bytes(), content_type=JSON)


def as_bytes() -> bytes:
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def document() -> dict[str, Any]:
    from inbox.api.table import ENDPOINTS  # it names the view above

    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kentongan", "version": "1", "summary": "Tickets of a department",
                 "description": ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": _schemas(), "responses": _responses(), "securitySchemes": {"token": {
            "type": "http", "scheme": "bearer", "description": "ktg_..., shown once by `kentongan tokens create`"}}},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    about: dict[str, Any] = {
        "operationId": endpoint.name, "summary": endpoint.about,
        "tags": ["Open311" if "/open311/" in endpoint.path else "Kentongan"],
        "parameters": [*(_argument(name) for name in endpoint.arguments), *map(_parameter, endpoint.query),
                       *([KEY] if endpoint.once else [])],
        "responses": {str(status): _response(endpoint, status) for status in endpoint.statuses},
    }
    if endpoint.scope is None:
        about["security"] = []
    else:
        about["description"] = f"Scope: `{endpoint.scope}`."
    if endpoint.body:
        about["requestBody"] = {"required": True, "content": _body(endpoint)}
    return about


def _body(endpoint: Endpoint) -> dict[str, Any]:
    assert endpoint.body is not None, "only asked for endpoints with one"
    schema = {"$ref": REFERENCE.format(model=endpoint.body.__name__)}
    if not endpoint.photo:
        return {JSON: {"schema": schema}}
    fields = {"version": {"type": "integer", "minimum": 1}, "note": {"type": "string", "maxLength": 2000},
              "photo": {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP, at most 10 MB"}}
    return {JSON: {"schema": schema}, "multipart/form-data": {
        "schema": {"type": "object", "properties": fields, "required": ["version", "photo"]}}}


def _argument(name: str) -> dict[str, Any]:
    whole = ARGUMENTS[name].startswith("[1-9]")
    schema: dict[str, Any] = {"type": "integer", "minimum": 1} if whole else {
        "type": "string", "pattern": f"^{ARGUMENTS[name]}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameter(param: Param) -> dict[str, Any]:
    schema = dict(param.schema)
    if "pattern" in schema:
        schema["pattern"] = f"^{schema['pattern']}$"
    return {"name": param.name, "in": "query", "required": param.required, "description": param.about,
            "schema": schema}


def _response(endpoint: Endpoint, status: int) -> dict[str, Any]:
    if status == 200:
        return {"description": "Done.", "content": {endpoint.media: {"schema": _given(endpoint)}}}
    if "/open311/" in endpoint.path and status in (400, 404):
        schema: dict[str, Any] = {"type": "array", "items": {"$ref": REFERENCE.format(model="Open311Error")}}
        problem = {PROBLEM: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
        return {"description": BAD[status], "content": {
            endpoint.media: {"schema": schema if endpoint.media == JSON else {"type": "string"}}, **problem}}
    return {"$ref": f"#/components/responses/{status}"}


def _responses() -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {str(status): {"description": said, "content": content} for status, said in BAD.items()}


def _given(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.media not in (JSON, "application/x-ndjson"):
        return {"type": "string"}
    if endpoint.gives is None:
        return {"type": "object"}
    schema = TypeAdapter(endpoint.gives).json_schema(mode="serialization", ref_template=REFERENCE)
    schema.pop("$defs", None)
    if "items" in schema or "$ref" in schema:
        return schema
    return {"$ref": REFERENCE.format(model=endpoint.gives.__name__)}


def _schemas() -> dict[str, Any]:
    """Every record, by name: those that come in as they are checked, those that go out as they are written."""
    bases = (records.Told, given.Given)
    named = [one for one in (*vars(given).values(), *vars(records).values())
             if isinstance(one, type) and issubclass(one, bases) and one not in bases]
    _, schema = models_json_schema(
        [(one, "validation" if issubclass(one, given.Given) else "serialization") for one in named],
        ref_template=REFERENCE)
    found: dict[str, Any] = schema["$defs"]
    found["Problem"]["properties"]["type"] = {
        "type": "string", "enum": [f"urn:kentongan:problem:{kind}" for kind in KINDS]}
    for name, one in found.items():
        one["description"] = re.sub(r"\s+", " ", one.get("description", name))
    return dict(sorted(found.items()))
