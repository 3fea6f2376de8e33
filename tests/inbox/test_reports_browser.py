"""The reports in a real Chromium: at 360 px and by keyboard, dark and light, on paper, with a silent console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from storage.store import Store
from tests.inbox.casework import open_case
from tests.inbox.test_browser import pytestmark, sign_in

__all__ = ["pytestmark"]

PAGES = ("/laporan", "/angka", "/peta?wilayah=33", "/peta?wilayah=33.72", "/laporan/tiket?apa=terbuka", "/laporan/sampel",
         "/tiket/1", "/tiket/1/lapangan")
LOW_CONTRAST = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (c) => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  return [...document.querySelectorAll('.tilemap text')].filter(t => getComputedStyle(t).display !== 'none').map(t => {
    const hex = t.parentNode.querySelector('.tile-hex');
    const [a, b] = [light(getComputedStyle(t).fill), light(getComputedStyle(hex).fill)].sort((x, y) => y - x);
    return [t.textContent, hex.getAttribute('class'), (a + 0.05) / (b + 0.05)];
  }).filter(one => one[2] < 4.5);
}"""


@pytest.fixture
def office_at_work(store: Store) -> None:
    now = timezone.now()
    for n in range(8):
        open_case(store, f"Jalan berlubang di Jebres nomor {n}", place="Jebres", due_in=timedelta(hours=n - 3),
                  now=now - timedelta(hours=6 * n))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_small_phone(scheme: str, office_at_work: None, tab: Any) -> None:
    """Wide tables roll in their own box; what is aimed at is large enough; tiles can be read."""
    tab.emulate_media(color_scheme=scheme)
    sign_in(tab, "citra")
    tab.set_viewport_size({"width": 360, "height": 800})

    for path in PAGES:
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert tab.evaluate(LOW_CONTRAST) == [], path
        small = tab.evaluate("""() => [...document.querySelectorAll('main a.n, .tile-link')].map(a => a.getBoundingClientRect())
            .filter(box => box.width && (box.width < 24 || box.height < 24)).length""")
        assert small == 0, path


def test_a_tile_is_reached_and_opened_by_keyboard(office_at_work: None, tab: Any) -> None:
    """Its focus shows, it says its name and number, Enter opens its list."""
    sign_in(tab, "citra")
    tab.goto("/peta?wilayah=33")
    tab.focus("#map-title a")
    tab.keyboard.press("Tab")

    assert "Surakarta" in tab.evaluate("document.activeElement.getAttribute('aria-label')")
    ring = tab.evaluate("getComputedStyle(document.activeElement.querySelector('.tile-hex')).strokeWidth")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/laporan/tiket?*")

    assert float(ring.removesuffix("px")) > 3
    assert int(tab.inner_text("#total")) == tab.locator("[data-ticket]").count() > 0


@pytest.mark.parametrize("path", ["/", "/tiket/1", "/laporan"])
def test_what_is_printed_has_no_buttons(path: str, office_at_work: None, tab: Any) -> None:
    """A sheet of paper cannot be clicked."""
    sign_in(tab, "alice" if path.startswith("/tiket") else "citra")
    tab.goto(path)
    assert tab.locator("main button").count() > 0
    tab.emulate_media(media="print")

    assert tab.evaluate("""[...document.querySelectorAll('main button, main summary.button, main a.button, main input')]
        .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})).map(e => e.outerHTML.slice(0, 80))""") == []


def test_the_work_order_fits_one_sheet(office_at_work: None, tab: Any) -> None:
    """A4, without the bars of the page."""
    sign_in(tab, "citra")
    tab.goto("/tiket/1/lapangan")
    sheet = tab.pdf(prefer_css_page_size=True)
    tab.emulate_media(media="print")

    assert sheet.count(b"/Type /Page\n") == 1
    assert [tab.is_visible(part) for part in (".top", ".crumb", "[data-print]", ".order-photos")] == [False, False, False, True]
