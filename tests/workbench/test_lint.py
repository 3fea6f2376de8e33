"""What the lint says of rules, and what it must not say."""

from __future__ import annotations

from workbench.lint import lint


def desks_unreached(settings):
    found = lint(settings, lambda *keys: ".".join(map(str, keys)))
    return {finding.what for finding in found if finding.code == "no_desk"}


def test_a_body_that_is_known_by_its_name_is_reached(shipped):
    """Perhutani has no route of words: whoever names it reaches it."""
    assert not any("'perhutani'" in said for said in desks_unreached(shipped))


def test_a_department_that_nothing_leads_to_is_named(shipped, edited):
    """Without the entry that knows its names, nothing leads to it."""
    without = edited(agencies=lambda known: [each for each in known if each["department"] != "perhutani"])

    assert any("'perhutani'" in said for said in desks_unreached(without))
