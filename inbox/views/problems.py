"""What staff read when something cannot be done: what happened, what it means, what to do. Never a trace."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.configuration import LOCKOUT
from inbox.pages import page


def _problem(request: HttpRequest, status: int, title: str, text: str, *, link: str = "", link_text: str = "",
             **more: Any) -> HttpResponse:
    context = {"status": status, "title": title, "text": text, "link": link or reverse("queue"),
               "link_text": link_text or _("Kembali ke antrean"), **more}
    return page(request, "problem.html", context, status=status)


def bad_request(request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponse:
    return _problem(request, 400, _("Permintaan tidak terbaca"),
                    _("Peramban mengirim sesuatu yang tidak kami pahami. Buka lagi halamannya dan coba sekali lagi."))


def refused(request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponse:
    return _problem(request, 403, _("Tidak diizinkan"),
                    _("Anda tidak berwenang melakukan ini. Bila menurut Anda ini keliru, hubungi pengelola."))


def not_let_in(request: HttpRequest, text: str) -> HttpResponse:
    return _problem(request, 403, _("Tidak dapat masuk"), text, link=reverse("login"), link_text=_("Ke halaman masuk"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason  # said to attackers, it helps them; said to staff, it confuses
    return _problem(request, 403, _("Formulir sudah kedaluwarsa"),
                    _("Tidak ada yang diubah. Buka lagi halaman sebelumnya, muat ulang, lalu kirim sekali lagi."))


def not_found(request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponse:
    return _problem(request, 404, _("Tidak ditemukan"),
                    _("Tiket atau halaman ini tidak ada, atau bukan milik dinas Anda."))


def conflict(request: HttpRequest, *, link: str = "", who: str = "", **more: Any) -> HttpResponse:
    text = _("Perubahan Anda tidak disimpan supaya tidak menimpa pekerjaan orang lain. Buka tiketnya, lihat yang "
             "terbaru, lalu putuskan lagi.")
    title = _("Sudah diubah orang lain")
    return _problem(request, 409, title, text, link=link, link_text=_("Buka tiket terbaru") if link else "", who=who,
                    **more)


def locked_out(request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponse:
    minutes = int(LOCKOUT.total_seconds() // 60)
    text = _("Lima kali gagal masuk. Coba lagi dalam %(n)d menit, atau minta pengelola mengatur ulang sandi Anda.")
    response = _problem(request, 429, _("Terlalu banyak percobaan"), text % {"n": minutes},
                        link=reverse("login"), link_text=_("Ke halaman masuk"))
    response["Retry-After"] = str(minutes * 60)
    return response


def too_fast(request: HttpRequest, seconds: int) -> HttpResponse:
    """A code was wrong just now: the next is looked at after a wait that doubles with each."""
    response = _problem(request, 429, _("Tunggu sebentar"),
                        _("Kode sebelumnya salah. Kode berikut diperiksa %(n)d detik lagi.") % {"n": seconds},
                        link=reverse("code"), link_text=_("Masukkan kode lagi"))
    response["Retry-After"] = str(seconds)
    return response


def failed(request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponse:
    return _problem(request, 500, _("Terjadi kesalahan"),
                    _("Kesalahan ini ada pada kami dan sudah tercatat. Coba lagi; bila berulang, hubungi pengelola."))


def busy(request: HttpRequest) -> HttpResponse:
    link = request.get_full_path() if request.method == "GET" else ""
    response = _problem(request, 503, _("Sedang sibuk, coba lagi"),
                        _("Basis data sedang dipakai. Tidak ada yang hilang dan tidak ada yang setengah tersimpan."),
                        link=link, link_text=_("Coba lagi") if link else "")
    response["Retry-After"] = "5"
    return response


def fault(request: HttpRequest) -> HttpResponse:
    return _problem(request, 503, _("Belum dapat menyimpan"),
                    _("Penyimpanan menolak menulis. Perubahan Anda tidak disimpan. Hubungi pengelola."))
