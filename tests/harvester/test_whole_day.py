"""The shipped day through every connector on the wire: what is shown to an account reaches us, once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from domain import MentionState
from harvester import CONNECTORS, build_connectors, connector
from harvester.base import HarvestError
from settings import PlatformSettings
from simulators.world import World
from tests.builders import account
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import DAWN, Clock, shipped_day

HOURS = 17


def whole_day(wire, name, platform, token_env, watched_key, **given):
    """Read the shipped day in steps of an hour, as a daemon would that polls once an hour."""
    clock = Clock()
    world = World(shipped_day(), DAWN, 1.0, clock)
    watched = world.account(platform, watched_key)
    server = wire(world)
    reading = Harvest(connector(name, settings_for(server.url, token_env, **given)),
                      account(f"{name}:{watched_key}", platform=name, native_id=watched.id, handle=watched.handle))
    failures = []
    for hour in range(1, HOURS + 1):
        clock.at = DAWN + timedelta(hours=hour)
        try:
            reading.cycle(clock.at)
        except HarvestError as error:
            failures.append(type(error).__name__)
    return reading, world, clock, failures


@pytest.mark.parametrize("watched_key", ["pemkot", "gubernur", "dinsos"])
def test_every_post_on_x_reaches_us(wire, watched_key):
    """Mentions, replies, quotes, reposts, edits and deletions of a whole day."""
    reading, world, clock, _ = whole_day(wire, "x", "x", "TEST_X_TOKEN", watched_key)

    handle = world.handle(world.account("x", watched_key), clock.at)
    shown = [i for i in world.visible("x", watched_key, clock.at) if not i.post.own or f"@{handle}" in i.text]
    assert {f"x:post:{item.root_id}" for item in shown} <= reading.stored.keys()
    assert {m.key: m.text for m in reading.stored.values() if m.state is MentionState.EDITED} == {
        f"x:post:{i.root_id}": i.text for i in shown if i.edited_at}
    assert reading.account.handle == handle
    deleted = {f"x:post:{world.item(p).root_id}" for p in world.day.posts
               if p.on == "x" and p.kind != "repost" and p.deleted_at and watched_key in p.to}
    assert deleted & reading.stored.keys() == set(reading.gone)


@pytest.mark.parametrize("watched_key", ["pemkot", "gubernur"])
def test_every_post_and_comment_on_facebook_reaches_us(wire, watched_key):
    """Also after a token that was dead for three hours."""
    reading, world, clock, failures = whole_day(wire, "facebook", "facebook", "TEST_GRAPH_TOKEN", watched_key)

    shown = world.visible("facebook", watched_key, clock.at)
    keys = {f"facebook:{'comment' if i.kind == 'comment' else 'post'}:{i.graph_id}" for i in shown}
    assert keys == reading.stored.keys() - set(reading.gone)
    assert ("AccountBlocked" in failures) == (watched_key == "gubernur")


def test_every_tag_and_comment_on_instagram_reaches_us(wire):
    """What the official API can see."""
    reading, world, clock, _ = whole_day(wire, "instagram_graph", "instagram", "TEST_GRAPH_TOKEN", "pemkot")

    shown = world.visible("instagram", "pemkot", clock.at)
    keys = {f"instagram:comment:c{i.graph_id}" if i.kind == "comment" else f"instagram:post:{i.shortcode}"
            for i in shown if i.kind != "comment" or world.thread(i.post).own}
    assert keys == reading.stored.keys() - set(reading.gone)


def test_only_what_is_switched_on_is_built():
    """A platform that is off costs nothing, not even its library."""
    platforms = {"facebook": PlatformSettings(), "x": PlatformSettings(enabled=False), "fax": PlatformSettings()}

    assert list(build_connectors(SimpleNamespace(platforms=platforms))) == ["facebook"]


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_connector_knows_its_platform(name):
    """The name in the config is the name in the class."""
    settings = PlatformSettings(base_url="http://127.0.0.1:9")

    assert connector(name, settings).platform == name
