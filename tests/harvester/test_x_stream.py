"""X's filtered stream on the wire: tweepy's own listener against the simulator."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import orjson
import pytest

from domain import MentionKind
from harvester.x import HOSTS, PROFILES, X
from harvester.x_stream import FIRST_WAIT, RULES, TAG, Stream
from simulators.x_stream import STREAM
from tests.builders import account
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import Clock, event, post, world_of

pytestmark = pytest.mark.filterwarnings("ignore:The 'warn' method:DeprecationWarning:tweepy")
NEVER = timedelta(days=100_000)
TOKEN = "demo-x-bearer"
SOLO = account("x:solo", native_id="9002", handle="kota_contoh")
JATENG = account("x:jateng", native_id="9001", handle="gubernur_contoh")


@pytest.fixture(autouse=True)
def _hang_up():
    yield
    made = X(settings_for("http://127.0.0.1:9", "TEST_X_TOKEN"))
    made.close()


def listening(server, watched=SOLO, *, stream=True, name_every=NEVER, **given):
    settings = settings_for(server.url, "TEST_X_TOKEN", stream=stream, **given)
    return Harvest(X(settings, name_every=name_every, recheck_every=NEVER), watched)


def until(condition):
    """What another thread does takes its time: looked for again and again, for ten seconds at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def connected(server):
    """X listens to us, and we have heard that it does."""
    until(lambda: server.world.calls["listening"] and X._streams[TOKEN].is_heard())


def asked(server, path):
    return sum(request.path == path for request in server.requests)


def polls(server):
    return asked(server, "/2/users/9002/mentions")


def test_without_the_switch_nobody_listens(wire):
    """A stream bills every post: it is off unless an operator wants it."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00"), clock=clock))

    listening(server, stream=False).cycle(clock.set("08:00"))

    assert [r.path for r in server.requests if "stream" in r.path] == []


def test_a_post_arrives_without_a_poll_and_once(wire):
    """What the stream brought costs no request; the poll ten minutes later finds it known, and bills it no second time."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00", "@kota_contoh pagi"), post("b", "08:01", "@kota_contoh lampu mati", media=()),
                           post("c", "08:02", "", kind="repost", of="b"), clock=clock))
    reading = listening(server)
    reading.cycle(clock.set("08:00"))
    connected(server)

    clock.set("08:03")
    until(lambda: reading.cycle(clock.at) and len(reading.stored) == 2)
    before = polls(server)
    later = reading.cycle(clock.set("08:12"))

    assert before == 1
    assert polls(server) == 2
    found = next(m for m in reading.stored.values() if "lampu" in m.text)
    assert (found.kind, found.author.handle) == (MentionKind.MENTION, "warga_b")
    assert len(reading.stored) == 3  # the repost comes by the timeline only
    assert 0 < sum(page.cost_usd for page in later) < 3 * 0.005 + 2 * 0.010  # c, what it shares, two users; b is paid for


def test_a_lost_connection_loses_no_post(wire):
    """The stream breaks; polls come every minute again, and no second connection is opened at once."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00", "@kota_contoh pagi"), post("b", "08:01", "@kota_contoh lampu mati"),
                           clock=clock))
    reading = listening(server)
    reading.cycle(clock.set("08:00"))
    connected(server)
    server.world.faults.add("x:listening", "end")
    until(lambda: not server.world.calls["listening"])
    until(lambda: not X._streams[TOKEN].is_heard())

    reading.cycle(clock.set("08:00:30"))
    quiet = polls(server)
    reading.cycle(clock.set("08:01:30"))

    assert (quiet, polls(server)) == (1, 2)
    assert "@kota_contoh lampu mati" in reading.texts()
    assert asked(server, STREAM) == 1


def test_a_connection_is_opened_again_after_its_wait(wire):
    """Five seconds, then ten: X counts attempts as well. What tells of a disconnection ends it too."""
    clock, ticks = Clock(), [0.0]
    server = wire(world_of(post("a", "07:00", "@kota_contoh pagi"), clock=clock))
    server.world.faults.add("x:listening", "disconnect")
    server.world.faults.add("x:stream", "outage", after=1, times=2)
    reading = listening(server)
    stream = X._streams[TOKEN] = Stream(TOKEN, hosts=HOSTS, base_url=server.url, fields=PROFILES["v2.166"],
                                        price=lambda _: 0.0, clock=lambda: ticks[0])

    tries = []
    for tick in (0, 4, 5, 10, 19):
        ticks[0] = tick
        reading.cycle(clock.set("08:00"))
        until(lambda: not stream.thread.is_alive())
        tries.append(asked(server, STREAM))
    ticks[0] = 20
    reading.cycle(clock.at)
    connected(server)

    assert tries == [1, 1, 2, 3, 3]
    assert asked(server, STREAM) == 4
    until(lambda: stream.wait == FIRST_WAIT)  # it is heard again


def test_two_accounts_share_one_connection_and_have_a_rule_each(wire):
    """X allows one connection; a post that names both reaches both; rules of others are left alone."""
    clock = Clock()
    server = wire(world_of(post("a", "08:01", "@kota_contoh dan @gubernur_contoh banjir", to=("solo", "jateng")),
                           post("b", "08:02", "@gubernur_contoh longsor", to=("jateng",)), clock=clock))
    server.world.stream_rules["7"] = {"id": "7", "value": "kopi", "tag": "other app"}
    solo, jateng = listening(server), listening(server, JATENG)
    solo.cycle(clock.set("08:00"))
    jateng.cycle(clock.at)
    connected(server)

    clock.set("08:03")
    until(lambda: solo.cycle(clock.at) and jateng.cycle(clock.at) and len(solo.stored) + len(jateng.stored) == 3)

    assert [m.text for m in solo.stored.values()] == ["@kota_contoh dan @gubernur_contoh banjir"]
    assert asked(server, STREAM) == 1
    assert {(rule["tag"], rule["value"]) for rule in server.world.stream_rules.values()} == {
        ("other app", "kopi"), (TAG + "x:solo", "@kota_contoh -is:retweet"),
        (TAG + "x:jateng", "@gubernur_contoh -is:retweet")}


def test_after_a_renaming_the_rule_is_another(wire):
    """Citizens write the new name."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00"), clock=clock, events=(event("08:30", "x:solo", "rename", handle="kota_baru"),)))
    reading = listening(server, name_every=timedelta(minutes=10))
    reading.cycle(clock.set("08:00"))

    reading.cycle(clock.set("09:00"))
    reading.cycle(clock.set("09:01"))

    assert [rule["value"] for rule in server.world.stream_rules.values()] == ["@kota_baru -is:retweet"]


@pytest.mark.parametrize("endpoint", ["x:rules", "x:stream"])
def test_a_refused_stream_is_noted_and_the_polls_go_on(wire, endpoint):
    """No right to streams is no reason to be blind."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00", "@kota_contoh pagi"), post("b", "08:01", "@kota_contoh lampu mati"), clock=clock))
    server.world.faults.add(endpoint, "forbidden", times=9)
    reading = listening(server)
    reading.cycle(clock.set("08:00"))
    if endpoint == "x:stream":
        until(lambda: X._streams[TOKEN].trouble)

    for minute in ("08:02", "08:04"):
        reading.cycle(clock.set(minute))

    [note] = [note for page in reading.pages for note in page.notes]
    assert note.kind == "endpoint_refused"
    assert "403" in note.detail
    assert len(reading.stored) == 2
    assert asked(server, RULES) + asked(server, STREAM) <= 3


def test_a_broken_line_costs_itself(wire):
    """A post without text is set aside whole; one that nobody's rule matched is nobody's."""
    clock = Clock()
    server = wire(world_of(post("a", "07:00", "@kota_contoh pagi"), clock=clock))
    reading = listening(server)
    reading.cycle(clock.set("08:00"))
    ours, others = {"matching_rules": [{"tag": TAG + "x:solo"}]}, {"matching_rules": [{"tag": "other app"}]}
    stream = X._streams[TOKEN]
    stream.hear(orjson.dumps({"data": {"id": "1853000000000000020", "text": None}, **ours}))
    stream.hear(orjson.dumps({"data": {"id": "1853000000000000021", "text": "kopi"}, **others}))

    reading.cycle(clock.at)

    assert [item.key for page in reading.pages for item in page.quarantined] == ["x:post:1853000000000000020"]
    assert len(reading.stored) == 1


def test_the_token_is_in_no_log_of_the_stream(wire, caplog):
    """tweepy's stream logs headers and error texts; ours ends before."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    server = wire(world_of(post("a", "07:00"), clock=clock))
    server.world.faults.add("x:stream", "outage")
    listening(server).cycle(clock.set("08:00"))

    until(lambda: X._streams[TOKEN].trouble)

    assert TOKEN not in caplog.text
