"""What people have confirmed about stories: the decisions that a change of the rules should not break. Pure.

A ticket that somebody accepted, worked on or finished says that its desk was right; one that was re-routed
says which desk is; one that was rejected as no complaint says that none is. A rejection that was taken back
counts as if it had not been. "Duplicate" says nothing about the rules, and neither does a ticket that nobody
has touched. Parents that watch over several desks follow from the others and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storage.records import Outcome
from workbench.replay import Judged

TAKEN = frozenset(("diterima", "dikerjakan", "menunggu_keterangan", "selesai"))
NO_MATTER = frozenset(("bukan_keluhan", "di_luar_pelayanan_publik", "spam"))
REAL_AFTER_ALL = frozenset(("sudah_ditangani", "tidak_terbukti", "dalam_proses_hukum", "informasi_tidak_cukup"))


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that people said of a story. `kind` ∈ desk, no_desk, urgency."""

    ticket: int
    cluster: str
    kind: str
    value: str
    because: str  # accepted re-routed rejected reopened urgency

    def holds(self, judged: Judged) -> bool:
        desks = {seat.department: seat for seat in judged.seats if not seat.coordinates}
        if self.kind == "desk":
            return self.value in desks
        if self.kind == "no_desk":
            return self.value not in desks
        return any(seat.urgency == self.value for seat in desks.values())


def labels(outcomes: Iterable[Outcome]) -> Iterator[Label]:
    for outcome in outcomes:
        if not outcome.coordinates:
            yield from _labels(outcome)


def _labels(outcome: Outcome) -> Iterator[Label]:
    kinds = [kind for kind, _, _ in outcome.corrections]
    moved = "department" in kinds
    if outcome.status == "ditolak" and outcome.reason in NO_MATTER:
        yield Label(outcome.ticket, outcome.cluster, "no_desk", outcome.department, "rejected")
    elif outcome.status in TAKEN or outcome.reason in REAL_AFTER_ALL or moved or "reopened" in kinds:
        why = "re-routed" if moved else "reopened" if "reopened" in kinds else "accepted"
        yield Label(outcome.ticket, outcome.cluster, "desk", outcome.department, why)
    if moved:
        first = next(before for kind, before, _ in outcome.corrections if kind == "department")
        if first != outcome.department:
            yield Label(outcome.ticket, outcome.cluster, "no_desk", str(first), "re-routed")
    if "urgency" in kinds:
        yield Label(outcome.ticket, outcome.cluster, "urgency", outcome.urgency, "urgency")
