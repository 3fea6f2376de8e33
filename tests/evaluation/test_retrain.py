"""`kentongan train`: a better model is taken whole, another is not; the same rows give the same files, X changes none."""

from __future__ import annotations

import orjson
import pytest

from domain import ConfigError
from evaluation import retrain
from evaluation import rows as learnt_rows
from evaluation.comparing import ALL, REPORTS, Line, refusals
from evaluation.retrain import check_rows, held_back, rows_for, split
from evaluation.training import INVENTED
from evaluation.written import written
from nlp.extract import Extractor
from nlp.learnt import MODEL, WEIGHTS, shipped
from settings import load
from settings.models import CARD
from tests.builders import mention
from tests.evaluation.teaching import MATTERS, SHARE, add, fill
from tests.ops.command import kentongan
from tests.paths import ROOT

CONFIG = str(ROOT / "config.yaml")


def line(better, worse, *, source=ALL, component="topic"):
    return Line(component, source, 100, {"accuracy": 0.5}, {"accuracy": 0.5}, better, worse)


@pytest.mark.parametrize(("better", "worse", "chance", "verdict"), [
    (0, 0, 1.0, "alike"), (3, 3, 1.0, "alike"), (4, 0, 1 / 16, "alike"), (5, 0, 1 / 32, "better"),
    (0, 5, 1 / 32, "worse"), (9, 1, 11 / 1024, "better"), (1, 3, 5 / 16, "alike"), (30, 20, 0.1013, "alike"),
])
def test_a_difference_is_told_from_noise_by_the_rows_that_changed(better, worse, chance, verdict):
    """Exact sign test; rows that both read alike say nothing."""
    told = line(better, worse)

    assert told.chance == pytest.approx(chance, abs=1e-4)
    assert told.verdict == verdict


def test_a_model_is_refused_for_any_part_that_is_worse_and_for_none_that_is_better():
    """A gain over all does not outweigh missed reports or a source that got worse; a source alone is no gain."""
    good = line(9, 0)

    assert refusals([good, line(1, 3, component="urgency")]) == []
    assert "urgency (semua) memburuk" in refusals([good, line(0, 6, component="urgency")])[0]
    assert refusals([good, line(0, 6, source=REPORTS, component="relevance")]) != []
    assert refusals([good, line(0, 6, source="kota")]) == []  # p .016: of many sources one looks so by chance
    assert refusals([good, line(0, 7, source="kota")]) != []
    assert refusals([line(4, 0), line(9, 0, source="kota")]) == ["tidak satu pun komponen membaik melebihi kebetulan"]


@pytest.mark.slow
def test_a_quarter_is_held_back_by_the_words_alone(tmp_path):
    """Copies of a text stand on one side whatever their id; what we invented is never held back."""
    taught, held = split(rows_for(fill(tmp_path), load(CONFIG), None)[0])
    share = len(held.topics) / len([row for row in [*taught.topics, *held.topics] if row[3] not in INVENTED])

    assert 0.2 < share < 0.3
    assert {row[3] for row in held.topics} | {each.group for each in held.judged} == {"kota_contoh"}
    assert {row[3] for row in taught.topics} >= INVENTED
    assert not {row[0].text for row in taught.topics} & {row[0].text for row in held.topics}
    assert held_back(mention("Air  mati")) == held_back(mention("air mati", platform="instagram"))


def test_too_few_rows_are_told_by_component(tmp_path):
    """An empty folder, or one of a single label, ends with what is missing; nothing is written."""
    with pytest.raises(ConfigError) as caught:
        check_rows(*split(rows_for(tmp_path, load(CONFIG), None)[0]))
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["topic", "relevance", "urgency"]
    assert "docs/training.md" in caught.value.hint

    fill(tmp_path)
    rows = [{**row, "label": "actionable"} for row in map(orjson.loads, (tmp_path / "relevance.jsonl").open("rb"))]
    (tmp_path / "relevance.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    assert retrain.main([str(tmp_path), "--config", CONFIG, "--into", str(tmp_path / "model")]) == 2
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(("arguments", "said"), [
    ((), "--into"), (("--force",), "--reason"), (("--reason", "karena begitu"), "--force"),
])
def test_what_train_cannot_do_is_said(tmp_path, monkeypatch, arguments, said):
    """No folder to write into, a force without its reason: code 2, and what to do."""
    monkeypatch.setattr("ops.train.os.execv", lambda _python, command: exit(retrain.main(command[3:])))
    done = kentongan("train", "--data", tmp_path, *arguments)

    assert done.code == 2
    assert said in done.err


def test_without_scikit_learn_the_extra_is_named(tmp_path, monkeypatch):
    """Serving needs NumPy alone, so it may well be missing."""
    monkeypatch.setattr("ops.train.find_spec", lambda _name: None)
    done = kentongan("train", "--data", tmp_path)

    assert done.code == 2
    assert "kentongan[train]" in done.err


# --- real trainings ----------------------------------------------------------------------------


def train(data, config, into, *more):
    return retrain.main([str(data), "--config", str(config), "--into", str(into), *more])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(labelled folder, a configuration that names the folder of models, that folder) after one training."""
    data, office = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("office")
    config = office / "config.yaml"
    config.write_text((ROOT / "config.yaml").read_text().replace("models: null", "models: model"))
    with pytest.MonkeyPatch.context() as patch:  # of what the product brings to be learnt a part: the rest takes minutes
        patch.setattr(learnt_rows, "written", lambda: written()[::SHARE])
        assert train(fill(data), CONFIG, office / "model") == 0
        yield data, config, office / "model"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_better_model_is_taken_and_reads(trained):
    """Words that no list knows are read by what was learnt; the card says from how many rows, and shows no text."""
    _, config, folder = trained
    text = "mbleret terus, belakang balai habis hujan"
    before, after = (Extractor(load(path)).extract(mention(text)) for path in (CONFIG, config))

    assert (before.topics[:1] and before.topics[0].label) != "lampu_jalan"
    assert after.topics[0].label == "lampu_jalan"
    card = (folder / CARD).read_text()
    assert load(config).models.hash in card
    assert "| topic | kota_contoh |" in card
    assert not any(phrase in card for phrases in MATTERS.values() for phrase in phrases)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_same_rows_give_the_same_files_and_x_changes_none(trained, tmp_path):
    """Another order of the rows, and posts of X planted among them: byte for byte the same three files."""
    data, _, folder = trained
    for name in ("topic", "relevance", "urgency"):
        lines = (data / f"{name}.jsonl").read_bytes().splitlines(keepends=True)
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(reversed(lines)))
    add(tmp_path, "topic", *({"id": f"t{n}", "text": f"rahasia ronda {n}", "label": "air_bersih", **told} for n in range(9)
                             for told in ({"source": "x_2025"}, {"url": f"https://x.com/a/status/{n}"}, {"platform": "X"})))
    add(tmp_path, "relevance", *({"id": f"r{n}", "text": f"rahasia ronda {n}", "label": "actionable", "account": "x:solo"}
                                 for n in range(9)))

    assert train(tmp_path, CONFIG, tmp_path / "again") == 0

    assert {name: (tmp_path / "again" / name).read_bytes() for name in (MODEL, WEIGHTS, CARD)} == {
        name: (folder / name).read_bytes() for name in (MODEL, WEIGHTS, CARD)}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worse_model_is_refused_unless_somebody_says_why(trained, monkeypatch, tmp_path, capsys):
    """Exit 1 and nothing written; forced, the reason stands in the card and in the weights, and the old files as .bak."""
    data, config, _ = trained
    monkeypatch.setattr(retrain, "learn_from", lambda _rows, _settings: (shipped(), {}))
    into = tmp_path / "model"
    into.mkdir()
    (into / MODEL).write_bytes(b"lama")

    assert train(data, config, into, "--json") == 1
    *lines, verdict = map(orjson.loads, capsys.readouterr().out.splitlines())
    assert {row["verdict"] for row in lines if row["source"] == ALL} == {"worse"}
    assert (verdict["taken"], len(verdict["because"]) >= 3) == (False, True)
    assert [path.name for path in into.iterdir()] == [MODEL]

    assert train(data, config, into, "--reason", "uji coba sehari di meja pelatihan") == 0
    assert "uji coba sehari" in (into / CARD).read_text()
    assert orjson.loads((into / WEIGHTS).read_bytes())["forced"] == "uji coba sehari di meja pelatihan"
    assert (into / f"{MODEL}.bak").read_bytes() == b"lama"
