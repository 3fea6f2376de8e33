"""What must fold and what must not: pairs of posts by two strangers, ten minutes apart. Texts are ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import Author, MentionKind, PlaceHint
from nlp.duplicates import Folder
from tests.builders import NOON, mention

PASAR = "Lampu jalan di depan Pasar Gede mati sudah tiga hari, malam gelap sekali dan rawan begal, mohon segera diperbaiki"
LUBANG = "Jalan Adi Sucipto berlubang besar dekat SPBU Kerten, kemarin ada pengendara motor jatuh. Tolong segera ditambal"
DALAN = "Dalan menyang Pasar Nongko rusak parah, yen udan dadi kolam, wingi ana bocah sekolah tiba. Nyuwun tulung didandani"
SAMPAH = (
    "Sampah menumpuk di belakang Terminal Tirtonadi. Baunya sampai ke rumah warga. Sudah seminggu tidak diangkut. "
    "Mohon petugas segera datang"
)
LONGSOR = (
    "Talud sungai di dusun Kaliboto ambrol tadi malam. Dua rumah terancam dan warga mengungsi ke balai desa. "
    "Kami butuh karung pasir secepatnya, hujan masih deras"
)
GREETING = (
    "Assalamualaikum warahmatullahi wabarakatuh. Yth Bapak Wali Kota serta segenap pejabat kota, kami warga yang "
    "selalu taat pajak ingin menyampaikan laporan dengan hormat, mohon kiranya dapat ditindaklanjuti, yaitu "
)
LONG = (
    "Sudah dua bulan air PDAM di Perumahan Ngoresan Asri hanya mengalir tengah malam, keruh dan berbau, padahal tagihan naik "
    "terus. Anak kami gatal-gatal. Petugas pernah datang sekali lalu tidak kembali. Tolong ada penjelasan"
)

SAME = {
    "word for word": (PASAR, PASAR),
    "capitals": (PASAR, PASAR.upper()),
    "no punctuation": (PASAR, PASAR.replace(",", "")),
    "names before": (PASAR, f"@pemkot_contoh @dishub_contoh {PASAR}"),
    "names after": (PASAR, f"{PASAR} @pemkot_contoh"),
    "names inside": (PASAR, PASAR.replace("mohon", "@dishub_contoh mohon")),
    "hashtags after": (PASAR, f"{PASAR} #Solo #LaporMas"),
    "hashtags before": (PASAR, f"#viral #Solo {PASAR}"),
    "emoji": (PASAR, f"😡😡 {PASAR} 🙏🏽🙏🏽"),
    "link": (PASAR, f"{PASAR} https://t.co/Ab12Cd34Ef"),
    "another link": (f"{PASAR} https://t.co/aaaa", f"{PASAR} https://t.co/bbbb https://t.co/cccc"),
    "viral before": (PASAR, f"VIRAL!! {PASAR}"),
    "call before": (PASAR, f"Min tolong bantu share ya: {PASAR}"),
    "story before": (LUBANG, f"Dapat kiriman dari grup RT semalam. {LUBANG}"),
    "call after": (LUBANG, f"{LUBANG}. Jangan diam saja pak"),
    "long call after": (LUBANG, f"{LUBANG}. Masa harus nunggu viral dulu baru bergerak, kerja dong pejabat"),
    "calls at both ends": (LUBANG, f"Info lur! {LUBANG} Sebarkan!!"),
    "one call for another": (f"Halo min, {LUBANG}", f"Selamat malam pak, {LUBANG}"),
    "greeting of another hour": (f"Selamat pagi. {SAMPAH}", f"Selamat sore bapak ibu. {SAMPAH}"),
    "repost": (PASAR, f"RT @warga_a: {PASAR}"),
    "repost cut": (PASAR, f"RT @warga_a: {PASAR}"[:90] + "…"),
    "repost cut in a word": (LUBANG, f"RT @warga_a: {LUBANG}"[:77] + "…"),
    "repost cut with link": (LUBANG, f"RT @warga_a: {LUBANG}"[:80] + "… https://t.co/xyz"),
    "repost cut inside a link": (f"{LUBANG} https://t.co/abcdef", f"RT @warga_a: {LUBANG} https…"),
    "cut original, repost": (LUBANG[:82] + "… https://t.co/abc", f"RT @warga_a: {LUBANG}"[:88] + "…"),
    "repost of a repost": (f"RT @warga_a: {PASAR}", f"RT @warga_b: RT @warga_a: {PASAR}"[:120] + "…"),
    "repost before its original": (f"RT @warga_a: {LUBANG}"[:85] + "…", LUBANG),
    "quote marks": (PASAR, f"“@warga_a: {PASAR}”"),
    "repost from": (PASAR, f"Repost from @warga_a • {PASAR}"),
    "regram": (PASAR, f"regram @warga_a {PASAR}"),
    "RT without a name": (LUBANG, f"RT {LUBANG}"),
    "comment before a repost": (LUBANG, f"Setuju banget nih RT @warga_a: {LUBANG}"),
    "280 signs": (f"{LONG} {SAMPAH}", f"{LONG} {SAMPAH}"[:279] + "…"),
    "slang": (PASAR, PASAR.replace("jalan", "jln").replace("sudah", "udh").replace("mohon", "mhn").replace("depan", "dpn")),
    "more slang": (SAMPAH, SAMPAH.replace("tidak", "gak").replace("sampai", "smpe").replace("rumah", "rmh")),
    "Javanese for Indonesian": (LUBANG, LUBANG.replace("dekat", "cedak").replace("Tolong", "Tulung")),
    "Javanese": (DALAN, DALAN.lower()),
    "Javanese, other spelling": (DALAN, DALAN.replace("wingi", "kmrn").replace("rusak parah", "rusakk parah")),
    "Javanese, more words": (DALAN, f"Lur, {DALAN} nggih pak, matur nuwun"),
    "figures for words": (PASAR, PASAR.replace("tiga", "3")),
    "roman figures": ("Got mampet di Gang VII kampung Sewu bau sekali banyak nyamuk", "Got mampet di gang 7 kampung Sewu bau sekali "
                      "banyak nyamuk"),
    "glued number": ("Paving ambles di RT 03 RW 05 Gandekan sejak proyek kabel selesai", "Paving ambles di rt3 rw5 gandekan sejak "
                     "proyek kabel selesai"),
    "abbreviated street": ("Pohon besar miring di Jalan Veteran dekat gapura hampir menimpa kabel listrik", "Pohon besar miring di "
                           "jl. Veteran dekat gapura hampir menimpa kabel listrik"),
    "stretched letters": (PASAR, PASAR.replace("mohon", "mohooon").replace("gelap", "gelaaap")),
    "typo, letters swapped": (SAMPAH, SAMPAH.replace("menumpuk", "menumupk").replace("petugas", "petgus")),
    "typo, letter missing": (SAMPAH, SAMPAH.replace("diangkut", "diagkut")),
    "typo, letter doubled": (LONGSOR, LONGSOR.replace("terancam", "terrancam")),
    "digits for letters": (LUBANG, LUBANG.replace("Jalan", "J4lan").replace("pengendara", "peng3ndara")),
    "digits for letters in a place": (LONGSOR, LONGSOR.replace("Kaliboto", "Kalib0to")),
    "digits for letters on both sides": (LUBANG.replace("Kerten", "K3rten"), LUBANG.replace("pengendara", "peng3ndara")),
    "a digit for an l": (SAMPAH, SAMPAH.replace("belakang", "be1akang")),
    "typo in a place": (LONGSOR, LONGSOR.replace("Kaliboto", "Kalibotto")),
    "two words as one": (LONGSOR, LONGSOR.replace("balai desa", "balaidesa")),
    "other form of a word": (SAMPAH, SAMPAH.replace("Baunya", "Bau")),
    "sentences in another order": (SAMPAH, (
        "Sudah seminggu tidak diangkut. Sampah menumpuk di belakang Terminal Tirtonadi. Baunya sampai ke rumah warga. Mohon petugas "
        "segera datang")),
    "first sentence last": (LONGSOR, (
        "Kami butuh karung pasir secepatnya, hujan masih deras. Talud sungai di dusun Kaliboto ambrol tadi malam. Dua rumah terancam "
        "dan warga mengungsi ke balai desa")),
    "a sentence left out": (SAMPAH, SAMPAH.replace("Baunya sampai ke rumah warga. ", "")),
    "last sentence left out": (LONGSOR, LONGSOR.split(" Kami")[0]),
    "a sentence put in": (SAMPAH, SAMPAH.replace("Mohon", "Kasihan para pedagang kecil. Mohon")),
    "invisible signs": (PASAR, PASAR.replace(" ", "\u200b ")),
    "fancy letters": (PASAR, PASAR.replace("Lampu jalan", "𝗟𝗮𝗺𝗽𝘂 𝗷𝗮𝗹𝗮𝗻")),
    "HTML signs": (f"{LUBANG} & dicat", f"{LUBANG} &amp; dicat"),
    "line breaks": (SAMPAH, SAMPAH.replace(". ", ".\n\n")),
    "long, a few words fewer": (LONG, LONG.replace("terus", "").replace("lalu", "")),
    "long, courtesy put in": (LONG, LONG.replace("Tolong", "Mohon maaf sebelumnya, tolong dengan hormat")),
    "headline": ("Ribuan warga Kampung Sewu mengungsi akibat luapan Bengawan https://t.co/a1", "Ribuan warga Kampung Sewu mengungsi akibat "
                 "luapan Bengawan https://t.co/b2"),
    "all together": (LUBANG, f"RT @warga_a: 😱 {LUBANG.replace('besar', 'gede').upper()} #viral @dpu_contoh https://t.co/q"),
}

LAMPU = "Lampu jalan mati di {}, mohon segera diperbaiki karena gelap dan rawan kecelakaan"
APART = {
    "other street": (LAMPU.format("Jl Kenanga"), LAMPU.format("Jl Flamboyan")),
    "other street, same first word": (LAMPU.format("Jl Slamet Riyadi"), LAMPU.format("Jl Slamet Raharjo")),
    "other street, similar name": (LAMPU.format("Jl Merbabu"), LAMPU.format("Jl Merapi")),
    "street with title": (LAMPU.format("Jl Dr Sutomo"), LAMPU.format("Jl Dr Wahidin")),
    "other house number": (LAMPU.format("Jl Kenanga no 12"), LAMPU.format("Jl Kenanga no 21")),
    "house letter": (LAMPU.format("Jl Kenanga 12A"), LAMPU.format("Jl Kenanga 12B")),
    "other RT": (LAMPU.format("RT 03 RW 05 Gandekan"), LAMPU.format("RT 04 RW 05 Gandekan")),
    "other RW": (LAMPU.format("RT 03 RW 05 Gandekan"), LAMPU.format("RT 03 RW 06 Gandekan")),
    "RT and RW swapped": (LAMPU.format("RT 3 RW 5 Gandekan"), LAMPU.format("RT 5 RW 3 Gandekan")),
    "slashed RT": (LAMPU.format("RT 3/5 Gandekan"), LAMPU.format("RT 3/6 Gandekan")),
    "glued RT": (LAMPU.format("rt03 Gandekan"), LAMPU.format("rt04 Gandekan")),
    "glued alley": (LAMPU.format("gg5 Gandekan"), LAMPU.format("gg7 Gandekan")),
    "glued alley with a name": (LAMPU.format("gang5buntu Gandekan"), LAMPU.format("gang7buntu Gandekan")),
    "glued house letter": (LAMPU.format("Jl Kenanga no3a"), LAMPU.format("Jl Kenanga no4a")),
    "glued school": (LAMPU.format("depan smp3jebres"), LAMPU.format("depan smp4jebres")),
    "plate glued": (LAMPU.format("Kenanga oleh AD1234XY"), LAMPU.format("Kenanga oleh AD1243XY")),
    "number inside a code": (LAMPU.format("tiang A3B"), LAMPU.format("tiang AEB")),
    "another digit inside a word": (LAMPU.format("blok kenari3selatan"), LAMPU.format("blok kenari4selatan")),
    "other kilometre": (LAMPU.format("jalan Solo-Purwodadi km 12"), LAMPU.format("jalan Solo-Purwodadi km 15")),
    "glued kilometre": (LAMPU.format("jalan raya KM7"), LAMPU.format("jalan raya KM9")),
    "other gang": (LAMPU.format("gang 3 Kampung Sewu"), LAMPU.format("gang 8 Kampung Sewu")),
    "other gang by name": (LAMPU.format("Gg Melati Kauman"), LAMPU.format("Gg Mawar Kauman")),
    "other block": (LAMPU.format("Perum Fajar Indah Blok A"), LAMPU.format("Perum Fajar Indah Blok C")),
    "other village": (LAMPU.format("desa Gentan"), LAMPU.format("desa Baki")),
    "other kelurahan": (LAMPU.format("Kel. Manahan"), LAMPU.format("Kel. Sumber")),
    "other kecamatan": (LAMPU.format("Kecamatan Jebres"), LAMPU.format("Kecamatan Laweyan")),
    "other kabupaten": (LAMPU.format("Kab Sragen"), LAMPU.format("Kab Klaten")),
    "other dusun": (LAMPU.format("dusun Ngaglik"), LAMPU.format("dusun Krajan")),
    "other housing": (LAMPU.format("Perumahan Graha Tiara"), LAMPU.format("Perumahan Bumi Asri")),
    "other kampung": (LAMPU.format("kampung Kauman"), LAMPU.format("kampung Kemlayan")),
    "place without cue": (LAMPU.format("Manahan"), LAMPU.format("Sriwedari")),
    "place first": ("Manahan: lampu jalan mati, tolong segera dicek ya pak, gelap sekali kalau malam", "Sriwedari: lampu jalan mati, "
                    "tolong segera dicek ya pak, gelap sekali kalau malam"),
    "place last": ("Tolong segera dicek ya pak lampu jalan mati gelap sekali kalau malam banyak anak lewat, Manahan", "Tolong segera dicek "
                   "ya pak lampu jalan mati gelap sekali kalau malam banyak anak lewat, Sriwedari"),
    "other landmark": (LAMPU.format("depan Stasiun Purwosari"), LAMPU.format("depan Stasiun Balapan")),
    "other market": (LAMPU.format("dekat Pasar Kliwon"), LAMPU.format("dekat Pasar Legi")),
    "other school": (LAMPU.format("sebelah SD Negeri Mangkubumen"), LAMPU.format("sebelah SD Negeri Kleco")),
    "school by number": (LAMPU.format("depan SMPN 4"), LAMPU.format("depan SMPN 14")),
    "other shop": (LAMPU.format("depan Indomaret Gentan"), LAMPU.format("depan Alfamart Gentan")),
    "other crossing": (LAMPU.format("perempatan Panggung"), LAMPU.format("perempatan Ngapeman")),
    "other bridge": (LAMPU.format("jembatan Jurug"), LAMPU.format("jembatan Bacem")),
    "in front and behind": (LAMPU.format("depan Pasar Gede"), LAMPU.format("belakang Pasar Gede")),
    "east and west": (LAMPU.format("Ringroad Timur"), LAMPU.format("Ringroad Barat")),
    "other way": ("Macet total dari Kerten ke Purwosari sejak pagi, mohon ada petugas yang mengatur", "Macet total dari Purwosari ke Kerten "
                  "sejak pagi, mohon ada petugas yang mengatur"),
    "Javanese, other place": ("Dalan ing ngarep kreteg Jurug bolong gedhe, ngati-ati lur yen liwat bengi", "Dalan ing ngarep kreteg Bacem "
                              "bolong gedhe, ngati-ati lur yen liwat bengi"),
    "Javanese, other village": ("Nyuwun tulung listrik ing dusun Sambi mati wiwit esuk durung urip nganti saiki", "Nyuwun tulung listrik ing "
                                "dusun Wonosari mati wiwit esuk durung urip nganti saiki"),
    "Javanese, other RT": ("Uwuh numpuk neng RT 2 Kadipiro mambu banget ora ana sing njupuk", "Uwuh numpuk neng RT 7 Kadipiro mambu banget "
                           "ora ana sing njupuk"),
    "Javanese, other thing": ("Nyuwun didandani pak kreteg ing desa Jati ambrol keterak banjir wingi bengi", "Nyuwun didandani pak talud ing "
                              "desa Jati ambrol keterak banjir wingi bengi"),
    "other thing": ("Mohon perbaikan lampu taman di Jl Kenanga karena sudah lama rusak dan membahayakan warga", "Mohon perbaikan saluran got "
                    "di Jl Kenanga karena sudah lama rusak dan membahayakan warga"),
    "other thing, short": ("Talud di dusun Kaliboto ambrol tadi malam, mohon bantuan", "Jembatan di dusun Kaliboto ambrol tadi malam, mohon "
                           "bantuan"),
    "other thing at the start": ("Pohon besar hampir roboh di Jalan Veteran no 5, tolong segera ditangani pak", "Tiang listrik hampir roboh "
                                 "di Jalan Veteran no 5, tolong segera ditangani pak"),
    "long greeting, other matter": (f"{GREETING}lampu penerangan di jembatan Kali Anyar mati. Terima kasih, wassalamualaikum",
                                    f"{GREETING}tumpukan sampah di sebelah balai desa Gagaksipat. Terima kasih, wassalamualaikum"),
    "long greeting, other street": (f"{GREETING}jalan rusak di Jl Merbabu sudah setahun. Wassalamualaikum",
                                    f"{GREETING}jalan rusak di Jl Merapi sudah setahun. Wassalamualaikum"),
    "long greeting, other office": (f"{GREETING}pelayanan KTP lambat sekali. Wassalamualaikum",
                                    f"{GREETING}bantuan BPNT belum cair. Wassalamualaikum"),
    "greeting alone and more": (GREETING, f"{GREETING}lampu jalan mati di Jl Kenanga. Wassalamualaikum"),
    "other sense": ("Lampu jalan di Jl Kenanga sudah menyala setelah dilaporkan minggu lalu, warga senang",
                    "Lampu jalan di Jl Kenanga belum menyala setelah dilaporkan minggu lalu, warga senang"),
    "negation put in": ("Bantuan beras untuk warga Kampung Sewu diterima semua keluarga pagi ini",
                        "Bantuan beras untuk warga Kampung Sewu tidak diterima semua keluarga pagi ini"),
    "other number of days": ("Air PDAM di Mojosongo mati sudah 2 hari, kami tidak bisa mandi dan masak",
                             "Air PDAM di Mojosongo mati sudah 9 hari, kami tidak bisa mandi dan masak"),
    "other hour": ("07.30 lalu lintas Simpang Panggung padat merayap arah Jebres", "17.45 lalu lintas Simpang Panggung padat merayap arah "
                   "Jebres"),
    "other bus line": ("Bus koridor 2 tidak berhenti di halte Ngapeman padahal banyak penumpang menunggu",
                       "Bus koridor 5 tidak berhenti di halte Ngapeman padahal banyak penumpang menunggu"),
    "three words": ("lampu jalan mati", "lampu jalan mati"),
    "two words": ("Jalan rusak", "jalan rusak!"),
    "short and courteous": ("Mohon dibantu tebang pohon", "mohon dibantu tebang pohon, terima kasih"),
    "thanks": ("Terima kasih banyak bapak atas bantuannya", "terima kasih banyak bapak atas bantuannya"),
    "praise": ("Mantap pak lanjutkan", "Mantap pak lanjutkan"),
    "question": ("Kapan diperbaiki pak?", "Kapan diperbaiki pak?"),
    "Javanese, short": ("Dalane rusak pak", "Dalane rusak pak"),
    "general, then precise": ("Lampu jalan mati semua tolong segera diperbaiki", LAMPU.format("Jl Kenanga no 12")),
    "precise, then general": (LAMPU.format("Jl Kenanga no 12"), "Lampu jalan mati, mohon segera diperbaiki"),
    "same incident, other words": (LUBANG, "Hati-hati lewat Kerten, lubangnya dalam banget, tadi ada yang terjungkal pas hujan"),
    "another matter": (PASAR, SAMPAH),
    "long one that holds all words": ("Jalan rusak di desa kami mohon bantuan warga", LONG + " " + LONGSOR + " jalan rusak mohon bantuan kami"),
}


def told(*texts: str, addresses: tuple[str | None, ...] = (None, None)) -> list[str]:
    """Reasons of the verdicts on posts of different people, in order."""
    folder = Folder(threshold=0.72, window=timedelta(days=14))
    posts = [
        mention(text, at=NOON + timedelta(minutes=10 * n), author=Author(id=f"u{n}", handle=f"warga_{'abcdef'[n]}"),
                place=PlaceHint(address=address) if address else None)
        for n, (text, address) in enumerate(zip(texts, addresses, strict=True))
    ]
    verdicts = [folder.fold(post)[0] for post in posts]
    assert all(v.cluster in {p.key for p in posts} for v in verdicts)
    return [verdict.reason for verdict in verdicts]


@pytest.mark.parametrize("name", SAME)
def test_a_copy_joins_its_story(name):
    """The same text, dressed up, cut or misspelt, is one story."""
    first, second = told(*SAME[name])

    assert first == "new"
    assert second in {"near_duplicate", "repost"}


@pytest.mark.parametrize("name", APART)
def test_a_look_alike_is_a_story_of_its_own(name):
    """Another place, number, thing or sense in the same words is another matter; so are words that say little."""
    assert told(*APART[name]) == ["new", "new"]


@pytest.mark.parametrize("name", APART)
def test_a_look_alike_stays_apart_whichever_came_first(name):
    """The order in which two complaints arrive does not make them one."""
    assert told(*reversed(APART[name])) == ["new", "new"]


BERLUBANG = "Jalan berlubang dalam sekali, motor sering jatuh, tolong segera ditambal pak"
ADDRESSES = {
    "other street": ("Jalan Rajawali, Kota Contoh", "Jalan Kutilang, Kota Contoh", False),
    "other number": ("Jl. Rajawali No. 4", "Jl. Rajawali No. 14", False),
    "other RT": ("gang 5 RT 11 RW 09", "gang 5 RT 13 RW 09", False),
    "same": ("Jl. Rajawali No. 4", "Jl. Rajawali No. 4", True),
    "same, written otherwise": ("Jl. Rajawali No.4 RT 02 RW 05", "jalan rajawali nomor 4, rt.02 rw.05", True),
    "same, less complete": ("Jl Rajawali Timur No 4 Kelurahan Contoh, Kota Contoh, Jawa Tengah", "jl rajawali timur 4", True),
    "none": (None, None, True),
    "one side only": ("Jl. Rajawali No. 4", None, False),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_belongs_to_what_is_told(name):
    """The same words from two addresses are two complaints; from one address they are one."""
    first, second, folds = ADDRESSES[name]

    reasons = told(BERLUBANG, BERLUBANG, addresses=(first, second))

    assert reasons == ["new", "near_duplicate" if folds else "new"]


@pytest.mark.parametrize(("lat", "reason"), [(-7.5661, "near_duplicate"), (-7.5858, "new")])
def test_forms_with_coordinates_belong_to_their_spot(lat, reason):
    """The same words two kilometres apart are two complaints, ten metres apart they are one."""
    folder = Folder(threshold=0.72, window=timedelta(days=14))
    spots = [
        mention(BERLUBANG, kind=MentionKind.FORM, place=PlaceHint(lat=where, lng=110.8243), at=NOON) for where in (-7.5660, lat)
    ]

    assert [folder.fold(spot)[0].reason for spot in spots] == ["new", reason]


def test_where_somebody_posts_from_is_not_where_the_matter_is():
    """A copy posted from another town is still a copy."""
    folder = Folder(threshold=0.72, window=timedelta(days=14))
    posts = [mention(LUBANG, place=PlaceHint(lat=where, lng=110.8), at=NOON) for where in (-7.56, -6.99)]

    assert [folder.fold(post)[0].reason for post in posts] == ["new", "near_duplicate"]


def test_a_text_without_a_place_does_not_swallow_those_that_have_one():
    """After a complaint that names no place come two that name theirs: three matters, not one."""
    general = "Sampah menumpuk bau menyengat sudah seminggu tidak diangkut warga resah sekali"

    assert told(general, f"{general} di Jl Kenanga no 8", addresses=(None, None)) == ["new", "new"]


def test_a_long_text_whose_place_was_cut_off_is_still_a_copy():
    """Who cuts the end of a long post cuts its place with it."""
    general = "Sampah menumpuk bau menyengat sudah seminggu tidak diangkut warga resah sekali"

    assert told(f"{general} di Jl Kenanga no 8", general)[1] == "near_duplicate"


def test_two_words_fold_for_no_address():
    """"Pipa bocor" twice from one street may well be two pipes."""
    assert told("Pipa bocor", "pipa bocor", addresses=("Jl Rajawali", "Jl Rajawali")) == ["new", "new"]


def test_a_long_complaint_folds_though_only_one_side_gives_its_address():
    """What a form and a post tell in the same forty words is one story."""
    assert told(LONG, LONG, addresses=("Jl Ngoresan 4", None)) == ["new", "near_duplicate"]


def test_the_tables_are_large_enough():
    """Sixty of each kind are the least that say anything."""
    assert len(SAME) >= 60
    assert len(APART) >= 60
