"""Drafts of the rules, from the click on "show the effect" to the saving. In this process's memory only.

A comparison may take longer than a browser waits, so it runs in a thread of its own and the page asks again.
One at a time: two would only make each other slow. A draft is its author's; the oldest go when there are many,
and all of them with the process, which costs an operator one click and never a rule.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from domain import KentonganError
from inbox.desk import Desk
from settings import Settings
from settings.files import checked

if TYPE_CHECKING:
    from workbench.diff import Report

KEPT = 12
HISTORY = timedelta(days=90)
_one_at_a_time = threading.Lock()


@dataclass
class Draft:
    """A text of the whole file that somebody wants to try. `report` or `problems` come when the thread is through."""

    key: str
    author: str
    text: str
    seen: str  # hash of the rules that the author started from
    newest: int | None  # how much of history is held against it; None: ninety days
    part: str = ""  # what was edited, for the way back
    lines: str = ""
    report: Report | None = None
    problems: tuple[str, ...] = ()
    done: threading.Event = field(default_factory=threading.Event)


_drafts: OrderedDict[str, Draft] = OrderedDict()


def start(desk: Desk, *, author: str, text: str, newest: int | None, part: str = "", lines: str = "") -> Draft:
    """Keep the draft, check it now, compare it in a thread."""
    draft = Draft(secrets.token_urlsafe(9), author, text, desk.settings.ruleset, newest, part, lines)
    _drafts[draft.key] = draft
    while len(_drafts) > KEPT:
        _drafts.popitem(last=False)
    try:
        if desk.config is None:
            raise KentonganError("proses ini tidak tahu berkas pengaturannya")
        settings = checked(text, beside=desk.config)
    except KentonganError as error:
        draft.problems = tuple(getattr(error, "problems", ()) or (str(error),))
        draft.done.set()
        return draft
    threading.Thread(target=_compare, args=(desk, draft, settings), name="draft", daemon=True).start()
    return draft


def of(key: str, author: str) -> Draft | None:
    """The draft, for its author alone."""
    draft = _drafts.get(key)
    return draft if draft is not None and draft.author == author else None


def _compare(desk: Desk, draft: Draft, settings: Settings) -> None:
    from workbench.diff import rules_diff  # brings the NLP along

    with _one_at_a_time:
        try:
            since = None if draft.newest else HISTORY
            draft.report = rules_diff(desk.store, desk.settings, settings, since=since, newest=draft.newest)
        except Exception as error:  # the page has to say something; the log says what
            logging.getLogger("inbox").exception("a draft could not be compared")
            draft.problems = (f"perbandingan gagal: {type(error).__name__}",)
        finally:
            draft.done.set()
