"""`models:` in the operators' file: posts are read by the files of that folder, and broken ones never come into force."""

from __future__ import annotations

import shutil

import orjson
import pytest
from structlog.testing import capture_logs

from domain import ConfigError
from nlp.extract import Extractor
from nlp.learnt import MODEL, WEIGHTS
from run_daemon import compose
from settings import load
from settings.models import SHIPPED_MODELS, hash_of
from storage import open_store
from tests.builders import mention
from tests.paths import ROOT

POST = "Jalan berlubang di depan Pasar Legi Solo, tolong ditambal"


def deaf(folder):
    """The shipped model with a bias that lets no post count as a report."""
    stored = orjson.loads((SHIPPED_MODELS / WEIGHTS).read_bytes())
    stored["weights"]["bias"] = -90.0
    (folder / WEIGHTS).write_bytes(orjson.dumps(stored))


@pytest.fixture
def path(tmp_path):
    """The shipped file with every platform off and a copy of the shipped models beside it."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (MODEL, WEIGHTS):
        shutil.copy(SHIPPED_MODELS / name, folder / name)
    text = (ROOT / "config.yaml").read_text().replace("    enabled: true", "    enabled: false")
    path = tmp_path / "config.yaml"
    path.write_text(text.replace("models: null", "models: model"))
    return path


def test_posts_are_read_by_the_models_that_the_file_names(path):
    """The folder counts from the file; another model reads otherwise and is another ruleset, the same files the same."""
    alike = load(path)
    assert alike.models.hash == hash_of(*((SHIPPED_MODELS / name).read_bytes() for name in (MODEL, WEIGHTS)))
    assert alike.ruleset == load(ROOT / "config.yaml").ruleset
    assert Extractor(alike).extract(mention(POST)).relevance.label == "actionable"

    deaf(path.parent / "model")
    other = load(path)

    assert Extractor(other).extract(mention(POST)).relevance.label == "not_actionable"
    with pytest.raises(ConfigError, match="diganti sesudah"):  # decisions would name the model that is gone
        Extractor(alike.model_copy(update={"models": alike.models.model_copy(update={"hash": "0" * 16})}))
    assert (other.ruleset, other.rules()["models"]) != (alike.ruleset, alike.rules()["models"])


@pytest.mark.slow
def test_a_model_that_is_missing_or_broken_is_named_with_its_line(path):
    """Not there, half there, of another training, no folder's name: each is said, with what to do."""
    model, weights = path.parent / "model" / MODEL, path.parent / "model" / WEIGHTS
    whole, paired = model.read_bytes(), weights.read_bytes()

    def refused(told):
        with pytest.raises(ConfigError) as caught:
            load(path)
        problem, = caught.value.problems
        line = path.read_text().split("\nmodels:")[0].count("\n") + 2
        assert problem.startswith(f"{path}:{line}:1: models: ")
        assert told in problem
        return problem

    model.unlink()
    assert "kentongan train" in refused(MODEL)
    for broken in (whole[:-500], b"halo", whole[:40] + b"?" * 400 + whole[440:]):
        model.write_bytes(broken)
        refused(f"{MODEL}: rusak")
    model.write_bytes(whole)
    for broken in (b"{", b"[]", b'{"weights": {"bias": "0"}}', paired[:200]):
        weights.write_bytes(broken)
        refused(f"{WEIGHTS}: rusak")
    weights.write_bytes(orjson.dumps({**orjson.loads(paired), "model": "0" * 64}))
    refused("bukan dari satu pelatihan")
    path.write_text(path.read_text().replace("models: model", "models: [model]"))
    refused("nama folder diharapkan")


def test_a_model_that_is_replaced_reads_the_next_post_without_a_restart(tmp_path, path):
    """config.yaml stays as it is; the store says since when another model reads; a broken one changes nothing."""
    store = open_store(tmp_path / "k.db")
    daemon = compose(load(path), store, config=path)
    first = daemon.judge
    (path.parent / "model" / WEIGHTS).write_bytes(b"{")
    with capture_logs() as said:
        for _ in range(4):
            daemon.reload()
    broken, = [line for line in said if line["log_level"] == "error"]
    assert WEIGHTS in broken["problems"][0]
    assert daemon.judge is first

    deaf(path.parent / "model")
    for _ in range(2):
        daemon.reload()

    assert daemon.judge.rules.hash == load(path).ruleset != first.rules.hash
    assert daemon.judge.extractor.extract(mention(POST)).relevance.label == "not_actionable"
    newest = store.rules_versions()[0]
    assert (newest.hash, newest.reason) == (daemon.judge.rules.hash, "model bacaan diganti")
    store.close()
