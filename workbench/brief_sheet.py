"""The brief as rows for a spreadsheet and as plain text for a mail. In Indonesian, like the letters that people get."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain import BlindWindow
from routing.clocks import WIB
from routing.rules import Rules
from workbench.brief import Brief, Change, Count, FalseTrivial, Times
from workbench.periods import Period
from workbench.table import harmless

Row = tuple[str, str, str, str]  # part, about what, measure, value
HEAD: Row = ("bagian", "tentang", "ukuran", "nilai")
WHAT = {"arrived": "masuk", "answered": "ditanggapi", "closed": "ditutup", "open": "terbuka",
        "untouched": "belum ditanggapi", "late": "lewat batas waktu"}
UNCHECKED = "belum diperiksa"


def rows(told: Brief, rules: Rules) -> Iterator[Row]:
    """One fact a row, so that a pivot table can do with it what it likes."""
    yield "periode", named(told.period), "keadaan per", clock(told.at)
    for what, one in told.totals.items():
        yield "ringkasan", "semua", WHAT[what], str(_now(one).n)
        if isinstance(one, Change):
            yield "ringkasan", "semua", f"{WHAT[what]}, periode sebelumnya", str(one.before.n)
    for topic, change in told.topics:
        yield "topik", rules.topic_name(topic), "masuk", str(change.now.n)
        yield "topik", rules.topic_name(topic), "masuk, periode sebelumnya", str(change.before.n)
    for line in told.desks:
        for what, count in line.counts.items():
            yield "dinas", rules.department_name(line.department), WHAT[what], str(count.n)
        if line.times:
            yield from _times("dinas", rules.department_name(line.department), line.times)
    for channel in told.channels:
        about = f"{rules.department_name(channel.department)} / {channel.platform}"
        yield "kanal", about, "ditanggapi", str(channel.times.count.n)
        yield from _times("kanal", about, channel.times)
    yield from _troubles(told, rules)


def _troubles(told: Brief, rules: Rules) -> Iterator[Row]:
    yield "pantulan", "semua", "tiket yang dialihkan dua kali atau lebih", str(told.bounces.n)
    for bounced in told.bounced:
        way = " > ".join(f"{rules.department_name(stay.department)} {hours(stay.span)} jam" for stay in bounced.stays)
        yield "pantulan", f"T-{bounced.ticket}", "jalan dan lama di tiap dinas", way
    for silent in told.silent:
        name = rules.department_name(silent.department)
        yield "dinas diam", name, "hari kerja tanpa tindakan", str(silent.days)
        yield "dinas diam", name, "terbuka", str(silent.open.n)
    if told.lanes:
        yield "lajur", "semua", "salah dikira sepele", in_words(told.lanes)
    for window in told.blind:
        yield "jendela buta", window.account, window.kind, stretch(window)
    for story in told.stories:
        about = f"T-{story.ticket} {rules.topic_name(story.topic)}"
        yield "perkara terbesar", about, "kiriman dalam periode", str(story.told)


def as_csv(told: Brief, rules: Rules) -> str:
    """UTF-8 with a mark at its head, so that a double click opens it; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in (HEAD, *rows(told, rules)))
    return "\ufeff" + out.getvalue()


def as_text(told: Brief, rules: Rules) -> str:
    lines = [f"LAPORAN SENIN {named(told.period)}"]
    if told.department:
        lines.append(rules.department_name(told.department))
    lines.append(f"keadaan per {clock(told.at)}" + (", periode belum selesai" if told.running else ""))
    part = ""
    for head, about, measure, value in list(rows(told, rules))[1:]:
        if head != part:
            lines += ["", head.upper()]
            part = head
        lines.append(f"  {about}: {measure} {value}" if about != "semua" else f"  {measure}: {value}")
    return "\n".join(lines) + "\n"


def named(period: Period) -> str:
    days = f"{period.first.isoformat()} s.d. {period.last.isoformat()}"
    return f"{period.week} ({days})" if period.week else days


def clock(at: datetime) -> str:
    return at.astimezone(WIB).strftime("%Y-%m-%d %H.%M WIB")


def stretch(window: BlindWindow) -> str:
    until = clock(window.until) if window.until else "masih buta"
    return f"{clock(window.since)} s.d. {until}, {window.found} kiriman terbaca kemudian"


def in_words(lanes: FalseTrivial) -> str:
    rate = lanes.rate
    if rate.share is None or lanes.low is None or lanes.high is None:
        return f"{UNCHECKED} (0 dari {rate.drawn} sampel)"
    return (f"{100 * rate.share:.1f} % ({rate.wrong} dari {rate.checked} yang diperiksa;"
            f" selang kepercayaan 95 %: {100 * lanes.low:.1f}-{100 * lanes.high:.1f} %)").replace(".", ",")


def hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f}".replace(".", ",")


def _times(part: str, about: str, times: Times) -> Iterable[Row]:
    yield part, about, "waktu tanggap median (jam)", hours(times.median)
    yield part, about, "waktu tanggap 90 % (jam)", hours(times.p90)


def _now(one: Count | Change) -> Count:
    return one.now if isinstance(one, Change) else one
