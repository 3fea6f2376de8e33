"""Names that decide whose ground it is, where the gazetteer alone misleads. As of 11-2026.

People around the city write "Solo" for places that belong to Sukoharjo, Karanganyar or Boyolali, and
send them to the mayor. Each suburb stands with the code of the kecamatan that most people mean by it
(Kepmendagri 300.2.2-2138/2025). Names that also exist inside the city (Gajahan, Mojosongo, Sumber,
Joglo, Banjarsari, Jalan Adi Sumarmo) are left out on purpose: they would pull the city's own matters away.
"""

from __future__ import annotations

KARTASURA, GROGOL, BAKI, MOJOLABAN = "33.11.12", "33.11.09", "33.11.10", "33.11.08"
COLOMADU, JATEN, GONDANGREJO = "33.13.12", "33.13.11", "33.13.13"
NGEMPLAK = "33.09.11"

SUBURBS = {
    # Kabupaten Sukoharjo
    "kartasura": KARTASURA, "kartosuro": KARTASURA, "kartosura": KARTASURA, "gonilan": KARTASURA,
    "makamhaji": KARTASURA, "makam haji": KARTASURA, "pabelan": KARTASURA, "singopuran": KARTASURA,
    "hartono mall": GROGOL,
    "solo baru": GROGOL, "solobaru": GROGOL, "grogol": GROGOL, "grogol sukoharjo": GROGOL, "cemani": GROGOL,
    "madegondo": GROGOL, "langenharjo": GROGOL, "telukan": GROGOL, "kwarasan": GROGOL, "the park mall": GROGOL,
    "gentan": BAKI, "baki sukoharjo": BAKI, "mojolaban": MOJOLABAN, "bekonang": MOJOLABAN,
    # Kabupaten Karanganyar
    "colomadu": COLOMADU, "malangjiwan": COLOMADU, "blulukan": COLOMADU, "klodran": COLOMADU, "baturan": COLOMADU,
    "gawanan": COLOMADU, "tohudan": COLOMADU, "de tjolomadoe": COLOMADU,
    "palur": JATEN, "jaten": JATEN, "ngringo": JATEN, "perumnas palur": JATEN, "palur plaza": JATEN,
    "gondangrejo": GONDANGREJO,
    # Kabupaten Boyolali
    "ngemplak": NGEMPLAK, "donohudan": NGEMPLAK, "bandara adi soemarmo": NGEMPLAK,
    "bandara adi sumarmo": NGEMPLAK,
}

# What belongs to a village government: the owner level says so, the hand-over goes to its kabupaten.
VILLAGE_WORDS = (
    "jalan desa", "dalan desa", "jalan dusun", "jalan usaha tani", "dana desa", "dhuwit desa", "duit desa",
    "kepala desa", "kades", "kadese", "perangkat desa", "pamong desa", "sekdes", "balai desa", "kantor desa",
    "pemdes", "pemerintah desa", "bumdes", "apbdes", "pilkades", "blt desa", "kadus", "kaduse", "carik", "bayan",
)
