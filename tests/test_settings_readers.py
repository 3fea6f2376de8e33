"""Two readers of one file: the quick one for its words, the slow one for where they stand."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

import settings as reader
from settings import reading
from tests.paths import ROOT

FILES = [ROOT / "config.yaml", ROOT / "simulators" / "demo.yaml", *sorted((ROOT / "routing" / "data").glob("*.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_readers_read_the_same(path):
    """The quick one is asked first, the slow one says where things stand: they must not disagree on a value."""
    text = path.read_text(encoding="utf-8")

    assert repr(reading._plain(YAML(typ="safe").load(text))) == repr(reading._plain(reading._marked(text)))


def test_only_a_file_with_a_mistake_is_read_with_its_lines(monkeypatch):
    """The lines of the shipped file cost most of a start and are needed where something is wrong."""
    monkeypatch.setattr(reading, "_marked", lambda _text: pytest.fail("read a second time"))

    assert reader.load(ROOT / "config.yaml").topics
