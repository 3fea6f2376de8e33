"""How staff sign in: the second factor, and the government's own identity provider. Off unless an issuer is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from settings.model import Model

Role = Literal["reviewer", "head", "verifier", "operator", "auditor"]


class SecondFactorSettings(Model):
    """Who has to show a code of their phone besides the password; everybody else may."""

    required_for: tuple[Role | Literal["coordinator"], ...] = ()
    issuer: str = Field("Kentongan", min_length=1, max_length=40, pattern=r"^[^:]+$")  # how the phone's app calls us


class OidcPerson(Model):
    """What a group of the provider may here. Who is in none of them gets no account."""

    group: str = Field(min_length=1)
    role: Role = "reviewer"
    departments: tuple[str, ...] = ()
    all_departments: bool = False

    @model_validator(mode="after")
    def _sees_something(self) -> Self:
        if not self.departments and not self.all_departments:
            raise ValueError("isi departments, atau all_departments: true")
        return self


class OidcSettings(Model):
    """OpenID Connect: code flow with PKCE. The secret comes from the environment or a systemd credential."""

    issuer: str = ""
    client_id: str = ""
    secret_env: str = "KENTONGAN_OIDC_SECRET"  # noqa: S105 the name of the variable
    label: str = "akun pemerintah"  # "Masuk dengan ..."
    scopes: tuple[str, ...] = ("openid", "profile")
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    trusts_second_factor: bool = False  # `amr` says mfa, otp or hwk: no code of ours besides
    people: tuple[OidcPerson, ...] = ()

    @property
    def on(self) -> bool:
        return bool(self.issuer)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.on:
            return self
        address = urlsplit(self.issuer)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("issuer harus https")
        if not self.client_id or not self.people or "openid" not in self.scopes:
            raise ValueError("isi client_id, people, dan scope openid")
        return self

    def secret(self) -> SecretStr | None:
        """From the environment, else from the credential that systemd lays down under the same name."""
        if value := os.environ.get(self.secret_env, ""):
            return SecretStr(value)
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        file = Path(folder) / self.secret_env.lower() if folder else None
        return SecretStr(file.read_text(encoding="utf-8").strip()) if file is not None and file.is_file() else None

    def problems(self, departments: Any) -> Iterator[tuple[int, int, str]]:
        """Place of the person, place of the department, and the department that is none."""
        for i, person in enumerate(self.people):
            for j, key in enumerate(person.departments):
                if key not in departments:
                    yield i, j, key
