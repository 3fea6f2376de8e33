"""Tokens and a client of the API that holds every answer against the OpenAPI document: one undeclared status fails."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from inbox.desk import desk

ASKED: Counter[str] = Counter()


def token_for(department: str, *scopes: str, name: str = "", now: datetime | None = None, **more: Any) -> str:
    from inbox.api import tokens

    return tokens.create(desk().settings, name or f"uji-{department}-{'-'.join(scopes) or 'read'}",
                         department=department, scopes=scopes or ("read",), days=more.pop("days", 30),
                         now=now or datetime.now(UTC), **more)


@cache
def the_document() -> dict[str, Any]:
    """Writing it takes a twentieth of a second, and every test has a client or more."""
    from inbox.api.openapi import document

    return document()


class Api:
    """A department's program. Every answer has to be one that the document knows, in its form."""

    def __init__(self, token: str | None) -> None:
        from django.test import Client

        from inbox.api.table import ENDPOINTS

        self.client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
        self.headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        self.document, self.endpoints = the_document(), ENDPOINTS

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self._held(path, self.client.get(path, query or {}, **self.headers, **headers))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> Any:
        headers = {**self.headers, **({"HTTP_IDEMPOTENCY_KEY": key} if key else {})}
        data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {})
        given = {"data": data, "content_type": "application/json", **more}
        return self._held(path, self.client.post(path, **given, **headers))

    def act(self, number: int, verb: str, version: int, **fields: Any) -> Any:
        key = fields.pop("key", None)
        return self.post(f"/api/v1/tickets/{number}/actions/{verb}", {"version": version, **fields}, key=key)

    def photo(self, number: int, version: int, photo: Any, note: str = "") -> Any:
        path = f"/api/v1/tickets/{number}/actions/finish"
        fields = {"version": str(version), "note": note, "photo": photo}
        return self._held(path, self.client.post(path, fields, **self.headers))

    def _held(self, path: str, response: Any) -> Any:
        endpoint = next((one for one in self.endpoints if one.method == response.request["REQUEST_METHOD"]
                         and one.pattern.fullmatch(path)), None)
        if endpoint is None:
            assert response.status_code in (401, 404, 405), path
            return response
        ASKED[endpoint.name] += 1
        declared = self.document["paths"][endpoint.path][endpoint.method.lower()]["responses"]
        assert str(response.status_code) in declared, f"{endpoint.name}: {response.status_code} is not declared"
        form = response["Content-Type"].partition(";")[0]
        said = declared[str(response.status_code)]
        if "$ref" in said:
            said = self.document["components"]["responses"][said["$ref"].rpartition("/")[2]]
        content = said["content"]
        assert form in content, f"{endpoint.name}: {form}"
        for body in self._bodies(form, response):
            whole = {**content[form]["schema"], "components": self.document["components"]}
            Draft202012Validator(whole).validate(body)
        return response

    def _bodies(self, form: str, response: Any) -> list[Any]:
        if form in ("application/json", "application/problem+json"):
            return [json.loads(response.content)]
        if form == "application/x-ndjson":
            response.text_ = read(response)
            return [json.loads(line) for line in response.text_.splitlines()]
        return []


def read(response: Any) -> str:
    """The whole body, streamed or not; a stream can be read once."""
    if hasattr(response, "text_"):
        return str(response.text_)
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode()
