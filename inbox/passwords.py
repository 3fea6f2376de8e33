"""Passwords that people here would try first: a word of the town or the office with a few digits behind it."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = frozenset((
    "admin", "administrator", "alhamdulillah", "assalamualaikum", "banjarsari", "bismillah", "bengawansolo",
    "diponegoro", "dinas", "doraemon", "ganteng", "garuda", "gubernur", "indonesia", "indonesiaraya", "jakarta",
    "jawatengah", "jebres", "katasandi", "kentongan", "keluarga", "kepaladinas", "laskar", "laweyan",
    "lupapassword", "lupasandi", "majapahit", "merdeka", "operator", "pancasila", "pasarkliwon", "password",
    "pemerintah", "pemkot", "pemprov", "persis", "persissolo", "petugas", "prambanan", "qwerty", "rahasia",
    "rahasianegara", "sandi", "sandiku", "sayangku", "selamat", "selamatpagi", "semarang", "serengan", "solo",
    "soloraya", "surakarta", "terserah", "triase", "walikota", "welcome",
))
SUBSTITUTES = str.maketrans("013457@$!", "oieastasi")


class LocalWords:
    """Refuses what is nothing but listed words, digits and signs: Surakarta2026!, p3tugas-p3tugas."""

    def validate(self, password: str, user: Any = None) -> None:
        del user
        text = password.lower()
        bare = re.sub(r"[^a-z]+$", "", text)
        if any(map(_only_listed, (text, text.translate(SUBSTITUTES), bare.translate(SUBSTITUTES)))):
            raise ValidationError(_("Sandi ini terlalu umum di sini: tambah kata yang tidak ditebak orang."))

    def get_help_text(self) -> str:
        return str(_("Bukan hanya kata yang umum di sini dengan angka di belakangnya."))


def _only_listed(text: str) -> bool:
    parts = re.findall(r"[a-z]+", text)
    return bool(parts) and all(part in WORDS or len(part) < 3 for part in parts)
