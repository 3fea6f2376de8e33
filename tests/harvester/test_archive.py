"""Archives of every format: what comes out, twice the same, and what a broken row costs."""

from __future__ import annotations

import gzip
import lzma
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from domain import Account, ConfigError, MentionKind, MentionState
from harvester.archive import MAX_TEXT_CHARS, PAGE_MENTIONS, read
from tests.builders import NOON

FIXTURES = Path(__file__).parent.parent / "fixtures" / "archives"
X = Account("x:pemkot", "x", "9002", "pemkot_contoh", "solo")
FACEBOOK = Account("facebook:pemkot", "facebook", "8001", "Pemkot Contoh", "solo")
INSTAGRAM = Account("instagram:gubernur", "instagram", "7002", "gubernur_contoh", "jateng")
PHONE = Account("phone:solo", "phone", "", "solo", "solo")
ARCHIVES = [
    ("x-v2", "x-v2.jsonl", X, 6, 4),
    ("graph", "facebook.graph.jsonl", FACEBOOK, 3, 2),
    ("graph", "instagram.graph.json", INSTAGRAM, 2, 0),
    ("instaloader", "instaloader", INSTAGRAM, 5, 3),
    ("open311", "open311.json", PHONE, 2, 2),
    ("csv", "telepon.csv", PHONE, 4, 4),
    ("csv", "telepon-titik-koma.csv", PHONE, 1, 0),
    ("jsonl", "baris.jsonl", X, 4, 5),
]
IDS = [name for _, name, *_ in ARCHIVES]


def all_of(format_name, path, account=X, seen_at=NOON):
    pages = list(read(format_name, FIXTURES / path, account=account, seen_at=seen_at))
    return [m for p in pages for m in p.mentions], [q for p in pages for q in p.quarantined]


def written(tmp_path, *rows, name="arsip.jsonl"):
    path = tmp_path / name
    path.write_bytes(b"".join(row if isinstance(row, bytes) else orjson.dumps(row) + b"\n" for row in rows))
    return path


@pytest.mark.parametrize(("format_name", "name", "account", "good", "bad"), ARCHIVES, ids=IDS)
def test_every_format_is_read_and_its_broken_rows_are_counted(format_name, name, account, good, bad):
    """Each row of an archive is either a mention or in quarantine; broken rows cost nobody else."""
    mentions, quarantined = all_of(format_name, name, account)

    assert (len(mentions), len(quarantined)) == (good, bad)
    assert all(q.reason and q.raw and q.account == account.key for q in quarantined)
    assert len({q.key for q in quarantined}) == bad


@pytest.mark.parametrize(("format_name", "name", "account"), [a[:3] for a in ARCHIVES], ids=IDS)
def test_the_same_archive_twice_is_the_same(format_name, name, account):
    """A second import finds the same keys; without a clock it is the same to the letter."""
    first, second = all_of(format_name, name, account, None), all_of(format_name, name, account, None)

    assert first == second
    assert all(m.seen_at == m.posted_at for m in first[0])
    assert len({m.key for m in first[0]}) == len(first[0])


# --- X ---------------------------------------------------------------------------------------------------


def test_x_pages_stream_lines_and_flattened_lines_give_one_shape():
    """Whatever twarc wrote, and in whichever of X's two vocabularies, it is a mention."""
    mentions = {m.native_id[-1]: m for m in all_of("x-v2", "x-v2.jsonl")[0]}

    assert mentions["3"].key == "x:post:1853000000000000001"
    assert mentions["3"].state is MentionState.EDITED
    assert mentions["2"].kind is mentions["6"].kind is MentionKind.REPOST
    assert mentions["2"].text == mentions["6"].text == "@pemkot_contoh jalan Gajah Mada berlubang dekat Pasar Gede"
    assert mentions["2"].repost_of == mentions["6"].repost_of == "x:post:1853000000000000001"
    assert mentions["4"].text.endswith("kendaraan saling serobot")
    assert mentions["5"].author.handle == "warga_empat"
    assert mentions["7"].place.name == "Jebres, Surakarta"
    assert mentions["7"].media[0].url == "https://pbs.twimg.com/media/banjir.jpg"


def test_a_flattened_post_is_the_post_of_its_page(tmp_path):
    """`twarc2 flatten` changes how a file looks and not what it says."""
    post = {"id": "1853000000000000010", "text": "a", "author_id": "1", "created_at": "2026-11-02T01:00:00.000Z"}
    page = {"data": [post],
            "includes": {"users": [{"id": "1", "username": "warga", "name": "Warga"}]}}
    flat = {**post, "author": page["includes"]["users"][0]}

    whole, _ = all_of("x-v2", written(tmp_path, page))
    flattened, _ = all_of("x-v2", written(tmp_path, flat, name="b.jsonl"))

    assert whole == flattened


# --- Graph, Open311, CSV, our lines ----------------------------------------------------------------------


def test_graph_pages_hold_posts_and_comments():
    """Facebook's visitors' posts, the comments inside them, and Instagram's photo tags arrive."""
    facebook = {m.native_id: m for m in all_of("graph", "facebook.graph.jsonl", FACEBOOK)[0]}
    instagram = {m.native_id: m for m in all_of("graph", "instagram.graph.json", INSTAGRAM)[0]}

    assert facebook["8001_21"].kind is MentionKind.VISITOR_POST
    assert facebook["21_5"].kind is MentionKind.COMMENT
    assert facebook["21_5"].thread == "facebook:post:8001_21"
    assert instagram["DfContoh1"].key == "instagram:post:DfContoh1"
    assert instagram["DfContoh2"].text == ""


def test_comments_inside_instagram_media_know_their_post(tmp_path):
    """An archive of own posts with their comments keeps who said what under which post."""
    media = {"id": "1", "shortcode": "DfContoh3", "caption": "Pagi", "timestamp": "2026-11-02T01:00:00+0000",
             "media_type": "IMAGE", "comments": {"data": [
                 {"id": "77", "text": "PDAM mati", "timestamp": "2026-11-02T01:05:00+0000", "username": "warga"}]}}

    mentions, _ = all_of("graph", written(tmp_path, {"data": [media]}), INSTAGRAM)

    assert [(m.key, m.thread) for m in mentions if m.kind is MentionKind.COMMENT] == [
        ("instagram:comment:c77", "instagram:post:DfContoh3")]


def test_a_telephone_log_keeps_time_place_and_caller():
    """Local times are Jakarta's, decimal commas are understood, a call without a number gets one."""
    mentions, quarantined = all_of("csv", "telepon.csv", PHONE)
    (semicolons,), _ = all_of("csv", "telepon-titik-koma.csv", PHONE)

    assert mentions[0].key == "telepon:post:solo.TLP_1"
    assert mentions[0].posted_at == datetime(2026, 11, 2, 1, 15, tzinfo=UTC)
    assert (mentions[0].author.name, mentions[0].place.lat) == ("Ibu Karti", -7.5601)
    assert mentions[1].platform == "walk_in"
    assert mentions[1].text == "Jembatan bambu putus\ndi dua tempat"
    assert [m.url for m in mentions[1].media] == ["https://example.org/a.jpg", "https://example.org/b.jpg"]
    assert mentions[2].native_id.startswith("h")
    assert mentions[3].text == "PJU padam di Mojosongo"
    assert semicolons.posted_at == datetime(2026, 11, 2, 1, 45, tzinfo=UTC)
    assert semicolons.place.lat == -7.5401
    assert {m.kind for m in mentions} == {MentionKind.FORM}
    assert any("TLP 4" in q.raw and "TLP 5" not in q.raw for q in quarantined)


def test_two_logs_with_the_same_numbers_are_two_logs():
    """Number 9 of the city is not number 9 of the province."""
    province = Account("phone:jateng", "phone", "", "jateng", "jateng")

    (city,), _ = all_of("csv", "telepon-titik-koma.csv", PHONE)
    (other,), _ = all_of("csv", "telepon-titik-koma.csv", province)

    assert city.key != other.key


def test_open311_requests_keep_address_and_picture():
    """A request without words is told by its service's name."""
    first, second = all_of("open311", "open311.json", PHONE)[0]

    assert first.key == "phone:post:solo.638344"
    assert (first.place.address, first.place.lat, first.place.lng) == ("Gang Kenanga, Kepatihan", -7.56, 110.84)
    assert first.media[0].url == "https://example.org/lampu.jpg"
    assert second.text == "Pohon"


@pytest.mark.parametrize("shape", ["one", "lines", "array", "indented"])
def test_open311_comes_as_one_as_lines_and_as_a_list(tmp_path, shape):
    """The standard leaves the wrapping open, so all of them are read."""
    count = 1 if shape in ("one", "indented") else 3
    rows = [{"service_request_id": str(n), "description": f"Pohon {n}"} for n in range(count)]
    texts = {"one": orjson.dumps(rows[0]), "indented": orjson.dumps(rows[0], option=orjson.OPT_INDENT_2),
             "lines": b"\n".join(map(orjson.dumps, rows)), "array": orjson.dumps(rows)}
    path = written(tmp_path, texts[shape], name="a.json")

    assert len(all_of("open311", path, PHONE)[0]) == len(rows)


def test_our_own_lines_carry_all_that_the_contract_names():
    """Own account, repost, place, address, pictures and missing time of a JSON line."""
    one, two, three, eight = all_of("jsonl", "baris.jsonl")[0]

    assert (one.account, one.key, one.url) == ("x:gubernur", "x:post:1", "https://x.com/i/status/1")
    assert (two.kind, two.repost_of, two.account) == (MentionKind.REPOST, "x:post:1", "x:pemkot")
    assert three.posted_at == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert (three.place.name, three.place.address, three.author.name) == ("Nusukan", "Jl. Kutai 3", "Bu Sri")
    assert [m.phash for m in three.media] == [None, "00ff00ff00ff00ff"]
    assert eight.posted_at == NOON


# --- Instaloader -----------------------------------------------------------------------------------------


def test_an_instaloader_folder_gives_posts_and_comments():
    """Posts, packed or not, comments with answers; profiles and pictures are passed over."""
    found = {m.native_id: m for m in all_of("instaloader", "instaloader", INSTAGRAM)[0]}

    assert found["DfContoh4"].text == "Jembatan Jurug berlubang #solo @gubernur_contoh"
    assert found["DfContoh4"].kind is MentionKind.TAG
    assert found["DfContoh5"].own
    assert found["c501"].thread == "instagram:post:DfContoh5"
    assert found["c502"].reply_to == "instagram:comment:c501"
    assert found["c502"].own


def test_a_packed_post_is_read_like_a_plain_one(tmp_path):
    """Instaloader packs its files unless told otherwise."""
    plain = FIXTURES / "instaloader" / "2026-11-02_01-00-00_UTC.json"
    with lzma.open(tmp_path / (plain.name + ".xz"), "wb") as file:
        file.write(plain.read_bytes())

    packed, _ = all_of("instaloader", tmp_path, INSTAGRAM)

    assert packed == [m for m in all_of("instaloader", "instaloader", INSTAGRAM)[0] if m.native_id == "DfContoh4"]


def test_a_file_that_unpacks_for_ever_is_quarantined(tmp_path):
    """A few kilobytes of xz that hold a hundred megabytes do not fill the memory."""
    with lzma.open(tmp_path / "bom.json.xz", "wb") as file:
        for _ in range(20):
            file.write(b" " * (1 << 20))

    mentions, quarantined = all_of("instaloader", tmp_path, INSTAGRAM)

    assert (mentions, len(quarantined)) == ([], 1)


# --- what files hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["x-v2", "graph", "open311", "jsonl"])
@pytest.mark.parametrize("line", [
    b"\xff\xfe\x00\x01", b"{" * 5000, b'{"a":' * 5000, b"[" * 3000, b"x" * 1_000_000, b"null", b"7", b'"kata"',
    b"[]", b'{"data": 5}', b'{"data": [[[]]]}', b'{"data": {"id": {}, "text": []}}',
    b'{"id": "1", "text": "\xed\xa0\x80"}',
    b'{"id": 1e999, "text": null}', b'{"id": "1", "text": "a", "created_at": 1e30}', b"\x00" * 50,
    b'{"data": [{"id": "1", "comments": 3, "created_time": [], "message": {}}], "includes": "x"}',
], ids=range(17))
def test_garbage_is_quarantined_and_the_line_after_it_is_read(tmp_path, format_name, line):
    """No line of any kind stops an import."""
    good = {"id": "1853000000000000020", "service_request_id": "20", "text": "Jalan rusak",
            "message": "Jalan rusak", "description": "Jalan rusak", "author_id": "1",
            "created_at": "2026-11-02T01:00:00.000Z", "created_time": "2026-11-02T01:00:00+0000",
            "requested_datetime": "2026-11-02T01:00:00Z"}
    path = written(tmp_path, good, line + b"\n", {**good, "id": "1853000000000000021", "service_request_id": "21"})

    mentions, quarantined = all_of(format_name, path, FACEBOOK if format_name == "graph" else X)

    assert [m.text for m in mentions] == ["Jalan rusak"] * 2
    assert len(quarantined) == 1


def test_garbage_at_the_head_does_not_decide_how_the_rest_is_read(tmp_path):
    """A first line of brackets makes no array of the file."""
    good = {"id": "1853000000000000020", "text": "Jalan rusak", "created_at": "2026-11-02T01:00:00.000Z"}
    path = written(tmp_path, b"[" * 3000 + b"\n", good)

    mentions, quarantined = all_of("x-v2", path)

    assert (len(mentions), len(quarantined)) == (1, 1)


def test_a_text_longer_than_any_platform_writes_is_quarantined(tmp_path):
    """A book pasted into a form is kept apart, with its beginning."""
    longest = "a" * MAX_TEXT_CHARS
    path = written(tmp_path, {"id": "1", "text": longest + "a"}, {"id": "2", "text": longest})

    mentions, (fault,) = all_of("jsonl", path)

    assert [m.native_id for m in mentions] == ["2"]
    assert fault.key == "x:post:1"


def test_a_date_that_cannot_be_is_quarantined(tmp_path):
    """A post of the year 1 would wait at the head of every queue."""
    path = written(tmp_path, {"id": "1", "text": "a", "created_at": "0001-01-01T00:00:00Z"})

    mentions, quarantined = all_of("jsonl", path)

    assert (mentions, len(quarantined)) == ([], 1)


def test_a_broken_element_of_a_big_array_costs_only_itself(tmp_path):
    """A list is read element by element, also where brackets stand in texts and escapes in strings."""
    path = written(tmp_path, b'[{"service_request_id":"1","description":"a ] } \\" ["},\n {"rusak": oops},\n'
                             b'{"service_request_id":"2","description":"b"},{"service_request_id":"3"',
                   name="a.json")

    mentions, quarantined = all_of("open311", path, PHONE)

    assert [m.native_id for m in mentions] == ["1", "2"]
    assert len(quarantined) == 2


def test_a_long_array_is_read_in_pieces(tmp_path):
    """Elements that lie across the pieces in which a file is read stay whole."""
    rows = [{"service_request_id": str(n), "description": "selokan mampet " * 200} for n in range(1000)]
    path = written(tmp_path, orjson.dumps(rows), name="a.json")

    pages = list(read("open311", path, account=PHONE, seen_at=NOON))

    assert path.stat().st_size > 2 << 20
    assert [m.native_id for p in pages for m in p.mentions] == [str(n) for n in range(1000)]


def test_pages_hold_at_most_five_hundred_and_say_whether_more_follows(tmp_path):
    """A long archive comes in pages; each is one transaction."""
    path = written(tmp_path, *[{"id": str(n), "text": f"jalan rusak {n}"} for n in range(2 * PAGE_MENTIONS + 1)])

    pages = list(read("jsonl", path, account=X, seen_at=NOON))

    assert [len(p.mentions) for p in pages] == [PAGE_MENTIONS, PAGE_MENTIONS, 1]
    assert [p.more for p in pages] == [True, True, False]


def test_memory_stays_small_however_long_the_file(tmp_path):
    """The first page of a long file comes before the file is read."""
    path = written(tmp_path, *[{"id": str(n), "text": "jalan rusak " * 50} for n in range(5000)])

    pages = read("jsonl", path, account=X, seen_at=NOON)
    first = next(pages)
    path.write_bytes(b"")

    assert len(first.mentions) == PAGE_MENTIONS
    assert len(list(pages)) < 9


# --- what a person has to put right ----------------------------------------------------------------------


def test_an_unknown_format_names_the_nearest():
    """A typing mistake is answered with the word that was meant."""
    with pytest.raises(ConfigError) as caught:
        read("xv2", FIXTURES / "x-v2.jsonl", account=X, seen_at=NOON)

    assert "x-v2" in caught.value.hint


def test_a_missing_file_and_a_file_in_place_of_a_folder_are_said_at_once(tmp_path):
    """Before anything is imported."""
    for format_name, path in [("jsonl", tmp_path / "tidak-ada.jsonl"), ("jsonl", tmp_path),
                              ("instaloader", FIXTURES / "x-v2.jsonl")]:
        with pytest.raises(ConfigError) as caught:
            read(format_name, path, account=X, seen_at=NOON)
        assert caught.value.hint


@pytest.mark.parametrize(("header", "names"), [
    ("id,channel,author,created_at,lat,lon,media", "text"),
    ("id,channel,text,keluhan,author,created_at,lat,lon,media", "text"),
    ("", "text"),
])
def test_a_csv_with_other_columns_names_the_column(tmp_path, header, names):
    """The whole header that is expected stands in the hint."""
    path = written(tmp_path, header.encode() + b"\n1,a,b\n", name="a.csv")

    with pytest.raises(ConfigError, match=f"'{names}'") as caught:
        read("csv", path, account=PHONE, seen_at=NOON)

    assert "id,channel,text,author,created_at,lat,lon,media" in caught.value.hint


def test_a_misspelt_column_is_not_left_out_in_silence(tmp_path):
    """A lost date would be a wrong deadline."""
    path = written(tmp_path, b"No;Isi Laporan;Tangal\n1;Jalan rusak;02/11/2026\n", name="a.csv")

    with pytest.raises(ConfigError, match="'Tangal'") as caught:
        read("csv", path, account=PHONE, seen_at=NOON)

    assert "'tanggal'" in caught.value.hint


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_headers_of_an_indonesian_office_are_understood(tmp_path, separator):
    """Also fewer columns than ours, others beside them, quoted names and a BOM."""
    rows = [("No.", '"Isi Laporan"', "Pelapor", "Tanggal Masuk", "Petugas"),
            ("7", '"Jalan rusak\ndi depan pasar"', "Ibu S", "02/11/2026 08:00", "Budi")]
    text = "\ufeff" + "\r\n".join(map(separator.join, rows))
    path = written(tmp_path, text.encode(), name="a.csv")

    (mention,), quarantined = all_of("csv", path, PHONE)

    assert not quarantined
    assert (mention.native_id, mention.text) == ("7", "Jalan rusak\ndi depan pasar")
    assert (mention.author.name, mention.posted_at.isoformat()) == ("Ibu S", "2026-11-02T01:00:00+00:00")


def test_a_spreadsheet_in_utf_16_is_named(tmp_path):
    """What Excel calls Unicode text has to be saved anew."""
    path = written(tmp_path, "id,text\n1,Jalan rusak\n".encode("utf-16"), name="a.csv")

    with pytest.raises(ConfigError, match="UTF-16"):
        read("csv", path, account=PHONE, seen_at=NOON)


@pytest.mark.parametrize(("form", "file"), [(form, file) for form, file, *_ in ARCHIVES if form != "instaloader"])
def test_a_packed_archive_reads_as_the_plain_one(tmp_path, form, file):
    """Only the file's name tells; pages, an array, lines and a table alike."""
    packed = written(tmp_path, gzip.compress((FIXTURES / file).read_bytes()), name=f"{file}.gz")

    assert all_of(form, packed, PHONE) == all_of(form, file, PHONE)


def test_a_packed_archive_that_breaks_off_says_so(tmp_path):
    """What stands before the break goes in; the rest is one quarantined row. Plain bytes named .gz are one too."""
    line = b'{"id": %d, "text": "Jalan rusak di gang %d"}\n'
    whole = gzip.compress(b"".join(line % (n, n * n) for n in range(5_000)))
    broken = written(tmp_path, whole[:-100], name="a.jsonl.gz")
    plain = written(tmp_path, line % (1, 1), name="b.jsonl.gz")

    mentions, quarantined = all_of("jsonl", broken, PHONE)

    assert 100 < len(mentions) < 5_000
    assert ["gzip" in q.reason for q in quarantined] == [True]
    assert ["gzip" in q.reason for q in all_of("jsonl", plain, PHONE)[1]] == [True]


def test_half_a_surrogate_pair_costs_no_row(tmp_path):
    """Python writes it into JSON, X cuts texts there."""
    path = written(tmp_path, b'{"id": 1, "text": "Jalan rusak \\ud83d"}\n', name="a.jsonl")

    (mention,), _ = all_of("jsonl", path, PHONE)

    assert mention.text == "Jalan rusak \ufffd"


def test_bytes_that_are_not_utf_8_cost_one_line_of_a_csv(tmp_path):
    """A clerk's old spreadsheet writes other bytes; that line is kept for a person to read."""
    head = b"id,channel,text,author,created_at,lat,lon,media\n"
    rows = b"1,telp,jalan r\xfcsak,,,,,\n2,telp,nol \x00,,,,,\n3,telp,baik,,,,,\n"
    path = written(tmp_path, head + rows, name="a.csv")

    mentions, quarantined = all_of("csv", path, PHONE)

    assert [m.native_id for m in mentions] == ["3"]
    assert len(quarantined) == 2


def test_reading_an_archive_leaves_it_as_it_is(tmp_path):
    """Not a byte of an archive changes."""
    copy = tmp_path / "instaloader"
    shutil.copytree(FIXTURES / "instaloader", copy)
    before = {p.name: p.read_bytes() for p in copy.iterdir()}

    all_of("instaloader", copy, INSTAGRAM)

    assert {p.name: p.read_bytes() for p in copy.iterdir()} == before


# --- into the store, twice ---------------------------------------------------------------------------------

TWARC = [
    {"data": [{"id": "2000000000000000001", "text": "banjir di Sangkrah", "author_id": "7", "created_at": "2026-11-02T01:00:00.000Z",
               "edit_history_tweet_ids": ["2000000000000000001"], "public_metrics": {"retweet_count": 1}}],
     "includes": {"users": [{"id": "7", "username": "warga_uji", "name": "Warga"}]},
     "__twarc": {"url": "https://api.twitter.com/2/tweets/search/all", "version": "2.14.0", "retrieved_at": "2026-11-02T02:00:00+00:00"}},
    {"data": [{"id": "2000000000000000002", "text": "terpotong", "author_id": "7", "created_at": "2026-11-02T01:01:00Z",
               "note_post": {"text": "teks panjang dari kosakata baru"}, "edit_history_post_ids": ["2000000000000000002"],
               "referenced_posts": [{"type": "quoted", "id": "2000000000000000001"}], "public_metrics": {"repost_count": 2}}],
     "includes": {"posts": [{"id": "2000000000000000001", "text": "banjir di Sangkrah"}]}},
    {"data": {"id": "2000000000000000003", "text": "dari aliran", "created_at": "2026-11-02T01:02:00.000Z"},
     "matching_rules": [{"id": "1", "tag": "solo"}]},
]


def stored(store, form, path, account):
    """Into the books as `ingest` does it; what they hold afterwards."""
    for page in read(form, path, account=account, seen_at=NOON):
        store.save_page(account.key, page, next_poll_at=NOON, now=NOON)
    assert store.verify() == []
    held = sorted((m.key, m.text) for m in store.unprocessed(500, now=NOON + timedelta(days=9)))
    return held, [(row.seen, dict(row.fates)) for row in store.ledger()]


@pytest.mark.parametrize(("format_name", "name", "account"), [a[:3] for a in ARCHIVES], ids=IDS)
def test_every_archive_twice_gives_no_doubles_in_the_books(store, format_name, name, account):
    """The ledger counts each item once, however often the clerk imports the file; broken lines once too."""
    once = stored(store, format_name, FIXTURES / name, account)

    assert stored(store, format_name, FIXTURES / name, account) == once
    assert once[0]


def test_twarc_lines_of_both_vocabularies_come_in_once_beside_a_broken_one(store, tmp_path):
    """Pages in the old names and in the new, a stream line, a line that is cut."""
    path = written(tmp_path, TWARC[0], b'{"data": [{"id": "20\n', *TWARC[1:], name="twarc.jsonl")

    once = stored(store, "x-v2", path, X)

    assert dict(once[0]) == {"x:post:2000000000000000001": "banjir di Sangkrah", "x:post:2000000000000000003": "dari aliran",
                             "x:post:2000000000000000002": "teks panjang dari kosakata baru"}
    assert once[1][0][1]["quarantined"] == 1
    assert stored(store, "x-v2", path, X) == once


def test_a_compliance_result_takes_the_words_away(store, tmp_path):
    """Deleted, protected, suspended: X names them line by line; posts that come in later are empty too."""
    archive = written(tmp_path, *TWARC, name="twarc.jsonl")
    stored(store, "x-v2", archive, X)
    result = written(tmp_path, {"id": "2000000000000000001", "action": "delete", "created_at": "2026-11-02T01:00:00.000Z",
                                "redacted_at": "2026-11-03T01:00:00.000Z", "reason": "deleted"},
                     {"id": "2000000000000000009", "action": "delete", "reason": "suspended"}, {"id": "x", "reason": "deleted"},
                     b"{\n", {"id": "2000000000000000002"}, name="job.jsonl")

    once = stored(store, "x-compliance", result, X)

    assert dict(once[0])["x:post:2000000000000000001"] == ""
    assert dict(once[0])["x:post:2000000000000000002"]
    assert sum(fates["quarantined"] for _, fates in once[1]) == 3
    assert stored(store, "x-compliance", result, X) == once
    assert stored(store, "x-v2", archive, X) == once
