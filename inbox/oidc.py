"""The government's own identity provider (OpenID Connect), by Authlib: code flow, PKCE, nonce, keys that rotate.

What Authlib leaves open is closed here: the issuer has to be the one of config.yaml and not what the provider says of
itself, the audience has to be us, only asymmetric signatures count, and an answer without an id token is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest

from inbox import sessions
from inbox.models import User
from settings.signing_in import OidcPerson, OidcSettings

SIGNATURES = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"))
SECOND_FACTORS = frozenset(("mfa", "otp", "hwk"))
TIMEOUT_SECONDS, LEEWAY_SECONDS = 8, 60
NAME_CHARS = 80


class Stranger(Exception):
    """The provider knows the person; here nobody has said what they may. `why` is for the audit."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Rights:
    role: str
    departments: tuple[str, ...]
    all_departments: bool


def redirect_to_provider(settings: OidcSettings, request: HttpRequest, back: str) -> Any:
    """Off to the provider; state, nonce and the PKCE verifier wait in the session."""
    return _client(settings).authorize_redirect(request, back)


def claims_of(settings: OidcSettings, request: HttpRequest) -> Mapping[str, Any]:
    """What the provider says of who comes back. Raises whatever Authlib finds wrong, or ValueError."""
    client = _client(settings)
    token = client.authorize_access_token(request, leeway=LEEWAY_SECONDS, claims_options={
        "iss": {"essential": True, "values": [settings.issuer]},
        "aud": {"essential": True, "values": [settings.client_id]},
    })
    claims = token.get("userinfo")
    if not claims or not claims.get("sub"):
        raise ValueError("no id token")
    return dict(claims)


def rights_of(settings: OidcSettings, claims: Mapping[str, Any]) -> Rights | None:
    """By the groups that config.yaml names: the first decides the role, further ones of that role add departments."""
    said = claims.get(settings.groups_claim)
    groups = {said} if isinstance(said, str) else {str(each) for each in said} if isinstance(said, list) else set()
    found: list[OidcPerson] = [person for person in settings.people if person.group in groups]
    if not found:
        return None
    same = [person for person in found if person.role == found[0].role]
    departments = dict.fromkeys(key for person in same for key in person.departments)
    return Rights(found[0].role, tuple(departments), any(person.all_departments for person in same))


def person_of(settings: OidcSettings, claims: Mapping[str, Any]) -> User:
    """The account of this subject, made at the first sign-in, its rights as the groups are today. Raises Stranger.

    An account is known by issuer and subject, never by its name: who is called `alice` over there does not become the
    Alice of here. Whose groups are gone loses the open sessions too; whom an administrator has closed out stays out.
    """
    subject = hashlib.sha256(f"{settings.issuer}\0{claims['sub']}".encode()).hexdigest()
    rights = rights_of(settings, claims)
    if rights is None:
        for gone in User.objects.filter(provided=subject):
            sessions.end_all(gone)
        raise Stranger("no group")
    with transaction.atomic():
        user: User | None = User.objects.filter(provided=subject).first()
        if user is None:
            user = User(username=_free_name(settings, claims), provided=subject)
            user.set_unusable_password()
        if not user.is_active:
            raise Stranger("closed")
        user.role, user.all_departments = rights.role, rights.all_departments
        user.departments = list(rights.departments)
        user.save()
    return user


def gave_second_factor(settings: OidcSettings, claims: Mapping[str, Any]) -> bool:
    said = claims.get("amr")
    return settings.trusts_second_factor and isinstance(said, list) and bool(SECOND_FACTORS & {str(a) for a in said})


def _free_name(settings: OidcSettings, claims: Mapping[str, Any]) -> str:
    name = str(claims.get(settings.name_claim) or "").strip()
    if not name or len(name) > NAME_CHARS or not name.isprintable():
        raise Stranger("no name")
    if User.objects.filter(username=name).exists():
        raise Stranger("name taken")
    return name


@lru_cache(maxsize=4)
def _client(settings: OidcSettings) -> Any:
    """One client a configuration: it keeps the provider's description and keys; unknown keys are asked for anew."""
    from authlib.integrations.django_client import OAuth

    secret = settings.secret()
    registry = OAuth()
    registry.register(
        "provider", client_id=settings.client_id, client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": " ".join(settings.scopes), "code_challenge_method": "S256",
                       "default_timeout": TIMEOUT_SECONDS})
    client = registry.create_client("provider")
    described = client.load_server_metadata()
    if described.get("issuer") != settings.issuer:
        raise ValueError("the provider calls itself by another name")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _refuse_plain(settings, str(described.get(name)))
    offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
    described["id_token_signing_alg_values_supported"] = [name for name in offered if name in SIGNATURES]
    return client


def _refuse_plain(settings: OidcSettings, address: str) -> None:
    """What the secret and the codes travel on is encrypted, unless the issuer itself is on this machine."""
    if urlsplit(settings.issuer).scheme == "https" and urlsplit(address).scheme != "https":
        raise ValueError("the provider has an address without TLS")
