"""The invented day as archives: complete, readable by the real libraries, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import instaloader
import orjson
import pytest

from harvester.archive import ArchiveConnector
from simulators import archives
from tests.builders import NOON
from tests.simulators.worlds import shipped_day

DAY = Path(__file__).parent.parent.parent / "simulators" / "day"
MONDAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def posts():
    return shipped_day().posts


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("arsip") / "hari"
    archives.write(DAY, out, date=MONDAY)
    return out


@pytest.fixture(scope="module")
def pages(folder):
    connector = ArchiveConnector(folder)
    found = {}
    for account in connector.accounts():
        found[account.key] = []
        while not found[account.key] or found[account.key][-1].more:
            page = connector.fetch(account, now=NOON)
            account = replace(account, cursor=page.cursor)
            found[account.key].append(page)
    return found


def mentions(pages):
    return [m for of_account in pages.values() for page in of_account for m in page.mentions]


@pytest.mark.slow
def test_the_same_day_gives_the_same_bytes(folder, tmp_path):
    """Two archives of one day cannot be told apart."""
    archives.write(DAY, tmp_path / "lagi", date=MONDAY)

    def contents(root):
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert contents(tmp_path / "lagi") == contents(folder)


@pytest.mark.slow
def test_every_account_of_the_demonstration_has_its_archive(folder):
    """In the form in which such archives come, with what the file names cannot say beside them."""
    names = {path.name for path in folder.iterdir()}

    assert {"x__pemkot.x-v2.jsonl", "facebook__pemkot.graph.jsonl", "instagram_graph__pemkot.graph.jsonl",
            "instagram__gubernur.instaloader", "accounts.json"} <= names
    accounts = {account.key: account for account in ArchiveConnector(folder).accounts()}
    assert accounts["x:dinsos"].department == "dinsos-jateng"
    assert accounts["x:pemkot"].government == "solo"


def test_every_post_that_lasted_is_in_the_archives(pages, posts):
    """No citizen's post is missing: as many keys as posts. X shows an account no posts of its own."""
    lasted = [post for post in posts if post.deleted_at is None and not (post.own and post.on == "x")]
    texts = {m.text for m in mentions(pages)}

    missing = [post.id for post in lasted if post.kind != "repost" and post.text not in texts]
    assert missing == []
    assert len({m.key for m in mentions(pages)}) >= len(lasted)


def test_an_edited_post_is_there_in_both_versions(pages, posts):
    """Under one key, the older first."""
    edited = [post for post in posts if post.edit is not None]
    told: dict[str, list[str]] = {}
    for m in mentions(pages):
        if m.text not in told.setdefault(m.key, []):
            told[m.key].append(m.text)

    both = {tuple(texts) for texts in told.values() if len(texts) > 1}
    assert both
    assert both <= {(post.text, post.edit.text) for post in edited}


def test_an_archive_cannot_tell_what_was_deleted(pages, posts):
    """No page declares anything gone, although posts of that day were deleted."""
    assert any(post.deleted_at for post in posts)
    assert not [key for of_account in pages.values() for page in of_account for key in page.gone]


def test_what_cannot_be_read_is_in_quarantine(pages):
    """The day's one malformed post is counted, and nothing else is malformed."""
    faults = [q for of_account in pages.values() for page in of_account for q in page.quarantined]

    assert [q.account for q in faults] == ["x:pemkot"]


def test_the_instaloader_folder_is_one_for_instaloader_itself(folder):
    """The real library reads every post file, and a folder of comments stands beside own posts."""
    files = sorted((folder / "instagram__gubernur.instaloader").rglob("*.json"))
    context = instaloader.Instaloader(quiet=True, sleep=False).context

    read = [instaloader.load_structure_from_file(context, str(path)) for path in files
             if not path.name.endswith("_comments.json")]

    assert len({post.shortcode for post in read}) > 5
    assert all(post.owner_username and post.date_utc.year == 2026 for post in read)
    assert any(path.name.endswith("_comments.json") for path in files)


def test_x_pages_are_newest_first_as_the_platform_gives_them(folder):
    """The files look like a collector's, not like ours."""
    pages = [orjson.loads(line) for line in (folder / "x__pemkot.x-v2.jsonl").read_bytes().splitlines()]
    ids = [[int(post["id"]) for post in page["data"] if post.get("text")] for page in pages]

    assert all(page["__twarc"]["retrieved_at"].startswith("2026-11-02T") for page in pages)
    assert ids == [sorted(of_page, reverse=True) for of_page in ids]
    assert sum(len(of_page) > 1 for of_page in ids) > 3


def test_another_days_files_are_not_mixed_in(folder):
    """A folder that holds something is left alone."""
    with pytest.raises(FileExistsError):
        archives.write(DAY, folder, date=MONDAY)
