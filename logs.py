"""Logs: coloured on a terminal, JSON otherwise, and never a token, a NIK or a phone number.

Redaction stands in two places, because the libraries log past structlog: as the last processor
before rendering, and as a filter on the root handler. Citizens' text is not logged at all above
DEBUG; redaction is the net below that rule.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_JOINT = r"[ .\-()/\u200b-\u200f\u2060\ufeff]{0,3}"  # people put these between digits
PATTERNS = (
    (re.compile(r"(access_token|client_secret|appsecret_proof|fb_exchange_token)=[^&\s\"']+"), r"\1=[REDACTED]"),
    (re.compile(r"(?i)\b(bearer|oauth)\s+[A-Za-z0-9%._\-]{8,}"), r"\1 [REDACTED]"),
    (re.compile(r"(?i)(sessionid|csrftoken)(=|\"?:\s*\"?)[^;\s\"']+"), r"\1\2[REDACTED]"),
    (re.compile(r"\b(EA[A-Za-z0-9]{20,}|AAAA[A-Za-z0-9%]{20,})"), "[REDACTED]"),
    # identity and family cards, mobile phones, lines with an area code; not the native id in a key of ours
    (re.compile(rf"(?<!\d)(?<!post:)(?<!comment:)(?<!comment:c)\d(?:{_JOINT}\d){{15}}(?!\d)"), "[NIK]"),
    (re.compile(rf"(?<!\d)(?<!post:)(?:62|0){_JOINT}8(?:{_JOINT}\d){{7,11}}(?!\d)"), "[TELP]"),
    (re.compile(r"(?<![\d.])\(?0(?:2[1-9]\d?|3[1-9]\d?|[4-7]\d{2})\)?[ \-]{1,3}\d(?:[ \-]?\d){5,7}(?!\d)"), "[TELP]"),
)
QUIET = ("tweepy", "urllib3", "instaloader", "django.server", "watchfiles")

_secrets: set[str] = set()


def protect(secrets: Iterable[str]) -> None:
    """Make these exact values unprintable, whatever they look like."""
    _secrets.update(s for s in secrets if len(s) >= 6)


def redact(text: str) -> str:
    """Replace secrets, identity numbers and phone numbers."""
    for secret in _secrets:
        text = text.replace(secret, "[REDACTED]")
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def configure(*, stream: TextIO | None = None, level: str = "INFO") -> None:
    """Send every log of ours and of the libraries to `stream` (stderr), redacted.

    `NO_COLOR` and `KENTONGAN_LOG=json|text` are honoured.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:  # their DEBUG logs print tokens and URLs
        logging.getLogger(name).setLevel(logging.WARNING)


def catch_uncaught() -> None:
    """What nobody catches, in whatever thread, ends in the log as well: Python's own traceback knows no redaction."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger("uncaught").critical("uncaught", exc_info=(kind, error, trace))


def _renderer(out: TextIO) -> Processor:
    wanted = os.environ.get("KENTONGAN_LOG", "")
    if wanted == "json" or (wanted != "text" and not out.isatty()):
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=out.isatty() and not os.environ.get("NO_COLOR"))


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: _redacted(value) for key, value in event.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, BaseException):
        return redact(repr(value))
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(inner) for inner in value]
    return value
