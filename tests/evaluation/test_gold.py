"""The gold set itself is sound, and no later change may read it worse than the record says.

The margin is 0.03, or what two posts are worth where a component has few; people in need have none.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from domain import Extraction, Relevance
from evaluation.gold import GOLD, HALVES, RECORD, SETS, main, posts, recorded, scores
from evaluation.gold_errors import errors
from evaluation.written import written
from nlp.extract import Extractor
from nlp.post import CALM, NOTHING
from settings import load
from tests.paths import ROOT

MARGIN = 0.03
FEW = 2  # posts
RECORDED: dict[str, Any] = {name: orjson.loads((folder / RECORD).read_bytes()) for name, folder in SETS.items()}
TOPICS = {"jalan_jembatan", "lampu_jalan", "banjir_drainase", "sampah_lingkungan", "pohon_taman", "air_bersih",
          "listrik_telekom", "lalu_lintas_transportasi", "kesehatan", "pendidikan", "bansos", "adminduk_perizinan",
          "ketertiban_keamanan", "ketenagakerjaan", "aparatur_pemerintahan", "ekonomi_umkm_pertanian",
          "fasilitas_publik", "bencana", "lainnya"}


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    extractor = Extractor(load(ROOT / "config.yaml"))
    return {name: recorded(extractor, folder) for name, folder in SETS.items()}


def fallen(then: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Every figure of a half that fell by more than its margin, with what it was and what it is."""
    return {f"{part} {name}": (value, now[part][name])
            for part, figures in then.items() for name, value in figures.items()
            if name != "rows" and now[part][name] < value - margin(part, figures["rows"])}


def margin(part: str, rows: int) -> float:
    return 0.0 if part == "vulnerable" else max(MARGIN, FEW / rows)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("half", HALVES)
def test_no_component_reads_the_gold_posts_worse_than_the_record(now, name, half):
    """Figures of record move by `python -m evaluation.gold --record`, in the commit that says why."""
    assert fallen(RECORDED[name]["record"][half], now[name][half]) == {}
    assert now[name][half].keys() == RECORDED[name]["record"][half].keys()


def test_a_fall_beyond_the_margin_is_seen_and_one_inside_is_not():
    """The alarm itself: four points of 300 posts, one post of 20, one case of somebody in need."""
    then = {"topic": {"rows": 300, "accuracy": 0.9}, "personal": {"rows": 20, "F1": 0.9}, "vulnerable": {"rows": 50, "R": 0.9}}
    now = {"topic": {"accuracy": 0.86}, "personal": {"F1": 0.85}, "vulnerable": {"R": 0.88}}

    assert set(fallen(then, now)) == {"topic accuracy", "vulnerable R"}


def test_the_set_is_as_large_and_as_wide_as_promised():
    """At least 600 posts, fifty of each kind (letters aside), no text twice, both halves."""
    rows = posts()
    kinds = {path.stem: sum(row["kind"] == path.stem for row in rows) for path in GOLD.glob("*.jsonl")}

    assert len(rows) >= 600
    assert {kind for kind, count in kinds.items() if count < 50} == {"surat"}
    assert len({row["text"] for row in rows}) == len({row["id"] for row in rows}) == len(rows)
    assert len(posts("dev")) + len(posts("held")) == len(rows)


def test_the_second_set_repeats_nothing_of_the_first():
    """At least 240 more posts, in both halves alike, none of them known from the first set."""
    rows = posts(folder=SETS["second"])

    assert len(rows) >= 240
    assert len({row["text"] for row in [*rows, *posts()]}) == len(rows) + len(posts())
    assert min(len(posts(half, SETS["second"])) for half in HALVES) > 100


@pytest.mark.parametrize(("name", "size"), [("third", 260), ("fourth", 300)])
def test_a_set_that_nobody_read_is_new_and_was_labelled_twice(name, size):
    """Its posts stand in no other set and in nothing that is learnt from, each with a second reader's labels."""
    rows = posts(folder=SETS[name])
    second = [line.split("\t") for line in (SETS[name] / "second_reader.tsv").read_text().splitlines()[1:]]
    known = {row["text"] for other, folder in SETS.items() if other != name for row in posts(folder=folder)}

    assert len(rows) == size
    assert {key for key, *_ in second} == {row["id"] for row in rows}
    assert {row["text"] for row in rows}.isdisjoint(known | {each.mention.text for each in written()})


def test_the_fifth_set_is_about_places_and_repeats_nothing():
    """Names in nearly every post of both halves, none of the posts known from another set or learnt from."""
    rows = posts(folder=SETS["fifth"])
    known = {row["text"] for name, folder in SETS.items() if name != "fifth" for row in posts(folder=folder)}

    assert len(rows) == 440
    assert sum(bool(row["spans"]) for row in rows) > 400
    assert {row["text"] for row in rows}.isdisjoint(known | {each.mention.text for each in written()})
    assert min(len(posts(half, SETS["fifth"])) for half in HALVES) > 200


@pytest.mark.parametrize("folder", SETS.values(), ids=SETS)
def test_every_label_is_one_that_exists_and_every_span_is_in_its_text(folder):
    """A gold set with slips of its own would blame the extractor for them."""
    for row in posts(folder=folder):
        assert set(row["topics"]) <= TOPICS, row["id"]
        assert row["urgency"] in ("darurat", "tinggi", "normal", "tidak_mendesak"), row["id"]
        assert (row["relevance"] == "actionable") == (row["detail"] == "laporan"), row["id"]
        assert row["topics"] or row["relevance"] == "not_actionable", row["id"]
        assert all(row["text"][s["start"]:s["end"]] == s["text"] != "" for s in row.get("spans", ())), row["id"]
        assert all(row["text"][p["start"]:p["end"]].strip() for p in row.get("pii", ())), row["id"]


def row(**given: Any) -> dict[str, Any]:
    return {"id": "r1", "kind": "rentan", "text": "anak sakit", "relevance": "actionable", "detail": "laporan",
            "topics": ["kesehatan"], "urgency": "tidak_mendesak", "spans": [], "language": "id", "sensitive": False,
            "pii": [], "location": None} | given


def test_figures_can_be_checked_by_hand():
    """One case of two found; a miss shows as an error with its text, a right judgement as none."""
    seen = Relevance("actionable", "laporan", 0.9)
    found = [Extraction("id", None, r, (), (), None, CALM, False, ()) for r in (seen, NOTHING)]
    pairs = [(row(), found[0]), (row(id="r2"), found[1])]
    figures = {score.part: score.figures for score in scores(pairs)}

    assert figures["relevance"]["R"] == figures["vulnerable"]["R"] == pytest.approx(0.5)
    assert figures["location"]["nowhere"] == 1.0
    assert [line.split("\t")[1] for line in errors(pairs) if line.startswith("relevance")] == ["r2"]


def test_errors_of_the_half_kept_aside_are_shown_to_nobody(tmp_path):
    """A held post that somebody read would no longer measure anything."""
    with pytest.raises(SystemExit):
        main(["--half", "held", "--worst", str(tmp_path / "worst.tsv"), "--config", str(ROOT / "config.yaml")])
    assert not (tmp_path / "worst.tsv").exists()
