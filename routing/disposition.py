"""Says whether an office's reply sends a citizen's story to a department: "cc @dinsosjateng tolong dicek". Pure.

Observations. The governor's whole workflow was a reply that names the department and a clock of a day. Such a reply
outranks every model: who may order has ordered. The same words from a citizen are a wish. Offices also thank
("terima kasih @dinsosjateng"), report what was done ("sudah ditangani @dishubsurakarta") and ask the citizen ("mohon
lokasinya"); none of these sends anything anywhere.

Rule. The author is the account of a government itself (not of one of its departments: a colleague asks, a superior
orders), known by the platform's id where config.yaml has it; the post answers or quotes a story; it names a handle of a
department; and it holds a word of order that is not part of a phrase of courtesy.

Known failures. An order by name without a handle ("Dinsos tolong dicek") is read by people only. Irony of an office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain import Mention
from routing.rules import Rules

ORDER = re.compile(
    r"\bcc\b|\b(?:tolong|tlg|mohon|mhn|tulung|minta|nyuwun|harap|agar|segera|enggal|monggo|mangga|silakan|silahkan|coba|"
    r"ayo|gek|ndang|dimohon|teruskan|diteruskan|terusna|disposisi|koordinasi|dikoordinasikan)\b", re.IGNORECASE)
COURTESY = re.compile(
    r"\b(?:mohon|nyuwun)\s+(?:maaf|pangapunten|ditunggu|bersabar|sabar|doa|info|informasi|lokasi\w*|alamat\w*|foto\w*|"
    r"detail\w*|dm)\b|\bminta\s+(?:maaf|lokasi\w*|alamat\w*|foto\w*)\b|\btolong\s+(?:kirim|beri|sebutkan|infokan|dm)\b|"
    r"\b(?:sudah|telah|wis|sampun|udah)\s+(?:\w+\s+)?(?:di)?(?:teruskan|koordinasikan|tangani|tindak\w*)\b|"
    r"\b(?:terima\s+kasih|makasih|matur\s+nuwun)\s+(?:atas\s+)?koordinasi\w*", re.IGNORECASE)


def disposed_to(mention: Mention, rules: Rules) -> Iterator[str]:
    """Departments that the post of a government's own account orders to act, each once; nothing for anybody else."""
    if not any((mention.reply_to, mention.quote_of, mention.thread)) or not rules.commands(mention):
        return
    if not ORDER.search(COURTESY.sub(" ", mention.text)):
        return
    seen: set[str] = set()
    for handle in mention.handles:
        _, department = rules.handles.get(handle.lstrip("@").lower(), ("", None))
        if department and department not in seen:
            seen.add(department)
            yield department
