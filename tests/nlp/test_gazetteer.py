"""The table of names: complete, small, and spoken names in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nlp.gazetteer import gazetteer, key_of
from tests.paths import ROOT


def test_the_whole_of_both_provinces_is_there():
    """Every place of the decree, down to the last desa, with a centroid."""
    inside = [area for area in gazetteer().areas.values() if area.code.startswith(("33", "34"))]

    assert len(inside) == 9697
    assert all(-9 < area.lat < -5 and 108 < area.lng < 112 for area in inside)
    assert (ROOT / "nlp" / "data" / "gazetteer.tsv").stat().st_size < 1_500_000


@pytest.mark.parametrize(("name", "code"), [
    ("pasar kliwon", "33.72.03"), ("Pasarkliwon", "33.72.03"), ("solo", "33.72"), ("smg", "33.74"),
    ("Jogja", "34.71"), ("Tangerang", "36.71"),
])
def test_names_are_found_as_people_write_them(name, code):
    """Joined, split, short and spoken names lead to the same area."""
    assert code in [reading.code for reading in gazetteer().readings(key_of(name))]


def test_a_point_has_its_nearest_village_and_the_sea_has_none():
    """A geo-tag in the city resolves; one far off does not."""
    near = gazetteer().nearest(-7.5697, 110.8200)
    assert near is not None
    assert near.code.startswith("33.72")
    assert gazetteer().nearest(-3.0, 105.0) is None


def test_the_builder_says_what_it_needs():
    """The script refuses to run without its two sources, and says what it wants."""
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "build_gazetteer.py")], capture_output=True, timeout=30)

    assert done.returncode == 2
    assert b"gazetteer_33_34.csv" in done.stderr
