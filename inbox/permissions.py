"""Who may open which address: one rule for every name in `urls.py`, asked before the view runs.

An address without a rule is nobody's: it answers as if it did not exist, and a test names it. The rule speaks of roles;
which tickets somebody sees (department, sensitive) is the Store's to say, and it says so for each ticket anew. Views
that change something check again what they need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse

from inbox.middleware import PassedOn
from inbox.views import problems

May = Callable[[Any], bool]


def anybody(_user: Any) -> bool:
    return True


def signed_in(user: Any) -> bool:
    return bool(user.is_authenticated)


def acts(user: Any) -> bool:
    """Reviewers and heads: they work on tickets."""
    return signed_in(user) and bool(user.may_act)


def verifies(user: Any) -> bool:
    """Who works on tickets, and verifiers: they look at proof photos."""
    return signed_in(user) and bool(user.may_verify)


def unmasks(user: Any) -> bool:
    return signed_in(user) and bool(user.may_unmask)


def oversees(user: Any) -> bool:
    """Coordinators, operators, auditors: lanes and the state of the system."""
    return signed_in(user) and bool(user.oversees)


def reads_briefs(user: Any) -> bool:
    """Heads, of their own departments, and those who oversee."""
    return signed_in(user) and bool(user.reads_briefs)


def checks_lanes(user: Any) -> bool:
    return oversees(user) and acts(user)


def tends_rules(user: Any) -> bool:
    return signed_in(user) and bool(user.tends_rules)


RULES: Mapping[str, May] = MappingProxyType({
    "login": anybody, "code": anybody, "oidc": anybody, "oidc_back": anybody, "set_language": anybody,
    "logout": signed_in, "password": signed_in,
    "second_factor": signed_in, "sessions": signed_in, "end_sessions": signed_in,
    "queue": signed_in, "queue_fragment": signed_in, "export": signed_in,
    "save_view": signed_in, "forget_view": signed_in,
    "ticket": signed_in, "packet": signed_in, "presence": signed_in, "evidence": signed_in,
    "fieldwork": signed_in,
    "act": acts, "evidence_decide": verifies, "bulk": acts, "regroup": acts, "redact": acts,
    "unmask": unmasks,
    "brief": reads_briefs, "brief_sheet": reads_briefs, "counted": reads_briefs, "brief_sample": oversees,
    "figures": reads_briefs, "map": reads_briefs,
    "lane": oversees, "check_lane": checks_lanes,
    "health": oversees, "health_on_the_phone": oversees, "accounts": oversees,
    "workbench": tends_rules, "rules_edit": tends_rules, "draft": tends_rules, "draft_save": tends_rules,
    "rules_history": tends_rules, "rules_rollback": tends_rules,
})


def may(user: Any, name: str) -> bool:
    rule = RULES.get(name)
    return rule is not None and rule(user)


class Permissions(PassedOn):
    """After signing in is asked for: a stranger is sent to the sign-in, not told what exists."""

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if may(request.user, (match.url_name if match else None) or ""):
            return None
        return problems.refused(request) if request.method == "POST" else problems.not_found(request)
