"""Django's settings, made from ours. One process serves one `config.yaml`.

Refuses a bind address beyond loopback without TLS in front: the session cookie would travel in the
open, and a browser would drop the `__Host-` cookie without saying so.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from csp.constants import NONE, SELF
from django.conf import settings as django_settings

from domain import ConfigError
from settings import Settings

HERE = Path(__file__).parent
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
LOCKOUT = timedelta(minutes=15)
MAX_BODY = 12 << 20  # of a request: a photo and its form
LANGUAGES = (("id", "Indonesia"), ("en", "English"))


def configure(settings: Settings) -> None:
    """Set Django up for these settings; a second call in one process changes nothing."""
    if django_settings.configured:
        return
    settings.inbox.auth_db.parent.mkdir(parents=True, exist_ok=True)
    _private(settings.inbox.auth_db)
    django_settings.configure(**django_options(settings, secret_key=secret_key(settings.inbox.auth_db)))
    django.setup()


def refuse_open_bind(settings: Settings) -> None:
    """Raise ConfigError for an address that others reach when nothing encrypts the way to it."""
    inbox = settings.inbox
    if inbox.behind_tls or is_loopback(inbox.host):
        return
    problem = f"inbox.host: {inbox.host} dapat dijangkau dari luar tanpa TLS"
    hint = "pakai 127.0.0.1, atau pasang proksi TLS di depan lalu tulis inbox.behind_tls: true"
    raise ConfigError(problem, problems=(f"{problem} — {hint}",), hint=hint)


def refuse_without_oidc(settings: Settings) -> None:
    """Raise ConfigError where the file asks for OIDC and its library or its secret is missing."""
    oidc = settings.inbox.oidc
    if not oidc.on:
        return
    if importlib.util.find_spec("authlib") is None:
        raise ConfigError("inbox.oidc: pustaka authlib belum terpasang", hint='pip install "kentongan[sso]"')
    if oidc.secret() is None:
        raise ConfigError(f"inbox.oidc: rahasia klien tidak ada di {oidc.secret_env}",
                          hint="isi variabel lingkungan itu, atau LoadCredential dengan nama yang sama (huruf kecil)")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secret_key(auth_db: Path) -> str:
    """The key that signs sessions: made once, kept beside `auth_db`, readable by its owner only."""
    path = auth_db.with_name("inbox_secret_key")
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _private(fresh)
    fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
    try:
        os.link(fresh, path)  # whole or not at all, also when two processes start at once
    except FileExistsError:
        path.chmod(0o600)
    finally:
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    path.chmod(0o600)


def django_options(settings: Settings, *, secret_key: str) -> dict[str, Any]:
    return {
        **_application(settings, secret_key), **_database(settings.inbox.auth_db), **_people(settings),
        **_cookies(behind_tls=settings.inbox.behind_tls), **_headers(behind_tls=settings.inbox.behind_tls),
        **_language(settings), "LOGGING": _logging(),
    }


def _application(settings: Settings, secret_key: str) -> dict[str, Any]:
    return {
        "DEBUG": False,
        "SECRET_KEY": secret_key,
        # behind TLS the reverse proxy names the host; without it only this machine may ask
        "ALLOWED_HOSTS": ["*"] if settings.inbox.behind_tls else ["127.0.0.1", "localhost", "[::1]"],
        "ROOT_URLCONF": "inbox.urls",
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.messages",
                           "django.contrib.staticfiles", "axes", "csp", "django_otp",
                           "django_otp.plugins.otp_totp", "inbox"],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "csp.middleware.CSPMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "inbox.turns.one_at_a_time",
            "inbox.middleware.no_store",
            "inbox.metrics.metrics",
            "inbox.api.gate.api",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "inbox.middleware.language",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "inbox.middleware.session_limits",
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "inbox.middleware.PasswordFirst",
            "inbox.middleware.SecondFactorFirst",
            "inbox.permissions.Permissions",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "inbox.middleware.Answers",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [{
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [HERE / "templates"],
            "OPTIONS": {"environment": "inbox.pages.environment", "extensions": ["jinja2.ext.i18n"],
                        "context_processors": ["inbox.pages.surroundings"]},
        }],
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_ROOT": HERE / "static" / "root",
        "WHITENOISE_MAX_AGE": 3600,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 256 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": MAX_BODY,  # an uploaded photo, with all that it says, never touches the disk
        "DATA_UPLOAD_MAX_NUMBER_FILES": 1,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "SILENCED_SYSTEM_CHECKS": ["axes.W003"],
    }


def _database(auth_db: Path) -> dict[str, Any]:
    """Rollback journal and BEGIN IMMEDIATE: several threads write, and WAL has a reset bug before 3.51.3."""
    return {
        "DATABASES": {"default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": auth_db,
            "CONN_MAX_AGE": None,
            "OPTIONS": {"timeout": 5, "transaction_mode": "IMMEDIATE",
                        "init_command": "PRAGMA journal_mode=delete; PRAGMA secure_delete=ON"},
        }},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    }


def _people(settings: Settings) -> dict[str, Any]:
    validation = "django.contrib.auth.password_validation"
    return {
        "AUTH_USER_MODEL": "inbox.User",
        "AUTHENTICATION_BACKENDS": ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validation}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["username"]}},
            {"NAME": f"{validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": f"{validation}.CommonPasswordValidator"},
            {"NAME": "inbox.passwords.LocalWords"},
            {"NAME": f"{validation}.NumericPasswordValidator"},
        ],
        "OTP_TOTP_ISSUER": settings.inbox.second_factor.issuer,
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "queue",
        "AXES_FAILURE_LIMIT": 5,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_COOLOFF_TIME": LOCKOUT,
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_LOCKOUT_CALLABLE": "inbox.views.problems.locked_out",
        "AXES_VERBOSE": False,
        "AXES_DISABLE_ACCESS_LOG": True,
        "CSRF_FAILURE_VIEW": "inbox.views.problems.csrf_failed",
    }


def _cookies(*, behind_tls: bool) -> dict[str, Any]:
    prefix = "__Host-" if behind_tls else ""
    return {
        "SESSION_ENGINE": "inbox.sessions",
        "SESSION_COOKIE_NAME": f"{prefix}kentongan",
        "SESSION_COOKIE_AGE": int(ABSOLUTE.total_seconds()),
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": behind_tls,
        "CSRF_COOKIE_NAME": f"{prefix}kentongan_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": behind_tls,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _headers(*, behind_tls: bool) -> dict[str, Any]:
    return {
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": {
            "default-src": [SELF], "frame-ancestors": [NONE], "base-uri": [NONE], "form-action": [SELF],
            "img-src": [SELF, "data:"],
        }},
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31_536_000 if behind_tls else 0,
        "X_FRAME_OPTIONS": "DENY",
    }


def _language(settings: Settings) -> dict[str, Any]:
    return {
        "LANGUAGE_CODE": settings.inbox.language,
        "LANGUAGES": LANGUAGES,
        "LOCALE_PATHS": [HERE / "locale"],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": settings.timezone,
    }


def _logging() -> dict[str, Any]:
    """Warnings and worse to stderr. No request body, no search word: Django logs paths only."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }
