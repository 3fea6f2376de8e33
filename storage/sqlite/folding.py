"""Words as FTS5's tokenizer cuts them (`unicode61 remove_diacritics 2`), for texts that are looked at one by one.

Nothing is written down twice: what becomes of a sign is asked of FTS5 itself, once a sign and process.
"""

from __future__ import annotations

import sqlite3
import threading

TOKENIZER = "unicode61 remove_diacritics 2"


class _Folds(dict[int, str]):
    """Code point -> what stands for it: a blank where words part, nothing for an accent, else the folded letter."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._asked = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._asked.execute(f"CREATE VIRTUAL TABLE one USING fts5(text, tokenize = '{TOKENIZER}')")
        self._asked.execute("CREATE VIRTUAL TABLE term USING fts5vocab(one, row)")

    def __missing__(self, sign: int) -> str:
        with self._lock:
            self[sign] = self._fold(chr(sign))
        return self[sign]

    def _fold(self, sign: str) -> str:
        if sign == "\0" or "\ud800" <= sign <= "\udfff":
            return " "
        self._asked.execute("DELETE FROM one")
        self._asked.execute("INSERT INTO one VALUES (?)", (f"a{sign}b",))
        found = [term for term, in self._asked.execute("SELECT term FROM term").fetchall()]
        return found[0][1:-1] if len(found) == 1 else " "


_folds = _Folds()


def tokens(text: str) -> list[str]:
    return text.translate(_folds).split()
