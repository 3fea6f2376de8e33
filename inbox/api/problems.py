"""What a program reads when something cannot be done: RFC 9457, in Indonesian or English, the same type in both."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _

from inbox.labels import noop

TYPE = "urn:kentongan:problem:"
KINDS: dict[str, tuple[int, str, str]] = {
    "no-token": (401, noop("Token diperlukan"),
                 noop("Kirim header Authorization: Bearer dengan token yang masih berlaku. Kuki tidak diterima.")),
    "scope": (403, noop("Token ini tidak berwenang"), noop("Lingkup token tidak mencakup tindakan ini.")),
    "not-found": (404, noop("Tidak ditemukan"), noop("Alamat atau tiket ini tidak ada, atau bukan milik dinas Anda.")),
    "method": (405, noop("Metode tidak dikenal di alamat ini"), noop("Lihat header Allow.")),
    "stale": (409, noop("Sudah diubah orang lain"),
              noop("Tidak ada yang disimpan. Baca 'changed', lalu putuskan lagi dengan 'version' yang baru.")),
    "working": (409, noop("Permintaan yang sama sedang dikerjakan"),
                noop("Ulangi sebentar lagi dengan kunci yang sama.")),
    "cursor-gone": (410, noop("Halaman ini tidak dapat diteruskan"),
                    noop("Tiket yang menjadi batas halaman sudah pindah. Mulai lagi dari halaman pertama.")),
    "too-big": (413, noop("Permintaan terlalu besar"), noop("Isi paling besar 256 KB, dengan foto 10 MB.")),
    "media-type": (415, noop("Bentuk isi tidak dikenal"), noop("Kirim application/json dalam UTF-8.")),
    "invalid": (400, noop("Permintaan tidak terbaca"), noop("Lihat 'errors'.")),
    "key-reused": (422, noop("Kunci sudah dipakai untuk permintaan lain"),
                   noop("Satu Idempotency-Key untuk satu permintaan. Pakai kunci baru.")),
    "refused": (422, noop("Aturan tidak mengizinkan ini"),
                noop("Tidak ada yang diubah. Alasannya di 'reason', yang mungkin di 'possible'.")),
    "too-many": (429, noop("Terlalu banyak permintaan"), noop("Tunggu sampai waktu di header Retry-After.")),
    "failed": (500, noop("Terjadi kesalahan"), noop("Kesalahan ini ada pada kami dan sudah tercatat.")),
    "busy": (503, noop("Sedang sibuk, coba lagi"), noop("Tidak ada yang hilang atau setengah tersimpan.")),
}


class Problem(Exception):
    """Ends a request with this answer."""

    def __init__(self, kind: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(kind)
        self.kind, self.headers, self.more = kind, headers or {}, more


def answer(problem: Problem) -> HttpResponse:
    status, title, detail = KINDS[problem.kind]
    body = {"type": TYPE + problem.kind, "title": _(title), "status": status, "detail": _(detail), **problem.more}
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    return response
