"""Tickets in the shapes of others: a sheet's cell, a service request of Open311, a packet of SP4N-LAPOR. Pure.

What comes in is a row of `Store.export_tickets` whose text is masked already. Who reported it is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
CLOSED = frozenset(("selesai", "ditolak", "digabung"))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BLANK = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff"
WIDE = str.maketrans("＝＋－＠", "=+-@")  # what East Asian keyboards type, and some sheets take for the same


def harmless(value: Any) -> str:
    """The value as a cell that no spreadsheet will take for a formula."""
    text = "" if value is None else str(value)
    if not text or text[0].isalnum():
        return text
    first = text.lstrip(BLANK)[:1].translate(WIDE)
    return f"'{text}" if first and first in FORMULA else text


def open311_of(row: Row) -> dict[str, Any]:
    """A service request of GeoReport v2."""
    location = row.get("location") or {}
    return {
        "service_request_id": f"T-{row['id']}", "status": "closed" if row["status"] in CLOSED else "open",
        "service_code": row["topic"], "service_name": row["topic"], "description": row.get("text") or "",
        "agency_responsible": row["department"], "requested_datetime": row["opened_at"],
        "expected_datetime": row.get("due_at"), "address": row.get("place") or "",
        "lat": location.get("lat"), "long": location.get("lng"),
    }


def sp4n_of(row: Row) -> dict[str, Any]:
    """The packet of SP4N-LAPOR: judul, isi, klasifikasi, kategori, lokasi, tanggal, lampiran, rahasia, anonim."""
    text = row.get("text") or ""
    return {
        "nomor": f"T-{row['id']}", "judul": " ".join(text.split())[:100], "isi": text,
        "klasifikasi": "pengaduan", "kategori": row["topic"], "instansi_tujuan": row["department"],
        "lokasi": row.get("place") or "", "tanggal": row["opened_at"],
        "lampiran": [row["url"]] if row.get("url") else [], "rahasia": bool(row.get("sensitive")), "anonim": True,
    }
