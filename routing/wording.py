"""The machine's reasons in words. Reasons are keys: "signal:darurat:roboh", "rule:past", "parent:33.72". Pure.

A key that is not known here is shown as it came: a new heuristic may come before its words do, and
a reason in English is better than none. `say` puts a text into the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Say = Callable[[str], str]
KINDS = {
    "keyword": "kata", "word": "kata", "topic": "topik", "place": "tempat",
    "gazetteer": "daftar wilayah", "account": "akun", "addressed": "ditujukan kepada",
    "handle": "menyebut akun", "suburb": "pinggiran kota", "agency": "nama instansi",
    "in a name": "bagian dari nama",
    "road": "ruas jalan", "way": "di antara dua tempat", "sensitive": "sensitif",
    "trivial": "sepele", "vulnerable": "rentan", "rule": "aturan", "default": "bawaan",
    "defect": "kerusakan", "request": "permintaan", "praise": "pujian", "news": "berita",
    "spam": "spam", "metaphor": "kiasan", "parent": "didukung wilayah",
    "designator": "kata penunjuk", "kind": "jenis", "named": "disebut",
    "before": "didahului kata", "relative": "letaknya", "shape": "berbentuk",
    "person": "seperti nama orang setelah", "the account of": "akun milik",
    "holds another place of the text": "memuat tempat lain di teks", "model": "pola kata",
}
PHRASES = {
    "negation": "disangkal", "condition": "masih pengandaian", "past": "sudah lampau",
    "asked about": "baru ditanyakan", "emergency": "keadaan darurat", "own": "dialami sendiri",
    "self": "tentang diri sendiri", "now": "terjadi sekarang", "irony": "sindiran",
    "vulnerable": "orang rentan", "request": "minta tolong", "long text": "teks panjang",
    "came by a form": "lewat formulir", "wonders": "bertanya-tanya", "chatty": "gaya mengobrol",
    "link": "hanya tautan", "only asks": "hanya bertanya", "no words": "tanpa kata",
    "picture without words": "gambar tanpa kata", "hazards are capped": "bahaya dibatasi",
    "the province acts as well": "provinsi ikut menangani",
    "who treats and teaches hears of it": "yang merawat dan mendidik ikut diberi tahu",
    "somewhere between two ends": "di suatu tempat di antaranya",
    "no place and no known account": "tanpa tempat dan tanpa akun yang dikenal",
    "designator": "kata penunjuk", "other designator": "kata penunjuk lain",
    "everyday word": "juga kata sehari-hari", "only place of this name": "satu-satunya bernama ini",
    "name": "nama", "geo-tag": "tanda lokasi", "place hint": "petunjuk lokasi",
    "from the operator's file": "nama dari berkas operator",
    "spelt like": "ejaan mirip", "first of several": "yang pertama dari beberapa",
    "child": "anak", "elderly": "lansia", "sick": "sakit", "pregnant": "hamil",
    "disabled": "penyandang disabilitas", "violence": "kekerasan", "self_harm": "bunuh diri",
    "poverty": "kemiskinan", "kin": "keluarga", "sexual_violence": "kekerasan seksual",
    "health_record": "riwayat kesehatan", "whistle_blowing": "pelapor pelanggaran",
    "lost_item": "barang hilang", "love": "percintaan", "greeting": "hanya salam",
    "banter": "candaan", "domestic_violence": "kekerasan dalam rumah tangga",
    "lasts": "sudah berlangsung lama", "measure": "menyebut ukuran", "address": "menyebut alamat",
    "a case of one's own": "perkara sendiri", "a name of a place": "menyebut nama tempat",
    "addressed": "ditujukan kepada kita", "called": "menyapa petugas",
    "headline": "seperti judul berita",
    "told as news": "disampaikan sebagai berita", "letter": "berbentuk surat",
    "no harm": "tidak menyebut kerugian", "no handle": "tidak menyebut tempat, barang, atau perkara",
    "the province's rescuers hear of it": "tim penyelamat provinsi ikut diberi tahu",
    "capital": "berhuruf besar", "capital at the start": "berhuruf besar di awal",
    "capital inside": "berhuruf besar di tengah", "no capital": "tanpa huruf besar",
    "several words": "beberapa kata", "the whole post": "seluruh isi kiriman", "hashtag": "tagar",
    "in a landmark's name": "bagian dari nama bangunan", "preposition": "didahului kata depan",
    "behind another place": "tepat di belakang tempat lain", "behind RT/RW": "tepat di belakang RT/RW",
    "RT/RW behind it": "diikuti RT/RW", "with a suffix": "dengan akhiran", "between towns": "di antara dua kota",
    "another town follows": "diikuti kota lain", "called like a road": "bernama seperti jalan",
    "a road within": "ruas jalan di dalamnya",
    "its kabupaten follows": "diikuti wilayah induknya",
    "far from the account's area": "jauh dari wilayah akun",
    "suburb of the account's city": "pinggiran kota akun",
    "account": "dari akun yang dipantau",
    "reads like a report": "mirip laporan warga",
    "reads like a hazard": "mirip kabar bahaya",
    "reads like a danger to life": "mirip kabar bahaya jiwa",
    "reads like somebody in need": "mirip kisah orang yang kesusahan", "in_need": "kesusahan",
    "how sure the topic is": "kepastian topik",
    "how long the text is": "panjang teks",
    "a place and a harm": "ada tempat dan kerugian",
    "a place and a topic": "ada tempat dan perkara",
    "beside": "menyebut letak",
    "calls an office": "memanggil akun dinas", "speaks to somebody else": "bicara kepada orang lain",
    "reads like news": "mirip berita",
    "reads like a question": "mirip pertanyaan", "reads like general criticism": "mirip keluhan umum",
    "short": "teks pendek",
    "question": "kata tanya",
    "question mark": "tanda tanya",
    "need": "membutuhkan sesuatu",
    "lack": "kekurangan sesuatu",
    "hazard": "ada bahaya",
    "done": "sudah dikerjakan",
    "a supply is out": "layanan pokok terputus",
    "no everyday word": "bukan kata sehari-hari",
    "over": "sudah berlalu", "only alike": "hanya perumpamaan", "only feared": "baru dikhawatirkan",
    "not of this world": "bukan kejadian nyata", "nothing to act on": "tidak ada yang perlu dikerjakan",
    "told of others": "menceritakan pihak lain",
    "praise and no harm": "pujian tanpa keluhan", "burden": "tidak sanggup menanggung",
    "courtesy beside a hazard": "basa-basi di samping bahaya",
    "somebody ill without help": "orang sakit tanpa pertolongan",
}
OF_SEVERAL = "satu dari %(n)s yang bernama ini"
ONE_OF = re.compile(r"one of (\d+) of this name")


def parts(what: str) -> tuple[str, str]:
    """Kind and detail of a Reason's `what`: "signal:darurat:roboh" -> ("darurat", "roboh")."""
    kind, _colon, detail = what.partition(":")
    if kind in ("signal", "cue") or detail.startswith("metaphor:"):
        kind, _colon, detail = detail.partition(":")
    return kind, detail


def reason(what: str) -> str:
    """A Reason's `what` on one line. Keys of topics stay: who reads it here edits them."""
    kind, detail = parts(what)
    return f"{kind_of(kind)} {phrase(detail)}".strip()


def evidence(because: str, say: Say = str) -> str:
    """A place's `because`, a list with commas, in words."""
    return ", ".join(_piece(piece, say) for piece in because.split(", ") if piece)


def _piece(piece: str, say: Say) -> str:
    kind, colon, detail = piece.partition(":")
    return f"{kind_of(kind, say)} {detail.strip()}" if colon and kind in KINDS else phrase(piece, say)


def kind_of(key: str, say: Say = str) -> str:
    return say(KINDS[key]) if key in KINDS else key.replace("_", " ")


def phrase(text: str, say: Say = str) -> str:
    if found := ONE_OF.fullmatch(text):
        return say(OF_SEVERAL) % {"n": found[1]}
    return say(PHRASES[text]) if text in PHRASES else text
