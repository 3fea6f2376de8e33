"""X (Twitter) through tweepy's v2 client: mentions of an account since the last one seen.

One fetch is one request and one Page. A cycle is: pages of mentions, newest first -> where more came than
X's timeline holds, a search for what it no longer shows -> a re-read of what was seen in the last day
(deletions, edits) -> now and then the account's own name. `newest_id` moves only when the last page of a
cycle is stored; until then the cursor holds the token of the next page, so a crash resumes where it was
and loses nothing. The other steps never hold up mentions: where they fail, a later cycle tries again. A
stream, where config.yaml wants one, brings posts in between (`x_stream`).

Refuses to be built unless an operator has stated an agreement (X sells governments no other access) or
it talks to a simulator. Never sleeps, never logs a token, never reads from X what is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
import tweepy

from domain import Account, AccountNote, ConfigError, Page
from harvester.base import AccountBlocked, HarvestError, Transient
from harvester.payload import listing, mapping, word
from harvester.wire import GuardedAdapter, Limits, guard
from harvester.x_cursor import OVERLAP_EVERY, WATCHED, Cursor, earlier, first_id_of, root_of
from harvester.x_errors import Asked, BadQuestion, Refused, quota_of
from harvester.x_gap import lost_of, search_for
from harvester.x_payload import chain_of, gone_in, ids_of, items_of, mentions_of, newest_id_of
from harvester.x_stream import POLL_ALONE_SECONDS, Stream
from settings import PlatformSettings

__all__ = ["HOSTS", "PROFILES", "X", "mentions_of"]

log = structlog.get_logger("harvester.x")

HOSTS = ("api.twitter.com", "api.x.com")
POST_USD, USER_USD = 0.005, 0.010
PAGE_SIZE = 100
POLLS_PER_RECHECK = 3  # a re-read on the day of the first reading is free; 3 x 120 s is soon enough
POLLS_PER_NAME = 30  # a user costs twice a post
STEPS = ("mentions", "gap", "recheck", "name")
AFTER_FAILURE, AFTER_REFUSAL = timedelta(minutes=1), timedelta(hours=1)  # until a gap is searched again
COMMON_FIELDS = ("id", "text", "created_at", "conversation_id", "edit_controls", "entities", "attachments", "geo",
                 "lang", "public_metrics", "withheld")
OTHER_FIELDS = {
    "user_fields": ["username", "name", "location"],
    "media_fields": ["type", "url", "preview_image_url", "variants", "alt_text"],
    "place_fields": ["full_name", "place_type", "country_code", "geo"],
}
FIELD_PARAMETER = {"v2.166": "tweet.fields", "v2.167": "post.fields"}
PROFILES: dict[str, dict[str, list[str]]] = {
    "v2.166": {
        "tweet_fields": [*COMMON_FIELDS, "author_id", "in_reply_to_user_id", "referenced_tweets", "note_tweet",
                         "edit_history_tweet_ids"],
        "expansions": ["author_id", "attachments.media_keys", "geo.place_id", "referenced_tweets.id"],
        **OTHER_FIELDS,
    },
    "v2.167": {
        "post.fields": [*COMMON_FIELDS, "note_post"],
        "expansions": ["author_id", "in_reply_to_user_id", "referenced_posts", "edit_history_post_ids",
                       "attachments.media_keys", "geo.place_id"],
        **OTHER_FIELDS,
    },
}


class X:
    """The connector. `recheck_every` and `name_every` follow the poll interval unless given."""

    platform: ClassVar[str] = "x"
    _streams: ClassVar[dict[str, Stream]] = {}  # by token: a changed config.yaml makes no second connection

    def __init__(
        self, settings: PlatformSettings, *, recheck_every: timedelta | None = None,
        name_every: timedelta | None = None, limits: Limits | None = None,
    ) -> None:
        if not settings.enabled or not (settings.agreement or settings.base_url):
            raise ConfigError(
                "platforms.x is on without an agreement",
                hint="pemerintah perlu perjanjian Enterprise; tulis nomornya di platforms.x.agreement",
            )
        poll_every = timedelta(seconds=max(settings.poll_seconds, POLL_ALONE_SECONDS if settings.stream else 0))
        self._settings = settings
        if not settings.stream:
            self.close()
        # one adapter, so one pool of connections, under the fresh session of each fetch
        self._adapter = GuardedAdapter(HOSTS, base_url=settings.base_url, limits=limits)
        self._recheck_every = poll_every * POLLS_PER_RECHECK if recheck_every is None else recheck_every
        self._overlap_every = OVERLAP_EVERY
        self._name_every = poll_every * POLLS_PER_NAME if name_every is None else name_every
        self.profile = settings.api_version or "v2.166"
        if self.profile not in PROFILES:
            raise ConfigError(f"platforms.x.api_version: {self.profile!r}", hint=f"one of {', '.join(PROFILES)}")

    def fetch(self, account: Account, *, now: datetime) -> Page:
        cursor = Cursor.of(account.cursor)
        asked = self._ask_for(account, now)
        cursor.user_id = cursor.user_id or account.native_id or self._resolve(asked)
        asked.account = replace(account, native_id=cursor.user_id)
        heard = self._heard(asked, cursor)
        if heard is not None:
            return heard
        beside = {"gap": self._gap, "recheck": self._recheck, "name": self._name}.get(cursor.step)
        page = self._beside(asked, cursor, beside) if beside else self._mentions(asked, cursor)
        return replace(page, native_id=cursor.user_id, quota=None if beside else quota_of(asked.headers),
                       unfinished=bool(cursor.next_token) or (bool(cursor.gaps) and now.timestamp() >= cursor.gap_at))

    def rewind(self, cursor: str, *, since: datetime) -> str:
        """From the first id that X can have given at that moment, and never from above the ground: clocks differ."""
        held = Cursor.of(cursor)
        held.floor = earlier(first_id_of(since), held.newest_id or first_id_of(since))
        held.pending_newest, held.next_token = "", ""
        held.pages, held.shown, held.oldest, held.step = 0, 0, "", "mentions"
        return held.dump()

    def recheck(self, account: Account, posts: Mapping[str, str], *, now: datetime) -> Page:
        """Ask for those that the cycle does not watch: what is declared missing is gone, another version an edit."""
        held, asked = Cursor.of(account.cursor), self._ask_for(account, now)
        posts = {native_id: key for native_id, key in posts.items() if root_of(key) not in held.watch}
        if not posts:
            return Page((), "")
        payload = self._look_up(asked, list(posts))
        found = [raw for raw in map(mapping, items_of(payload)) if raw.get("id")]
        grown = [newest for raw in found if (newest := chain_of(raw)[-1]) not in posts]
        edits = self._look_up(asked, grown) if grown else {}
        page = mentions_of(edits, account=account, seen_at=now)
        gone = tuple(posts[native_id] for native_id in map(root_of, gone_in(payload)) if native_id in posts)
        return replace(page, gone=gone, reads=page.reads + len(found), cost_usd=_cost(payload) + _cost(edits))

    def close(self) -> None:
        """End the streams; a fetch would open another."""
        while self._streams:
            self._streams.popitem()[1].close()

    def _ask_for(self, account: Account, now: datetime) -> Asked:
        secret = self._settings.secret("token_env")
        if secret is None:
            variable = self._settings.token_env or "platforms.x.token_env"
            raise AccountBlocked("token X belum ada", remedy=f"isi {variable}, lalu: kentongan accounts resume "
                                                             f"{account.key}", alone=True)
        token = secret.get_secret_value()
        client = tweepy.Client(token, return_type=dict, wait_on_rate_limit=False)
        guard(client.session, self._adapter)
        asked = Asked(client, account, now, token)
        client.session.hooks["response"].append(asked.note)
        return asked

    def _resolve(self, asked: Asked) -> str:
        """The id behind the handle: asked once, then kept in the cursor, since ids survive renaming."""
        answer = asked.call(lambda c: c.get_user(username=asked.account.handle))
        found = word(mapping(answer.get("data")).get("id"))
        if found is None:
            raise AccountBlocked(f"akun @{asked.account.handle} tidak ditemukan di X",
                                 remedy="periksa handle di config.yaml, atau isi native_id", alone=True)
        return found

    # --- the stream

    def _heard(self, asked: Asked, cursor: Cursor) -> Page | None:
        """What the stream brought meanwhile; None where it is time to ask, as it always is without a stream."""
        if not self._settings.stream:
            return None
        if asked.token not in self._streams:
            self.close()  # of yesterday's token
            self._streams[asked.token] = Stream(asked.token, hosts=HOSTS, base_url=self._settings.base_url,
                                                fields=PROFILES["v2.166"], price=_cost)
        stream = self._streams[asked.token]
        page = stream.take(asked)
        idle = cursor.step == "mentions" and not cursor.next_token
        quiet = idle and asked.now.timestamp() - cursor.polled_at < stream.polls_every()
        if not (quiet or page.mentions or page.quarantined or page.notes):
            return None
        fresh = tuple(m for m in page.mentions if not cursor.outdated(m))
        cursor.see(fresh, now=asked.now)
        # a stream may have missed something: how far the account was read is said by the polls beside it
        return replace(page, mentions=fresh, cursor=cursor.dump(), more=not quiet, unfinished=True,
                       native_id=cursor.user_id)

    # --- mentions

    def _mentions(self, asked: Asked, cursor: Cursor) -> Page:
        cursor.overlap(every=self._overlap_every, now=asked.now)
        payload = self._mentions_page(asked, cursor)
        page = mentions_of(payload, account=asked.account, seen_at=asked.now)
        # since_id may include the post that it names
        fresh = tuple(m for m in page.mentions if m.native_id != cursor.newest_id and not cursor.outdated(m))
        again = {m.native_id for m in fresh if cursor.paid_for(m, now=asked.now)}
        cursor.see(fresh, now=asked.now)
        cursor.count(ids_of(payload))
        cursor.page_done(newest_id=newest_id_of(payload),
                         next_token=word(mapping(payload.get("meta")).get("next_token")) or "")
        more = bool(cursor.next_token) and cursor.pages < self._settings.max_pages
        if not more:
            cursor.pages, cursor.polled_at = 0, asked.now.timestamp()
            cursor.step = self._next_step(cursor, asked.now, done="mentions")
        return replace(page, mentions=fresh, cursor=cursor.dump(), more=more or cursor.step != "mentions",
                       reads=page.reads - len(again), cost_usd=_cost(payload) * (1 - len(again) / max(1, page.reads)))

    def _mentions_page(self, asked: Asked, cursor: Cursor) -> dict[str, Any]:
        """One page. A page token that X no longer takes starts the cycle over from `newest_id`."""
        try:
            payload = self._ask_mentions(asked, cursor, cursor.next_token)
        except BadQuestion:
            if not cursor.next_token:
                raise
            log.warning("page token refused, cycle starts over", account=asked.account.key)
            payload = self._ask_mentions(asked, cursor, "")
        if "data" not in payload and "meta" not in payload:
            if payload.get("errors"):
                raise Refused("X tidak mengenal akun ini", remedy="periksa native_id di config.yaml")
            # an answer without its meta would end the cycle and lose the pages behind it
            raise Transient("jawaban X tanpa data dan tanpa meta")
        return payload

    def _ask_mentions(self, asked: Asked, cursor: Cursor, token: str) -> dict[str, Any]:
        return self._with_fields(asked, lambda client, fields: client.get_users_mentions(
            cursor.user_id, since_id=cursor.floor or cursor.newest_id or None, max_results=PAGE_SIZE,
            pagination_token=token or None, **fields))

    def _with_fields(self, asked: Asked, call: Callable[..., Any]) -> dict[str, Any]:
        """Ask in the profile's words; a 400 that names the field parameter turns to the other, once."""
        try:
            return asked.call(lambda client: call(client, PROFILES[self.profile]))
        except BadQuestion as refused:
            if FIELD_PARAMETER[self.profile] not in refused.detail:
                raise
        self.profile = next(name for name in PROFILES if name != self.profile)
        log.warning("field vocabulary switched", profile=self.profile)
        return asked.call(lambda client: call(client, PROFILES[self.profile]))

    # --- beside the mentions

    def _next_step(self, cursor: Cursor, now: datetime, *, done: str) -> str:
        """The step that is due after `done`; a gap may take several, up to the pages of a cycle."""
        moment = now.timestamp()
        due = {
            "gap": bool(cursor.gaps) and moment >= cursor.gap_at and cursor.pages < self._settings.max_pages,
            "recheck": bool(cursor.watch) and moment - cursor.rechecked_at >= self._recheck_every.total_seconds(),
            "name": moment - cursor.named_at >= self._name_every.total_seconds(),
        }
        later = STEPS[STEPS.index(done) + (done != "gap"):]
        return next((step for step in later if due.get(step)), "mentions")

    def _beside(self, asked: Asked, cursor: Cursor, step: Callable[[Asked, Cursor], Page]) -> Page:
        """A step whose failure must not keep mentions from coming; a dead token and lack of money do."""
        name, page, wait = cursor.step, Page((), ""), timedelta(0)
        try:
            page = step(asked, cursor)
        except (BadQuestion, Refused) as error:
            page = replace(page, notes=(AccountNote("endpoint_refused", f"{name}: {error.reason}"),))
            wait = AFTER_REFUSAL
        except HarvestError as error:
            if error.remedy:
                raise  # a person has to act
            log.info("step left for the next cycle", account=asked.account.key, step=name, reason=error.reason)
            wait = AFTER_FAILURE
        if name == "gap":
            cursor.gap_at = (asked.now + wait).timestamp()
        elif name == "recheck":
            cursor.rechecked_at = asked.now.timestamp()
        else:
            cursor.named_at = asked.now.timestamp()
        cursor.step = self._next_step(cursor, asked.now, done=name)
        cursor.pages = cursor.pages if cursor.step == "gap" else 0
        return replace(page, cursor=cursor.dump(), more=cursor.step != "mentions")

    def _gap(self, asked: Asked, cursor: Cursor) -> Page:
        """A page of recent search over what the timeline no longer showed; what is too old is said to be lost."""
        gap = cursor.gaps[0]
        lost = lost_of(gap, now=asked.now)
        notes = (AccountNote("gap", lost),) if lost else ()
        question = search_for(gap, handle=asked.account.handle, now=asked.now)
        if question is None:
            cursor.gap_searched([], more=False)
            return Page((), "", notes=notes)
        payload = self._with_fields(asked, lambda client, fields: client.search_recent_tweets(**question, **fields))
        page = mentions_of(payload, account=asked.account, seen_at=asked.now)
        fresh = tuple(m for m in page.mentions if not cursor.outdated(m))
        cursor.see(fresh, now=asked.now)
        cursor.gap_searched(ids_of(payload), more=bool(mapping(payload.get("meta")).get("next_token")))
        return replace(page, mentions=fresh, cost_usd=_cost(payload), notes=notes)

    def _recheck(self, asked: Asked, cursor: Cursor) -> Page:
        """Re-read what was seen in the last day: what is missing with a reason is gone, what grew is edited.

        An id that is neither answered nor declared missing proves nothing and is asked again next time.
        """
        cursor.forget_old(asked.now)
        latest = {held[0]: root for root, held in cursor.watch.items()}
        if not latest:
            return Page((), "")
        payload = self._look_up(asked, list(latest))
        found = [raw for raw in map(mapping, items_of(payload)) if raw.get("id")]
        edited = [newest for raw in found if (newest := chain_of(raw)[-1]) not in latest]
        grown = self._look_up(asked, edited) if edited else {}
        page = mentions_of(grown, account=asked.account, seen_at=asked.now)
        cursor.see(page.mentions, now=asked.now)
        missing = [latest[native_id] for native_id in map(root_of, gone_in(payload)) if native_id in latest]
        for root in missing:
            cursor.watch.pop(root, None)
        cost = _cost(grown) + POST_USD * cursor.bill_again(asked.now)
        return replace(page, gone=tuple(f"x:post:{root}" for root in missing), reads=page.reads + len(found),
                       cost_usd=cost)

    def _look_up(self, asked: Asked, ids: list[str]) -> dict[str, Any]:
        return self._with_fields(asked, lambda client, fields: client.get_tweets(ids[:WATCHED], **fields))

    def _name(self, asked: Asked, cursor: Cursor) -> Page:
        """The handle in force; and whether a stranger has taken the one that citizens still use."""
        user = mapping(asked.call(lambda c: c.get_user(id=cursor.user_id)).get("data"))
        handle, before = word(user.get("username")), asked.account.handle
        if handle is None or handle.lower() == before.lower():
            return Page((), "", reads=1, cost_usd=USER_USD, handle=handle)
        notes = [AccountNote("renamed", f"@{before} -> @{handle}")]
        owner = mapping(asked.call(lambda c: c.get_user(username=before)).get("data"))
        if owner.get("id") and str(owner["id"]) != cursor.user_id:
            notes.append(AccountNote("handle_taken", f"@{before} kini milik akun lain (id {owner['id']})"))
        return Page((), "", reads=2, cost_usd=2 * USER_USD, handle=handle, notes=tuple(notes))


def _cost(payload: dict[str, Any]) -> float:
    """As if included posts and users were billed: whether they are is not known."""
    includes = mapping(payload.get("includes"))
    posts = len(items_of(payload)) + sum(len(listing(includes.get(name))) for name in ("tweets", "posts"))
    return POST_USD * posts + USER_USD * len(listing(includes.get("users")))
