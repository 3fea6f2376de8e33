"""Personal data is found; look-alikes are left alone. All numbers here are invented."""

from __future__ import annotations

import pytest

from nlp.pii import personal_data
from nlp.tokens import WordTable, cut

TABLE = WordTable({}, frozenset())


def found(text, official=()):
    words = cut(text, TABLE)
    return [(text[p.start : p.end], p.type) for p in personal_data(words, frozenset(official))]


@pytest.mark.parametrize(("text", "expected"), [
    ("NIK 3372014107900003 ya", ("3372014107900003", "nik")),
    ("nik: 3372 0141 0790 0003", ("3372 0141 0790 0003", "nik")),
    ("No KK 3372010101150012", ("3372010101150012", "kk")),
    ("hub 0812-3456-7890", ("0812-3456-7890", "phone")),
    ("wa +62 812 3456 7890 😀", ("+62 812 3456 7890", "phone")),
    ("telp (0271) 655123", ("(0271) 655123", "phone")),
    ("email warga.contoh@contoh.id dong", ("warga.contoh@contoh.id", "email")),
    ("mobil plat AD 1234 XY ngebut", ("AD 1234 XY", "plate")),
    ("motor H 99 AB", ("H 99 AB", "plate")),
    ("rekening BRI 0097-01-004567-50-1", ("0097-01-004567-50-1", "account")),
    ("cc @warga_contoh", ("@warga_contoh", "handle")),
])
def test_personal_data_is_found(text, expected):
    """NIK, family card, telephone, e-mail, plate, account and a citizen's handle."""
    assert expected in found(text)


@pytest.mark.parametrize("text", [
    "harga Rp 0812345678900", "tiket 081234567890", "no laporan: 081234567890", "3372019907900003",
    "9972014107900003", "anggaran 3.000.000.000.000.000", "tahun 2024-2025", "RT 02 RW 05 no 12", "Jl A 12 B", "SMP N 3 B", "paspor ditahan, BP2MI diam",
])
def test_look_alikes_are_left_alone(text):
    """Prices, ticket numbers, impossible dates and provinces, addresses."""
    assert found(text) == []


def test_the_governments_own_handle_is_nobodys_data():
    """Masking the mayor's account would hide who was told."""
    assert found("cc @Solo_Contoh", official=["solo_contoh"]) == []
