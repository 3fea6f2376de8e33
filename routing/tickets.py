"""The life of a ticket: which action is possible when, and what it changes. Pure.

    baru ──accept──> diterima ──start──> dikerjakan ──finish──> selesai
      │                 └────── ask ──> menunggu_keterangan ──start──┘
      ├──hand_over, reroute to an outside body──> diteruskan ──finish──> selesai
      └──reject (listed reason)──> ditolak
    reopen: ditolak, selesai ──> baru (diteruskan where the owner has no inbox here); once by the machine, where the
            same is told anew after the closing (`storage.sqlite.reopening`)
    secret, lift_secret: in any status; who may see the story, not how far it is
    set_topic, set_urgency: a person's reading instead of the machine's; desk and clocks stay

Refuses: to lose a ticket. Nothing here deletes; a rejection can be reopened; "not ours" is a hand-over
and stays tracked; the citizen's clock (`opened_at`, `due_at`) is never touched. `digabung` is entered and
left by merging (`routing.stories`), not by these verbs. What is refused says what would be possible, in Indonesian.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain import LIVE_STATUSES, URGENCIES, Action, Actor, NotAllowed, Refused, Status, Ticket
from personal_data import blotted
from routing.rules import Department, Rules

NOTHING: Mapping[str, Any] = MappingProxyType({})

# verb -> statuses in which it is possible, in the order in which a page offers them
POSSIBLE: Mapping[str, tuple[Status, ...]] = MappingProxyType({
    "accept": (Status.BARU,),
    "start": (Status.DITERIMA, Status.MENUNGGU),
    "finish": (Status.DITERIMA, Status.DIKERJAKAN, Status.MENUNGGU, Status.DITERUSKAN),
    "ask": (Status.BARU, Status.DITERIMA, Status.DIKERJAKAN),
    "reroute": LIVE_STATUSES,
    "hand_over": (Status.BARU, Status.DITERIMA, Status.DIKERJAKAN, Status.MENUNGGU),
    "reject": LIVE_STATUSES,
    "reopen": (Status.DITOLAK, Status.SELESAI),
    "note": tuple(Status),
    "assign": LIVE_STATUSES,
    "set_topic": LIVE_STATUSES,
    "set_urgency": LIVE_STATUSES,
    "secret": tuple(Status),
    "lift_secret": tuple(Status),
})
LABELS: Mapping[str, str] = MappingProxyType({
    "accept": "terima", "start": "mulai kerjakan", "finish": "selesaikan", "ask": "minta keterangan",
    "reroute": "alihkan", "hand_over": "teruskan", "reject": "tolak", "reopen": "buka kembali", "note": "catatan",
    "assign": "tugaskan", "set_topic": "ubah topik", "set_urgency": "ubah urgensi",
    "secret": "rahasiakan", "lift_secret": "cabut rahasia",
})
SHORTEST_REASON = 5
WORDS_CHARS = 200


@dataclass(frozen=True, slots=True)
class Move:
    """What an action makes of a ticket. `changes` are ticket columns, only those that change."""

    verb: str
    changes: Mapping[str, Any]
    reason: str | None = None
    correction: Mapping[str, Any] | None = None  # a label: {"kind", "before", "after"}


def allowed(ticket: Ticket) -> tuple[str, ...]:
    """Verbs that are possible as the ticket stands, most usual first."""
    needless = "secret" if ticket.sensitive else "lift_secret"
    return tuple(verb for verb, statuses in POSSIBLE.items() if ticket.status in statuses and verb != needless)


def transition(ticket: Ticket, action: Action, *, actor: Actor, rules: Rules, now: datetime) -> Move:
    """What `action` changes. Raises NotAllowed for a stranger, Refused for what cannot be."""
    if not may_act(ticket, actor):
        raise NotAllowed(f"tiket T-{ticket.id} bukan milik {actor.name}")
    if action.verb not in POSSIBLE:
        raise Refused(f"tindakan '{action.verb}' tidak dikenal", hint=_options(ticket))
    if action.verb not in allowed(ticket):
        wish, options = LABELS[action.verb], _options(ticket)
        raise Refused(f"tiket T-{ticket.id} berstatus '{ticket.status}', jadi tidak bisa '{wish}'; {options}",
                      hint=options)
    return MOVES[action.verb](ticket, action, rules, now)


def may_act(ticket: Ticket, actor: Actor) -> bool:
    """The owning department; coordinators too, except on what is sensitive and has an owner here."""
    if actor.system or ticket.department in actor.departments:
        return True
    return actor.all_departments and (not ticket.sensitive or ticket.outside)


def _options(ticket: Ticket) -> str:
    return "yang mungkin: " + ", ".join(LABELS[verb] for verb in allowed(ticket))


# --- the moves -----------------------------------------------------------------------------------


def _to(status: Status) -> Callable[[Ticket, Action, Rules, datetime], Move]:
    """A move that changes the status and nothing else."""

    def move(_ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
        return Move(action.verb, {"status": status}, _words(action))

    return move


def _finish(_ticket: Ticket, action: Action, _rules: Rules, now: datetime) -> Move:
    return Move("finish", {"status": Status.SELESAI, "closed_at": now}, _words(action))


def _note(_ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
    if not _words(action):
        raise Refused("catatan kosong", hint="tulis catatannya dulu")
    return Move("note", NOTHING, _words(action))


def _reject(ticket: Ticket, action: Action, rules: Rules, now: datetime) -> Move:
    if action.reason is None or action.reason not in rules.reject_reasons:
        listed = ", ".join(rules.reject_reasons)
        raise Refused(f"tolak memerlukan alasan dari daftar: {listed}",
                      hint="bukan wewenang Anda? Pakai 'alihkan' atau 'teruskan', jangan tolak")
    said = rules.reject_reasons[action.reason]
    label = {"kind": "rejection", "before": str(ticket.status), "after": action.reason}
    changes = {"status": Status.DITOLAK, "reason": action.reason, "closed_at": now}
    return Move("reject", changes, f"{said}: {action.note}" if action.note else said, label)


def _reopen(ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
    """A rejection taken back is a label as well: the machine had been right."""
    status = Status.DITERUSKAN if ticket.outside else Status.BARU
    label = {"kind": "reopened", "before": str(ticket.status), "after": str(status)}
    return Move("reopen", {"status": status, "closed_at": None, "reason": None}, _words(action), label)


def _reroute(ticket: Ticket, action: Action, rules: Rules, _now: datetime) -> Move:
    """To another desk, as new there; to an outside body as handed over. The clocks run on."""
    target = _target(ticket, action, rules)
    _refuse_the_accused(ticket, target, rules)
    status = Status.DITERUSKAN if target.outside else Status.BARU
    changes = {"department": target.key, "status": status, "outside": target.outside, **_freed(ticket)}
    return Move("reroute", changes, _words(action), _moved(ticket, target))


def _refuse_the_accused(ticket: Ticket, target: Department, rules: Rules) -> None:
    """What discloses an official's wrong stays with those who examine: no desk here may be sent its own accusation."""
    examiners = rules.examiners(ticket.rule, ticket.department) if ticket.sensitive else None
    if examiners is not None and not target.outside and target.key not in examiners:
        names = ", ".join(sorted(rules.departments[key].name for key in examiners))
        raise Refused("laporan tentang pejabat tidak dialihkan ke dinas, karena bisa sampai kepada yang dilaporkan",
                      hint=f"yang memeriksa: {names}; atau teruskan ke instansi luar")


def _hand_over(ticket: Ticket, action: Action, rules: Rules, _now: datetime) -> Move:
    """Out of the house with a reason, to a named outside body where one is given."""
    if not _words(action):
        raise Refused("teruskan memerlukan alasan", hint="tulis kepada siapa dan mengapa diteruskan")
    if action.to_department is None:
        return Move("hand_over", {"status": Status.DITERUSKAN, "reason": _words(action)}, _words(action))
    target = _target(ticket, action, rules)
    if not target.outside:
        raise Refused(f"{target.name} punya kotak masuk di sini", hint="pakai 'alihkan'")
    changes = {"department": target.key, "status": Status.DITERUSKAN, "outside": True, "reason": _words(action),
               **_freed(ticket)}
    return Move("hand_over", changes, _words(action), _moved(ticket, target))


def _assign(ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
    """To somebody of the desk, or back to all of it. Who belongs to the desk the inbox knows, not the rules."""
    if action.assignee == ticket.assignee:
        whom = ticket.assignee or "siapa pun di meja ini"
        raise Refused(f"tiket T-{ticket.id} memang milik {whom}", hint="pilih orang lain")
    return Move("assign", {"assignee": action.assignee}, _words(action))


def _set_topic(ticket: Ticket, action: Action, rules: Rules, _now: datetime) -> Move:
    """What it is about. Whose it is stays: a wrong desk is re-routed, and only that moves it."""
    return _read_anew("topic", ticket.topic, action, rules.topics, rules.topic_name)


def _set_urgency(ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
    """How much it presses. A storm of repeats may still raise it, and the history says who did."""
    return _read_anew("urgency", ticket.urgency, action, URGENCIES, str)


def _read_anew(field: str, before: str, action: Action, known: Container[str], name: Callable[[str], str]) -> Move:
    """The column and the label are one thing: what the machine should have read."""
    if action.value is None or action.value not in known:
        raise Refused("pilih bacaan yang benar dari daftar", hint="pilih dari daftar")
    if action.value == before:
        raise Refused(f"tiket ini memang '{name(before)}'", hint="pilih yang lain")
    label = {"kind": field, "before": before, "after": action.value}
    return Move(action.verb, {field: action.value}, _words(action), label)


def _secret(ticket: Ticket, action: Action, _rules: Rules, _now: datetime) -> Move:
    """Need to know from now on: the desks that have the story, and nobody who only sees all."""
    return Move("secret", {"sensitive": True}, _why(action), _kept(ticket, secret=True))


def _lift_secret(ticket: Ticket, action: Action, rules: Rules, _now: datetime) -> Move:
    """What discloses an official's wrong stays secret: a list that everybody reads would tell whom it is about."""
    if rules.examiners(ticket.rule, ticket.department) is not None:
        raise Refused("laporan tentang pejabat tetap rahasia sampai selesai diperiksa",
                      hint="tolak atau selesaikan tiketnya; kerahasiaannya tetap")
    return Move("lift_secret", {"sensitive": False}, _why(action), _kept(ticket, secret=False))


def _kept(ticket: Ticket, *, secret: bool) -> Mapping[str, Any]:
    return {"kind": "sensitive", "before": ticket.sensitive, "after": secret}


def _why(action: Action) -> str:
    why = _words(action) or ""
    if len(why) < SHORTEST_REASON:
        raise Refused("tindakan ini memerlukan alasan", hint="tulis mengapa; alasannya tercatat di riwayat")
    return why


def redaction(ticket: Ticket, words: str, reason: str, *, actor: Actor) -> str:
    """The words that may be blotted out of the ticket's story, as one line. Whatever the status: pages of it stay.

    The reason is kept for good and read by auditors, so it must not repeat what is to disappear.
    """
    if not may_act(ticket, actor):
        raise NotAllowed(f"tiket T-{ticket.id} bukan milik {actor.name}")
    wanted = " ".join(words.split())
    if len(wanted) > WORDS_CHARS or sum(sign.isalnum() for sign in wanted) < 2:
        raise Refused("tulis kata yang ditutup", hint=f"dua huruf sampai {WORDS_CHARS} huruf, seperti tertulis")
    why = _why(Action("redact", reason=reason))
    if blotted(why, [wanted])[1]:
        raise Refused("alasan memuat kata yang hendak ditutup", hint="tulis alasannya tanpa kata itu")
    return wanted


def _freed(ticket: Ticket) -> Mapping[str, Any]:
    """Who worked on it works at another desk."""
    return {"assignee": None} if ticket.assignee else NOTHING


def _target(ticket: Ticket, action: Action, rules: Rules) -> Department:
    if not action.to_department:
        raise Refused("pilih dinas tujuan", hint="dinas tujuan wajib diisi")
    target = rules.departments.get(action.to_department)
    if target is None:
        raise Refused(f"dinas '{action.to_department}' tidak dikenal", hint="pilih dari daftar dinas")
    if target.key == ticket.department:
        raise Refused(f"tiket T-{ticket.id} sudah ada di {target.name}", hint="pilih dinas lain")
    return target


def _moved(ticket: Ticket, target: Department) -> Mapping[str, Any]:
    return {"kind": "department", "before": ticket.department, "after": target.key}


def _words(action: Action) -> str | None:
    """What the person gave as reason, else as note; blank counts as nothing."""
    return (action.reason or "").strip() or (action.note or "").strip() or None


MOVES: Mapping[str, Callable[[Ticket, Action, Rules, datetime], Move]] = MappingProxyType({
    "accept": _to(Status.DITERIMA),
    "start": _to(Status.DIKERJAKAN),
    "ask": _to(Status.MENUNGGU),
    "finish": _finish,
    "note": _note,
    "reject": _reject,
    "reopen": _reopen,
    "reroute": _reroute,
    "hand_over": _hand_over,
    "assign": _assign,
    "set_topic": _set_topic,
    "set_urgency": _set_urgency,
    "secret": _secret,
    "lift_secret": _lift_secret,
})
