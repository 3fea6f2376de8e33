"""Models are learnt from what may be learnt, the same way every time."""

from __future__ import annotations

import orjson
import pytest

from evaluation import rows as learnt_rows
from evaluation.labelled import half_of, may_be_learnt
from evaluation.learning import learn
from evaluation.rows import LABELS, relevance_rows, topic_rows, urgency_rows
from evaluation.written import written
from settings import load
from tests.evaluation.teaching import SHARE
from tests.paths import ROOT

MATTERS = {
    "jalan_jembatan": ("jalan berlubang dan rusak parah", "aspal mengelupas di jalan kami"),
    "lampu_jalan": ("lampu penerangan jalan padam", "pju mati gelap sekali"),
    "air_bersih": ("air pdam tidak mengalir", "pipa pdam bocor airnya keruh"),
}
PLACES = ("gang satu", "depan warung", "dekat pos ronda", "samping lapangan", "ujung kampung", "belakang balai")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of labelled complaints that we wrote, and posts from X among them; of what the product brings a part."""
    monkeypatch.setattr(learnt_rows, "written", lambda: written()[::SHARE])
    rows = [
        {"id": f"{label}{i}{j}", "text": f"{text} {place} mohon diperbaiki", "label": label, "source": "kota_contoh"}
        for label, texts in MATTERS.items() for i, text in enumerate(texts) for j, place in enumerate(PLACES)
    ]
    rows += [{"id": f"x{i}", "text": f"zwarazwa ronda {i} dari x", "label": "air_bersih", "source": "x_contoh"} for i in range(6)]
    (tmp_path / "topic.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return tmp_path


@pytest.mark.slow
def test_posts_from_x_are_never_learnt(folder):
    """X content is measured with and never trained on."""
    assert not may_be_learnt({"text": "a", "source": "x_infra_2025"})
    assert not may_be_learnt({"text": "a", "platform": "X"})
    assert may_be_learnt({"text": "a", "source": "semarang_ig"})

    learnt, _ = learn(folder, load(ROOT / "config.yaml"), "all")
    assert "zwar" not in " ".join(learnt.model.vocabulary)
    assert learnt.model.meta["labels"]["air_bersih"] >= 12


@pytest.mark.slow
def test_the_same_rows_give_the_same_bytes(folder):
    """Who repeats a training gets the very file."""
    settings = load(ROOT / "config.yaml")
    (one, _), (two, _) = learn(folder, settings, "all"), learn(folder, settings, "all")

    assert one.model.to_bytes() == two.model.to_bytes()
    assert one.weights == two.weights


def test_the_half_that_is_kept_aside_is_not_read(folder):
    """What is scored was not learnt."""
    learnt = [mention.native_id for mention, *_ in topic_rows(folder, "dev") if mention.native_id != "day"]
    ids = {row["id"] for row in map(orjson.loads, (folder / "topic.jsonl").read_bytes().splitlines())}

    assert {key for key in ids if half_of({"id": key}) == "held"} & set(learnt) == set()
    assert {key for key in ids if half_of({"id": key}) == "dev" and not key.startswith("x")} <= set(learnt)


def test_the_invented_day_teaches_relevance(folder):
    """Our own posts are among the rows, with what their authors expect of them."""
    labels = {judged.label for judged in relevance_rows(folder, "dev") if judged.group == "day"}

    assert labels == {"actionable", "not_actionable"}


def test_labels_by_id_hold_no_text():
    """What stands in the repository of real texts is their ids and a word of judgement."""
    for path in sorted(LABELS.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                assert all(len(part) <= 40 and " " not in part for part in line.split("\t")), path.name


def test_urgencies_by_id_leave_the_half_that_is_kept_aside():
    """Of topic.jsonl nobody judges what is to be scored, and no row is judged twice."""
    lines = [line.split("\t") for line in learnt_rows.URGENCY.read_text(encoding="utf-8").splitlines() if line[0] != "#"]

    assert {half_of({"id": key}) for file, key, _ in lines if file == "topic.jsonl"} == {"dev"}
    assert len({(file, key) for file, key, _ in lines}) == len(lines)
    assert {label for *_, label in lines} == {"high", "low", "unsure"}


def test_letters_of_a_file_without_halves_are_read_whole(tmp_path, monkeypatch):
    """Halves are for topic.jsonl; of other files every judged row is learnt, but none that is unsure."""
    keys = [f"surat-{i}" for i in range(8)]
    rows = [{"id": key, "text": f"air mati sejak pagi {key}", "label": "infrastruktur"} for key in keys]
    (tmp_path / "topic_coarse.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    judged = "".join(f"topic_coarse.jsonl\t{key}\t{'unsure' if key == keys[0] else 'high'}\n" for key in keys)
    (tmp_path / "urgency.tsv").write_text(f"# by id\n{judged}", encoding="utf-8")
    monkeypatch.setattr(learnt_rows, "URGENCY", tmp_path / "urgency.tsv")

    learnt = [m.native_id for m, label, group in urgency_rows(tmp_path, "dev") if group == "topic_coarse.jsonl"]

    assert {half_of({"id": key}) for key in keys} == {"dev", "held"}
    assert learnt == keys[1:]
