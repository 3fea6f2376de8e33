"""The Jinja2 environment of all pages: autoescape on, one set of filters, one place that renders.

Nothing here or in a template marks text as safe; markup is written in templates only.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from inbox import display, labels, masks, remembered, wording
from inbox.desk import desk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATIC = Path(__file__).parent / "static"


def environment(**options: Any) -> Environment:
    options.update(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env = Environment(**options)  # noqa: S701 - autoescape stands one line above
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True)
    env.globals.update(_=remembered.sentence, url=remembered.address, label=remembered.label)
    env.globals.update(static=static, moment=moment)
    env.globals.update(clue_words=wording.clue, evidence=wording.evidence)
    env.globals.update(languages=django_settings.LANGUAGES)
    env.filters.update(
        when=lambda at: display.local_time(at, zone=zone()) if at else "–",
        ago=lambda at: display.span_in_words(datetime.now(UTC) - at),
        harmless=masks.harmless,
        masked=masked,
        percent=lambda score: f"{round(100 * float(score))} %",
    )
    return env


def moment(raw: Any) -> str:
    """A time in words: from a datetime, or from the microseconds since 1970 that an audit entry holds."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = EPOCH + timedelta(microseconds=raw)
    return display.local_time(raw, zone=zone()) if isinstance(raw, datetime) else "–"


def masked(text: str) -> str:
    """Plain text for a list or a history, its personal data replaced by what it is."""
    pieces = masks.segments(text, masks.personal(text, official=desk().official_handles))
    return "".join(f"[{labels.label('mask', piece.mask)}]" if piece.mask else piece.text for piece in pieces)


def department_short(key: str) -> str:
    """What colleagues call a department in a narrow row: its short name where config.yaml gives one."""
    department = desk().settings.departments.get(key)
    return (department.short or department.name) if department else key


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(django_settings.TIME_ZONE)


@cache
def static(name: str) -> str:
    """The address of an asset of ours; its hash makes a new version a new address."""
    content = (STATIC / name).read_bytes()
    return f"{django_settings.STATIC_URL}{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: who is signed in, the language, messages to show once."""
    return {
        "user": getattr(request, "user", None),
        "language": translation.get_language(),
        "messages": messages.get_messages(request),
        "here": request.get_full_path(),
        "csrf_input": remembered.Token(request),  # one for all forms of a page
        "department_name": desk().rules.department_name,
        "department_short": department_short,
        "topic_name": desk().rules.topic_name,
        "config_problems": desk().problems,
        "oidc_label": desk().settings.inbox.oidc.label if desk().settings.inbox.oidc.on else "",
    }


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, context, status=status)
