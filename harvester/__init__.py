"""Brings in what citizens post: one connector a platform, cursor in, Page out. Knows no store.

`CONNECTORS` names the class of each platform; its module, and the library behind it, is loaded only
where the platform is switched on, so that `analyze` and the inbox never pay for tweepy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harvester.base import Connector
    from settings import PlatformSettings, Settings

CONNECTORS = {
    "facebook": "harvester.facebook:Facebook",
    "instagram": "harvester.instagram:Instagram",
    "instagram_graph": "harvester.instagram_graph:InstagramGraph",
    "mail": "harvester.mail:Mail",
    "x": "harvester.x:X",
}


def build_connectors(settings: Settings) -> dict[str, Connector]:
    """A connector for every platform that is switched on; raises ConfigError where one may not be."""
    return {
        name: connector(name, platform)
        for name, platform in settings.platforms.items()
        if platform.enabled and name in CONNECTORS
    }


def connector(name: str, platform: PlatformSettings) -> Connector:
    """The connector of one platform; raises KeyError for an unknown name."""
    module, _, cls = CONNECTORS[name].partition(":")
    made: Connector = getattr(importlib.import_module(module), cls)(platform)
    return made
