"""`kentongan eval`: hands the caller's rows to the evaluation, and says what it cannot do."""

from __future__ import annotations

import json

import pytest

from tests.ops.command import kentongan, kentongan_process

TEXT = "Saluran air di Jalan Kamboja tersumbat sampah, warga kebanjiran setiap hujan"


@pytest.mark.slow
def test_folding_is_scored_on_the_rows_of_a_folder(tmp_path):
    """Pair precision and recall, B-cubed and look-alikes come out; no text does."""
    rows = [{"id": str(n), "text": text, "cluster": cluster, "evidence": evidence}
            for n, (text, cluster, evidence) in enumerate((
                (TEXT, "A", ""), (f"Tolong viralkan! {TEXT} 🙏", "A", ""),
                (TEXT.replace("Kamboja", "Flamboyan"), "B", "hard_negative_place")))]
    (tmp_path / "dedup.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    done = kentongan_process("eval", "--what", "duplicates", "--data", tmp_path, "--half", "all")

    lines = done.out.decode().splitlines()
    assert done.code == 0, done.err
    assert lines[0].split()[1:] == ["pairs", "n=3", "P", "1.000", "R", "1.000"]
    assert lines[2].endswith("n=1     0")
    assert "Kamboja" not in done.out.decode() + done.err


@pytest.mark.parametrize(("arguments", "said"), [
    (("--what", "rasa"), "rasa"), (("--half", "semua"), "semua"), (("--what", "topic", "--half", "all"), "dev"),
])
def test_what_cannot_be_scored_is_named(tmp_path, arguments, said):
    """A misspelt part or half ends with code 2 and the choices."""
    done = kentongan("eval", "--data", tmp_path, *arguments)

    assert done.code == 2
    assert said in done.err


def test_a_folder_that_is_none_is_named(tmp_path):
    """The path stands in the message."""
    done = kentongan("eval", "--data", tmp_path / "kosong")

    assert done.code == 2
    assert "kosong" in done.err


@pytest.mark.slow
def test_the_gold_posts_that_come_with_the_program_need_no_folder():
    """Figures by component and kind, and no text of a post."""
    done = kentongan_process("eval", "--gold", "--half", "held")

    lines = done.out.decode().splitlines()
    assert done.code == 0, done.err
    assert [line.split()[0] for line in lines[:4]] == ["relevance", "vulnerable", "topic", "urgency"]
    assert any(line.split()[:2] == ["relevance", "rentan"] for line in lines)


def test_errors_of_the_gold_half_kept_aside_are_refused(tmp_path):
    """What somebody reads is mended for, and measures nothing any more."""
    done = kentongan("eval", "--gold", "--half", "held", "--worst", tmp_path / "salah.tsv")

    assert done.code == 2
    assert "dev" in done.err
