"""How each platform's simulator is stood up beside its connector: what the contract of connectors drives.

One Bench a platform, under the connector's name; `tests/harvester/test_contract.py` runs over all of them, and
fails for a connector that has none. The words for faults are the contract's; `faults` translates where the
simulator has another one for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harvester import connector
from harvester.base import Connector
from harvester.instagram import Instagram
from harvester.instagram_session import write_session
from harvester.wire import Limits
from settings import PlatformSettings
from simulators import mailbox, server
from simulators.instagram_web import COOKIES, USERNAME
from simulators.world import TOKENS, World

QUICK = Limits(connect_seconds=1, read_seconds=0.4, total_seconds=5)
FAULTS = ("throttled", "token", "html", "outage", "truncate", "hang", "blank")
BODIES = (b"null", b"[]", b"7", b'"x"', b"{}", b'{"data": 7}', b'{"data": [null, 7, "x", [], {}]}', b"\xff\xfe", b"{",
          b"[" * 20_000)


class Running(Protocol):
    """A simulator that answers."""

    @property
    def url(self) -> str: ...
    @property
    def requests(self) -> list[Any]: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Bench:
    """`on`, `kind`: how the invented day calls a citizen's post there. `paged`: so many posts take several pages."""

    on: str
    kind: str
    native_id: str
    handle: str
    paged: int
    token: str
    serve: Callable[[World], Running] = server.serve
    session: Callable[[Path], Mapping[str, Any]] = lambda _folder: {}
    made: Callable[[str, PlatformSettings], Connector] | None = None
    faults: Mapping[str, str] = field(default_factory=lambda: {"throttled": "rate_limit"})
    bodies: tuple[bytes, ...] = BODIES

    def connector(self, name: str, url: str, folder: Path) -> Connector:
        """As the daemon makes it from config.yaml; its limits are short, for nobody waits for a test."""
        settings = PlatformSettings(base_url=url, token_env=f"BENCH_{name.upper()}", **self.session(folder))
        if self.made:
            return self.made(name, settings)
        cls: Any = type(connector(name, settings))
        made: Connector = cls(settings, limits=QUICK)
        return made


def _instagram_session(folder: Path) -> Mapping[str, Any]:
    path = folder / "session.json"
    if not path.exists():
        write_session(path, USERNAME, COOKIES)
    return {"session_file": path}


def _instagram(_name: str, settings: PlatformSettings) -> Connector:
    made = Instagram(settings)
    made.adapter.limits = QUICK
    return made


BENCHES: dict[str, Bench] = {
    "facebook": Bench("facebook", "visitor_post", "8001", "kotacontoh", 25, TOKENS["facebook"]),
    "instagram": Bench("instagram", "tag", "7001", "kota_contoh", 25, COOKIES["sessionid"], session=_instagram_session,
                       made=_instagram),
    "instagram_graph": Bench("instagram", "tag", "7001", "kota_contoh", 25, TOKENS["instagram"]),
    "mail": Bench("mail", "mention", "6001", "lapor@kota.example", 60, TOKENS["mail"], serve=mailbox.Mailbox,
                  bodies=()),
    "x": Bench("x", "mention", "9002", "kota_contoh", 130, TOKENS["x"]),
}
