"""Places are found where people mean one, and a name alone is not enough."""

from __future__ import annotations

import pytest

from domain import PlaceHint


def named(extraction):
    return [(p.text, p.type, p.code) for p in extraction.places]


@pytest.mark.parametrize(("text", "place"), [
    ("jalan rusak di kec. Laweyan", ("Laweyan", "kecamatan", "33.72.01")),
    ("banjir di Kab. Sragen", ("Sragen", "kabupaten_kota", "33.14")),
    ("dalan bolong neng Kartosuro", ("Kartosuro", "kecamatan", "33.11.12")),
    ("PJU mati di Pasar Kliwon Solo", ("Pasar Kliwon", "kecamatan", "33.72.03")),
    ("macet di jalan raya Solo-Sragen", ("jalan raya Solo-Sragen", "jalan", None)),
    ("lampu mati nang smg", ("smg", "kabupaten_kota", "33.74")),
    ("lampu mati di RT 02/RW 05", ("RT 02/RW 05", "rt_rw", None)),
    ("lampu mati rt 5rw 2", ("rt 5rw 2", "rt_rw", None)),
    ("ada lubang besar di Jl. Slamet Riyadi Solo", ("Jl. Slamet Riyadi", "jalan", None)),
    ("bolong di jln veteran", ("jln veteran", "jalan", None)),
    ("macet di perempatan Gendengan", ("perempatan Gendengan", "jalan", None)),
    ("paving jebol sebelum bangjo Masjid Sholihin", ("bangjo Masjid Sholihin", "jalan", None)),
    ("dalan bolong etan kreteg", ("kreteg", "landmark", None)),
    ("berlubang di depan RSUD Moewardi", ("RSUD Moewardi", "landmark", None)),
    ("jalan rusak di dusun Ngemplak", ("Ngemplak", "sub_desa", None)),
    ("truk mogok di Jalan Solo-Jogja KM 12", ("KM 12", "landmark", None)),
    ("banjir disukoharjo", ("sukoharjo", "kabupaten_kota", "33.11")),
    ("banjir di Tangerang", ("Tangerang", "kabupaten_kota", "36.71")),
])
def test_a_place_is_found_with_its_type_and_code(read, text, place):
    """Designators, spoken names, joined words, roads, junctions, hamlets, RT/RW and kilometre marks."""
    assert place in named(read(text))


@pytest.mark.parametrize("text", [
    "jadi dari dulu bulan ini banget kasih butuh bakal", "Jadi Banget deh min", "jalan rusak parah sekali",
    "jalan kaki saja", "pak Slamet orangnya baik", "Bu Dewi terima kasih", "lokasinya 5 km lagi", "tolong min",
])
def test_everyday_words_and_persons_are_no_places(read, text):
    """Villages are named Dari, Jadi and Banget; alone those words are just words."""
    assert read(text).places == ()


def test_a_designator_makes_an_everyday_word_a_village(read):
    """"desa Jadi" is a village; "jadi" is not."""
    assert named(read("banjir di desa Jadi kecamatan Sumber Rembang"))[0][:2] == ("Jadi", "desa_kelurahan")


def test_the_parent_named_elsewhere_tells_villages_apart(read):
    """Karanganyar is 37 places; the kecamatan beside it says which."""
    near = read("jalan rusak di desa Gatak kecamatan Delanggu")
    alone = read("jalan rusak di desa Gatak")

    assert [p.code for p in near.places if p.type == "desa_kelurahan"] == ["33.10.16.2012"]
    assert alone.places[0].code is None
    assert alone.places[0].runner_up is not None
    assert "of this name" in alone.places[0].because


def test_the_accounts_city_decides_between_villages_of_one_name(read):
    """A village name sent to the city's account means the one in that city."""
    text = "ada genangan di Kaligawe pak"

    assert read(text, account="x:semarang").places[0].code == "33.74.04.1002"
    assert read(text, account="x:solo").location is None or read(text, account="x:solo").places == ()


def test_city_and_regency_of_one_name(read):
    """Semarang means the city unless somebody says kabupaten."""
    assert read("banjir di Semarang").places[0].code == "33.74"
    assert read("banjir di kabupaten Semarang").places[0].code == "33.22"


def test_an_office_is_no_place_but_tells_where(read):
    """"Bupati Sragen" names an office; the matter is likely in his regency."""
    extraction = read("Yth. Bupati Sragen, jalan rusak tolong diperbaiki")

    assert extraction.places == ()
    assert extraction.location is not None
    assert extraction.location.code == "33.14"


def test_a_road_without_a_city_lies_in_the_accounts_city(read):
    """The road is in Solo because Solo was told; without an account nobody knows."""
    text = "jalan berlubang di Jl RM Said"

    location = read(text, account="x:solo").location
    assert location is not None
    assert (location.code, location.because) == ("33.72", "account:x:solo")
    assert read(text).location is None
    assert read(text, account="x:jateng").location is None


def test_a_kelurahan_behind_a_roads_name_is_a_place_of_its_own(read_shipped):
    """The addressed city's kelurahan ends the road's name; told to the province it stays a part of it."""
    text = "lubang menganga di Jl. Dr. Radjiman Sondakan sejak kemarin"
    seen = read_shipped(text, account="x:solo")

    assert named(seen) == [("Jl. Dr. Radjiman", "jalan", None), ("Sondakan", "desa_kelurahan", "33.72.01.1008")]
    assert seen.location.code == "33.72.01.1008"
    province = read_shipped(text, account="x:jateng").places
    assert [p.text for p in province] == ["Jl. Dr. Radjiman Sondakan"]


@pytest.mark.parametrize(("text", "account", "places", "code"), [
    ("Lampune mati kabeh neng Jl. Veteran Laweyan, peteng ndhedhet", "x:jateng",
     [("Jl. Veteran", "jalan"), ("Laweyan", "kecamatan")], "33.72.01"),
    ("lantai jembatan kampung Ngoresan Jebres jebol", "x:solo",
     [("Ngoresan", "sub_desa"), ("Jebres", "kecamatan")], "33.72.04"),
    ("dusun Krajan Bawen longsor", "x:jateng", [("Krajan", "sub_desa"), ("Bawen", "kecamatan")], "33.22.11"),
    ("kampung Jebres banjir", "x:solo", [("Jebres", "sub_desa")], "33.72.04"),
])
def test_a_kecamatan_behind_a_road_or_a_hamlet_is_a_place_of_its_own(read_shipped, text, account, places, code):
    """Where its name means one kecamatan alone, or one of the addressed city; a name of one word stays whole."""
    seen = read_shipped(text, account=account)

    assert [(place.text, place.type) for place in seen.places] == places
    assert (seen.location and seen.location.code) == code


def test_a_boundary_suburb_outranks_the_accounts_city(read):
    """Kartasura belongs to Sukoharjo, whoever was told."""
    for text in ("jalan rusak di Kartasura", "PJU mati depan pasar Kartasura"):
        location = read(text, account="x:solo").location
        assert location is not None
        assert location.code.startswith("33.11")


@pytest.mark.parametrize(("text", "code"), [
    ("paving Gonilan ambrol depan kos-kosan", "33.11.12.2008"), ("selokan di Langenharjo bau sekali", "33.11.09.2005"),
])
def test_a_suburb_needs_no_more_than_its_name_where_the_city_is_told(read_shipped, text, code):
    """There are three Langenharjo; told to Solo, the one at its boundary is meant, and to the province nobody knows."""
    location = read_shipped(text, account="x:solo").location

    assert location is not None
    assert location.code == code
    assert [p.code for p in read_shipped("selokan di Langenharjo bau sekali", account="x:jateng").places] == [None]


def test_a_landmark_stands_in_the_area_that_it_is_called_after(read_shipped):
    """The landmark keeps its whole name and bears the code of that area; a village named beside it goes before it."""
    alone = read_shipped("obat di Puskesmas Baturetno habis terus", account="x:jateng")
    beside = read_shipped("obat Puskesmas Baturetno habis, warga desa Gambiranom Baturetno mengeluh", account="x:jateng")

    assert named(alone) == [("Puskesmas Baturetno", "landmark", "33.12.07")]
    assert (alone.location.code, alone.location.because) == ("33.12.07", "in a name: Baturetno")
    assert beside.location.because == "named: Gambiranom"


@pytest.mark.parametrize(("text", "account", "code"), [
    ("Ada yang mati lampu juga nggak di Jajar?", "x:solo", "33.72.01.1010"),
    ("dalane amblas neng kauman, min", "x:solo", "33.72.03.1009"),
    ("Got Tipes mampet terus", "x:solo", "33.72.02.1004"),
    ("Sudah tiga malam ada jambret di Cemani", "x:solo", "33.11.09.2014"),
])
def test_an_everyday_word_is_a_place_of_the_city_addressed_where_it_is_pointed_at(read_shipped, text, account, code):
    """A fifth of Solo's kelurahan are called like everyday words; the city's own people point to them by "di"."""
    found = read_shipped(text, account=account)

    assert [p.code for p in found.places] == [code]
    assert not read_shipped(text, account="x:jateng").places


@pytest.mark.parametrize("text", [
    "dijajar rapi di sumber air", "info dari sumber terpercaya", "Kami sewu bersyukur", "di bumi ini ga ada yang gratis",
    "harga tipes2 aja", "Sumber daya manusia kita bagus",
])
def test_an_everyday_word_that_nothing_points_at_stays_one(read_shipped, text):
    assert not read_shipped(text, account="x:solo").places


def test_a_geo_tag_helps_and_no_place_is_legal(read):
    """The platform's hint names the city; a text without any place has none."""
    hinted = read("jalan rusak tolong", place=PlaceHint(lat=-7.5697, lng=110.8200))

    assert hinted.location is not None
    assert hinted.location.code.startswith("33.72")
    assert read("jalan rusak tolong", account="x:solo").location is None


def test_deleting_the_deciding_word_changes_the_reading(read):
    """Without "kabupaten" the regency becomes the city; without "desa" the village is gone."""
    assert read("banjir di Semarang").places != read("banjir di kabupaten Semarang").places
    assert read("banjir desa Jadi").places
    assert not read("banjir Jadi").places


def test_the_kabupaten_behind_a_name_decides_it(read_shipped):
    """ "Karanganyar Demak" is a kecamatan of Demak and not the kabupaten of that name."""
    location = read_shipped("tanggul di Karanganyar Demak rembes", account="x:jateng").location

    assert location is not None
    assert location.code.startswith("33.21")


@pytest.mark.parametrize("text", ["pohon trembesi Balekambang miring", "toko di Singosaren belum bayar gaji"])
def test_a_village_far_away_is_not_meant_by_the_citys_people(read_shipped, text):
    """A quarter or a park of Solo that is a village elsewhere sends nothing there."""
    location = read_shipped(text, account="x:solo").location

    assert location is None or location.code.startswith("33.72")


@pytest.mark.parametrize(("text", "name"), [
    ("kaligawe mulai surut pak", "kaligawe"), ("genuksari kapan surute min", "genuksari"),
    ("sisih lor sringin isih kebanjiran", "sringin"), ("BKT wis cethek banget", "BKT"),
    ("pompa pasar waru mati dua", "pasar waru"),
])
def test_a_long_name_or_a_known_spot_needs_no_cue(read_shipped, text, name):
    """People write the quarter's name in small letters and nothing else: it is found all the same."""
    assert name in [place.text for place in read_shipped(text, account="x:jateng").places]


@pytest.mark.parametrize("text", [
    "Kucing karo asune padu min", "pamanku lara tipes seminggu", "salam dari kel besar alm. Sastro",
    "mugo sing nang RS cepet mari", "buwang uwuh nang sungai. Pemukiman kumuh",
])
def test_an_everyday_word_names_no_place(read_shipped, text):
    """Words that are a regency or a village somewhere stay words."""
    assert [place.text for place in read_shipped(text).places] == []


@pytest.mark.parametrize(("text", "code"), [
    ("min @semarangpemkot kauman banjir", "33.74"), ("@dishub_kabsemarang bergas macet", "33.22"),
    ("@pemkab.klaten jalan depan kauman rusak", "33.10"), ("@maman_solo kauman banjir", None),
])
def test_an_offices_handle_tells_the_town(read_shipped, text, code):
    """Who calls the office of a town means a place there; a person's handle tells nothing."""
    location = read_shipped(text, account="x:jateng").location
    assert (location.code[:5] if location else None) == code
