"""Urgency is a sum that can be shown, and it understands what is not happening now."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "label"), [
    ("air masuk rumah, kami terjebak tolong evakuasi", "darurat"),
    ("banjir di gang kami pak", "tinggi"),
    ("dalane bolong wis ono sing tiba", "tinggi"),
    ("lampu jalan mati pak", "normal"),
    ("sekadar saran, trotoar dicat biar bagus", "tidak_mendesak"),
    ("mau tanya min, syaratnya apa ya?", "tidak_mendesak"),
    ("tidak banjir kok", "normal"),
    ("ora banjir lur", "normal"),
    ("mboten banjir pak", "normal"),
    ("kalau hujan pasti banjir", "normal"),
    ("nek udan mesti banjir", "normal"),
    ("dulu sini banjir", "normal"),
    ("biyen kene banjir", "tidak_mendesak"),
    ("tidak bisa lewat karena banjir", "tinggi"),
    ("banjir orderan hari ini", "tidak_mendesak"),
])
def test_urgency_of_a_post(read, text, label):
    """Hazards count; denied, imagined, past and figurative ones do not."""
    assert read(text).urgency.label == label


def test_the_reasons_add_up_and_point_at_the_words(read):
    """Every part of the sum names its phrase and shows where it stands."""
    text = "banjir dan longsor, mohon bantuan, membahayakan"
    urgency = read(text).urgency
    signals = [r for r in urgency.because if r.what.startswith("signal:")]

    assert {text[r.spans[0].start : r.spans[0].end] for r in signals} == {"banjir", "longsor", "membahayakan"}
    assert sum(r.weight for r in signals) == pytest.approx(2.5)  # longsor 1.6; banjir by itself half, a second weak word little


def test_many_hazards_are_no_threat_to_life(read):
    """Hazards together stay below an emergency; only a threat to life is one."""
    assert read("banjir longsor membahayakan jatuh tiba semua").urgency.label == "tinggi"


def test_deleting_the_negation_raises_the_urgency(read):
    """The denial decided: without it the flood counts."""
    assert read("tidak banjir di sini").urgency.label == "normal"
    assert read("banjir di sini").urgency.label == "tinggi"


@pytest.mark.parametrize(("text", "label"), [
    ("jembatan di Desa Kalisari Rowokele ambrol tadi malam", "tinggi"),
    ("air PDAM di kampung kami dari kemarin mati", "tinggi"),
    ("kalau hujan angin pohonnya membahayakan rumah warga", "tinggi"),
    ("air sudah masuk rumah, banjir setinggi lutut", "darurat"),
    ("biawak sering masuk rumah warga, mohon ditangkap", "normal"),
    ("Banjir Kanal Barat penuh eceng gondok", "normal"),
    ("sudah hampir 3 bulan KK saya belum jadi", "normal"),
    ("tiba-tiba data bansos saya hilang dari aplikasi", "normal"),
    ("bapak saya meninggal, mau urus akta kematian di kelurahan", "normal"),
    ("Bak kontrol depan pasar menganga tanpa tutup, malam tidak kelihatan", "tinggi"),
    ("Gardu listrik depan gang mengeluarkan bunga api", "tinggi"),
    ("min tolong kabel pln putus di jalan masih ada setrum", "darurat"),
    ("Ular kobra sering masuk pekarangan dekat TK, mohon ditangkap", "tinggi"),
    ("Setiap malam minggu ada perang sarung antar kelompok bawa gir dan celurit", "tinggi"),
    ("Insulin habis di puskesmas", "tinggi"),
    ("Tanggule kali wis meh bobol", "tinggi"),
    ("Wit mahoni ngarep SMP pange garing, wedi nek nibani bocah", "tinggi"),
    ("kalau hujan banyak yang jatuh di tikungan ini", "tinggi"),
    ("air rob masuk sampai kamar tidur sejak subuh, banjir lagi", "darurat"),
    ("rumput taman semata kaki, mohon dipotong", "normal"),
    ("simulasi kebakaran besok di balai kota ya", "tidak_mendesak"),
    ("Kabel wifi semrawut, tidak enak dilihat", "normal"),
    ("Dahan patah di taman, mohon diangkut", "normal"),
])
def test_a_hazard_is_told_from_its_words_and_from_what_they_are_about(read_shipped, text, label):
    """A bridge that fell is a hazard with words between; water is deep only where there is water."""
    assert read_shipped(text, account="x:jateng").urgency.label == label
