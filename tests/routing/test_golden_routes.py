"""Whole posts through reading and deciding: the right desk and owner, and nobody in need in a lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import NamedTuple

import pytest

from deciding import decide
from domain import Decision, Fate, OpenTicket, Verdict
from nlp.extract import Extractor
from routing.packet import letter, packet
from tests.builders import NOON, mention
from tests.paths import ROOT

FLOOR = 0.95
HERE = ROOT / "tests" / "routing"
BOUNDARY = ("Colomadu", "Palur", "Solo Baru", "Kartasura", "Ngemplak", "Gentan", "Baki", "Grogol", "Jaten", "Gondangrejo",
            "Mojosongo Boyolali", "Mojosongo Jebres")
DESK_OF = {"school": {"disdik-solo", "disdikbud-jateng", "dinsos-solo", "dinsos-jateng"},
           "cancer": {"dinkes-solo", "dinkes-jateng"}}


class Case(NamedTuple):
    part: str
    account: str
    wanted: tuple[str, ...]
    text: str


def rows(name: str) -> Iterator[Case]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            part, account, *wanted, text = line.split("\t")
            yield Case(part, account, tuple(wanted), text)


@pytest.fixture(scope="module")
def judged(shipped, rules):
    """Every post of a table with its decision, as the daemon would decide it."""
    extractor = Extractor(shipped)

    def run(name: str) -> list[tuple[Case, Decision]]:
        cases = list(rows(name))
        posts = [mention(case.text, account=case.account) for case in cases]
        read = extractor.extract_many(posts)
        return [(case, decide(post, verdict=Verdict(post.key, "new"), extraction=seen, standing=None, rules=rules))
                for case, post, seen in zip(cases, posts, read, strict=True)]

    return run


@pytest.fixture(scope="module")
def routed(judged):
    return judged("golden_routes.tsv")


def is_right(case: Case, decision: Decision) -> bool:
    owner, desks = case.wanted
    return bool(decision.routes) and (
        decision.routes[0].owner == owner and {route.department for route in decision.routes} == set(desks.split("+")))


@pytest.mark.parametrize("part", ["tune", "held"])
def test_posts_reach_exactly_the_desks_of_the_law(routed, part):
    """19 of 20 at least, also of the posts that nobody looked at while writing rules."""
    of_part = [(case, decision) for case, decision in routed if case.part == part]
    right = sum(is_right(*pair) for pair in of_part)

    assert right >= FLOOR * len(of_part), f"{part}: {right} of {len(of_part)}"


def test_whatever_goes_out_of_the_house_is_handed_over_and_stays_open(routed):
    """No post ends as "not ours": an outside owner's ticket opens as handed over, and is live."""
    for case, decision in routed:
        outside = {route.department for route in decision.routes if route.outside}
        openings = {c.department: c.status for c in decision.changes if isinstance(c, OpenTicket)}
        assert all(openings[desk] == "diteruskan" for desk in outside), case.text


def test_every_hand_over_has_a_packet_with_owner_confidence_and_clock(routed, rules):
    """Whoever gets it knows what, whose, how sure, and by when; nobody learns who reported it."""
    for case, decision in routed:
        for chosen in (route for route in decision.routes if route.outside):
            sent = packet(case.text, department=chosen.department, extraction=asdict(decision.extraction),
                          route=asdict(chosen), rules=rules, arrived_at=NOON)
            assert sent.to == rules.department_name(chosen.department)
            assert sent.owner in ("pusat", "kabupaten_kota", "desa", "provinsi")
            assert 0 < sent.confidence <= 1, case.text
            assert sent.limits[0].rule == "sp4n-teruskan-3hk"
            assert "dirahasiakan" in "\n".join(letter(sent))


def test_the_table_is_large_and_names_every_trap(routed):
    """Both governments, all boundary suburbs, every agency of the data file, both halves."""
    texts = [case.text for case, _ in routed]
    parts = Counter(case.part for case, _ in routed)
    desks = {desk for case, _ in routed for desk in case.wanted[1].split("+")}

    assert len(set(texts)) == len(texts) >= 150
    assert min(parts.values()) >= 75
    for name in BOUNDARY:
        assert sum(name in text for text in texts) >= 2, name
    assert desks >= {"polri", "bpn", "pln", "kai", "universitas", "rutan", "pengadilan", "kemenag", "imigrasi",
                     "bpjs-kesehatan", "bpjs-ketenagakerjaan", "telkom", "perumda-air-solo", "perhutani",
                     "bbws-bengawan-solo", "bbpjn", "jasamarga", "pertamina", "pos", "ojk", "bapenda-jateng", "damri", "tni"}
    assert {"desa", "provinsi", "kabupaten_kota", "pusat"} == {case.wanted[0] for case, _ in routed}


def test_a_child_out_of_school_and_a_sick_grandmother_reach_help_in_any_words(judged):
    """Formal, slang, Javanese, ngapak, beside praise, with a name: never a lane, always the desk that helps."""
    cases = judged("golden_need.tsv")

    assert Counter(case.wanted[0] for case, _ in cases) == {"school": 10, "cancer": 10}
    for case, decision in cases:
        assert decision.fate is Fate.TICKET, case.text
        assert DESK_OF[case.wanted[0]] & {route.department for route in decision.routes}, case.text
