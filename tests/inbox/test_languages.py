"""Every word that staff read exists in Indonesian, as written, and in English."""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment

from routing.wording import KINDS, OF_SEVERAL, PHRASES

INBOX = Path(__file__).parents[2] / "inbox"
CATALOGUE = INBOX / "locale" / "en" / "LC_MESSAGES" / "django.mo"
CALLS = {"_", "gettext", "noop", "gettext_lazy", "gettext_noop", "ngettext"}


def in_templates() -> Iterator[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((INBOX / "templates").glob("*.html")):
        for _line, _function, message in environment.extract_translations(path.read_text(encoding="utf-8")):
            yield message[0] if isinstance(message, tuple) else message


def in_code() -> Iterator[str]:
    for path in sorted(INBOX.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_text_of_the_pages_has_an_english_translation() -> None:
    """Whoever chooses English meets no Indonesian left-overs."""
    wanted = {*in_templates(), *in_code(), *KINDS.values(), *PHRASES.values(), OF_SEVERAL}
    with CATALOGUE.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]

    missing = {text for text in wanted if text not in known and (text, 0) not in known}

    assert len(wanted) > 150
    assert missing == set()


def test_the_language_can_be_switched_and_stays_for_the_session(browser_of: Any) -> None:
    """English on request, Indonesian by default; the choice survives signing in and out."""
    alice = browser_of("alice")
    assert "Antrean" in alice.get("/").content.decode()

    alice.post("/bahasa", {"language": "en", "next": "/"})

    page = alice.get("/").content.decode()
    assert 'lang="en"' in page
    assert "Queue" in page
    assert "Antrean" not in page
    alice.post("/keluar")
    assert "Sign in" in alice.get("/masuk").content.decode()


def test_a_language_that_does_not_exist_is_ignored(browser_of: Any) -> None:
    """A forged choice leaves the page as it was."""
    alice = browser_of("alice")

    alice.post("/bahasa", {"language": "xx", "next": "https://example.org/"})

    assert "Antrean" in alice.get("/").content.decode()
