"""The list that is shown, as a file: the same filters, the same eyes, masked, noted in the audit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from inbox.api.exports import EVERYTHING, stream
from inbox.views.queue import filters_of


def export(request: HttpRequest, form: str) -> HttpResponse:
    filters = filters_of(request)
    asked = {name: value for name, value in filters.fields.items() if value and name != "cari"}
    return stream(request.user.actor, filters.query(request.user.username, limit=EVERYTHING), form, asked=asked)
