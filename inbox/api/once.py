"""A request with an Idempotency-Key is done once, and answered alike for a day, however often it is sent.

The row is taken before the work and filled after it. Should the process die between the two, the next attempt works
again; that does no harm, for the version in the request is old by then, and says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from inbox.api.call import JSON, Call
from inbox.api.problems import Problem
from inbox.models import Answered

KEY = re.compile(r"[!-~]{1,128}", re.ASCII)
KEPT = timedelta(days=1)
WORKING = timedelta(minutes=1)  # nothing takes so long: whoever worked on it is gone


def answered(call: Call, key: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    if not KEY.fullmatch(key):
        raise Problem("invalid", errors=["Idempotency-Key: 1 to 128 visible signs"])
    now, asked = timezone.now(), _digest(call)
    Answered.objects.filter(at__lt=now - KEPT).delete()
    Answered.objects.filter(token=call.token, key=key, status=0, at__lt=now - WORKING).delete()
    try:
        with transaction.atomic():
            row = Answered.objects.create(token=call.token, key=key, request=asked, at=now)
    except IntegrityError:
        return _again(call, key, asked)
    try:
        response = work()
    except BaseException:
        row.delete()  # nothing was done: the same key may try again
        raise
    Answered.objects.filter(pk=row.pk).update(status=response.status_code, body=response.content.decode())
    return response


def _again(call: Call, key: str, asked: str) -> HttpResponse:
    before = Answered.objects.filter(token=call.token, key=key).first()
    if before is not None and before.request != asked:
        raise Problem("key-reused")
    if before is None or before.status == 0:
        raise Problem("working", headers={"Retry-After": "1"})
    response = HttpResponse(before.body, status=before.status, content_type=JSON)
    response["Idempotency-Replayed"] = "true"
    return response


def _digest(call: Call) -> str:
    digest = hashlib.sha256(call.request.path_info.encode())
    digest.update(call.given.model_dump_json().encode() if call.given is not None else b"")
    if call.photo is not None:
        for chunk in call.photo.chunks():
            digest.update(chunk)
        call.photo.seek(0)
    return digest.hexdigest()
