"""A small invented Instagram, and the real instaloader in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from domain import Account, Mention, Page
from harvester.instagram import Instagram
from harvester.instagram_session import write_session
from settings import PlatformSettings
from simulators import instagram_web
from simulators.day import Day, Picture, Post, Spot, Watched
from simulators.server import Server
from simulators.world import World

DAWN = datetime(2026, 11, 1, 23, 0, tzinfo=UTC)  # Monday 06:00 WIB
NIGHT = timedelta(hours=16)
WATCHED = {
    ("instagram", "gubernur"): Watched("gubernur", "instagram", "7002", "gubernur_contoh", "Gubernur Contoh"),
    ("instagram", "pemkot"): Watched("pemkot", "instagram", "7001", "pemkot_contoh", "Pemkot Contoh"),
}
ACCOUNT = Account("instagram:gubernur", "instagram", "7002", "gubernur_contoh", "jateng")
OTHER = Account("instagram:pemkot", "instagram", "7001", "pemkot_contoh", "solo")


def tag(n: int, **given: Any) -> Post:
    """A citizen's photo in which the governor is tagged, n minutes after six."""
    fields: dict[str, Any] = {
        "id": f"tag-{n}", "at": timedelta(minutes=n), "on": "instagram", "to": ("gubernur",), "by": f"warga_{n}",
        "kind": "tag", "text": f"Lampu jalan mati di gang {n} #lampu @gubernur_contoh",
        "media": (Picture("photo", f"lampu-{n}"),),
    }
    return Post(**{**fields, **given})


def own(n: int = 0, name: str = "sapa", **given: Any) -> Post:
    return tag(n, id=name, by=None, kind="mention", own=True, text="Selamat pagi, warga.", **given)


def comment(n: int, of: str = "sapa", **given: Any) -> Post:
    fields: dict[str, Any] = {"id": f"komentar-{n}", "kind": "comment", "of": of, "media": (),
                              "text": f"Air mati sejak pukul {n}"}
    return tag(n, **{**fields, **given})


def spot() -> Spot:
    return Spot("Pasar Legi", -7.561, 110.822)


@dataclass
class InstagramOnTheWire:
    """The simulator, its clock and a connector that is logged in."""

    world: World
    server: Server
    connector: Instagram
    clock: list[datetime]

    @property
    def now(self) -> datetime:
        return self.clock[0]

    def later(self, **passed: float) -> None:
        self.clock[0] += timedelta(**passed)

    def asked(self) -> int:
        return len(self.server.requests)

    def cycle(self, account: Account = ACCOUNT) -> tuple[list[Page], Account]:
        """Fetch until there is no more, as the daemon does."""
        pages = []
        while True:
            page = self.connector.fetch(account, now=self.now)
            pages.append(page)
            account = replace(account, cursor=page.cursor)
            if not page.more:
                return pages, account


def mentions(pages: list[Page]) -> list[Mention]:
    return [mention for page in pages for mention in page.mentions]


@contextmanager
def instagram(folder: Path, *posts: Post, requests_per_hour: int | None = None, max_pages: int = 8,
              events: tuple[Any, ...] = ()) -> Iterator[InstagramOnTheWire]:
    clock = [DAWN + NIGHT]
    world = World(Day(posts, WATCHED, {}, events), DAWN, 1.0, lambda: clock[0])
    server = Server(world, dict.fromkeys(instagram_web.HOSTS, instagram_web.handle), 0)
    session = folder / "instagram.json"
    write_session(session, instagram_web.USERNAME, instagram_web.COOKIES)
    settings = PlatformSettings(base_url=server.url, session_file=session, max_pages=max_pages)
    try:
        yield InstagramOnTheWire(world, server, Instagram(settings, requests_per_hour=requests_per_hour), clock)
    finally:
        server.stop()
