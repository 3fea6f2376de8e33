"""Takes secrets out of a text before anybody reads it.

Graph repeats a malformed token in its error message, and requests puts whole URLs into its own. Known
secrets are cut wherever they stand; what merely looks like a token is cut as well, since an error may
quote the token of yesterday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

CUT = "[disembunyikan]"
MAX_CHARS = 200
TOKEN_LIKE = re.compile(
    r"(?i)(?P<name>access_token|appsecret_proof|client_secret|sessionid|csrftoken|bearer|oauth)"
    r"(?P<sign>[\"']?\s*[=: ]\s*[\"']?)(?P<value>[^\s&\"',;}]+)"
)
LONG = re.compile(r"\b(?:AAAA[A-Za-z0-9%]{16,}|EA[A-Za-z0-9]{16,})")


def redact(text: object, secrets: Iterable[str] = ()) -> str:
    """`text` on one line, at most 200 characters, without `secrets` and without anything like a token."""
    line = " ".join(str(text).split())
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        line = line.replace(secret, CUT)
    line = TOKEN_LIKE.sub(lambda found: f"{found['name']}{found['sign']}{CUT}", line)
    line = LONG.sub(CUT, line)
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1] + "…"
