"""`kentongan analyze`: the contract that other programs build on."""

from __future__ import annotations

import orjson
import pytest

from tests.ops.command import jsonl, kentongan, kentongan_process

FIELDS = ["id", "language", "relevance", "topics", "places", "location", "urgency", "routes", "sensitive", "pii"]
TOPICS = {
    "jalan_jembatan", "lampu_jalan", "banjir_drainase", "sampah_lingkungan", "pohon_taman", "air_bersih",
    "listrik_telekom", "lalu_lintas_transportasi", "kesehatan", "pendidikan", "bansos", "adminduk_perizinan",
    "ketertiban_keamanan", "ketenagakerjaan", "aparatur_pemerintahan", "ekonomi_umkm_pertanian", "fasilitas_publik",
    "bencana", "lainnya",
}
PLACES = {"kabupaten_kota", "kecamatan", "desa_kelurahan", "sub_desa", "rt_rw", "jalan", "landmark", "provinsi", "admin_lain"}


def assert_contract(row, text):
    """Every field, its allowed values, and offsets that lie in the text."""
    assert list(row) == FIELDS
    assert row["language"] in {"id", "jv", "mixed", "other"}
    assert row["relevance"]["label"] in {"actionable", "not_actionable"}
    assert row["relevance"]["detail"] in {"laporan", "keluhan_umum", "pertanyaan", "berita", "obrolan", "spam"}
    assert 0 <= row["relevance"]["score"] <= 1
    assert row["urgency"]["label"] in {"darurat", "tinggi", "normal", "tidak_mendesak"}
    assert isinstance(row["urgency"]["because"], list)
    assert [t["score"] for t in row["topics"]] == sorted((t["score"] for t in row["topics"]), reverse=True)
    for topic in row["topics"]:
        assert topic["label"] in TOPICS
        assert all(0 <= s["start"] < s["end"] <= len(text) for s in topic["spans"])
    for place in row["places"]:
        assert place["type"] in PLACES
        assert text[place["start"]:place["end"]] == place["text"]
    for item in row["pii"]:
        assert set(item) == {"start", "end", "type"}
        assert 0 <= item["start"] < item["end"] <= len(text)
    for route in row["routes"]:
        assert list(route) == ["department", "owner", "priority", "score", "because", "runner_up", "margin"]
    if row["location"]:
        assert list(row["location"]) == ["code", "name", "level", "lat", "lng", "score"]
    assert isinstance(row["sensitive"], bool)


def test_each_row_says_what_where_how_urgent_and_whither():
    """A complaint with everything in it comes back with everything found."""
    text = "😭😭 Jalan berlubang di Jl. RM Said, Kecamatan Banjarsari Solo 🙏 hub 0812-0000-1234"
    done = kentongan("analyze", stdin=jsonl({"id": 7, "text": text}))

    [row] = done.rows()
    assert done.code == 0
    assert_contract(row, text)
    assert row["id"] == 7
    assert row["topics"][0]["label"] == "jalan_jembatan"
    assert row["location"]["code"].startswith("33.72")
    assert row["routes"][0]["department"] == "dpupr-solo"
    [phone] = [p for p in row["pii"] if p["type"] == "phone"]
    assert text[phone["start"]:phone["end"]] == "0812-0000-1234"


HOSTILE = {
    "empty": b'{"id":"empty","text":""}',
    "blank": b'{"id":"blank","text":"   \\n\\t "}',
    "controls": b'{"id":"controls","text":"jalan\\u0000 rusak\\u0007 \\u200b di\\u202e Solo"}',
    "rtl": '{"id":"rtl","text":"السلام عليكم jalan rusak di Solo"}'.encode(),
    "zalgo": '{"id":"zalgo","text":"j̶͓̈a̸l̷a̶n rusak"}'.encode(),
    "emoji": '{"id":"emoji","text":"👨‍👩‍👧‍👦🙏🏽"}'.encode(),
    "huge": b'{"id":"huge","text":"' + b"jalan rusak di Solo " * 55_000 + b'"}',
    "one word": b'{"id":"one word","text":"' + b"a" * 1_000_000 + b'"}',
}


@pytest.mark.slow
def test_hostile_texts_come_back_in_their_place():
    """Empty, huge, control characters, right-to-left: each row is answered, none ends the run."""
    done = kentongan_process("analyze", stdin=b"\n".join(HOSTILE.values()))

    rows = done.rows()
    assert done.code == 0
    assert [row["id"] for row in rows] == list(HOSTILE)
    for row, raw in zip(rows, HOSTILE.values(), strict=True):
        assert_contract(row, orjson.loads(raw)["text"])
    assert done == kentongan("analyze", stdin=b"\n".join(HOSTILE.values()))  # what the other tests rely on


def test_unreadable_lines_keep_their_place_and_say_why():
    """The rows before and after are read; each bad one is answered with line and reason. See test_json_lines too."""
    bad = [b'{"id":1,"text":"caf\xe9"}', b'{"id":1,"text":', b'["text"]', b'{"id":1}', b'{"id":1,"text":null}']
    lines = [jsonl({"id": "a", "text": "x"}).strip(), *bad, jsonl({"id": "b", "text": "y"}).strip()]
    done = kentongan("analyze", stdin=b"\n".join(lines))

    first, *errors, last = done.rows()
    assert (first["id"], last["id"]) == ("a", "b")
    assert [row["error"]["line"] for row in errors] == [2, 3, 4, 5, 6]
    for row, word in zip(errors, ["UTF-8", "JSON", "object", "text", "text"], strict=True):
        assert word in row["error"]["reason"]
    assert "5 baris" in done.err


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many_rows_come_back_in_order(count):
    """Order and count hold over many batches."""
    texts = ["Jalan rusak di Jl. Veteran Solo", "Pripun niki pak, banyune mboten mili 🙏", "wkwkwk mantap", "Banjir di Demak"]
    rows = [{"id": n, "text": f"{texts[n % 4]} {n}"} for n in range(count)]

    done = kentongan("analyze", stdin=jsonl(*rows))

    answers = done.rows()
    assert [a["id"] for a in answers] == [r["id"] for r in rows]
    for answer, row in zip(answers[::97], rows[::97], strict=True):
        assert_contract(answer, row["text"])


def test_the_account_that_was_addressed_counts():
    """Without a place, the same words go to the government whose account was mentioned."""
    text = "Min, tempat sampah umum rusak, tolong diganti"
    done = kentongan("analyze", stdin=jsonl(
        {"id": 1, "text": text, "account": "x:PEMKOT_SOLO"}, {"id": 2, "text": text, "account": "@pemkot_solo"},
    ))

    assert {row["routes"][0]["department"] for row in done.rows()} == {"dlh-solo"}


def test_a_missing_file_is_a_usage_error():
    """Exit code 2, the name, and what to do."""
    done = kentongan("analyze", "no-such-file.jsonl")

    assert done.code == 2
    assert "no-such-file.jsonl" in done.err
    assert "saran:" in done.err


def test_praise_is_talk_and_a_matter_has_a_topic():
    """The contract knows no praise, and whoever reads the first topic of something to act on finds one."""
    thanks, plea, form = kentongan("analyze", stdin=jsonl(
        {"id": 1, "text": "terima kasih pak, mantap"},
        {"id": 2, "text": "udah gak kuat min, aku pengen mati wae"},
        {"id": 3, "text": "kerusakan di tempat kami", "platform": "sms"},
    )).rows()

    assert thanks["relevance"]["detail"] == "obrolan"
    assert plea["relevance"]["label"] == "actionable"
    assert plea["topics"]
    assert form["relevance"]["label"] == "actionable"


def test_the_name_of_an_account_tells_the_town():
    """An account that nobody watches here still says where its people live."""
    told, silent = kentongan("analyze", stdin=jsonl(
        {"id": 1, "text": "kauman banjir pak", "account": "pemkot_pekalongan"}, {"id": 2, "text": "kauman banjir pak"},
    )).rows()

    assert told["location"]["code"].startswith("33.75")
    assert silent["location"] is None
