"""Who may sign in, and their sessions. Nothing about a citizen and nothing about a ticket stands here."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from domain import Actor, Ticket

REVIEWER, HEAD, VERIFIER, OPERATOR, AUDITOR = "reviewer", "head", "verifier", "operator", "auditor"
ROLES = (REVIEWER, HEAD, VERIFIER, OPERATOR, AUDITOR)
ACTING = (REVIEWER, HEAD)  # who may change tickets


class People(BaseUserManager):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)  # type: ignore[no-any-return]


class User(AbstractBaseUser):  # type: ignore[misc]
    """A member of staff. `departments` are keys of config.yaml; all of them for coordinators and auditors."""

    username = models.CharField(max_length=80, unique=True)
    role = models.CharField(max_length=16, default=REVIEWER)
    departments = models.JSONField(default=list)
    all_departments = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    provided = models.CharField(max_length=64, unique=True, null=True)  # hash of issuer and subject: an OIDC account

    objects = People()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor(self.username, tuple(self.departments), all_departments=self.all_departments)

    def may_see(self, ticket: Ticket) -> bool:
        """As the Store judges it: the own departments; every other one's but the sensitive for who sees all."""
        return ticket.department in self.departments or (bool(self.all_departments) and not ticket.sensitive)

    @property
    def may_act(self) -> bool:
        return self.role in ACTING

    @property
    def may_verify(self) -> bool:
        """May look at proof photos and say whether they close a ticket; a verifier does nothing else to it."""
        return self.may_act or self.role == VERIFIER

    @property
    def may_unmask(self) -> bool:
        """An auditor checks what others did and opens nobody's data; an operator tends rules, not cases."""
        return self.role in (REVIEWER, HEAD)

    @property
    def oversees(self) -> bool:
        """May see the lanes and the accounts' health."""
        return bool(self.all_departments) or self.role in (OPERATOR, AUDITOR)

    @property
    def reads_briefs(self) -> bool:
        """The Monday brief, figures and maps: of the own departments for a head, of all for who oversees all."""
        return self.role == HEAD or self.oversees

    @property
    def tends_rules(self) -> bool:
        """May try, compare and save rules: operators, and the coordinators who see every desk."""
        return self.role == OPERATOR or (self.role in (REVIEWER, HEAD) and bool(self.all_departments))


class RecoveryCode(models.Model):  # type: ignore[misc]
    """A code on paper, good once, for the day the phone is lost. Kept as a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, db_index=True)
    used_at = models.DateTimeField(null=True)


class Session(AbstractBaseSession):  # type: ignore[misc]
    """A session that knows whose it is, so that disabling a person ends all of theirs."""

    user_id = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        from inbox.sessions import SessionStore

        return SessionStore


class ApiToken(models.Model):  # type: ignore[misc]
    """What a department's own software signs in with. The token itself is shown once and kept nowhere."""

    name = models.CharField(max_length=40, unique=True)
    department = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=12)  # its first signs, to tell it from others
    per_minute = models.IntegerField(default=120)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @property
    def actor(self) -> Actor:
        """In the history it stands by its name; no person can be called so."""
        return Actor(f"api:{self.name}", (self.department,))


class Answered(models.Model):  # type: ignore[misc]
    """What a request with an Idempotency-Key was answered, for a day. Numbers and states only, no citizen's word."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE)
    key = models.CharField(max_length=128)
    request = models.CharField(max_length=64)  # digest of what was asked
    status = models.IntegerField(default=0)  # 0: it is being worked on
    body = models.TextField(default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key"),)
