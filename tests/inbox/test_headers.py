"""What every answer carries so that a browser protects staff: headers, cookies, no code in pages, own assets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from storage.store import Store
from tests.inbox.casework import open_case

INBOX = Path(__file__).parents[2] / "inbox"
PAGES = ["/", "/?status=semua", "/tiket/1", "/tiket/999", "/lajur", "/status", "/sandi", "/fragment/queue"]
POLICY = {"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "img-src 'self' data:"}


@pytest.mark.parametrize("path", [*PAGES, "/masuk"])
def test_every_page_forbids_foreign_code_frames_and_caches(path: str, store: Store, browser_of: Any) -> None:
    """Even if a text slipped through, a browser would not run it, frame it or keep it."""
    open_case(store, "Jalan berlubang")

    response = browser_of(None if path == "/masuk" else "citra").get(path)

    assert {part.strip() for part in response["Content-Security-Policy"].split(";")} == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, "/masuk"])
def test_no_page_holds_inline_code_style_or_a_foreign_address(path: str, store: Store, browser_of: Any) -> None:
    """The pages work on an office network without the internet, and under the strict policy."""
    open_case(store, "Jalan berlubang di Jebres, ada kecelakaan", words=("berlubang",), place="Jebres",
              urgency="tinggi", urgent=("kecelakaan",))

    html = browser_of(None if path == "/masuk" else "citra").get(path).content.decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)
    assert not re.search(r"(src|href|action)=[\"']?(https?:)?//", html)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser_of: Any) -> None:
    """Session and form token: HttpOnly, SameSite=Lax."""
    browser = browser_of(None)
    browser.get("/masuk")
    browser.post("/bahasa", {"language": "id", "next": "/masuk"})

    for name in ("kentongan", "kentongan_csrf"):
        assert browser.cookies[name]["httponly"]
        assert browser.cookies[name]["samesite"] == "Lax"
        assert not browser.cookies[name]["secure"]


def test_behind_tls_cookies_are_bound_to_the_host_and_hsts_is_sent() -> None:
    """With encryption in front, the browser sends the cookies nowhere else and never in the clear."""
    from inbox.configuration import django_options
    from settings import load

    settings = load(Path(__file__).with_name("config.yaml"))
    tls = settings.model_copy(update={"inbox": settings.inbox.model_copy(update={"behind_tls": True})})

    options = django_options(tls, secret_key="x")

    assert options["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert options["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert options["SESSION_COOKIE_SECURE"]
    assert options["CSRF_COOKIE_SECURE"]
    assert options["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_a_foreign_host_name_is_refused(browser_of: Any) -> None:
    """A web site that points its own name at this machine gets nothing."""
    response = browser_of(None).get("/masuk", headers={"host": "evil.example"})

    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/favicon.ico", "/robots.txt", "/static/inbox/page.css", "/static/inbox/work.css",
                                  "/static/inbox/page.js", "/static/inbox/queue.js", "/static/inbox/kentongan.svg"])
def test_assets_are_shipped_and_public(path: str, browser_of: Any) -> None:
    """Style, script and icon come from here and need no sign-in; they hold nothing private."""
    response = browser_of(None).get(path)

    assert response.status_code == 200
    assert b"".join(response.streaming_content if response.streaming else [response.content])
    assert response["X-Content-Type-Options"] == "nosniff"


def test_nothing_in_style_or_script_loads_from_outside() -> None:
    """No font, picture or script of another server is named anywhere in our assets."""
    for path in [*(INBOX / "static").rglob("*.css"), *(INBOX / "static").rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert "//" not in re.sub(r"^\s*//.*$|\s// .*$", "", text, flags=re.MULTILINE).replace("http://www.w3.org", "")
        assert "@import" not in text
        assert "innerHTML" not in text
        assert "eval(" not in text


def test_no_template_marks_text_as_safe() -> None:
    """Citizens' words are escaped everywhere; there is no way around it to be found."""
    for path in [*(INBOX / "templates").glob("*.html"), *INBOX.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|mark_safe|Markup\(|autoescape\s*(=\s*False|false)|format_html", text), path
