"""Secrets are cut out of what people read."""

from __future__ import annotations

import pytest

from harvester.redaction import redact


@pytest.mark.parametrize("text", [
    "Malformed access token rahasia123",
    "url: /v26.0/1/feed?limit=1&access_token=rahasia123&fields=id",
    '{"access_token": "rahasia123"}',
    "Authorization: Bearer rahasia123",
    "appsecret_proof=rahasia123",
    "Cookie: sessionid=rahasia123; csrftoken=rahasia123",
])
def test_a_known_secret_is_cut_wherever_it_stands(text):
    """Whatever a library writes about it."""
    assert "rahasia123" not in redact(text, ("rahasia123",))


@pytest.mark.parametrize("text", [
    "GET /feed?access_token=kemarin123 failed",
    "Bearer kemarin123",
    "Malformed access token EAAkemarin123456789012",
    "token AAAAAAAAAAAAAAAAAAAAkemarin123456",
])
def test_what_looks_like_a_token_is_cut_as_well(text):
    """The token of yesterday is nobody's business either."""
    assert "kemarin123" not in redact(text)


def test_the_rest_stays_readable_on_one_short_line():
    """Ops must still see what went wrong."""
    text = redact("(#10) This endpoint\n requires a permission " + "x" * 500, ("", "t0ken"))

    assert text.startswith("(#10) This endpoint requires a permission")
    assert len(text) == 200
