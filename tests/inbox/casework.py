"""Real stores with invented cases in them, and the people of the tests: Alice, Bob, Charlie, Citra.

Alice and Bob work at the city's roads department, Charlie at the province's social department, Citra
coordinates all departments.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from domain import (
    Account,
    Decision,
    Extraction,
    Fate,
    Fingerprint,
    Location,
    Mention,
    MentionKind,
    NamePlace,
    OpenTicket,
    Page,
    Pii,
    Place,
    Reason,
    Relevance,
    Route,
    Span,
    Topic,
    Urgency,
    Verdict,
)
from storage.store import Store
from tests.builders import NOON, mention

ACCOUNT = "instagram:solo"
_ids = count(1)


def spans(text: str, *found: str) -> tuple[Span, ...]:
    """Where each word stands in `text`."""
    return tuple(Span(text.index(word), text.index(word) + len(word)) for word in found if word in text)


def extraction(text: str, *, topic: str = "jalan_jembatan", words: tuple[str, ...] = (), urgency: str = "normal",
               urgent: tuple[str, ...] = (), place: str = "", kind: str = "kecamatan", pii: tuple[tuple[str, str], ...] = (),
               sensitive: bool = False) -> Extraction:
    """What an NLP would have seen in `text`: each judgement rests on words that stand in it."""
    places = tuple(
        Place(span.start, span.end, place, kind, "33.72.02", place, 0.88, because="satu-satunya di Surakarta")
        for span in spans(text, place) if place
    )
    return Extraction(
        language="id", register=None,
        relevance=Relevance("actionable", "laporan", 0.91, (Reason("rule:permintaan", 0.4, spans(text, "tolong")),)),
        topics=(Topic(topic, 0.87, spans(text, *words)), Topic("lainnya", 0.2)),
        places=places,
        location=Location("33.72.02", place, "kecamatan", -7.56, 110.8, 0.88, "dari teks") if places else None,
        urgency=Urgency(urgency, 0.7, tuple(Reason(f"keyword:{w}", 0.6, spans(text, w)) for w in urgent)),
        sensitive=sensitive,
        pii=tuple(Pii(span.start, span.end, kind) for kind, word in pii for span in spans(text, word)),
    )


def open_case(store: Store, post: Mention | str, *, department: str = "dpupr-solo", due_in: timedelta | None = None,
              now: datetime = NOON, **seen: Any) -> int:
    """Let a post arrive and become a ticket of `department`; returns its number."""
    if isinstance(post, str):
        post = mention(post, platform="instagram", account=ACCOUNT, at=now)
    what = extraction(post.text, **seen)
    topic = what.topics[0].label
    route = Route(department, "kabupaten_kota", "normal", "jalan-kota", 0.82, topic,
                  (Reason(f"topic:{topic}", 0.6, what.topics[0].spans),), "dishub-solo", 0.71)
    opening = OpenTicket(department, "baru", "normal", topic, what.urgency.label, "jalan-kota", post.seen_at,
                         now + (due_in or timedelta(days=5)), "tindak-lanjut", sensitive=what.sensitive)
    n = next(_ids)
    decision = Decision(post.key, Fate.TICKET, None, Verdict(post.key, "new"), (route,), (opening,), "cafe0123",
                        what, Fingerprint(n, (n,), post.text.lower()), "jalan-kota")
    arrive(store, post, now=now)
    return store.settle([decision], announce=quiet, now=now).opened[0]


def retell(store: Store, original: Mention, *, times: int, now: datetime = NOON) -> None:
    """Others repost the story, one an hour."""
    for hour in range(1, times + 1):
        post = mention(original.text, platform="instagram", account=ACCOUNT, at=now + timedelta(hours=hour),
                       repost_of=original.key, kind=MentionKind.REPOST)
        arrive(store, post, now=now)
        store.settle([Decision(post.key, Fate.ATTACHED, None, Verdict(original.key, "repost"), (), (), "cafe0123")],
                     announce=quiet, now=now)


def answer(store: Store, original: Mention, text: str, *, place: str, now: datetime = NOON, **given: Any) -> Mention:
    """A reply below the story that names a place."""
    post = mention(text, platform="instagram", account=ACCOUNT, at=now + timedelta(hours=1), reply_to=original.key,
                   kind=MentionKind.COMMENT, **given)
    arrive(store, post, now=now)
    seen = extraction(text, place=place)
    by_reporter = post.author == original.author
    store.settle([Decision(post.key, Fate.ATTACHED, None, Verdict(original.key, "thread"), (),
                           (NamePlace(by_reporter, seen.location, ("dishub-solo",)),), "cafe0123", seen)],
                 announce=quiet, now=now)
    return post


def keep_in_lane(store: Store, text: str, *, lane: str = "trivial", now: datetime = NOON) -> str:
    post = mention(text, platform="instagram", account=ACCOUNT, at=now)
    arrive(store, post, now=now)
    decision = Decision(post.key, Fate.LANE, lane, Verdict(post.key, "new"), (), (), "cafe0123", extraction(text),
                        None, "barang hilang: arahkan ke polisi")
    store.settle([decision], announce=quiet, now=now)
    return post.key


def arrive(store: Store, post: Mention, *, now: datetime = NOON) -> None:
    if not any(account.key == ACCOUNT for account in store.accounts()):
        store.sync_accounts([Account(ACCOUNT, "instagram", "900", "pemkot_contoh", "solo")], now=now)
    store.save_page(ACCOUNT, Page((replace(post, account=ACCOUNT),), "c"), next_poll_at=now + timedelta(minutes=2),
                    now=now)


def delete_at_source(store: Store, key: str, *, now: datetime = NOON) -> None:
    store.save_page(ACCOUNT, Page((), "c", gone=(key,)), next_poll_at=now, now=now)


def quiet(ticket: object, size: int) -> tuple[()]:
    return ()
