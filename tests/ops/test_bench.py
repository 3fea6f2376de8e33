"""`kentongan bench`: what ops read before they buy a machine."""

from __future__ import annotations

import pytest

from domain import MentionKind
from ops.bench import PAGE, streams
from tests.ops.command import kentongan

STREAMS = ["keluhan baru", "kiriman ulang", "badai, 1 dari 10 baru"]


def test_what_is_measured_is_what_it_is_called():
    """New complaints are all different; the reposts are all of the first; a tenth of the storm is new."""
    new, reposts, storm = streams(2_000).values()

    assert len({post.text for post in new}) > 1_990
    assert {post.repost_of for post in reposts[1:]} == {new[0].key}
    assert 150 < sum(post.kind is MentionKind.MENTION for post in storm) < 250
    assert len({post.key for post in storm}) == 2_000
    assert [post.text for post in new] == [post.text for post in streams(2_000)["keluhan baru"]]


@pytest.mark.slow
def test_each_stream_goes_the_whole_way_and_leaves_nothing_behind(tmp_path):
    """New complaints open a ticket or more each, reposts none, and the folder is as it was."""
    done = kentongan("bench", "--posts", str(PAGE), "--folder", str(tmp_path), "--json")

    *rows, ready = done.rows()
    tickets = {row["stream"]: row["tickets"] for row in rows}
    assert done.code == 0
    assert [row["stream"] for row in rows] == STREAMS
    assert all(row["posts"] == PAGE and row["posts_per_second"] > 0 for row in rows)
    assert tickets["keluhan baru"] > 0.9 * PAGE > tickets["badai, 1 dari 10 baru"] > tickets["kiriman ulang"] > 0
    assert set(ready) == {"ready_seconds", "mb"}
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_said_before_anything_is_measured(tmp_path):
    """Exit code 2, its name, and a hint."""
    done = kentongan("bench", "--folder", str(tmp_path / "none"))

    assert done.code == 2
    assert str(tmp_path / "none") in done.err
    assert done.out == b""


@pytest.mark.slow
def test_a_person_reads_lines():
    """One line a stream, numbers as Indonesians write them."""
    done = kentongan("bench", "--posts", str(PAGE))

    lines = done.out.decode().splitlines()
    assert [line.split("  ")[0].strip() for line in lines[:3]] == STREAMS
    assert all("kiriman/detik" in line and "50.000 kiriman/jam" in line for line in lines[:3])
    assert lines[3].startswith("siap dalam")
