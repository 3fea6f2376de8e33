"""Whose account a @handle is: an office's, the public's, or somebody's own.

Observations. Of 150 handles in comments under a city's posts those of offices and heads stand in fourteen of ninety
reports, those of other people in none: who names a friend shows him something, who opens with one answers him. On X the
same holds of replies. A handle says nothing of whose it is but by its words: "dishubkotasmg", "lapor_", "info...".

Known failures. A head of government whose handle is a bare name is somebody, unless an account of the settings or HEADS
has it; so is a village office that calls itself by the village alone.
"""

from __future__ import annotations

import re

from settings import Settings

# What the handles of offices and of companies that serve everybody have in them.
OFFICE = re.compile(
    r"pemkot|pemkab|pemprov|pemda|dinas(?!t)|dinkes|dinsos|dkk|dpu(?!t)|pupr|dlh|bpbd|satpol|polres|polda|polsek|polantas"
    r"|dis(?:hub|dik|kominfo|perkim|dukcapil|nak|perin|tan|porapar)|lapor|aduan|humas|damkar|basarnas|kemen|bina_?marga"
    r"|bmck|bbws|perkim|pdam|perumda|^pln|pln(?:_|\d|$)|rsud|bpjs|puskes|trans(?:smg|sem|jateng|jakarta|solo)|batik_?solo"
    r"|kai121|jasamarga|pju|bupati|walikota|gubernur|kabupaten|kotasemarang|kotasurakarta|^provjateng|^tmc_?pol"
    r"|^(?:kota|kab|kec|kel|prov)[._]"
)
# Newspapers, radio and citizens' pages: to call them is to tell everybody.
PUBLIC = re.compile(r"^info|info$|news|radio|kabar|berita|media|fm\b|warga|^txtd")
HEADS = frozenset(("ahmadluthfi_official", "agustinawilujengp", "iswaraminuddin"))  # as their own profiles give them


def official_handles(settings: Settings) -> frozenset[str]:
    """Those of the settings' accounts and departments, in small letters."""
    named = {handle for department in settings.departments.values() for handle in department.handles}
    return frozenset(handle.casefold() for handle in named | {account.handle for account in settings.accounts})


def is_office(handle: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a handle, without its sign and in small letters, is an office's; `known` are those of the settings."""
    return handle in known or handle in HEADS or OFFICE.search(handle) is not None


def is_public(handle: str) -> bool:
    return PUBLIC.search(handle) is not None
