"""Who needs help is seen, chatter is told apart, and the words say why."""

from __future__ import annotations

import pytest

from domain import Media, MentionKind

SCHOOL_FEES = [
    "Anak tetangga saya putus sekolah karena tidak bisa bayar SPP pak",
    "Ijazah anak saya ditahan sekolah gara-gara nunggak SPP 8 bulan",
    "Anakku ora iso mlebu sekolah mergo durung mbayar SPP",
    "Lare kula mboten saged sekolah, mboten gadhah arta kangge bayar SPP",
    "Anake inyong ora bisa mangkat sekolah, SPP durung kebayar kepriwe iki",
]
CANCER = [
    "Nenek saya kena kanker tapi ditolak rumah sakit, BPJS-nya tidak aktif",
    "Simbah kula gerah kanker mboten saged berobat, nyuwun tulung pak",
    "Mbahku loro kanker ora iso berobat, ra duwe duit",
    "Simbahe inyong lara kanker ora bisa berobat maning, ora nduwe duit",
    "min ada ibu kanker payudara di kampung kami gak pernah dapat pengobatan",
]
TRIFLES = [
    "sandal saya hilang di masjid agung, tolong dicarikan min", "pacar saya hilang pak gubernur, tolong dicarikan",
]
CHATTER = [
    "😂😂😂", "alhamdulillah banjir order hari ini", "semoga lancar acaranya", "keren banget kotanya",
    "mantap pak jalannya sekarang mulus, terima kasih", "mau tanya min, syarat bikin KTP apa saja ya?",
]
REPORTS = [
    "Jalan berlubang di Jl Adi Sucipto depan SMP 1 Kartasura, tolong diperbaiki",
    "Dalane bolong gedhe neng prapatan Gendengan, wis ono sing tiba",
    "Margi risak sanget wonten ngajeng pasar Kartasura, nyuwun dipun dandosi",
    "Dalane rusak nemen nang Kemranjen, inyong tiba mau esuk",
    "Lampu PJU padam sejak Senin di desa Berjo kecamatan Ngargoyoso, warga takut lewat",
]


@pytest.mark.parametrize("which", ["small", "shipped"])
@pytest.mark.parametrize("text", [*SCHOOL_FEES, *CANCER])
def test_a_person_in_need_is_never_chatter(request, which, text):
    """A school-fee case and a patient without treatment are actionable in every wording, and say who."""
    read = request.getfixturevalue("read" if which == "small" else "read_shipped")
    relevance = read(text).relevance

    assert relevance.label == "actionable"
    assert relevance.vulnerable


@pytest.mark.parametrize("text", REPORTS)
def test_a_report_with_a_handle_is_actionable(read_shipped, text):
    """A defect at a place, in Indonesian and in every register of Javanese."""
    relevance = read_shipped(text).relevance

    assert (relevance.label, relevance.detail) == ("actionable", "laporan")
    assert relevance.because


@pytest.mark.parametrize("text", [*TRIFLES, *CHATTER])
def test_trifles_and_chatter_are_not(read_shipped, text):
    """Lost sandals, a lost girlfriend, praise, a busy shop, a question: kept, but no work order."""
    assert read_shipped(text).relevance.label == "not_actionable"


@pytest.mark.parametrize("text", TRIFLES)
def test_a_trifle_says_so(read, text):
    """The reason names the kind of trifle."""
    assert any(r.what.startswith("trivial:") for r in read(text).relevance.because)


def test_a_vulnerability_cue_lifts_a_trifle(read):
    """Lost sandals are a trifle; beside a baby a person looks at it."""
    assert read("sandal saya hilang min").relevance.label == "not_actionable"

    lifted = read("sandal saya hilang min, kasihan bayi saya").relevance
    assert lifted.label == "actionable"
    assert [r.what for r in lifted.vulnerable] == ["vulnerable:child"]


def test_self_harm_is_lifted_without_any_other_word(read):
    """Somebody who wants to die is never chatter."""
    assert read("saya ingin mati saja").relevance.label == "actionable"


@pytest.mark.parametrize(("text", "detail"), [
    ("terima kasih pak, mantap", "pujian"), ("mau tanya jam berapa buka?", "pertanyaan"),
    ("slot gacor klik link", "spam"), ("banjir terus tiap tahun", "keluhan_umum"), ("halo semua", "obrolan"),
    ("pohon tumbang dilaporkan warga, ujarnya selengkapnya https://contoh.id/a", "berita"),
])
def test_what_is_not_actionable_has_a_class(read, text, detail):
    """Praise, question, advert, complaint without a handle, chatter, news."""
    assert read(text).relevance.detail == detail


def test_repaired_is_praise_and_no_plea(read):
    """"Sudah diperbaiki" asks for nothing."""
    assert read("jalan sudah diperbaiki, matur nuwun").relevance.label == "not_actionable"


def test_irony_is_no_praise(read_shipped):
    """"Nice free pool in front of the house" is looked at by a person, with a low score."""
    relevance = read_shipped("enak nih ada kolam gratis depan rumah tiap hujan, terima kasih pak").relevance

    assert relevance.label == "actionable"
    assert relevance.score < 0.9


def test_a_letter_that_begins_with_a_greeting_is_no_greeting(read):
    """Politeness does not file a complaint away."""
    assert read("Selamat pagi pak, mohon jalan berlubang di Jl Veteran diperbaiki").relevance.label == "actionable"
    assert read("selamat pagi min").relevance.label == "not_actionable"


def test_a_picture_without_words_is_looked_at(read):
    """A photo sent to us says what words do not; under somebody's post it is a comment."""
    photo = (Media("photo", "https://contoh.id/a.jpg"),)

    assert read("", media=photo).relevance.label == "actionable"
    assert read("min tolong", media=photo).relevance.label == "actionable"
    assert read("", media=photo, kind=MentionKind.COMMENT).relevance.label == "not_actionable"


def test_deleting_the_place_or_the_plea_lowers_the_score(read):
    """Each reason that is shown carries weight."""
    whole = read("tolong PJU mati di Jl Veteran").relevance
    without_place = read("tolong PJU mati").relevance
    without_plea = read("PJU mati di Jl Veteran").relevance

    def chance(relevance):
        return relevance.score if relevance.label == "actionable" else 1 - relevance.score

    assert chance(whole) > chance(without_place)
    assert chance(whole) > chance(without_plea)


def test_sensitive_matters_are_flagged_unless_denied(read):
    """Sexual violence is for few eyes."""
    assert read("ada pelecehan seksual di kantor").sensitive
    assert not read("ada banjir di kantor").sensitive


@pytest.mark.parametrize("text", [
    "anak tetangga tiap malam dipukuli bapak tirinya, mukanya lebam",
    "banjir di dalam rumah sampai meja makan, listrik masih nyala",
    "simbah dewekan neng omah, wis rong dino ora mangan",
    "tetangga saya lumpuh hidup sendirian, tidak ada yang merawat",
    "bayi saya demam tinggi tiga hari, puskesmas tutup",
    "listrik padam di Jajar dari subuh",
    "gas elpiji bocor di rumah sebelah",
    "rob neng Tambaklorok wis mlebu kamar",
])
def test_danger_and_want_are_heard_without_the_usual_words(read_shipped, text):
    """Nobody has to write like a form to be heard, nor to an account that is watched."""
    assert read_shipped(text, account="x:none").relevance.label == "actionable"


@pytest.mark.parametrize("text", [
    "selamat hari guru untuk ibu saya", "adik saya wisuda di UNS doakan ya", "anak saya suka naik bus tumpuk",
    "mobil siapa itu parkir, anake siapa", "macet banget hari ini, capek",
    "Petugas kecamatan menyingkirkan dahan patah, Rabu (4/11) pagi",
])
def test_words_of_a_matter_are_no_matter(read_shipped, text):
    """A child, a school or a flood that is only spoken of makes no ticket."""
    assert read_shipped(text, account="x:none").relevance.label == "not_actionable"


def test_the_same_words_count_more_when_sent_to_an_office(read_shipped):
    """Who writes to a watched account wants something of it."""
    text = "air keran mati, kulo bingung"

    sent = read_shipped(text, account="x:solo", kind=MentionKind.MENTION).relevance
    overheard = read_shipped(text, account="x:none").relevance

    assert sent.label == "actionable"
    assert any(reason.what == "rule:addressed" for reason in sent.because)
    assert not any(reason.what == "rule:addressed" for reason in overheard.because)


@pytest.mark.parametrize("text", [
    "si bungsu mandeg sekolah, LKS lan seragam durung kebayar",
    "kakak ipar berhenti kuliah, UKT-nya ga kebayar, bapak cuma kuli",
    "ibuku tumor, disuruh operasi tapi ongkosnya dari mana",
    "mbah kakung matanya katarak, jalan sudah nabrak-nabrak",
    "ponakanku ora oleh melu ujian merga SPP durung lunas",
    "tetangga saya batuk darah, kartunya mati",
    "Bojoku lara ginjal, ora duwe ragat nggo berobat",
    "anak yatim sebelah rumah tidak nerusin SMP, kerja cuci piring",
    "bayi di kontrakan sebelah cuma minum air gula",
])
def test_hardship_without_a_word_of_hazard_is_put_before_a_person(read_shipped, text):
    """A school fee or an illness without treatment is no chatter in any wording; the words that said so are named."""
    seen = read_shipped(text, account="instagram:solo")

    assert seen.relevance.label == "actionable"
    assert seen.relevance.vulnerable


@pytest.mark.parametrize("text", [
    "anakku juara kelas, bangga banget sama gurunya",
    "kakek cerita zaman sekolah jalan kaki sepuluh kilo, seru",
    "suami masak rendang, anak makan sampai nambah",
    "alhamdulillah SPP anak lunas, seragam beres",
])
def test_a_family_that_needs_nothing_raises_no_ticket(read_shipped, text):
    """Somebody near and a school or a meal are not enough: something has to be wanting."""
    assert read_shipped(text, account="instagram:solo").relevance.label == "not_actionable"
