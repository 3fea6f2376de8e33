"""Of several places the one is meant where the matter is: not where somebody comes from, goes to, or compares with."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "account", "code"), [
    ("ajibarang nek udan kaya kali, inyong wong wangon arep bali kudu ngenteni asat", "x:none", "33.02.14"),
    ("dalan pringsurat temanggung longsor, dudu kranggan temanggung", "x:none", "33.23.04"),
    ("klaten isih kalah resik karo sleman, uwuh nggunung ning trucuk", "x:none", "33.10.06"),
    ("sy difabel dr kerten, ngantri di puskesmas purwosari ga ada kursi roda", "x:solo", "33.72.01.1007"),
    ("banjir di grabag magelang pak, udu grabag purworejo", "x:jateng", "33.08.18"),
    ("naik tawangmangu arah magetan, rambu tikungan ilang semua", "x:jateng", "33.13.06"),
])
def test_what_is_passed_by_is_not_where_the_matter_is(read_shipped, text, account, code):
    assert read_shipped(text, account=account).location.code == code


@pytest.mark.parametrize(("text", "code"), [
    ("wong brumbung jepon blora matur, sapi dicolong wis ping 7", "33.16.08.2008"),
    ("pupuk subsidi nggo wong tlahab kledung ra teko2", "33.23.17.2007"),
])
def test_where_nothing_else_is_named_a_home_is_the_place_with_all_of_its_address(read_shipped, text, code):
    """"Wong Brumbung Jepon": the kecamatan behind the village is no other place."""
    assert read_shipped(text, account="x:none").location.code == code


@pytest.mark.parametrize(("text", "code"), [
    ("pohon melintang di jl raya bandar-blado", "33.25"), ("jl raya solo-purwodadi sekitar gemolong rusak", "33.14.13"),
    ("krikilan sgn kebanyakan ceceran pasir truk", "33.14"), ("gabus pati banjir", "33.18.11"),
    ("pkl pwt utara nutup trotoar", "33.02.27"), ("bangjo pertigaan secang mati", "33.08.20"),
])
def test_what_names_say_together(read_shipped, text, code):
    """A road between two places of one kabupaten, two villages of one name in it, an everyday word before its town."""
    assert read_shipped(text, account="x:none").location.code.startswith(code)


@pytest.mark.parametrize("text", ["rapat tgl 5 besok", "kbm di sekolah libur", "tgl tua mas"])
def test_a_short_form_alone_is_no_town(read_shipped, text):
    assert read_shipped(text, account="x:none").places == ()


@pytest.mark.parametrize(("text", "code"), [
    ("Kali Pepe meluap ke kampung Gilingan RW 12", "33.72.05.1003"), ("lubang di Jl. Pajajaran Sumber", "33.72.05.1012"),
    ("lampu Jl. Bone Raya Banyuanyar mati", "33.72.05.1013"), ("gudang di Jl. Tiga Negeri Laweyan terbakar", "33.72.01"),
])
def test_to_a_city_its_quarters_need_no_designator(read_shipped, text, code):
    """"Kampung Gilingan" is the kelurahan there, and what ends a road's name is where the road is."""
    assert read_shipped(text, account="x:solo").location.code.startswith(code)
