"""WCAG 2.2 A and AA by machine on every page, the whole way by keyboard, and hostile posts wherever posts are shown.

axe-core comes bundled with a package of the tests; nothing of it is shipped and no page loads anything from outside.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from storage.store import Store
from tests.inbox.casework import open_case
from tests.inbox.conftest import PASSWORD
from tests.inbox.test_hostile_texts import HOSTILE
from tests.inbox.walks import ANSWERS, PAGES, PIECES, PLAIN, SENT, World, build

RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}},
         "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]}}


def test_every_address_has_a_way_through_a_browser(office: Any) -> None:
    """Who adds an address adds its way in `walks.py`; a page cannot hide among what is only sent."""
    from inbox.urls import urlpatterns

    names = {pattern.name for pattern in urlpatterns}

    assert names - set(PAGES) - PIECES - SENT - set(ANSWERS) == set()
    assert (set(PAGES) | PIECES | SENT | set(ANSWERS)) - names == set()


def test_what_is_only_sent_shows_no_page_when_it_is_opened(office: Any, browser_of: Any) -> None:
    """An address that stands among the forms really is none that a GET opens."""
    from inbox.urls import urlpatterns

    for pattern in urlpatterns:
        if pattern.name in SENT:
            path = "/" + str(pattern.pattern).replace("<number:number>", "1").replace("<number:photo>", "1").replace(
                "<slug:verb>", "x").replace("<slug:key>", "x")
            assert browser_of("citra").get(path).status_code == 405, path


def enter(tab: Any, browser_of: Any, name: str) -> None:
    """Be this person in the tab, without typing a password each time; "" is a stranger."""
    tab.context.clear_cookies()
    if name:
        tab.context.add_cookies([{"name": "kentongan", "value": browser_of(name).cookies["kentongan"].value,
                                  "domain": "127.0.0.1", "path": "/"}])


def walk(tab: Any, browser_of: Any, world: World) -> Any:
    """Each page in turn, open in the tab; yields what to call it."""
    for name, ways in PAGES.items():
        for who, path in ways(world):
            enter(tab, browser_of, who)
            shown = tab.goto(path)
            assert shown.status == (404 if path.endswith("/999") else 200), (path, who)
            yield f"{name} {path} as {who or 'a stranger'}"
    for name, doings in ANSWERS.items():
        for who, do in doings:
            enter(tab, browser_of, who)
            do(tab, world)
            tab.wait_for_load_state("load")
            yield f"{name} answered, {do.__name__}"
    tab.trouble[:] = [line for line in tab.trouble if not any(code in line for code in ("404", "409", "422"))]  # said on purpose


def open_everything(tab: Any) -> None:
    """What is folded is checked too; forms that exclude each other one after the other would cost a run each."""
    tab.evaluate("for (const each of document.querySelectorAll('main details')) { each.removeAttribute('name'); each.open = true }")


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_violates_wcag(width: int, scheme: str, store: Store, tab: Any, browser_of: Any, album: Any,
                               tmp_path: Path) -> None:
    """axe-core, levels A and AA up to 2.2, on each page as those who open it, with every fold open."""
    from axe_playwright_python.sync_playwright import Axe

    world = build(store, browser_of, PLAIN, tmp_path)
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    axe, found, pages = Axe(), [], 0
    for where in walk(tab, browser_of, world):
        open_everything(tab)
        results = axe.run(tab, options=RULES).response
        pages += 1
        found += [f"{where}: {each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
                  for each in results["violations"] for node in each["nodes"]]
        assert len(results["passes"]) > 5, where

    assert found == []
    assert pages >= len(PAGES)


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
def test_the_check_finds_what_is_planted(tab: Any) -> None:
    """A field that lost its label, a text that is too pale and a target too small for a finger are reported."""
    from axe_playwright_python.sync_playwright import Axe

    tab.goto("/masuk")
    tab.evaluate("""() => { document.querySelector('label[for=username]').remove();
        document.querySelector('h1').className = 'planted';
        for (const each of document.querySelectorAll('.langs button')) each.className = 'tiny';
        const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet];
        sheet.replaceSync('.planted { color: #ccc } .langs button.tiny { min-height: 9px; height: 9px; flex: 0; width: 9px; padding: 0;'
                          + ' overflow: hidden } .langs { gap: 0 }'); }""")

    found = {each["id"] for each in Axe().run(tab, options=RULES).response["violations"]}

    assert {"label", "color-contrast", "target-size"} <= found


# --- hands on the keys -----------------------------------------------------------------------------


SHOWN = """(() => { const e = document.activeElement, own = getComputedStyle(e), row = e.closest('.row');
  return (own.outlineStyle !== 'none' && parseFloat(own.outlineWidth) >= 2)
      || (row !== null && getComputedStyle(row).boxShadow.includes('inset')) })()"""


def tab_to(tab: Any, selector: str, most: int = 120) -> None:
    """Press Tab until the element has the focus, and see that the focus shows."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("s => document.activeElement.matches(s)", selector):
            assert tab.evaluate(SHOWN), f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
@pytest.mark.parametrize("width", [1280, 360])
def test_a_day_s_work_by_keyboard_alone(width: int, store: Store, tab: Any, people: Any, album: Any) -> None:
    """Sign in, open, accept, reject with a reason, take it back, close: Tab, Enter, arrows, no mouse and no shortcut."""
    number = open_case(store, "Jalan berlubang di Jebres", now=timezone.now())
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto("/masuk")
    # The name has the focus by itself, but Chromium gives it with a frame, which may come after `load`.
    tab.wait_for_function("document.activeElement.name === 'username'")
    tab.keyboard.type("alice")
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    typed = tab.evaluate("[...document.querySelectorAll('main input:not([type=hidden])')].map(box => box.value)")
    assert typed[:2] == ["alice", PASSWORD]
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#queue")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab_to(tab, ".row-link")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/tiket/{number}")

    def status() -> str:
        return str(store.ticket(people["alice"].actor, number).ticket.status)

    tab_to(tab, "[data-accept]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".s-diterima")
    assert status() == "diterima"
    tab_to(tab, ".act-reject > summary")
    tab.keyboard.press("Enter")
    tab_to(tab, "#reject-reason")
    tab.keyboard.type("Laporan g")
    tab_to(tab, ".act-reject button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".s-ditolak")
    assert store.ticket(people["alice"].actor, number).ticket.reason == "ganda"
    tab_to(tab, ".act-reopen > summary")
    tab.keyboard.press("Enter")
    tab_to(tab, ".act-reopen button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-accept]")
    assert status() == "baru"
    tab_to(tab, "[data-accept]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".s-diterima")
    tab_to(tab, ".act-finish > summary")
    tab.keyboard.press("Enter")
    tab_to(tab, "#finish-note")
    tab.keyboard.type("Sudah ditambal")
    tab_to(tab, ".act-finish button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".s-selesai")
    assert status() == "selesai"


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
def test_every_label_is_indonesian(store: Store, tab: Any, browser_of: Any, album: Any, tmp_path: Path) -> None:
    """What a screen reader speaks, and what is written on buttons, is Indonesian on every page, and there is a language."""
    from inbox.configuration import HERE

    english = {line.strip().lower() for line in _english(HERE / "locale/en/LC_MESSAGES/django.po")}
    world = build(store, browser_of, PLAIN, tmp_path)
    for where in walk(tab, browser_of, world):
        assert tab.evaluate("document.documentElement.lang") == "id", where
        spoken = tab.evaluate("""() => [...document.querySelectorAll('[aria-label], [title], [alt], [placeholder], label, button,'
            + ' summary, legend, h1, h2, h3, th, dt')].flatMap(e => [e.getAttribute('aria-label'), e.getAttribute('title'),
            e.getAttribute('alt'), e.getAttribute('placeholder'), e.children.length ? '' : e.textContent])
            .filter(Boolean).map(s => s.trim()).filter(Boolean)""")
        assert [word for word in spoken if word.lower() in english] == [], where


def _english(po: Path) -> set[str]:
    """Translations that differ from their Indonesian original, and are no word of both languages."""
    text = po.read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M)
    originals = {one.lower() for one, _ in pairs}
    return {other for one, other in pairs if one != other and other.lower() not in originals and len(other) > 3}


# --- hostile posts ---------------------------------------------------------------------------------

WORSE = {
    **HOSTILE,
    "htmx": '<b hx-get="/keluar" hx-trigger="load" data-hx-post="/keluar">x</b> <div hx-on:click="alert(1)">',
    "formula": '=HYPERLINK("https://evil.example","klik") +1 -1 @SUM(A1)',
    "zalgo": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e" * 40,
    "data link": '<a href="data:text/html,<script>alert(1)</script>">x</a> <meta http-equiv=refresh content="0;url=//evil.example">',
    "huge": "lubang" * 3_000,
    "style": "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
}
LIVE = """() => {
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const name = e.localName;
    if (['iframe', 'object', 'embed', 'base', 'meta', 'link', 'style', 'foreignobject', 'animate', 'set'].includes(name)
        || (name === 'script' && !new URL(e.src, location).pathname.startsWith('/static/'))) bad.push(name);
    for (const a of e.attributes) {
      if (/^(on|hx-|data-hx-|style$|srcdoc$|formaction$)/i.test(a.name)) bad.push(name + ' ' + a.name);
      if (/^(href|src|action|xlink:href)$/.test(a.name) && /^\\s*(javascript|data:text|vbscript)/i.test(a.value)) bad.push(a.value);
    }
    if (name === 'form' && new URL(e.action).origin !== location.origin) bad.push('form ' + e.action);
    if (name === 'img' && new URL(e.src, location).origin !== location.origin && !e.src.startsWith('data:image/')) bad.push(e.src);
  }
  if (!document.title.endsWith('· Kentongan')) bad.push('title ' + document.title);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) bad.push('sideways');
  if (/[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u0000\u001b]/.test(document.body.innerText)) bad.push('hidden signs');
  return bad }"""


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [1280, 360])
def test_hostile_posts_are_only_text_on_every_page(width: int, store: Store, tab: Any, browser_of: Any, album: Any,
                                                   tmp_path: Path) -> None:
    """As post, author, note, reason, answer and in the lanes: no dialog, no live node, no request, a silent console."""
    world = build(store, browser_of, tuple(WORSE.values()), tmp_path)
    tab.set_viewport_size({"width": width, "height": 800})
    pages = [*PAGES["ticket"](world), *(("alice", f"/tiket/{number}") for number in world.numbers)]

    for where in walk(tab, browser_of, world):
        assert tab.evaluate(LIVE) == [], where
    for who, path in pages:
        enter(tab, browser_of, who)
        tab.goto(path)
        open_everything(tab)
        assert tab.evaluate(LIVE) == [], path
    tab.trouble[:] = [line for line in tab.trouble if "404" not in line]


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
def test_the_search_for_live_nodes_finds_what_is_planted(tab: Any) -> None:
    """What a template would let through by mistake does not pass unseen."""
    tab.goto("/masuk")
    assert tab.evaluate(LIVE) == []
    tab.evaluate("""() => document.querySelector('main').insertAdjacentHTML('beforeend', '<b hx-get="/x">\\u202e</b>'
        + '<a href="javascript:void 0">x</a><object></object><form action="https://evil.example"></form>')""")

    assert set(tab.evaluate(LIVE)) == {"b hx-get", "javascript:void 0", "object", "form https://evil.example/",
                                       "hidden signs"}
