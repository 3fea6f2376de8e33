"""Whom to call when nobody answers: pages for danger to life, escalation of missed limits, the morning digest. Pure.

Observations. A ticket in an inbox calls nobody: at 23:00 the inbox is a dark room. An office that is sent everything at
night soon mutes the channel, and with it the one message in a hundred that was about a life. So two things are kept
apart: `darurat` wakes people, at any hour, until one of them answers; everything else waits for office hours.

Theory. What is due is a function of three things that the store remembers: the tickets still `baru`, the pages that
were put on their way, and the clock. Nothing is remembered here. Each event has a key that says which step it is
(`T-12|page|2|email:...`), and the store takes a key once: asking twice, a restart or two daemons page nobody twice.

  * A chain is walked step by step and then from its top again, one page a step, until the ticket leaves `baru` (a
    person has taken it: that is the acknowledgement) or the *case*, all tickets of the story, has had `max_pages`.
    Where two desks of a case share a chain the lower number calls; the other's turn comes when that one is answered.
  * A step is due when the one before it is `minutes` old. Never two at once: after a pause or a jump of the clock ahead
    the chain goes on where it was, one step, then waits again. Where the last page lies in the future the clock was set
    back; the next step is due now, for one page too early is better than a silent night.
  * A secret is called out on its own department's chain only. The government's chain may be read by whom it is about.
  * A ticket that coordinates others pages nobody: those that it watches over do.
  * A limit missed by `escalate_hours` is told to the head, or where the file names none to the coordinator; in quiet
    hours that waits for the morning. Limits missed more than a week ago are history: a new installation with a full
    cupboard must not start with a thousand letters.

Notices of ordinary tickets that open in quiet hours are not sent late but replaced by the digest: forty letters at
07:00 are what it is there to spare. What a notice would have said is in it, because the digest lists what is open at
its hour and not what was held back, so nothing is lost whatever happened in the night. Notices of growth are rare; they
wait until the digest's hour. A digest has numbers only; of secrets not even those.

Known failures. Who is ill or on leave is not known here: the chain is what the file says. A story whose newest telling
is older than a day pages nobody (FRESH), so that an archive read in today wakes no one; a daemon that was down for more
than a day therefore leaves what it missed to the inbox, where it stands on top. A body outside has no inbox here, so
nobody could acknowledge and its tickets page nobody. Kentongan is no emergency line: 112 is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain import Event, PageSent, Status, Ticket
from routing.clocks import WIB
from routing.notices import facts
from settings import Settings

FRESH = timedelta(hours=24)
HISTORY = timedelta(days=7)
NAMED = 30  # ticket numbers that a digest lists; the rest is a count

Address = tuple[str, str]  # transport kind, address


@dataclass(frozen=True, slots=True)
class Step:
    to: Address
    wait: timedelta  # until the next step


@dataclass(frozen=True, slots=True)
class Calls:
    """The section `calls`, with every department's way looked up. `chains` are by department or government."""

    quiet: tuple[time, time] | None
    digest: time
    max_pages: int
    late_after: timedelta
    chains: Mapping[str, tuple[Step, ...]]
    heads: Mapping[str, tuple[Address, ...]]
    governments: Mapping[str, str]  # department -> government
    coordinators: Mapping[str, str]  # government -> department
    desks: Mapping[str, tuple[Address, ...]]  # department -> who is told about its tickets
    names: Mapping[str, str]

    def is_quiet(self, now: datetime) -> bool:
        if self.quiet is None:
            return False
        begin, end = self.quiet
        at = now.astimezone(WIB).time()
        return begin <= at < end if begin <= end else at >= begin or at < end

    def morning(self, now: datetime) -> datetime:
        """The next hour of the digest, where it is quiet now."""
        local = now.astimezone(WIB)
        today = datetime.combine(local.date(), self.digest, tzinfo=WIB)
        return today if today > local else today + timedelta(days=1)

    def chain_of(self, ticket: Ticket) -> tuple[str, tuple[Step, ...]]:
        """Name and steps of the chain that answers for a ticket; no steps where there is none."""
        government = self.governments.get(ticket.department, "")
        if ticket.department in self.chains or ticket.sensitive:
            return ticket.department, self.chains.get(ticket.department, ())
        return government, self.chains.get(government, ())

    def superiors(self, ticket: Ticket) -> tuple[Address, ...]:
        """The head; without one the coordinator, who is told nothing of secrets."""
        if head := self.heads.get(ticket.department):
            return head
        coordinator = self.coordinators.get(self.governments.get(ticket.department, ""), "")
        return () if ticket.sensitive else self.desks.get(coordinator, ())


def compile_calls(settings: Settings) -> Calls:
    given = settings.calls
    return Calls(
        quiet=(given.quiet.begin, given.quiet.end) if given.quiet else None,
        digest=given.digest, max_pages=given.max_pages, late_after=timedelta(hours=given.escalate_hours),
        chains={key: tuple(Step(_address(s.to), timedelta(minutes=s.minutes)) for s in steps)
                for key, steps in given.chains.items()},
        heads={key: tuple(map(_address, heads)) for key, heads in given.heads.items()},
        governments={key: d.government for key, d in settings.departments.items() if d.government},
        coordinators={key: g.coordinator for key, g in settings.governments.items()},
        desks={key: tuple(map(_address, d.notify)) for key, d in settings.departments.items()},
        names={key: d.name for key, d in settings.departments.items()},
    )


def pages(urgent: Iterable[Ticket], sent: Iterable[PageSent], calls: Calls, now: datetime) -> list[Event]:
    """The next page of each case and chain, where it is due. `urgent`: open dangers to life, in any order."""
    sent = tuple(sent)
    of_case = Counter(page.cluster for page in sent)
    called: set[tuple[str, str]] = set()
    events: list[Event] = []
    for ticket in sorted(urgent, key=lambda t: t.id):
        name, chain = calls.chain_of(ticket)
        if ticket.status is not Status.BARU or ticket.coordinates or not chain or (ticket.cluster, name) in called:
            continue
        called.add((ticket.cluster, name))
        if of_case[ticket.cluster] >= calls.max_pages:
            continue
        mine = sorted((page for page in sent if page.ticket == ticket.id), key=lambda page: page.n)
        if not mine or _over(mine[-1], chain, now):
            events.append(_page(ticket, mine[-1].n + 1 if mine else 1, chain, calls))
            of_case[ticket.cluster] += 1
    return events


def _over(last: PageSent, chain: Sequence[Step], now: datetime) -> bool:
    wait = chain[(last.n - 1) % len(chain)].wait
    return now >= last.at + wait or now < last.at


def _page(ticket: Ticket, n: int, chain: Sequence[Step], calls: Calls) -> Event:
    kind, address = chain[(n - 1) % len(chain)].to
    return Event(
        f"T-{ticket.id}|page|{n}|{kind}:{address}", kind, address, ticket.id,
        f"DARURAT: tiket T-{ticket.id} belum ditanggapi (panggilan {n})",
        f"{_name(ticket.department, calls)}: buka kotak masuk dan terima tiket T-{ticket.id}. Panggilan berhenti "
        "setelah tiket diterima. Bila nyawa terancam, hubungi juga 112.",
        facts=facts(ticket, _name(ticket.department, calls)),
    )


def escalations(late: Iterable[Ticket], calls: Calls, now: datetime) -> list[Event]:
    """One letter for each superior of a ticket that nobody took, `late_after` beyond its limit; ever."""
    held = calls.morning(now) if calls.is_quiet(now) else None
    return [
        Event(f"T-{ticket.id}|late|{kind}:{address}", kind, address, ticket.id,
              f"Tiket T-{ticket.id} melewati batas waktu dan belum ditanggapi",
              f"{_name(ticket.department, calls)}: batas waktu {_moment(ticket.due_at)}, belum ada petugas yang "
              f"menerima. Buka kotak masuk, tiket T-{ticket.id}.", not_before=held,
              facts=facts(ticket, _name(ticket.department, calls)))
        for ticket in late
        if ticket.status is Status.BARU and ticket.due_at is not None and not ticket.coordinates
        and now - HISTORY <= ticket.due_at <= now - calls.late_after
        for kind, address in calls.superiors(ticket)
    ]


def digest_day(calls: Calls, now: datetime) -> date | None:
    """The day whose digest is due: from its hour until it is quiet again, so a daemon that was down makes up for it."""
    local = now.astimezone(WIB)
    return local.date() if local.time() >= calls.digest and not calls.is_quiet(now) else None


def digests(live: Iterable[Ticket], calls: Calls, day: date) -> list[Event]:
    """One letter a day for each address of a department that has something to take or something due.

    The first event is a line of the log: it marks the day as done, also where nobody had to be told anything.
    """
    by_desk: dict[str, list[Ticket]] = {}
    for ticket in live:
        if ticket.status is Status.BARU or (ticket.due_at is not None and _wib_day(ticket.due_at) <= day):
            by_desk.setdefault(ticket.department, []).append(ticket)
    letters = [
        Event(f"digest|{day}|{desk}|{kind}:{address}", kind, address, 0,  # 0: of no one ticket
              f"Ringkasan {day}: {len(tickets)} tiket perlu dilihat", _lines(desk, tickets, calls, day))
        for desk, tickets in sorted(by_desk.items()) for kind, address in calls.desks.get(desk, ())
    ]
    done = Event(digest_key(day), "log", "", 0, f"Ringkasan {day}: {len(letters)} surat", "")
    return [done, *letters]


def digest_key(day: date) -> str:
    return f"digest|{day}"


def _lines(desk: str, tickets: Sequence[Ticket], calls: Calls, day: date) -> str:
    shown = [ticket for ticket in tickets if not ticket.sensitive]
    groups = (
        ("Belum ditanggapi", [t for t in shown if t.status is Status.BARU]),
        ("Jatuh tempo hari ini", [t for t in shown if t.due_at is not None and _wib_day(t.due_at) == day]),
        ("Lewat batas waktu", [t for t in shown if t.due_at is not None and _wib_day(t.due_at) < day]),
    )
    lines = [_name(desk, calls)]
    lines += [f"{title}: {len(group)} ({_numbers(group)})" for title, group in groups if group]
    if secret := len(tickets) - len(shown):
        lines.append(f"Tiket rahasia: {secret}")
    return "\n".join(lines)


def _numbers(tickets: Sequence[Ticket]) -> str:
    newest = sorted((t.id for t in tickets), reverse=True)
    rest = len(newest) - NAMED
    return ", ".join(f"T-{n}" for n in newest[:NAMED]) + (f", dan {rest} lagi" if rest > 0 else "")


def _name(department: str, calls: Calls) -> str:
    return calls.names.get(department, department)


def _moment(at: datetime | None) -> str:
    return at.astimezone(WIB).strftime("%Y-%m-%d %H:%M WIB") if at else ""


def _wib_day(at: datetime) -> date:
    return at.astimezone(WIB).date()


def _address(given: str) -> Address:
    kind, _, address = given.partition(":")
    return kind, address
