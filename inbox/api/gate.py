"""How a request below /api/ is let in and answered, before any session, cookie or form of the pages is looked at.

Token, rate, scope, parameters, body, then the view: in this order, so that a stranger learns nothing of what exists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from pydantic import BaseModel, ValidationError

from domain import Conflict, NotAllowed, Refused, StoreBusy, StoreFault
from inbox.api import once, tokens
from inbox.api.call import JSON, Call, Endpoint, parameters
from inbox.api.limits import Limiter
from inbox.api.problems import Problem, answer
from inbox.api.table import ENDPOINTS
from inbox.configuration import LANGUAGES
from inbox.models import ApiToken

STRANGERS_PER_MINUTE = 60
limiter = Limiter()
Next = Callable[[HttpRequest], HttpResponse]


def api(get_response: Next) -> Next:
    """A middleware that keeps the API apart: what is below /api/ ends here, whatever it is."""

    def reply(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return get_response(request)
        code = language_of(request)
        with translation.override(code):
            response = answered(request)
        response["Content-Language"] = code
        response["Vary"] = "Accept-Language, Authorization"
        if not response.streaming:
            response["Content-Length"] = str(len(response.content))  # so that a program may keep its connection
        return response

    return reply


def language_of(request: HttpRequest) -> str:
    """Indonesian, unless English is asked for first."""
    known = [code for code, _name in LANGUAGES]
    for wish, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200]):
        if (code := str(wish).partition("-")[0]) in known:
            return code
    return known[0]


def answered(request: HttpRequest) -> HttpResponse:
    try:
        return _dispatched(request)
    except Exception as error:
        return answer(_problem_of(error))


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotAllowed):
        return Problem("not-found")
    if isinstance(error, Refused):
        return Problem("refused", reason=str(error))
    if isinstance(error, Conflict):
        return Problem("stale")
    if isinstance(error, RequestDataTooBig):
        return Problem("too-big")
    if isinstance(error, DisallowedHost | SuspiciousOperation):
        return Problem("invalid", errors=["host or request refused"])
    if isinstance(error, StoreBusy | StoreFault | OperationalError):
        return Problem("busy", headers={"Retry-After": "5"})
    logging.getLogger("inbox.api").error("an API request failed", exc_info=error)
    return Problem("failed")


def _dispatched(request: HttpRequest) -> HttpResponse:
    request.get_host()
    endpoint, args = _found(request)
    token = _let_in(request, endpoint)
    call = Call(request, endpoint, token, args, parameters(endpoint, _query(request, endpoint)))
    if endpoint.body is not None:
        call = _with_body(call)
    if endpoint.once and (key := request.META.get("HTTP_IDEMPOTENCY_KEY")) is not None:
        return once.answered(call, key, lambda: _viewed(call))
    return _viewed(call)


def _viewed(call: Call) -> HttpResponse:
    told = call.endpoint.view(call)
    if isinstance(told, BaseModel):
        return HttpResponse(told.model_dump_json(), content_type=JSON)
    return told


def _found(request: HttpRequest) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of the address. A stranger is asked for a token first, also where there is nothing."""
    there = [(one, found) for one in ENDPOINTS if (found := one.pattern.fullmatch(request.path_info))]
    for one, found in there:
        if one.method == request.method:
            return one, found.groupdict()
    _let_in(request, None)
    if not there:
        raise Problem("not-found")
    raise Problem("method", headers={"Allow": ", ".join(sorted(one.method for one, _found in there))})


def _let_in(request: HttpRequest, endpoint: Endpoint | None) -> ApiToken | None:
    """The token of the request, counted. None where the endpoint asks for none."""
    if endpoint is not None and endpoint.scope is None:
        _refuse_floods(f"open|{request.META.get('REMOTE_ADDR', '')}", STRANGERS_PER_MINUTE)
        return None
    stranger = f"stranger|{request.META.get('REMOTE_ADDR', '')}"
    if wait := limiter.full(stranger, STRANGERS_PER_MINUTE):
        raise Problem("too-many", headers={"Retry-After": str(wait)})
    kind, _, sent = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = tokens.recognised(sent.strip(), now=timezone.now()) if kind.lower() == "bearer" else None
    if token is None:
        limiter.wait(stranger, STRANGERS_PER_MINUTE)
        raise Problem("no-token", headers={"WWW-Authenticate": 'Bearer realm="kentongan"'})
    _refuse_floods(f"token|{token.pk}", token.per_minute)
    if endpoint is not None and endpoint.scope not in token.scopes:
        raise Problem("scope", errors=[f"needs: {endpoint.scope}"])
    return token


def _refuse_floods(who: str, per_minute: int) -> None:
    if wait := limiter.wait(who, per_minute):
        raise Problem("too-many", headers={"Retry-After": str(wait)})


def _query(request: HttpRequest, endpoint: Endpoint) -> dict[str, str]:
    """Open311's own clients send more than we know, an api_key for one: theirs is dropped, ours would be a typo."""
    given = {name: str(value) for name, value in request.GET.items()}
    if "/open311/" in endpoint.path:
        names = {param.name for param in endpoint.query}
        given = {name: value for name, value in given.items() if name in names}
    return given


def _with_body(call: Call) -> Call:
    body, request = call.endpoint.body, call.request
    assert body is not None, "asked only where there is one"
    photo: Any = None
    try:
        if call.endpoint.photo and request.content_type == "multipart/form-data":
            photo = request.FILES.get("photo")
            given = body.model_validate(request.POST.dict())
        elif request.content_type == JSON:
            given = body.model_validate_json(request.body)
        else:
            raise Problem("media-type")
    except ValidationError as wrong:
        raise Problem("invalid", errors=_errors(wrong)) from wrong
    return Call(request, call.endpoint, call.token, call.args, call.query, given, photo)


def _errors(wrong: ValidationError) -> list[str]:
    """Where and what, without what was sent: it may be a citizen's."""
    return [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}"[:200]
            for one in wrong.errors(include_input=False, include_url=False, include_context=False)][:20]
