"""One Django per test run (it can be set up once only), a fresh store and fresh people per test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inbox import presence
from inbox.__main__ import create_server, ready
from inbox.desk import Desk, desk, set_up
from routing.rules import compile_rules
from settings import Settings, load
from storage import open_store
from storage.store import Store

CONFIG = Path(__file__).with_name("config.yaml")
CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "pagi-cerah-di-laweyan"


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The test office's settings, Django configured for it, its auth database migrated."""
    folder = tmp_path_factory.mktemp("inbox")
    settings = load(CONFIG)
    inbox = settings.inbox.model_copy(update={"auth_db": folder / "auth.db"})
    settings = settings.model_copy(update={"inbox": inbox})
    ready(settings)

    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connection

    for knob, cheap in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        setattr(Argon2PasswordHasher, knob, cheap)  # the real one, made quick
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a power cut may cost a test run its accounts
    share_the_middleware()
    return settings


def share_the_middleware() -> None:
    """Let all clients of a run go through one chain, as all people do: each would look through all static files anew."""
    from django.test.client import ClientHandler

    handler = ClientHandler()
    handler.load_middleware()
    ClientHandler._middleware_chain = staticmethod(handler._middleware_chain)


@pytest.fixture(scope="session")
def password_hash(office: Settings) -> str:
    from django.contrib.auth.hashers import make_password

    return str(make_password(PASSWORD))


@pytest.fixture
def store(office: Settings, tmp_path: Path, empty_store: Callable[[Path], Path]) -> Iterator[Store]:
    store = open_store(empty_store(tmp_path / "k.db"))
    set_up(Desk(office, compile_rules(office), store))
    presence._tickets.clear()
    yield store
    store.close()


@pytest.fixture
def album(store: Store, office: Settings, tmp_path: Path) -> Path:
    """The folder of closing photos, beside the test's store."""
    place = office.model_copy(update={"store": office.store.model_copy(update={"path": tmp_path / "k.db"})})
    set_up(replace(desk(), settings=place))
    return tmp_path / "bukti"


@pytest.fixture
def people(office: Settings, password_hash: str) -> dict[str, Any]:
    """Alice and Bob: roads. Charlie: social affairs. Citra: all. Oki: operator. Ayu: auditor."""
    from axes.models import AccessAttempt

    from inbox.models import Session, User

    for model in (Session, User, AccessAttempt):
        model.objects.all().delete()
    rows = (("alice", "reviewer", ["dpupr-solo"], False), ("bob", "reviewer", ["dpupr-solo"], False),
            ("charlie", "reviewer", ["dinsos-jateng"], False), ("citra", "reviewer", ["triage"], True),
            ("oki", "operator", ["dpupr-solo"], False), ("ayu", "auditor", [], True))
    User.objects.bulk_create([
        User(username=name, role=role, departments=departments, all_departments=everything, password=password_hash)
        for name, role, departments, everything in rows
    ])
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def browser_of(store: Store, people: dict[str, Any]) -> Callable[..., Any]:
    """A signed-in client for a person by name; `None` for a stranger."""
    from django.conf import settings
    from django.test import Client

    def open_as(name: str | None, **options: Any) -> Any:
        client = Client(SERVER_NAME="127.0.0.1", **options)
        if name:
            client.cookies[settings.SESSION_COOKIE_NAME] = session_of(people[name])
        return client

    return open_as


def session_of(person: Any) -> str:
    """The key of a session as signing in leaves it: one row. `force_login` writes it four times, 4 ms a browser."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from inbox.sessions import SessionStore

    now, session = timezone.now().isoformat(), SessionStore()
    session.update({
        SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: person.get_session_auth_hash(), "login_at": now, "seen_at": now})
    session.create()
    return str(session.session_key)


@pytest.fixture
def api_of(store: Store, people: dict[str, Any]) -> Callable[..., Any]:
    """A program of a department, by key and scopes; `None` for one without a token."""
    from inbox.api.gate import limiter
    from inbox.models import ApiToken
    from tests.inbox.api_house import Api, token_for

    ApiToken.objects.all().delete()
    limiter.forget()

    def open_as(department: str | None, *scopes: str, **more: Any) -> Any:
        return Api(token_for(department, *scopes, **more) if department else None)

    return open_as


# --- a real browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_thread_for_both() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; the test's own calls to the auth database are plain ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def url(office: Settings, store: Store, people: Any) -> Iterator[str]:
    """The app on a free port of this machine, over the test's store."""
    server = create_server(office)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists() and not os.environ.get("CI"):  # CI has to have it
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any, url: str) -> Iterator[Any]:
    """A tab that fails the test on any console error, page error, dialog or request that leaves this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=url)
    page = context.new_page()
    page.set_default_timeout(10_000)
    trouble: list[str] = []
    page.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda r: None if r.url.startswith((url, "data:")) else trouble.append(r.url))
    page.trouble = trouble
    yield page
    context.close()
    assert trouble == []
