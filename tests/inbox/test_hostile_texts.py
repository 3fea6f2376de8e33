"""What people with bad intentions write arrives on every page as text and does nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from domain import Author
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, keep_in_lane, open_case
from tests.tiers import few

HOSTILE = {
    "script": "<script>document.title='kena'</script>",
    "picture": '"><img src=x onerror="document.title=1">',
    "drawing": "<svg onload=alert(1)><animate onbegin=alert(2) attributeName=x dur=1s>",
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "link": '<a href="javascript:alert(1)">klik</a> javascript:alert(1)',
    "form": "</textarea></form><form action=https://evil.example><input name=a>",
    "template": "{{ 7*7 }} {% for x in y %} {{ config }} ${7*7} #{7*7}",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "bidi": "aman \u202e\u2066gnaruk\u2069 biasa",
    "zero": "ja\u200blan\ufeff\x00\x1b[31m",
    "comment": "<!-- --> <![CDATA[ ]]> </bdi></p></li></ol></main>",
    "attribute": "' onmouseover='alert(1)' x='",
}


class Tags(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def skeleton(html: str) -> list[str]:
    """The page's tags in order: what a hostile text would change if it were more than text."""
    return [tag for tag, _ in Tags(html).seen if tag != "mark"]


@pytest.mark.parametrize("name", few(HOSTILE))
def test_a_hostile_text_changes_nothing_in_the_structure_of_any_page(
    name: str, store: Store, browser_of: Any
) -> None:
    """Queue, ticket, unmasked ticket and lanes have the very same tags as with a harmless text."""
    text = HOSTILE[name]

    def pages(words: str, number: int) -> list[str]:
        citra = browser_of("citra")
        found = [citra.get(path).content.decode() for path in (f"/?cari=tanda{number}", f"/tiket/{number}", "/lajur")]
        opened = citra.post(f"/tiket/{number}/data-pribadi", {"reason": "uji coba"})
        return [*found, opened.content.decode()]

    def arrive(words: str, mark: str) -> int:
        post = mention(f"{words} {mark}", platform="instagram", account=ACCOUNT, at=NOON,
                       author=Author("u1", words[:30], words[:60]), url=f"https://www.instagram.com/p/{words[:20]}")
        return open_case(store, post, words=(words[:6],), place="")

    keep_in_lane(store, "teks biasa saja")
    plain = pages("biasa", arrive("teks biasa", "tanda1"))
    keep_in_lane(store, "ganti")
    store_before = len(skeleton(browser_of("citra").get("/lajur").content.decode()))
    keep_in_lane(store, text)
    hostile = pages(text, arrive(text, "tanda2"))

    assert skeleton(hostile[0]) == skeleton(plain[0])
    assert skeleton(hostile[1]) == skeleton(plain[1])
    assert skeleton(hostile[3]) == skeleton(plain[3])
    assert len(skeleton(hostile[2])) - store_before == store_before - len(skeleton(plain[2]))
    hostile.append(browser_of("citra").get("/tiket/2/lapangan").content.decode())
    hostile.append(browser_of("citra").get("/laporan/tiket?apa=masuk&sejak=2026-11-01T00:00&hingga=2026-11-09T00:00").content.decode())
    for page in hostile:
        for tag, attributes in Tags(page).seen:
            assert not any(attribute.startswith("on") for attribute in attributes), (tag, attributes)
            assert not (attributes.get("href") or "").startswith("javascript:")
        assert not set("\u202e\u2066\u2069\u200b\ufeff\x00\x1b") & set(page)
        assert " 49 " not in page.replace("{{ 7*7 }}", "")
