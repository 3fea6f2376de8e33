"""`kentongan rules`: a change is seen before it is live, saved with a reason, and taken back."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from domain import Action, Actor
from routing.rules import compile_rules
from routing.tickets import transition as move_of
from settings import load
from storage import open_store
from storage.records import TicketQuery, Transition
from tests.builders import NOON
from tests.ops.command import kentongan
from tests.paths import ROOT

EVERYONE = Actor("citra", departments=("dpupr-solo", "triage"), all_departments=True)
ROAD = "  - {name: solo-jalan, when: {topic: jalan_jembatan, government: solo}, to: dpupr-solo}"


@pytest.fixture
def office(tmp_path, day_file):
    """A folder of an operator: config.yaml, the judged day, a draft that sends roads to the traffic desk."""
    shutil.copy(day_file, tmp_path / "k.db")
    text = (ROOT / "config.yaml").read_text().replace("path: var/kentongan.db", f"path: {tmp_path / 'k.db'}")
    text = text.replace("auth_db: var/auth.db", f"auth_db: {tmp_path / 'auth.db'}")
    assert ROAD in text
    (tmp_path / "config.yaml").write_text(text)
    (tmp_path / "draft.yaml").write_text(text.replace(ROAD, ROAD.replace("to: dpupr-solo", "to: dishub-solo")))
    return tmp_path


def rules(office, *arguments):
    return kentongan("rules", *arguments, "--config", office / "config.yaml")


def accept(office, department="dpupr-solo", n=3):
    """Staff of a desk accept their first tickets: from then on these decisions are confirmed."""
    settings = load(office / "config.yaml")
    store = open_store(office / "k.db")
    found = [row.ticket for row in store.tickets(EVERYONE, TicketQuery(department=department, limit=100))
             if row.ticket.rule == "solo-jalan" and not row.ticket.coordinates][:n]
    for ticket in found:
        now = NOON + timedelta(days=1)
        move = move_of(ticket, Action("accept"), actor=EVERYONE, rules=compile_rules(settings), now=now)
        store.apply(EVERYONE, Transition(ticket.id, ticket.version, move.verb, "citra", move.changes, now))
    store.close()
    return [ticket.id for ticket in found]


@pytest.mark.slow
def test_a_diff_tells_each_ticket_that_moves_and_why(office):
    """Old desk, new desk and the rule stand beside the ticket's number; totals stand by department."""
    row, = rules(office, "diff", office / "draft.yaml", "--json").rows()

    moves = [change for change in row["changes"] if change["kind"] == "move"]
    assert len(moves) == row["counts"]["move"] > 20
    assert {(c["before"]["department"], c["after"]["department"]) for c in moves} == {("dpupr-solo", "dishub-solo")}
    assert all(c["ticket"] and "rule:solo-jalan" in c["why"] for c in moves)
    assert row["departments"]["dishub-solo"]["moved_in"] == row["departments"]["dpupr-solo"]["moved_out"] == len(moves)


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes_and_nothing_is_written(office):
    """A diff can be compared with the one of yesterday, and leaves the store as it was."""
    before = (office / "k.db").read_bytes()

    first, second = (rules(office, "diff", office / "draft.yaml", "--json").out for _ in range(2))

    assert first == second
    assert len(first) > 1000
    assert (office / "k.db").read_bytes() == before
    assert rules(office, "diff", office / "config.yaml").out.decode().count("perubahan  tidak ada") == 1


@pytest.mark.slow
def test_breaking_what_staff_confirmed_shuts_the_gate(office):
    """Three accepted tickets would lose their desk: exit 1; with force and a reason it passes, and that is recorded."""
    accepted = accept(office)

    shut = rules(office, "diff", office / "draft.yaml", "--max-broken", 2)
    open_ = rules(office, "diff", office / "draft.yaml", "--max-broken", 3)

    assert (shut.code, open_.code) == (1, 0)
    assert all(f"T-{number} desk dpupr-solo" in shut.out.decode() for number in accepted)
    assert rules(office, "save", office / "draft.yaml", "--reason", "dinas digabung", "--max-broken", 2).code == 1
    assert load(office / "config.yaml").ruleset != load(office / "draft.yaml").ruleset
    forced = rules(office, "save", office / "draft.yaml", "--reason", "dinas digabung", "--max-broken", 2, "--force")
    assert forced.code == 0
    newest = rules(office, "history", "--json").rows()[0]
    assert (newest["reason"], newest["gate"]["broken"], newest["gate"]["forced"]) == ("dinas digabung", 3, True)
    assert rules(office, "diff", office / "draft.yaml", "--force").code == 2


@pytest.mark.slow
def test_a_saved_draft_is_the_file_and_a_rollback_brings_back_every_sign(office):
    """Comments and order are kept; the rollback is a version of its own with its own reason."""
    before = (office / "config.yaml").read_text()

    kept = rules(office, "save", office / "config.yaml", "--reason", "titik awal")
    saved = rules(office, "save", office / "draft.yaml", "--reason", "jalan ke dishub")
    changed = (office / "config.yaml").read_text()
    back = rules(office, "rollback", "v2", "--reason", "salah arah, kembali")

    assert [done.code for done in (kept, saved, back)] == [0, 0, 0]
    assert changed == (office / "draft.yaml").read_text()
    assert (office / "config.yaml").read_text() == before
    assert (office / "config.yaml.bak").read_text() == changed
    told = rules(office, "history").out.decode().splitlines()
    assert [line.split()[0] for line in told] == ["v4", "v3", "v2", "v1"]
    assert "salah arah, kembali" in told[0]
    assert rules(office, "show", "v3").out.decode() == changed
    assert kentongan("verify", "--config", office / "config.yaml").code == 0


@pytest.mark.slow
def test_a_rollback_leaves_ports_and_accounts_as_they_are(office):
    """What was changed since in sections that do not decide is not taken back."""
    rules(office, "save", office / "config.yaml", "--reason", "titik awal")
    rules(office, "save", office / "draft.yaml", "--reason", "jalan ke dishub")
    path = office / "config.yaml"
    path.write_text(path.read_text().replace("port: 8765", "port: 8999"))

    rules(office, "rollback", "v2", "--reason", "kembali dulu")

    assert load(path).inbox.port == 8999
    assert load(path).routes == load(ROOT / "config.yaml").routes


@pytest.mark.slow
def test_a_broken_draft_is_refused_with_its_lines_and_changes_nothing(office):
    """Nothing is saved that would not load."""
    before = (office / "config.yaml").read_bytes()
    draft = office / "draft.yaml"
    draft.write_text(draft.read_text().replace("to: dishub-solo}", "to: dishub-sollo}", 1))

    done = rules(office, "save", draft, "--reason", "salah tulis")

    assert done.code == 2
    assert "draft.yaml:" in done.err
    assert "maksud Anda 'dishub-solo'?" in done.err
    assert (office / "config.yaml").read_bytes() == before


@pytest.mark.slow
def test_tickets_name_the_version_that_decided_them(office):
    """The export and the explanation of a ticket say v1."""
    exported = kentongan("tickets", "export", "--config", office / "config.yaml").rows()

    assert {row["rules_version"] for row in exported} == {1}
    assert "v1" in kentongan("explain", "T-1", "--config", office / "config.yaml").out.decode()


@pytest.mark.slow
def test_lint_names_rules_that_cannot_fire_with_their_lines(office):
    """A rule behind one that asks for less is found, and so are topics and desks that nothing reaches."""
    path = office / "config.yaml"
    path.write_text(path.read_text().replace(ROAD, ROAD + "\n" + ROAD.replace(
        "solo-jalan, when: {topic: jalan_jembatan, government: solo}",
        "jalan-becek, when: {topic: jalan_jembatan, government: solo, any: [becek]}")))

    rows = rules(office, "lint", path, "--json").rows()

    line = path.read_text().splitlines().index(next(x for x in path.read_text().splitlines() if "jalan-becek" in x)) + 1
    shadowed, = [row for row in rows if row["code"] == "shadowed" and "jalan-becek" in row["what"]]
    assert shadowed["where"].endswith(f":{line}")
    assert "solo-jalan" in shadowed["what"]
    assert any(row["code"] == "dead" for row in rows)
    assert rules(office, "lint", path, "--strict").code == 1


@pytest.mark.slow
def test_a_rule_that_watches_changes_no_ticket_and_is_reported(office):
    """In watch the decisions are the same to the byte; the report says what it would do and who disagrees."""
    path = office / "config.yaml"
    watching = ROAD.replace("solo-jalan, when: {topic: jalan_jembatan, government: solo}, to: dpupr-solo",
                            "jalan-dishub, when: {topic: jalan_jembatan, government: solo}, to: dishub-solo, mode: watch")
    off = path.read_text()
    path.write_text(off.replace(ROAD, f"{watching}\n{ROAD}"))
    accepted = accept(office)

    row, = rules(office, "watch", "--json", "--since", "all").rows()

    assert load(path).ruleset == load(office / "draft.yaml").model_copy(
        update={"routes": load(ROOT / "config.yaml").routes}).ruleset
    assert rules(office, "diff", path).out.decode().count("perubahan  tidak ada") == 1
    assert row["rule"] == "jalan-dishub"
    assert row["would"] > 20
    assert (row["agreed"], row["against"], row["precision"]) == (0, len(accepted), 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_routing_table_goes_to_a_sheet_and_back_without_a_trace(office, ending):
    """Who changes nothing in the sheet changes nothing in the file, comments and order included."""
    sheet = office / f"rute.{ending}"

    assert rules(office, "export", sheet).code == 0
    back = rules(office, "import", sheet, "--to", office / "same.yaml")

    assert back.code == 0
    assert "0 baris berbeda" in back.err


@pytest.mark.slow
def test_a_cell_that_was_edited_changes_its_lines_alone(office):
    """A non-programmer's edit arrives, and every comment is still there."""
    sheet = office / "rute.csv"
    rules(office, "export", sheet)
    lines = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(lines.replace('"solo-jalan","jalan_jembatan","solo","","","","","","dpupr-solo"',
                                   '"solo-jalan";"jalan_jembatan";"solo";"";"";"bolong; =becek";"";"";"dishub-solo"'
                                   .replace(";\"", ",\"").replace("\";", "\",")), encoding="utf-8-sig")

    rules(office, "import", sheet, "--to", office / "new.yaml")

    old, new = (office / "config.yaml").read_text().splitlines(), (office / "new.yaml").read_text().splitlines()
    assert len([line for line in old if line not in new]) == 1
    assert [line.strip() for line in old if line.lstrip().startswith("#")] == [
        line.strip() for line in new if line.lstrip().startswith("#")]
    route = next(r for r in load(office / "new.yaml").routes if r.name == "solo-jalan")
    assert (route.to, route.when.any) == ("dishub-solo", ("bolong", "=becek"))


def test_a_sheet_with_mistakes_names_its_rows(office):
    """Unknown desk, doubled name, wrong priority: all at once, each with its row and what was meant."""
    sheet = office / "rute.csv"
    sheet.write_text("name;topic;to;priority\na-satu;bencana;dpupr-sollo;normal\na-dua;bancana;dpupr-solo;gawat\n"
                     "a-dua;;dpupr-solo;\n")

    done = rules(office, "import", sheet, "--to", office / "new.yaml")

    assert done.code == 2
    assert "rute.csv:2: to: dinas 'dpupr-sollo' tidak dikenal — maksud Anda 'dpupr-solo'?" in done.err
    assert "rute.csv:3: topic: topik 'bancana' tidak dikenal — maksud Anda 'bencana'?" in done.err
    assert "rute.csv:3: priority" in done.err
    assert "rute.csv:4: rute 'a-dua' sudah ada di baris 3" in done.err
    assert not (office / "new.yaml").exists()
