"""The way of a mention, in the order in which it happens. Calls every stage, owns none.

    (polling/)      connector.fetch -> pacing -> store.save_page           network, then one transaction
    fetch_pictures  store.pictures_waiting -> fetch -> look -> store.save_pictures    hashes, or nothing within time
    process_batch   store.unprocessed -> fold (reference, else words) -> extract -> decide -> store.settle
    deliver_due     store.due_events -> transport.send -> store.mark_sent

`deciding.decide` is the heart: plain data in, a Decision out. All reading happens before it, all
writing after it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from deciding import BY_REFERENCE, announcer, decide, to_triage
from domain import (
    Decision,
    Event,
    Extraction,
    Fate,
    Fingerprint,
    Media,
    Mention,
    MentionState,
    Picture,
    ShowAgain,
    StoreBusy,
    StoreFault,
    Verdict,
)
from harvester.media import MediaError, MediaFetcher, Refused
from nlp.duplicates import Folder
from nlp.extract import Extractor
from nlp.gallery import Gallery
from nlp.gazetteer import gazetteer
from nlp.pictures import VIEW_DISTANCE, distance, look
from nlp.threads import Threads, Told, references
from notify.base import DeliveryError, Transport
from routing.calls import FRESH, HISTORY, Calls, digest_day, digest_key, digests, escalations, pages
from routing.lanes import lane_of
from routing.rules import Rules, compile_rules
from settings import Settings
from storage.records import DueEvent, Settled, Standing, Wanted
from storage.spread import NO_SURGE, Surge
from storage.store import Store

log = structlog.get_logger("pipeline")

RETRY_FAILED = timedelta(minutes=2)
GIVE_UP_SENDING = 12
LOOKS = 32  # pictures of one turn
FETCHERS = 4
READ_AGAIN = (*BY_REFERENCE, "revision", "added")  # members of a story that may say more than its first post


# --- pictures ----------------------------------------------------------------------------------------


def fetch_pictures(
    store: Store, fetcher: MediaFetcher, *, platforms: Mapping[str, str], per_hour: int, now: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Look at pictures that posts wait for and keep their hashes; returns how many were dealt with, 0 when none wait.

    `platforms`: account -> platform. Each look is saved when it is done. Once `stopped` says so, none is begun:
    what is left waits for the next start.
    """
    wanted = store.pictures_waiting(LOOKS)
    if not wanted:
        return 0
    left = per_hour - store.pictures_tried(since=now() - timedelta(hours=1))

    def seen(place: int, one: Wanted) -> tuple[Wanted, Picture] | None:
        if stopped():
            return None
        if one.until <= now():
            return one, Picture("late", reason="no time left")
        if place >= left:
            return one, Picture("late", reason="hourly budget spent")
        return one, _looked_at(fetcher, platforms.get(one.account, ""), one.url)

    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="picture") as pool:
        for done in as_completed([pool.submit(seen, place, one) for place, one in enumerate(wanted)]):
            if looked := done.result():
                store.save_pictures([looked], now=now())
    return len(wanted)


def _looked_at(fetcher: MediaFetcher, platform: str, url: str) -> Picture:
    """The picture's hashes; its bytes end here."""
    try:
        return look(fetcher.fetch(platform, url))
    except Refused as error:
        return Picture("refused", reason=str(error))
    except MediaError as error:
        return Picture("failed", reason=str(error))


# --- processing ------------------------------------------------------------------------------------


@dataclass
class Judge:
    """The machinery that judging needs, and how far its memory of stories has read the store."""

    extractor: Extractor
    folder: Folder
    rules: Rules
    window: timedelta
    surge: Surge = NO_SURGE
    seq: int = 0
    gallery: Gallery = field(default_factory=Gallery)
    picture_seq: int = 0

    def catch_up(self, store: Store, *, at: datetime) -> None:
        """Learn the stories that were settled, by us or by others, since we last looked.

        `at` is the time of the oldest post to judge, not the wall clock: a replay of last month
        has to remember last month.
        """
        for story in store.stories_since(self.seq, after=at - self.window):
            self.folder.remember(story.cluster, story.fingerprint, author=story.author, at=story.posted_at,
                                 parted=story.parted)
            self.seq = max(self.seq, story.seq)

    def knows(self, settled: Settled) -> None:
        """Leave out of the next catch_up what folding this batch has taught, where nobody else wrote in between."""
        before, after = settled.seq
        if before == self.seq:
            self.seq = after

    def forget(self) -> None:
        """Drop what a batch that failed may have left; the next catch_up reads it all again."""
        self.folder.clear()
        self.gallery.clear()
        self.seq = self.picture_seq = 0

    def look_through(self, store: Store) -> None:
        """Learn the pictures that were hashed since we last looked. Only who has a picture to compare asks for this."""
        for page in store.hashed_since(self.picture_seq):
            self.gallery.add(page)
            self.picture_seq = page[-1][0]


def build_judge(settings: Settings) -> Judge:
    """The judge of a file. Takes half a second; who builds the last one spares the collector (`nlp.collector`)."""
    window = timedelta(days=settings.thresholds.duplicate_window_days)
    folder = Folder(threshold=settings.thresholds.near_duplicate, window=window, towns=gazetteer().town_words())
    return Judge(Extractor(settings), folder, compile_rules(settings), window, surge_of(settings))


def surge_of(settings: Settings) -> Surge:
    return Surge(settings.thresholds.surge_voices, settings.thresholds.surge_minutes)


def process_batch(store: Store, judge: Judge, *, limit: int, now: datetime) -> int:
    """Judge up to `limit` waiting mentions; returns how many were taken up, 0 when none wait."""
    mentions = store.unprocessed(limit, now=now)
    if not mentions:
        return 0
    judge.catch_up(store, at=min(mention.posted_at for mention in mentions))
    try:
        decisions = judge_batch(mentions, judge, store)
        settled = store.settle(decisions, announce=announcer(judge.rules, now=now), now=now, surge=judge.surge)
    except (StoreBusy, StoreFault):
        judge.forget()
        raise  # no mention's fault: the same batch comes again
    except Exception:
        log.exception("batch failed", mentions=len(mentions))
        judge.forget()
        for mention in mentions:
            _process_alone(store, judge, mention, now=now)
        return len(mentions)
    judge.knows(settled)
    _log_decisions(decisions, settled)
    return len(mentions)


def judge_batch(mentions: Sequence[Mention], judge: Judge, store: Store) -> list[Decision]:
    """Fold, extract and decide; reads the store, writes nothing."""
    mentions = _with_hashes(mentions, store)
    commands = {m.key for m in mentions if judge.rules.commands(m)}
    named = {m.key: _answered(m) if m.key in commands else [key for key, _ in references(m)] for m in mentions}
    known = store.clusters_of({k for m in mentions for k in (m.key, m.repost_of, *named[m.key]) if k})
    threads = _threads(mentions, judge, store, {known[k] for m in mentions for k in (m.key, *named[m.key])
                                                if named[m.key] and k in known})
    folded = _fold(mentions, judge.folder, known, threads)
    standings = store.standings({verdict.cluster for verdict, _ in folded})
    clusters = known | {m.key: verdict.cluster for m, (verdict, _) in zip(mentions, folded, strict=True)}
    fresh = [m for m, (v, _) in zip(mentions, folded, strict=True)
             if (v.cluster == m.key or v.reason in ("revision", "added")) and m.key not in threads.extractions
             and m.state is not MentionState.GONE]  # the store takes no reading of what was deleted
    extractions = dict(zip((m.key for m in fresh), judge.extractor.extract_many(fresh), strict=True))
    again = _shown_again(mentions, clusters, judge, store)
    decisions = []
    for mention, (verdict, fingerprint) in zip(mentions, folded, strict=True):
        standing = standings.get(verdict.cluster) or _standing_in_batch(verdict.cluster, mention)
        extraction = extractions.get(mention.key)
        if extraction is None and (verdict.cluster == mention.key or verdict.reason in READ_AGAIN):
            extraction = threads.extractions.get(mention.key)
        told = threads.told(verdict.cluster) if verdict.reason in BY_REFERENCE else None
        decisions.append(
            decide(mention, verdict=verdict, extraction=extraction, standing=standing, rules=judge.rules,
                   fingerprint=fingerprint, told=told, again=again.get(mention.key, ()),
                   answers=_answers(mention, clusters, threads, judge.rules) if mention.key in commands else None)
        )
    return decisions


def _with_hashes(mentions: Sequence[Mention], store: Store) -> Sequence[Mention]:
    """The mentions with what is known of their pictures, which the folder compares."""
    known = store.pictures_of([m.key for m in mentions if m.media]) if any(m.media for m in mentions) else {}

    def hashed(item: Media, picture: Picture | None) -> Media:
        if picture is None or not (picture.sha256 or picture.views):
            return item
        first = picture.views[0][:16] if picture.views else None
        return replace(item, sha256=picture.sha256, phash=first, views=picture.views)

    return [
        replace(m, media=tuple(hashed(item, known[m.key].get(place)) for place, item in enumerate(m.media)))
        if m.key in known else m for m in mentions
    ]


def _shown_again(
    mentions: Sequence[Mention], clusters: Mapping[str, str], judge: Judge, store: Store
) -> dict[str, list[ShowAgain]]:
    """Mention -> its pictures that another story showed before, each with the first post that did."""
    showing = [(m, place, item.views) for m in mentions for place, item in enumerate(m.media) if item.views]
    if showing:
        judge.look_through(store)
    found: dict[str, list[ShowAgain]] = {}
    for mention, place, views in showing:
        for shown in store.shown(judge.gallery.near(views)):  # by time: the first that fits is the first of all
            story = clusters.get(shown.mention, shown.cluster)
            differ = distance(views, shown.views)
            if (story not in (None, clusters[mention.key]) and shown.posted_at < mention.posted_at
                    and differ <= VIEW_DISTANCE):
                found.setdefault(mention.key, []).append(ShowAgain(place, shown.mention, differ))
                break
    return found


def _answered(mention: Mention) -> list[str]:
    """Posts that an office's post may answer, the nearest first."""
    return [key for key in (mention.quote_of, mention.reply_to, mention.thread) if key and key != mention.key]


def _answers(mention: Mention, clusters: Mapping[str, str], threads: Threads, rules: Rules) -> str | None:
    """The citizen's story that a government's own post answers: not another post of an office's."""
    for key in _answered(mention):
        cluster = clusters.get(key)
        told = threads.told(cluster) if cluster else None
        if told is not None and not told.mention.own and not rules.is_official(told.mention):
            return cluster
    return None


def _threads(mentions: Sequence[Mention], judge: Judge, store: Store, clusters: set[str]) -> Threads:
    """What replies, comments and quotes of this batch are compared with: two look-ups, whatever their number."""

    def lane(mention: Mention, extraction: Extraction) -> str | None:
        kept = lane_of(mention, extraction, judge.rules)
        return kept.lane if kept else None

    heads = store.heads(clusters) if clusters else {}
    live = {id_ for id_, standing in store.standings(clusters).items() if standing.tickets} if clusters else set()
    return Threads(mentions, heads={id_: Told(head.mention, head.extraction) for id_, head in heads.items()},
                   live=frozenset(live), read=judge.extractor.extract_many, lane=lane, official=judge.rules.is_official)


def _standing_in_batch(cluster: str, mention: Mention) -> Standing | None:
    """A story that this very batch opens: the store finds its tickets when it settles the batch."""
    return None if cluster == mention.key else Standing(cluster, fate=Fate.WAITING)


def _fold(
    mentions: Sequence[Mention], folder: Folder, known: Mapping[str, str], threads: Threads
) -> list[tuple[Verdict, Fingerprint | None]]:
    """Verdicts in order. A repost of a known original costs one look-up; a revision keeps its story."""
    clusters = dict(known)
    folded: list[tuple[Verdict, Fingerprint | None]] = []
    folder.look_ahead([m for m in mentions if m.key not in known and m.repost_of not in known and not m.own])
    for mention in mentions:
        parent = clusters.get(mention.repost_of or "")
        result: tuple[Verdict, Fingerprint | None]
        if mention.key in known:  # judged before its edit, or known by what reposted it
            edited = mention.state is MentionState.EDITED
            result = (threads.revised(mention, known[mention.key], clusters) if edited
                      else Verdict(known[mention.key], "original")), None
        elif parent:
            result = Verdict(parent, "repost"), None
        elif mention.own or mention.state is MentionState.GONE:
            result = Verdict(mention.key, "new"), None
        elif joined := threads.joined(mention, clusters):
            result = joined, None
        else:
            result = folder.fold(mention)
        clusters[mention.key] = result[0].cluster
        if mention.repost_of:
            clusters.setdefault(mention.repost_of, result[0].cluster)
        folded.append(result)
    return folded


def _process_alone(store: Store, judge: Judge, mention: Mention, *, now: datetime) -> None:
    """One mention of a batch that failed: the poison one is found, the others go on."""
    try:
        judge.catch_up(store, at=mention.posted_at)
        decisions = judge_batch([mention], judge, store)
        store.settle(decisions, announce=announcer(judge.rules, now=now), now=now, surge=judge.surge)
    except (StoreBusy, StoreFault):
        judge.forget()
        raise
    except Exception as error:
        judge.forget()
        log.exception("judging failed", mention=mention.key)
        name = type(error).__name__
        if store.fail([mention.key], error=name, retry_at=now + RETRY_FAILED, now=now):
            decision = to_triage(mention, judge.rules, name)
            store.settle([decision], announce=announcer(judge.rules, now=now), now=now)


def _log_decisions(decisions: Sequence[Decision], settled: Settled) -> None:
    bound = log.bind()  # once a batch: a logger is made anew at each call otherwise
    for decision in decisions:
        bound.debug("decided", mention=decision.mention, cluster=decision.verdict.cluster, fate=decision.fate,
                    rule=decision.because)
    bound.info("settled", settled=settled.settled, skipped=settled.skipped, opened=len(settled.opened))


# --- telling -----------------------------------------------------------------------------------------


def deliver_due(
    store: Store, transports: Mapping[str, Transport], *, limit: int, now: datetime, rng: random.Random,
    worries: Sequence[tuple[str, str]] = (),
) -> int:
    """Send what is due, at least once, with its key; returns how many went out.

    `worries`: addresses of the people who hear, once a day, of an address that can not be reached any more.
    """
    sent, failed = 0, set[tuple[str, str, int]]()
    for due in store.due_events(limit, now=now):
        event = due.event
        of_this = (event.kind, event.address, event.ticket)
        if event.kind == "webhook" and of_this in failed and "|page|" not in event.key:
            continue  # in order: it waits for the one before, and comes up when that has gone
        try:
            if event.kind not in transports:
                raise DeliveryError(f"no transport {event.kind}", permanent=True)
            transports[event.kind].send(event)
        except DeliveryError as error:
            _not_delivered(store, due, error, now=now, rng=rng, worries=worries)
            failed.add(of_this)
            continue
        store.mark_sent(event.key, now=now)
        sent += 1
    return sent


def _not_delivered(
    store: Store, due: DueEvent, error: DeliveryError, *, now: datetime, rng: random.Random,
    worries: Sequence[tuple[str, str]],
) -> None:
    """Later again, not before the other side wants it; or never, and a person is told."""
    event = due.event
    permanent = error.permanent or due.attempts + 1 >= GIVE_UP_SENDING
    wait = max(min(3600, 15 * 2**due.attempts) * rng.uniform(0.5, 1.5), error.retry_after or 0)
    store.mark_failed(event.key, error=str(error), retry_at=None if permanent else now + timedelta(seconds=wait),
                      now=now)
    if permanent:
        log.error("notice given up", kind=event.kind, ticket=event.ticket, error=str(error))
        store.call([
            Event(f"lost|{now:%Y-%m-%d}|{event.kind}:{event.address}|{kind}:{address}", kind, address, 0,
                  f"Pemberitahuan tidak sampai: {event.kind}:{event.address}",
                  f"{error}. Tiketnya tetap di kotak masuk; perbaiki tujuannya di config.yaml.")
            for kind, address in worries if (kind, address) != (event.kind, event.address)], now=now)


def call_due(store: Store, calls: Calls, *, now: datetime) -> int:
    """Page, escalate, and at its hour digest; returns how many were put on their way. Repeating it changes nothing."""
    open_ = store.unanswered(told_after=now - FRESH, due_after=now - HISTORY, due_before=now - calls.late_after)
    events = [*pages(open_.urgent, open_.pages, calls, now), *escalations(open_.late, calls, now)]
    day = digest_day(calls, now)
    if day is not None and not store.is_told(digest_key(day)):
        events += digests(store.live_tickets(), calls, day)
    put = store.call(events, now=now)
    if put:
        log.info("called", keys=len(put))
    return len(put)
