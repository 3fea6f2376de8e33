"""A thousand mornings in which platforms hang, drip, cut, refuse and throttle, and the clock jumps: nothing is lost."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
import structlog

from settings import load
from simulators.world import TOKENS
from tests.paths import ROOT
from tests.schedules import PLATFORMS, Morning, morning_of
from tests.tiers import few

SEEDS = int(os.environ.get("KENTONGAN_SCHEDULES", "1000"))


def lived(seed: int, folder: Path) -> Morning:
    os.environ.update(TEST_X_TOKEN=TOKENS["x"], TEST_GRAPH_TOKEN=TOKENS["facebook"])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    return morning_of(seed, folder, load(ROOT / "config.yaml"))


@pytest.mark.parametrize("seed", few(range(8)))
def test_a_morning_of_faults_loses_and_doubles_nothing(seed, tmp_path, settings, monkeypatch):
    """Two mornings of each platform: every post is stored once, and nobody is asked before their time."""
    monkeypatch.setenv("TEST_X_TOKEN", TOKENS["x"])
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["facebook"])

    morning = morning_of(seed, tmp_path, settings)

    assert morning.problems == []
    assert morning.posts >= 8


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_mornings_lose_and_double_nothing(tmp_path):
    """Hang, drip, cut, HTML, 5xx, 429 with and without reset, 402, 401, clock jumps, on all four connectors."""
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        mornings = list(pool.map(partial(lived, folder=tmp_path), range(SEEDS), chunksize=10))

    print(f"{len(mornings)} schedules: {sum(m.posts for m in mornings)} posts, {sum(m.requests for m in mornings)} requests,"
          f" {sum(m.faults for m in mornings)} faults, {sum(m.jumps for m in mornings)} clock jumps;"
          f" failed fetches {dict(sum((m.failures for m in mornings), Counter()))}")
    assert [(m.seed, m.platform, m.problems) for m in mornings if m.problems] == []
    assert {m.platform for m in mornings} == set(PLATFORMS)
