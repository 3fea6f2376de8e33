"""Every payload that others published, through the parser of its platform: a mention, or set aside with a reason.

The files stand beside the repository where they are had at all; without them these tests skip.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain import Page
from harvester import facebook_payload, instagram_payload, x_payload
from harvester.x import FIELD_PARAMETER, PROFILES
from tests.builders import account
from tests.paths import ROOT

SAMPLES = ROOT.parent / "shared" / "payloads"
SEEN_AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
FOLDERS = {  # folder -> platform, least number of mentions that its files hold
    "x-playground-examples": ("x", 6), "x-docs": ("x", 5), "meta-restfb/webhooks": ("facebook", 0),
    "meta-restfb/instagram": ("instagram", 5), "meta-restfb/threads": ("instagram", 3),
}
PARSERS = {"x": x_payload.mentions_of, "facebook": facebook_payload.mentions_of,
           "instagram": instagram_payload.mentions_of}
FILES = sorted(path for folder in FOLDERS for path in (SAMPLES / folder).glob("*.json"))


def payloads_in(path: Path):
    """The answers in a file: an example's responses, an event's post, or the file itself."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if path.parent.name == "x-playground-examples":
        return [example["response"] for example in content]
    if path.parent.name == "x-docs":
        return [{"data": content["data"]["payload"], "includes": content["data"]["includes"]}]
    return [content]


def pages_of(path: Path) -> list[Page]:
    platform, _ = FOLDERS[str(path.parent.relative_to(SAMPLES))]
    watched = account(f"{platform}:solo", native_id="1111111111111111111")
    return [PARSERS[platform](payload, account=watched, seen_at=SEEN_AT) for payload in payloads_in(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_a_sample_is_normalised_or_set_aside_with_a_reason(path):
    """None raises, and none vanishes: each answer gives at least one of the two."""
    for page in pages_of(path):
        assert page.mentions or page.quarantined
        for mention in page.mentions:
            assert mention.key.startswith(f"{mention.platform}:")
            assert mention.posted_at.tzinfo is UTC
            mention.text.encode("utf-8")
        for item in page.quarantined:
            assert item.reason
            assert json.loads(item.raw) is not None


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_holds_posts_is_read_as_posts(folder):
    """Setting everything aside would be no reading."""
    files = [path for path in FILES if path.parent == SAMPLES / folder]
    if not files:
        pytest.skip("no sample payloads here")

    assert sum(len(page.mentions) for path in files for page in pages_of(path)) >= FOLDERS[folder][1]


@pytest.mark.parametrize("endpoint", ["/2/users/{id}/mentions", "/2/tweets/search/recent", "/2/tweets"])
def test_the_new_vocabulary_asks_for_nothing_that_xs_document_does_not_know(endpoint):
    """Fields and expansions of v2.167, against X's own description of that version."""
    path = SAMPLES / "x-openapi-2.167.json"
    if not path.exists():
        pytest.skip("no description here")
    document = json.loads(path.read_text(encoding="utf-8"))
    known = {}
    for given in document["paths"][endpoint]["get"]["parameters"]:
        parameter = document["components"]["parameters"][given["$ref"].rsplit("/", 1)[1]] if "$ref" in given else given
        known[parameter["name"]] = set(parameter["schema"].get("items", {}).get("enum", ()))

    for name, values in PROFILES["v2.167"].items():
        assert set(values) <= known[name.replace("_fields", ".fields")], name
    assert FIELD_PARAMETER["v2.167"] in known
    assert FIELD_PARAMETER["v2.166"] not in known
