"""The hand-over packet as a letter: the facts, and nothing that leads to the reporter."""

from __future__ import annotations

from dataclasses import asdict, replace

from domain import Pii
from routing.packet import letter, packet
from routing.route import route
from tests.builders import NOON, mention
from tests.routing.seen import place, seen, span

TEXT = "Jalan berlubang di Kartasura, hubungi Bu Sri 0812-3456-7890, rumah kami @warga_uji, cc @dinsosjateng"


def written(rules):
    where = place(TEXT, "Kartasura", "33.11.12")
    extraction = seen("jalan_jembatan", "33.11.12", places=(where,), topic_spans=(span(TEXT, "berlubang"),))
    extraction = replace(extraction, pii=(Pii(TEXT.index("Bu Sri"), TEXT.index("Bu Sri") + 6, "name"),))
    (chosen,) = route(mention(TEXT), extraction, rules)
    return packet(TEXT, department=chosen.department, extraction=asdict(extraction), route=asdict(chosen), rules=rules,
                  arrived_at=NOON, number="T-7")


def test_the_letter_says_what_the_owner_needs(rules):
    """Whose, how sure, what, where, the words that decided, by when and on which rule."""
    said = "\n".join(letter(written(rules)))

    for part in ("T-7", "Pemerintah Kabupaten Sukoharjo", "kabupaten/kota (keyakinan 81 %)", "Jalan, jembatan, trotoar",
                 "33.11.12", "berlubang, Kartasura", "02-11-2026 12.00 WIB", "05-11-2026 23.59 WIB, sp4n-teruskan-3hk"):
        assert part in said, part


def test_the_letter_hides_names_numbers_and_handles_but_no_offices(rules):
    """What the reader found and what the patterns see; the handle of a department is no secret."""
    said = "\n".join(letter(written(rules)))

    for secret in ("Bu Sri", "0812", "warga_uji"):
        assert secret not in said
    assert "@dinsosjateng" in said


def test_without_a_stored_route_the_owner_is_that_of_the_body(rules):
    """A ticket that staff handed over by hand has no route to it."""
    sent = packet("x", department="pln", extraction={}, route=None, rules=rules, arrived_at=NOON)

    assert (sent.owner, sent.confidence, sent.contact) == ("pusat", None, rules.departments["pln"].contact)
    assert any(line.startswith("Tempat      tidak disebut") for line in letter(sent))
