"""The machine's reasons in the reader's words. Reasons are keys: "signal:darurat:roboh", "rule:past", "parent:33.72".

A key that is not known here is shown as it came: a new heuristic may come before its words do, and
a reason in English is better than none.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from inbox.labels import label, noop

KINDS = {
    "keyword": noop("kata"), "word": noop("kata"), "topic": noop("topik"), "place": noop("tempat"),
    "gazetteer": noop("daftar wilayah"), "account": noop("akun"), "addressed": noop("ditujukan kepada"),
    "handle": noop("menyebut akun"), "suburb": noop("pinggiran kota"), "agency": noop("nama instansi"),
    "in a name": noop("bagian dari nama"),
    "road": noop("ruas jalan"), "way": noop("di antara dua tempat"), "sensitive": noop("sensitif"),
    "trivial": noop("sepele"), "vulnerable": noop("rentan"), "rule": noop("aturan"), "default": noop("bawaan"),
    "defect": noop("kerusakan"), "request": noop("permintaan"), "praise": noop("pujian"), "news": noop("berita"),
    "spam": noop("spam"), "metaphor": noop("kiasan"), "parent": noop("didukung wilayah"),
    "designator": noop("kata penunjuk"), "kind": noop("jenis"), "named": noop("disebut"),
    "before": noop("didahului kata"), "relative": noop("letaknya"), "shape": noop("berbentuk"),
    "person": noop("seperti nama orang setelah"), "the account of": noop("akun milik"),
    "holds another place of the text": noop("memuat tempat lain di teks"), "model": noop("pola kata"),
}
PHRASES = {
    "negation": noop("disangkal"), "condition": noop("masih pengandaian"), "past": noop("sudah lampau"),
    "asked about": noop("baru ditanyakan"), "emergency": noop("keadaan darurat"), "own": noop("dialami sendiri"),
    "self": noop("tentang diri sendiri"), "now": noop("terjadi sekarang"), "irony": noop("sindiran"),
    "vulnerable": noop("orang rentan"), "request": noop("minta tolong"), "long text": noop("teks panjang"),
    "came by a form": noop("lewat formulir"), "wonders": noop("bertanya-tanya"), "chatty": noop("gaya mengobrol"),
    "link": noop("hanya tautan"), "only asks": noop("hanya bertanya"), "no words": noop("tanpa kata"),
    "picture without words": noop("gambar tanpa kata"), "hazards are capped": noop("bahaya dibatasi"),
    "the province acts as well": noop("provinsi ikut menangani"),
    "who treats and teaches hears of it": noop("yang merawat dan mendidik ikut diberi tahu"),
    "somewhere between two ends": noop("di suatu tempat di antaranya"),
    "no place and no known account": noop("tanpa tempat dan tanpa akun yang dikenal"),
    "designator": noop("kata penunjuk"), "other designator": noop("kata penunjuk lain"),
    "everyday word": noop("juga kata sehari-hari"), "only place of this name": noop("satu-satunya bernama ini"),
    "name": noop("nama"), "geo-tag": noop("tanda lokasi"), "place hint": noop("petunjuk lokasi"),
    "from the operator's file": noop("nama dari berkas operator"),
    "spelt like": noop("ejaan mirip"), "first of several": noop("yang pertama dari beberapa"),
    "child": noop("anak"), "elderly": noop("lansia"), "sick": noop("sakit"), "pregnant": noop("hamil"),
    "disabled": noop("penyandang disabilitas"), "violence": noop("kekerasan"), "self_harm": noop("bunuh diri"),
    "poverty": noop("kemiskinan"), "kin": noop("keluarga"), "sexual_violence": noop("kekerasan seksual"),
    "health_record": noop("riwayat kesehatan"), "whistle_blowing": noop("pelapor pelanggaran"),
    "lost_item": noop("barang hilang"), "love": noop("percintaan"), "greeting": noop("hanya salam"),
    "banter": noop("candaan"), "domestic_violence": noop("kekerasan dalam rumah tangga"),
    "lasts": noop("sudah berlangsung lama"), "measure": noop("menyebut ukuran"), "address": noop("menyebut alamat"),
    "a case of one's own": noop("perkara sendiri"), "a name of a place": noop("menyebut nama tempat"),
    "addressed": noop("ditujukan kepada kita"), "called": noop("menyapa petugas"),
    "headline": noop("seperti judul berita"),
    "told as news": noop("disampaikan sebagai berita"), "letter": noop("berbentuk surat"),
    "no harm": noop("tidak menyebut kerugian"), "no handle": noop("tidak menyebut tempat, barang, atau perkara"),
    "the province's rescuers hear of it": noop("tim penyelamat provinsi ikut diberi tahu"),
    "capital": noop("berhuruf besar"), "capital at the start": noop("berhuruf besar di awal"),
    "capital inside": noop("berhuruf besar di tengah"), "no capital": noop("tanpa huruf besar"),
    "several words": noop("beberapa kata"), "the whole post": noop("seluruh isi kiriman"), "hashtag": noop("tagar"),
    "in a landmark's name": noop("bagian dari nama bangunan"), "preposition": noop("didahului kata depan"),
    "its kabupaten follows": noop("kabupatennya menyusul"),
    "far from the account's area": noop("jauh dari wilayah akun"),
    "suburb of the account's city": noop("pinggiran kota akun"),
    "account": noop("dari akun yang dipantau"),
    "reads like a report": noop("mirip laporan warga"),
    "reads like a hazard": noop("mirip kabar bahaya"),
    "how sure the topic is": noop("kepastian topik"),
    "how long the text is": noop("panjang teks"),
    "a place and a harm": noop("ada tempat dan kerugian"),
    "a place and a topic": noop("ada tempat dan perkara"),
    "beside": noop("menyebut letak"),
    "names an account": noop("menyebut akun"),
    "short": noop("teks pendek"),
    "question": noop("kata tanya"),
    "question mark": noop("tanda tanya"),
    "need": noop("membutuhkan sesuatu"),
    "lack": noop("kekurangan sesuatu"),
    "hazard": noop("ada bahaya"),
    "done": noop("sudah dikerjakan"),
    "a supply is out": noop("layanan pokok terputus"),
    "no everyday word": noop("bukan kata sehari-hari"),
}
CODED = re.compile(r"^\d\d[\d.]* ")  # "33.72 Kota Surakarta": staff know their places by name
ONE_OF = re.compile(r"one of (\d+) of this name")


def clue(what: str) -> tuple[str, str]:
    """Kind and detail of a Reason's `what`, in words: "signal:darurat:roboh" -> ("Darurat", "roboh")."""
    kind, _colon, detail = what.partition(":")
    if kind in ("signal", "cue") or detail.startswith("metaphor:"):
        kind, _colon, detail = detail.partition(":")
    if kind in ("darurat", "tinggi", "tidak_mendesak"):
        return label("urgency", kind), phrase(detail)
    if kind == "place":
        return _kind(kind), label("place", CODED.sub("", detail))
    return _kind(kind), phrase(detail)


def evidence(because: str) -> str:
    """A place's `because`, a list with commas, in words."""
    return ", ".join(_piece(piece) for piece in because.split(", ") if piece)


def _piece(piece: str) -> str:
    kind, colon, detail = piece.partition(":")
    return f"{_kind(kind)} {detail.strip()}" if colon and kind in KINDS else phrase(piece)


def _kind(kind: str) -> str:
    return str(_(KINDS[kind])) if kind in KINDS else kind.replace("_", " ")


def phrase(text: str) -> str:
    if found := ONE_OF.fullmatch(text):
        return str(_("satu dari %(n)s yang bernama ini") % {"n": found[1]})
    return str(_(PHRASES[text])) if text in PHRASES else text
