"""What X's timeline of mentions no longer shows: its 800 newest end where an older gap begins. Pure.

Recent search fills a gap as far as it reaches, seven days. It shows no reposts (since 2026-05-04), which
cost no story: their number stands in the metrics of the original.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from harvester.x_payload import sent_at

REACH = timedelta(days=7) - timedelta(minutes=5)  # the border moves while we ask
PAGE_SIZE = 100


def search_for(gap: dict[str, str], *, handle: str, now: datetime) -> dict[str, Any] | None:
    """The question that fills the gap, parameters of recent search; None where all of it is too old.

    A `since_id` older than the window is refused, so the window's own border takes its place.
    """
    oldest = now - REACH
    until = sent_at(gap["until"])
    if until is not None and until <= oldest:
        return None
    since = sent_at(gap["since"])
    ground = {"since_id": gap["since"]} if since is not None and since > oldest else {
        "start_time": oldest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"query": f"@{handle.lstrip('@')} -is:retweet", "until_id": gap["until"], "max_results": PAGE_SIZE,
            **ground}


def lost_of(gap: dict[str, str], *, now: datetime) -> str:
    """What of the gap no search reaches, for ops; "" where it reaches all."""
    since, oldest = sent_at(gap["since"]), now - REACH
    if since is None or since > oldest:
        return ""
    return f"mentions from {since:%Y-%m-%d %H:%M} to {oldest:%Y-%m-%d %H:%M} UTC are out of X's reach"
