"""Take the README's pictures from a demo that is running: `make run` in one terminal, `make screenshots` in another.

Waits until the viral bridge has been told often enough to show what folding does, then photographs the
queue of a department and the ticket, on a desk and on a phone. Writes PNG files and nothing else;
signs in with new passwords of the demo's people, which ends the sessions that they have. Decides
nothing on a ticket, and opens no personal data: what is masked stays masked.

With --reports it photographs the reports and a work order for docs/oversight.md instead, as the coordinator sees
them; a demo in which nobody works has little to report, so first `python -m scripts.fortnight`, then
`kentongan inbox --config` with the settings that it prints.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from settings import load

CHROMIUM = "/usr/bin/chromium"
PERSON, COORDINATOR = "dpupr", "koordinator"
STORY, TOLD = "jembatan penyeberangan Ngoresan lantainya", 100  # words of the story; how often it has to be told
PATIENCE_SECONDS = 600
DESK, PHONE = {"width": 1280, "height": 940}, {"width": 390, "height": 1000}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("--config", default="var/demo/config.yaml", help="the running demo's settings")
    parser.add_argument("--url", help="its address, where it is not the port of the settings")
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    parser.add_argument("--reports", action="store_true", help="the reports instead, of an inbox that has some")
    given = parser.parse_args(arguments)
    url = given.url or f"http://127.0.0.1:{load(given.config).inbox.port}/"
    given.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        if given.reports:
            photograph_reports(browser, url, password_of(COORDINATOR, given.config), given.to)
        else:
            photograph(browser, url, password_of(PERSON, given.config), given.to)
        browser.close()
    return 0


def password_of(name: str, config: str) -> str:
    """A new one-time password of a person of the demo."""
    command = [sys.executable, "-m", "inbox", "users", "demo", "--config", config]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 our own module
    rows = (json.loads(line) for line in done.stdout.splitlines())
    return next(str(row["password"]) for row in rows if row["name"] == name)


def photograph(browser: Browser, url: str, password: str, to: Path) -> None:
    with signed_in(browser, url, password, viewport=DESK) as page:
        ticket = told_often(page)
        shoot(page, "/", to / "queue-desk.png")
        page.set_viewport_size({"width": 1280, "height": 1250})
        shoot(page, ticket, to / "ticket-desk.png")
    with signed_in(browser, url, password, viewport=PHONE, device_scale_factor=2, is_mobile=True) as page:
        shoot(page, ticket, to / "ticket-phone.png")
        shoot(page, "/", to / "queue-phone.png")


def photograph_reports(browser: Browser, url: str, password: str, to: Path) -> None:
    fortnight = f"dari={date.today() - timedelta(days=13)}&sampai={date.today()}"  # noqa: DTZ011 as the browser's clock
    pages = {"brief": "/laporan", "figures": f"/angka?{fortnight}", "map": f"/peta?wilayah=33&{fortnight}",
             "map-solo": f"/peta?wilayah=33.72&{fortnight}", "work-order": ""}
    with signed_in(browser, url, password, name=COORDINATOR, viewport={"width": 1280, "height": 1060}) as page:
        page.goto("/?cari=pilox&status=semua")
        pages["work-order"] = f"{page.locator('.row-link').first.get_attribute('href')}/lapangan"
        for name, address in pages.items():
            shoot(page, address, to / f"{name}-desk.png")
        pages["rules-diff"] = compared(page)
        shoot(page, pages["rules-diff"], to / "rules-diff-desk.png")
    with signed_in(browser, url, password, name=COORDINATOR, viewport=PHONE, device_scale_factor=1.5,
                   is_mobile=True) as page:
        for name in ("brief", "map", "rules-diff"):
            shoot(page, pages[name], to / f"{name}-phone.png")


def compared(page: Page) -> str:
    """The address of a draft in which another office gets the roads of Solo, once it is compared with what was told."""
    page.goto("/bengkel/sunting?bagian=routes")
    page.fill("#isi", page.input_value("#isi").replace("to: dpupr-solo", "to: dishub-solo"))
    page.click("form:has(#isi) button")
    page.wait_for_selector("#effect-title", timeout=PATIENCE_SECONDS * 1000)
    return page.url


@contextmanager
def signed_in(
    browser: Browser, url: str, password: str, *, name: str = PERSON, **device: Any
) -> Iterator[Page]:
    context = browser.new_context(base_url=url, color_scheme="light", locale="id-ID", **device)
    page = context.new_page()
    page.goto("/masuk")
    page.fill("#username", name)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_selector("#queue")
    yield page
    context.close()


def told_often(page: Page) -> str:
    """The address of the story's ticket, once it is told TOLD times. Raises TimeoutError if it never is."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        page.goto(f"/?cari={STORY.replace(' ', '+')}")
        for row in page.locator(".row").all():
            told = row.locator(".told")
            if told.count() and int("".join(filter(str.isdigit, told.inner_text()))) >= TOLD:
                return str(row.locator(".row-link").get_attribute("href"))
        time.sleep(2)
    raise TimeoutError(f"no ticket on {STORY!r} was told {TOLD} times: does the demo run?")


def shoot(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)


if __name__ == "__main__":
    sys.exit(main())
