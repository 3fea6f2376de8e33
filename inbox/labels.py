"""The words for what the machine calls by key. Looked up late, so that each reader gets their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _


def noop(text: str) -> str:
    """Mark a text for the catalogue; it is looked up when it is shown. Django's own wants to be set up first."""
    return text


CHANGE = {
    "open": noop("terbuka"), "close": noop("tertutup"), "move": noop("pindah"), "topic": noop("ganti topik"),
    "urgency": noop("ganti urgensi"), "priority": noop("ganti prioritas"), "due": noop("ganti batas waktu"),
    "place": noop("usulan tempat"), "moved_in": noop("masuk"), "moved_out": noop("keluar"),
}
CONFIRMED = {
    "desk": noop("milik"), "no_desk": noop("bukan milik"), "urgency": noop("urgensi"),
    "accepted": noop("diterima petugas"), "re-routed": noop("dialihkan petugas"),
    "rejected": noop("ditolak petugas"), "reopened": noop("dibuka kembali petugas"),
}
PART = {
    "governments": noop("Pemerintah"), "departments": noop("Dinas"), "signals": noop("Isyarat"),
    "routes": noop("Rute"), "clocks": noop("Batas waktu"), "reject_reasons": noop("Alasan penolakan"),
    "thresholds": noop("Ambang"),
}
STATUS = {
    "baru": noop("Baru"), "diterima": noop("Diterima"), "dikerjakan": noop("Dikerjakan"),
    "menunggu_keterangan": noop("Menunggu keterangan"), "diteruskan": noop("Diteruskan"),
    "selesai": noop("Selesai"), "ditolak": noop("Ditolak"), "digabung": noop("Digabung"),
}
URGENCY = {
    "darurat": noop("Darurat"), "tinggi": noop("Tinggi"), "normal": noop("Normal"),
    "tidak_mendesak": noop("Tidak mendesak"),
}
PRIORITY = {"rendah": noop("rendah"), "normal": noop("normal"), "tinggi": noop("tinggi"), "segera": noop("segera")}
OWNER = {
    "pusat": noop("pemerintah pusat"), "provinsi": noop("provinsi"), "kabupaten_kota": noop("kabupaten/kota"),
    "desa": noop("desa"), "unknown": noop("belum jelas"),
}
PLATFORM = {
    "x": "X", "instagram": "Instagram", "instagram_graph": "Instagram", "facebook": "Facebook",
    "form": noop("Formulir"),
}
ROLE = {
    "reviewer": noop("Petugas"), "head": noop("Kepala dinas"), "verifier": noop("Verifikator"),
    "operator": noop("Operator"), "auditor": noop("Auditor"),
}
KIND = {
    "mention": noop("sebutan"), "reply": noop("balasan"), "quote": noop("kutipan"), "repost": noop("bagikan ulang"),
    "tag": noop("tag"), "comment": noop("komentar"), "visitor_post": noop("kiriman di halaman"),
    "form": noop("formulir"),
}
MASK = {
    "nik": noop("NIK"), "kk": noop("No. KK"), "phone": noop("No. telepon"), "email": noop("Surel"),
    "plate": noop("Pelat nomor"), "account": noop("No. rekening"), "handle": noop("Nama akun"),
    "number": noop("Nomor"), "redacted": noop("Ditutup petugas"),
}
MARK = {
    "topic": noop("topik"), "place": noop("tempat"), "urgency": noop("urgensi"), "relevance": noop("relevansi"),
    "new": noop("fakta baru"),
}
TAB = {"aktif": noop("Perlu ditangani"), "semua": noop("Semua"), "menunggu_keterangan": noop("Menunggu")}
VERB = {
    "accept": noop("Terima"), "start": noop("Mulai kerjakan"), "finish": noop("Selesaikan"),
    "reroute": noop("Alihkan ke dinas lain"), "hand_over": noop("Teruskan ke instansi luar"),
    "ask": noop("Minta keterangan"), "reject": noop("Tolak"), "reopen": noop("Buka kembali"),
    "note": noop("Tambah catatan"), "assign": noop("Tugaskan"),
    "set_topic": noop("Ubah topik"), "set_urgency": noop("Ubah urgensi"),
    "redact": noop("Tutup kata"), "secret": noop("Jadikan rahasia"), "lift_secret": noop("Cabut kerahasiaan"),
}
DONE = {
    "accept": noop("Tiket diterima."), "start": noop("Tiket sedang dikerjakan."), "finish": noop("Tiket selesai."),
    "reroute": noop("Tiket dialihkan."), "hand_over": noop("Tiket diteruskan dan tetap dipantau."),
    "ask": noop("Menunggu keterangan pelapor."), "reject": noop("Tiket ditolak."),
    "reopen": noop("Tiket dibuka kembali."), "note": noop("Catatan tersimpan."),
    "assign": noop("Penugasan tersimpan."), "set_topic": noop("Topik diubah."), "set_urgency": noop("Urgensi diubah."),
    "secret": noop("Perkara menjadi rahasia."), "lift_secret": noop("Kerahasiaan dicabut."),
}
COUNTED = {
    "arrived": noop("Masuk"), "answered": noop("Ditanggapi"), "closed": noop("Ditutup"), "open": noop("Terbuka"),
    "untouched": noop("Belum ditanggapi"), "late": noop("Lewat batas"), "bounced": noop("Tiket yang dipantulkan"),
}
LANE_VERDICT = {"benar": noop("lajur benar"), "salah": noop("salah: laporan")}
PAST = {
    "open": noop("membuka tiket"), "attach": noop("kiriman ditambahkan"), "raise_urgency": noop("urgensi dinaikkan"),
    "answer": noop("jawaban pelapor menyebut tempat"), "addition": noop("keterangan warga menyebut tempat"),
    "accept": noop("menerima"), "start": noop("mulai mengerjakan"), "finish": noop("menyelesaikan"),
    "reroute": noop("mengalihkan"), "hand_over": noop("meneruskan"), "ask": noop("meminta keterangan"),
    "reject": noop("menolak"), "reopen": noop("membuka kembali"), "note": noop("mencatat"),
    "set_topic": noop("mengubah topik"), "set_urgency": noop("mengubah urgensi"),
    "assign": noop("menugaskan"), "evidence": noop("menyerahkan foto bukti yang perlu disahkan orang kedua"),
    "evidence_refused": noop("menolak foto bukti"), "redact": noop("menutup kata"),
    "secret": noop("menjadikan rahasia"), "lift_secret": noop("mencabut kerahasiaan"),
    "export": noop("mengekspor"),
    "dispose": noop("mendisposisikan lewat akun resmi"),
    "disposition_held": noop("disposisi tidak dijalankan: perkara rahasia tetap di meja ini"),
    "view": noop("membuka data pribadi"), "merge": noop("menggabungkan"),
    "split": noop("memisahkan kiriman"), "undo_merge": noop("mengurungkan penggabungan"),
    "undo_split": noop("mengurungkan pemisahan"), "apart": noop("menandai bukan kejadian yang sama"),
    "gone": noop("kiriman dihapus penulis"), "page": noop("memanggil petugas piket"),
    "escalate": noop("memberi tahu atasan: batas waktu terlewati"),
    "hidden": noop("kiriman disembunyikan pengelola halaman"),
    "unhidden": noop("kiriman ditampilkan lagi oleh pengelola halaman"),
}
FIELD = {
    "status": noop("status"), "department": noop("dinas"), "urgency": noop("urgensi"), "priority": noop("prioritas"),
    "topic": noop("topik"), "reason": noop("alasan"), "due_at": noop("batas waktu"), "due_rule": noop("dasar batas"),
    "closed_at": noop("ditutup"), "outside": noop("instansi luar"), "rule": noop("aturan"),
    "what": noop("yang dibuka"), "parent": noop("tiket induk"), "note": noop("catatan"), "size": noop("jumlah kiriman"),
    "place": noop("tempat"), "location": noop("kode wilayah"), "suggested": noop("usulan dinas"),
    "sensitive": noop("sensitif"), "coordinates": noop("koordinasi"), "opened_at": noop("dibuka"),
    "merged_into": noop("digabung ke"), "merged": noop("tiket yang bergabung"), "opened": noop("tiket baru"),
    "moved": noop("kiriman yang pindah"), "split_from": noop("dipisah dari"), "other": noop("tiket lain"),
    "to": noop("kepada"), "blotted": noop("bagian yang ditutup"), "assignee": noop("petugas"),
}
ACCOUNT_STATE = {
    "ok": noop("Berjalan"), "backoff": noop("Menunggu, mencoba lagi sendiri"),
    "paused_budget": noop("Berhenti: anggaran habis"), "needs_human": noop("Perlu tindakan petugas"),
    "disabled": noop("Dimatikan"),
}
ACCOUNT_EVENT = {
    "renamed": noop("berganti nama:"), "note:handle_taken": noop("nama diambil akun lain:"),
    "note:endpoint_refused": noop("ditolak platform:"), "note:gap": noop("di luar jangkauan:"),
    "resume": noop("dilanjutkan oleh"), "backfill": noop("dibaca ulang atas permintaan"),
}
LANE = {
    "doubt": noop("mungkin kesusahan"),
    "trivial": noop("bukan layanan publik"), "chatter": noop("obrolan"), "praise": noop("pujian"),
    "news": noop("berita"), "spam": noop("spam"), "question": noop("pertanyaan"), "own": noop("kiriman akun sendiri"),
    "edit": noop("suntingan"), "gone": noop("dihapus penulis"),
}
FACT = {
    "backlog": noop("Menunggu dinilai"), "oldest_waiting_at": noop("Tertua yang menunggu"),
    "failed": noop("Gagal dinilai, akan dicoba lagi"), "unsent": noop("Pemberitahuan menunggu"),
    "given_up": noop("Pemberitahuan gagal"), "oldest_unsent_at": noop("Pemberitahuan tertua"),
    "quarantine": noop("Tak terbaca (karantina)"), "seen": noop("Kiriman terlihat"), "tickets": noop("Tiket"),
    "bytes": noop("Ukuran basis data"), "schema": noop("Versi skema"), "sqlite": noop("Versi SQLite"),
}
PLACE = {
    "provinsi": noop("provinsi"), "kabupaten_kota": noop("kabupaten/kota"), "kecamatan": noop("kecamatan"),
    "desa_kelurahan": noop("desa/kelurahan"), "sub_desa": noop("kampung/dusun"), "rt_rw": noop("RT/RW"),
    "jalan": noop("jalan"), "landmark": noop("patokan"), "admin_lain": noop("wilayah lain"),
}
RELEVANCE = {
    "laporan": noop("laporan"), "keluhan_umum": noop("keluhan umum"), "pertanyaan": noop("pertanyaan"),
    "berita": noop("berita"), "obrolan": noop("obrolan"), "spam": noop("spam"), "pujian": noop("pujian"),
}
SEEN = {"pii": noop("data pribadi")}
FACT_KIND = {
    "number": noop("nomor"), "place": noop("tempat"), "time": noop("waktu"), "hurt": noop("korban"),
    "thing": noop("benda"),
}
WAY = {
    "first": noop("kiriman pertama"), "repost": noop("bagikan ulang"), "same": noop("salinan dengan teks sama"),
    "copy": noop("salinan yang diubah"), "quote": noop("kutipan"), "reply": noop("balasan dan komentar"),
}
ACCESS = {
    "sign_in": noop("masuk ke aplikasi"), "sign_in_failed": noop("gagal masuk"),
    "locked_out": noop("dikunci sementara"),
    "sign_out": noop("keluar dari aplikasi"), "password_changed": noop("sandi diganti"),
    "code_failed": noop("kode salah"),
    "factor_on": noop("kode kedua dipasang"), "factor_off": noop("kode kedua dimatikan"),
    "paper_code": noop("kode kertas dipakai"), "paper_renewed": noop("kode kertas baru"),
    "sessions_ended": noop("sesi diakhiri"), "user_added": noop("akun dibuat"), "user_disabled": noop("akun ditutup"),
    "user_enabled": noop("akun dibuka lagi"), "user_password": noop("sandi sekali pakai dari pengelola"),
    "user_factor": noop("kode kedua dihapus pengelola"), "user_sessions": noop("sesi diakhiri pengelola"),
}
REGISTER = {"id": noop("bahasa Indonesia"), "ngoko": noop("Jawa ngoko"), "krama": noop("Jawa krama")}
TABLES: dict[str, Mapping[str, str]] = {
    "status": STATUS, "urgency": URGENCY, "priority": PRIORITY, "owner": OWNER, "platform": PLATFORM, "role": ROLE,
    "kind": KIND, "mask": MASK, "mark": MARK, "tab": {**STATUS, **TAB}, "verb": VERB, "done": DONE,
    "past": PAST, "field": FIELD, "account_state": ACCOUNT_STATE,
    "account_event": ACCOUNT_EVENT, "lane": LANE, "lane_verdict": LANE_VERDICT,
    "fact": FACT, "place": PLACE, "relevance": RELEVANCE, "seen": SEEN, "way": WAY, "fact_kind": FACT_KIND,
    "change": CHANGE, "confirmed": CONFIRMED, "part": PART,
    "register": REGISTER, "counted": COUNTED, "access": ACCESS,
}


def label(table: str, key: object) -> str:
    """The word for `key`; a key that has none is shown as it is, underscores as spaces."""
    known = TABLES[table].get(str(key))
    return _(known) if known else str(key).replace("_", " ")
