"""The invented day on the wall clock."""

from __future__ import annotations

from datetime import timedelta

from simulators.day import Day
from simulators.world import World
from tests.simulators.worlds import ACCOUNTS, DAWN, Clock, event, post, shipped_day, world_of


def test_a_post_appears_is_edited_and_disappears_at_its_times():
    """What a platform shows depends on the clock alone."""
    clock = Clock()
    world = world_of(post("a", "07:00", "lama", edit=("07:10", "baru"), deleted_at="07:20"), clock=clock)

    seen = [[item.text for item in world.visible("x", "solo", clock.set(at))]
            for at in ("06:59", "07:05", "07:15", "07:25")]

    assert seen == [[], ["lama"], ["baru"], []]


def test_speed_shortens_the_day():
    """An hour of the day may pass in a minute."""
    day = Day((post("a", "07:00"),), ACCOUNTS)

    world = World(day, DAWN, 60.0, lambda: DAWN)

    assert world.wall(day.posts[0].at) == DAWN + timedelta(minutes=1)


def test_an_edit_on_x_is_a_new_id_in_a_chain():
    """As on the real platform; elsewhere the id stays."""
    clock = Clock()
    edit = ("07:10", "baru")
    world = world_of(post("a", "07:00", edit=edit), post("b", "07:00", on="facebook", kind="visitor_post", edit=edit),
                     clock=clock)
    clock.set("08:00")

    (on_x,), (on_facebook,) = world.visible("x", "solo"), world.visible("facebook", "solo")

    assert on_x.chain == (on_x.root_id, on_x.id)
    assert int(on_x.root_id) < int(on_x.id)
    assert on_facebook.chain == (on_facebook.id,)


def test_ids_are_the_same_whenever_and_for_whomever_they_are_asked():
    """A world tells one story."""
    clock = Clock()
    posts = [post(f"p{n}", "07:00") for n in range(5)]
    one, other = world_of(*posts, clock=clock), world_of(*posts, clock=clock)

    ids = [item.id for item in one.visible("x", "solo", clock.set("08:00"))]

    assert ids == [item.id for item in other.visible("x", "9002", clock.set("09:00"))]
    assert len(set(ids)) == 5


def test_a_shortcode_is_the_media_id_in_other_signs():
    """instaloader computes one from the other."""
    from instaloader import Post

    clock = Clock()
    world = world_of(post("a", "07:00", on="instagram", kind="tag"), clock=clock)

    (item,) = world.visible("instagram", "solo", clock.set("08:00"))

    assert Post.shortcode_to_mediaid(item.shortcode) == int(item.id)


def test_a_bare_comment_stands_under_the_accounts_own_latest_post():
    """And where there is none, a greeting is there to be commented on."""
    clock = Clock()
    world = world_of(post("c", "07:00", "halo", on="facebook", kind="comment"), clock=clock)
    clock.set("08:00")

    (own,) = world.own_posts("facebook", "solo")

    assert [item.text for item in world.comments(own.post)] == ["halo"]


def test_with_a_post_go_its_comments_and_its_reposts():
    """As on the real platforms."""
    clock = Clock()
    world = world_of(post("a", "07:00", deleted_at="08:00"), post("r", "07:10", "", kind="repost", of="a"),
                     post("b", "07:00", on="facebook", kind="visitor_post", deleted_at="08:00"),
                     post("c", "07:10", on="facebook", kind="comment", of="b"), clock=clock)

    before = len(world.visible("x", "solo", clock.set("07:30"))), len(world.visible("facebook", "solo"))
    after = len(world.visible("x", "solo", clock.set("08:30"))), len(world.visible("facebook", "solo"))

    assert (before, after) == ((2, 2), (0, 0))


def test_events_rename_and_break_accounts_at_their_time():
    """What befalls an account follows the clock of the day."""
    clock = Clock()
    world = world_of(clock=clock, events=(
        event("07:00", "x:solo", "rename", handle="baru"), event("08:00", "x:solo", "token_dies"),
        event("09:00", "x:solo", "token_renewed"), event("10:00", "x:solo", "rate_limit", minutes=10)))
    watched = world.account("x", "9002")

    def fault(at):
        found = world.faults.next("x:solo", clock.set(at))
        return found and found.what

    assert [fault(at) for at in ("07:30", "08:30", "09:30", "10:05", "10:15")] == [
        None, "token", None, "rate_limit", None]
    assert world.handle(watched, clock.set("07:30")) == "baru"


def test_a_script_counts_requests():
    """After two good ones, three bad ones."""
    world = world_of()
    world.faults.add("x:solo", "outage", after=2, times=3)

    told = [world.faults.next("x:solo", DAWN) is not None for _ in range(7)]

    assert told == [False, False, True, True, True, False, False]


def test_every_shipped_post_is_visible_to_those_it_is_meant_for():
    """Nothing of the shipped day is written in vain."""
    day = shipped_day()
    world = World(day, DAWN, 1.0, lambda: DAWN)

    for known in day.posts:
        at = world.wall(known.at) + timedelta(seconds=1)
        for name in known.to:
            assert known.id in {item.post.id for item in world.visible(known.on, name, at)}
