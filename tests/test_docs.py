"""What the documents promise is there: links, verbs, nouns, settings."""

from __future__ import annotations

import configparser
import dataclasses
import re

import pytest
import typer.main

import domain
import run_daemon
from ops.main import app
from scripts import print_commands
from settings import Settings
from tests.paths import ROOT

PAGES = [ROOT / "README.md", ROOT / "README.id.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
VERBS = list(print_commands.verbs(typer.main.get_command(app)))
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """No document points at a page or a picture that is not there."""
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize(("path", "command"), VERBS, ids=[" ".join(path) for path, _ in VERBS])
def test_every_verb_has_help_with_an_example(path, command):
    """Whoever types --help sees a sentence and an example."""
    assert re.search(r"\w{3,}.*\n", command.help)
    assert "Contoh: " in command.help


def test_the_page_of_commands_is_what_the_commands_say():
    """docs/commands.md is printed from the help; `python -m scripts.print_commands > docs/commands.md` renews it."""
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == print_commands.page()


def test_every_verb_that_the_readers_meet_is_there():
    """The READMEs and the demo's page name no verb that does not exist."""
    known = {path[0] for path, _ in VERBS}
    pages = [ROOT / "README.md", ROOT / "README.id.md", ROOT / "docs" / "demo.md"]
    named = {verb for page in pages for verb in re.findall(r"\bkentongan ([a-z]+)\b", code_of(page))}

    assert len(named) > 8
    assert named - known == set()


@pytest.mark.parametrize("unit", sorted((ROOT / "docs" / "systemd").glob("*.service")), ids=lambda p: p.stem)
def test_a_unit_starts_a_verb_and_leaves_it_time_to_end(unit):
    """Not stopped in the middle of a transaction, and not started again and again on a file that is wrong."""
    said = configparser.ConfigParser(interpolation=None)
    said.optionxform = str
    said.read(unit, encoding="utf-8")
    service = said["Service"]

    assert service["ExecStart"].rpartition("/kentongan ")[2] in {path[0] for path, _ in VERBS}
    assert float(service["TimeoutStopSec"]) > run_daemon.DRAIN_SECONDS + 2
    assert service["RestartPreventExitStatus"] == str(domain.ConfigError.exit_code)


def test_every_metric_is_explained():
    """Who sets an alarm reads what the number means."""
    told = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    code = (ROOT / "inbox" / "metrics.py").read_text(encoding="utf-8")
    names = set(re.findall(r'(?:family\(|^        \()"([a-z_]+)"', code, re.MULTILINE))

    assert len(names) > 15
    assert [name for name in sorted(names) if f"`{name}`" not in told] == []


def test_every_picture_is_shown_and_light():
    """`make screenshots` leaves no picture that no page shows, and none that is slow to load."""
    shown = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))}
    pictures = sorted((ROOT / "docs" / "images").iterdir())

    assert pictures != []
    assert [picture.name for picture in pictures if picture not in shown] == []
    assert [picture.name for picture in pictures if picture.stat().st_size > 250_000] == []


def code_of(page):
    """What stands in backticks and code blocks."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"```.*?```", text, re.S), *re.findall(r"`[^`\n]+`", text)])


def test_every_noun_of_the_design_is_in_the_glossary():
    """The records that people talk about are explained."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    nouns = ("Account", "Mention", "Page", "Extraction", "Verdict", "Route", "Decision", "Ticket", "Fingerprint", "Span")

    assert all(dataclasses.is_dataclass(getattr(domain, noun)) for noun in nouns)
    assert [noun for noun in nouns if noun.lower() not in glossary] == []


def test_every_section_of_the_operators_file_stands_in_the_shipped_one():
    """An operator who reads config.yaml has seen every section that there is."""
    shipped = (ROOT / "config.yaml").read_text(encoding="utf-8")

    assert [name for name in Settings.model_fields if not re.search(rf"^#? ?{name}:", shipped, re.M)] == []


def test_decisions_are_numbered_and_have_the_three_parts():
    """A decision record says its context, the decision and the consequences."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == [], record.name
