"""A real Chromium, headless, as a reviewer uses it: keyboard, phone width, hostile posts, a silent console."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from domain import Account, AccountState, Page, Quota
from storage.store import Store
from tests.builders import mention
from tests.inbox.casework import ACCOUNT, open_case
from tests.inbox.conftest import PASSWORD
from tests.inbox.test_closing import drawing
from tests.inbox.test_hostile_texts import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_thread_for_both")]


def sign_in(tab: Any, name: str = "alice") -> None:
    tab.goto("/masuk")
    tab.fill("#username", name)
    tab.fill("#password", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#queue")
    tab.wait_for_load_state("load")  # scripts are deferred: the keys work from here on


def test_a_reviewer_accepts_by_keyboard_alone(store: Store, tab: Any, people: Any) -> None:
    """Down, down, up, accept, open: hands stay on the keys, and the next ticket is under the cursor."""
    now = timezone.now()
    first, second, _ = (open_case(store, f"Jalan berlubang nomor {n}", due_in=timedelta(days=n), now=now)
                        for n in (1, 2, 3))
    sign_in(tab)

    for key in "jjk":
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.closest('.row').dataset.ticket") == str(first)
    tab.keyboard.press("a")
    tab.wait_for_selector(".flash-success")

    assert store.ticket(people["alice"].actor, first).ticket.status == "diterima"
    assert tab.evaluate("document.activeElement.closest('.row') !== null")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/tiket/{second}")
    tab.keyboard.press("a")
    tab.wait_for_selector(".flash-success")
    assert store.ticket(people["alice"].actor, second).ticket.status == "diterima"
    tab.keyboard.press("u")
    tab.wait_for_selector("#queue")


def test_shortcuts_leave_typing_alone_and_can_be_switched_off(store: Store, tab: Any) -> None:
    """A letter in the search box is a letter; who does not want shortcuts has none."""
    open_case(store, "Jalan berlubang di Jebres")
    sign_in(tab)
    tab.keyboard.press("/")
    tab.keyboard.type("ja?")
    assert tab.input_value("#cari") == "ja?"
    tab.locator("#cari").blur()

    tab.keyboard.press("?")
    tab.uncheck("#keys-on")
    tab.keyboard.press("Escape")
    tab.keyboard.press("j")

    assert tab.evaluate("document.activeElement.closest('.row')") is None


def test_new_tickets_wait_behind_a_button_and_the_reader_keeps_the_place(store: Store, tab: Any) -> None:
    """The queue fills while one watches: counts move, rows do not, and the new ones come when asked for."""
    old = open_case(store, "Jalan berlubang di Jebres", now=timezone.now())
    sign_in(tab)
    tab.keyboard.press("j")
    tab.evaluate("window.notReloaded = true")

    fresh = open_case(store, "Jembatan roboh di Laweyan", now=timezone.now(), due_in=timedelta(hours=5),
                      urgency="darurat", urgent=("roboh",))
    other = open_case(store, "Trotoar rusak di Jebres", now=timezone.now(), due_in=timedelta(days=9))

    tab.wait_for_selector("#arrivals button:has-text('2 tiket baru, 1 darurat')")
    assert [row.get_attribute("data-ticket") for row in tab.locator(".row").all()] == [str(old)]
    assert tab.inner_text(".tabs [aria-current] .count") == "3"
    assert tab.evaluate("document.activeElement.closest('.row').dataset.ticket") == str(old)
    tab.keyboard.press("n")
    assert [row.get_attribute("data-ticket") for row in tab.locator(".row").all()] == [
        str(fresh), str(old), str(other)]
    assert tab.evaluate("document.activeElement.closest('.row').dataset.ticket") == str(fresh)
    assert tab.locator("#arrivals button").count() == 0
    assert tab.evaluate("window.notReloaded")


def test_an_empty_queue_fills_by_itself(store: Store, tab: Any) -> None:
    """Where nothing is shown nothing can jump: the first ticket simply appears."""
    sign_in(tab)

    fresh = open_case(store, "Jembatan roboh di Laweyan", now=timezone.now(), due_in=timedelta(hours=5))

    tab.wait_for_selector(f"[data-ticket='{fresh}'].fresh")


def test_several_tickets_are_chosen_by_keyboard_and_done_at_once(store: Store, tab: Any, people: Any) -> None:
    """Choose, go on, choose, assign to a colleague; the page says how each went and leads back."""
    now = timezone.now()
    numbers = [open_case(store, f"Jalan berlubang nomor {n}", due_in=timedelta(days=n), now=now) for n in (1, 2, 3)]
    sign_in(tab)
    assert not tab.is_visible("#bulk")

    for key in "jxjx":
        tab.keyboard.press(key)
    assert tab.inner_text("#picked") == "2"
    tab.click("#bulk summary:has-text('Tugaskan')")
    tab.select_option("#bulk-who", "bob")
    tab.click("#bulk button[value=assign]")

    tab.wait_for_selector(".bulk-done")
    alice = people["alice"].actor
    assert [store.ticket(alice, n).ticket.assignee for n in numbers] == ["bob", "bob", None]
    tab.keyboard.press("u")
    tab.wait_for_selector("#queue")
    assert tab.locator("text=petugas bob").count() == 2


def test_what_is_chosen_stays_chosen_when_something_arrives(store: Store, tab: Any) -> None:
    """A new ticket takes no tick away, and on a phone the bar covers nothing that one cannot scroll to."""
    old = open_case(store, "Jalan berlubang di Jebres", now=timezone.now())
    tab.set_viewport_size({"width": 360, "height": 740})
    sign_in(tab)
    tab.click(f".pick-box:has([data-pick='{old}'])")

    open_case(store, "Aspal rusak di Laweyan", now=timezone.now(), due_in=timedelta(hours=1))
    tab.wait_for_selector("#arrivals button")
    tab.click("#arrivals button")

    assert tab.is_checked(f"[data-pick='{old}']")
    assert tab.inner_text("#picked") == "1"
    for form in tab.locator("#bulk details").all():
        form.locator("summary").click()
        form.locator("button").last.click(trial=True, timeout=2_000)
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_question_is_copied_with_the_link_and_sent_by_a_person(store: Store, tab: Any) -> None:
    """The draft goes to the clipboard as edited, with the post's address; another register is one press away."""
    post = mention("Dalane bolong", platform="instagram", account=ACCOUNT, at=timezone.now(),
                   url="https://www.instagram.com/p/abc/")
    number = open_case(store, post, now=timezone.now())
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.set_viewport_size({"width": 360, "height": 800})
    sign_in(tab)
    tab.goto(f"/tiket/{number}")
    tab.click(".act-ask summary")
    tab.click(".drafts summary")
    tab.click("[data-from=draft-ngoko]")
    assert tab.input_value("#ask-note").startswith("Matur nuwun wis lapor")
    tab.fill("#ask-note", "Panggonane ngendi?")

    tab.click("[data-copy]")

    tab.wait_for_selector(".copied:not(:empty)")
    assert tab.evaluate("navigator.clipboard.readText()") == (
        "Panggonane ngendi?\nhttps://www.instagram.com/p/abc/")
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tab.click(".act-ask form button.primary")
    tab.wait_for_selector(".s-menunggu_keterangan")


def test_two_people_on_one_ticket_see_each_other(store: Store, tab: Any, chromium: Any, url: str) -> None:
    """R5 in two browsers: the first hears of the second without reload, and of what the second did."""
    number = open_case(store, "Jalan berlubang di Jebres", now=timezone.now())
    sign_in(tab)
    tab.goto(f"/tiket/{number}")
    context = chromium.new_context(base_url=url)
    other = context.new_page()
    sign_in(other, "bob")
    other.goto(f"/tiket/{number}")
    assert "alice" in other.inner_text("#presence")
    other.click("[data-accept]")
    other.wait_for_selector(".flash-success")

    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    tab.wait_for_selector("#presence .moved:has-text('bob menerima')")
    context.close()


def test_closing_with_a_photo_on_a_phone_and_the_second_person(store: Store, tab: Any, chromium: Any, url: str, album: Any,
                                                              tmp_path: Path) -> None:
    """R11 where a person would click: hand in, read the warning, a colleague looks at the picture and approves."""
    number = open_case(store, "Jalan berlubang di Jebres", now=timezone.now() - timedelta(hours=1))
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(drawing(21, taken=None))
    tab.set_viewport_size({"width": 360, "height": 800})
    sign_in(tab)
    tab.goto(f"/tiket/{number}")
    tab.click("[data-accept]")
    tab.wait_for_selector(".flash-success")
    tab.click(".act-finish summary")
    tab.set_input_files("#finish-photo", str(photo))
    tab.click(".act-finish form button")
    tab.wait_for_selector(".proof .flash-warning")
    assert "tidak menyebut kapan" in tab.inner_text(".doubts")
    assert tab.locator("text=Sahkan dan tutup tiket").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    context = chromium.new_context(base_url=url)
    other = context.new_page()
    sign_in(other, "bob")
    other.goto(f"/tiket/{number}")
    other.locator(".proof img").scroll_into_view_if_needed()
    other.wait_for_load_state("networkidle")
    assert other.evaluate("document.querySelector('.proof img').naturalWidth") == 640
    other.click("text=Sahkan dan tutup tiket")
    other.wait_for_selector(".s-selesai")
    context.close()


def test_filters_and_saved_views_work_on_a_phone(store: Store, tab: Any) -> None:
    """Open the fold, choose an area and a platform, name the list, come back to it, throw it away."""
    here = open_case(store, "Jalan berlubang di Jebres", place="Jebres", now=timezone.now())
    open_case(store, "Jalan berlubang entah di mana", now=timezone.now())
    tab.set_viewport_size({"width": 360, "height": 800})
    sign_in(tab)

    tab.click(".fold summary")
    tab.select_option("#tempat", "33.72.02")
    tab.select_option("#kanal", "instagram")
    tab.click(".filters .buttons button")

    assert [row.get_attribute("data-ticket") for row in tab.locator(".row").all()] == [str(here)]
    assert "1 tiket cocok" in tab.inner_text("#found")
    tab.click(".chip-box summary")
    tab.fill("#view-name", "Jebres di Instagram")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".chip[aria-current]")
    tab.goto("/")
    tab.click("text=Jebres di Instagram")
    assert [row.get_attribute("data-ticket") for row in tab.locator(".row").all()] == [str(here)]
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tab.click("text=Hapus tampilan ini")
    tab.wait_for_selector(".flash-success")
    assert tab.locator(".views .chip").count() == 0


def test_rejecting_without_a_reason_is_stopped_before_it_is_sent(store: Store, tab: Any, people: Any) -> None:
    """The form asks for a reason from the list; with one it goes through."""
    number = open_case(store, "Jalan berlubang di Jebres")
    sign_in(tab)
    tab.goto(f"/tiket/{number}")
    tab.click(".act-reject summary")
    tab.click(".act-reject form button")
    assert tab.evaluate("document.querySelector('#reject-reason').matches(':invalid')")
    assert store.ticket(people["alice"].actor, number).ticket.version == 1

    tab.select_option("#reject-reason", "ganda")
    tab.click(".act-reject form button")

    tab.wait_for_selector(".s-ditolak")


def test_without_scripts_everything_works(store: Store, chromium: Any, url: str, people: Any) -> None:
    """A locked-down office computer can list, open, accept and look behind the masks."""
    number = open_case(store, "Jalan berlubang di Jebres, telepon 081234567890")
    context = chromium.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/masuk")
    page.fill("#username", "alice")
    page.fill("#password", PASSWORD)
    page.click("button.primary")

    page.click("[data-accept]")
    assert page.is_visible(".flash-success")
    page.goto(f"/tiket/{number}")
    page.click(".unmask summary")
    page.fill("#unmask-reason", "menelepon pelapor")
    page.click(".unmask form button")

    assert "081234567890" in page.inner_text(".post-text")
    assert not page.is_visible("#live")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hostile_posts_do_nothing_in_a_real_browser(scheme: str, store: Store, tab: Any) -> None:
    """No dialog, no changed title, no request, no foreign element, a silent console."""
    numbers = [open_case(store, text, words=(text[:5],)) for text in HOSTILE.values()]
    tab.emulate_media(color_scheme=scheme)
    sign_in(tab)

    for path in ("/", *(f"/tiket/{number}" for number in numbers)):
        tab.goto(path)
        assert tab.title().endswith("· Kentongan")
        assert tab.locator("main iframe, main script, main img:not([src^='/static/']), main a[href^='javascript:']").count() == 0


def blind_account(store: Store, reason: str) -> None:
    """One account with everything that the screen can say."""
    now = timezone.now()
    store.sync_accounts([Account("instagram:solo", "instagram", "900", "pemkot_contoh", "solo")], now=now)
    store.save_page("instagram:solo", Page((), "c", quota=Quota(12, 30, "permintaan", now), handle="nama_baru"),
                    next_poll_at=now, now=now - timedelta(hours=2), polled=True)
    store.save_failure("instagram:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=now, reason=reason, now=now)


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280])
def test_no_page_scrolls_sideways(width: int, store: Store, tab: Any) -> None:
    """From the smallest phone to the desk, nothing sticks out, not even a word without end."""
    number = open_case(store, "lubang" * 60 + " di Jebres @pemkot_contoh " + "9" * 200, words=("lubang",))
    sign_in(tab, "citra")
    tab.set_viewport_size({"width": width, "height": 800})

    blind_account(store, "sesi ditolak " + "x" * 200)

    for path in ("/", f"/tiket/{number}", "/lajur", "/akun", "/status", "/sandi", "/tiket/99"):
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    tab.trouble[:] = [line for line in tab.trouble if "404" not in line]  # the last page is a 404 on purpose


@pytest.mark.parametrize("path", ["/", "/akun", "/bengkel"])
def test_the_page_where_one_is_stands_in_the_row_of_pages(path: str, store: Store, tab: Any) -> None:
    """On a phone the row is wider than the screen; it is moved so far that the current one shows."""
    sign_in(tab, "citra")
    tab.set_viewport_size({"width": 360, "height": 740})

    tab.goto(path)

    assert tab.evaluate("""() => { const here = document.querySelector('.nav [aria-current]').getBoundingClientRect(),
        row = document.querySelector('.nav').getBoundingClientRect();
        return here.left >= row.left - 1 && here.right <= row.right + 1 }""")


def test_the_filters_of_a_coordinator_stand_in_one_line_at_a_desk(store: Store, tab: Any) -> None:
    """One field more than a reviewer has, and the button stays beside them."""
    sign_in(tab, "citra")
    tab.set_viewport_size({"width": 1280, "height": 900})

    tab.goto("/")

    assert len(tab.evaluate("[...new Set([...document.querySelectorAll('.filters > .field, .filters > .fold')]"
                            ".map(e => Math.round(e.getBoundingClientRect().bottom)))]")) == 1


def test_targets_on_a_phone_are_big_enough_for_a_thumb(store: Store, tab: Any) -> None:
    """Buttons, menus and fields are at least 44 pixels high where fingers use them."""
    number = open_case(store, "Jalan berlubang di Jebres")
    sign_in(tab)
    tab.set_viewport_size({"width": 390, "height": 844})

    for path in ("/", f"/tiket/{number}"):
        tab.goto(path)
        small = tab.evaluate("""() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]),'
            + '.button, .nav a, .tabs a, .crumb a')]
            .map(e => e.closest('label.pick-box') || e)
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 90))""")
        assert small == [], path


CONTRAST = """() => {
  const lum = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
                     return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
                        if (c.length < 4 || c[3] === 1) return c.slice(0, 3) } return [255, 255, 255] };
  const bad = [];
  for (const e of document.querySelectorAll('main *')) {
    if (!e.offsetParent || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (e.closest('.sr')) continue;
    const a = lum(rgb(getComputedStyle(e).color).slice(0, 3)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.className + ' ' + e.textContent.trim().slice(0, 30));
  }
  return bad }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(scheme: str, store: Store, tab: Any) -> None:
    """WCAG AA, 4.5 to 1, in both colour schemes, also on marks, badges and due dates."""
    text = "Paving jebol di Banjarsari, ada yang jatuh, telepon 081234567890"
    now = timezone.now()
    numbers = [open_case(store, f"{text} {n}", words=("Paving jebol",), urgency=urgency, urgent=("jatuh",),
                         place="Banjarsari", now=now, due_in=timedelta(hours=hours))
               for n, (urgency, hours) in enumerate([("darurat", -3), ("tinggi", 5), ("normal", 40),
                                                     ("tidak_mendesak", 400)])]
    tab.emulate_media(color_scheme=scheme)
    sign_in(tab, "citra")

    blind_account(store, "sesi ditolak (401)")

    for path in ("/", f"/tiket/{numbers[0]}", "/lajur", "/akun", "/status"):
        tab.goto(path)
        assert tab.evaluate(CONTRAST) == [], path


def test_every_action_can_be_sent_on_a_phone(store: Store, tab: Any) -> None:
    """Each form opens under its button, and nothing lies over the button that sends it."""
    number = open_case(store, "Jalan berlubang di Jebres", now=timezone.now())
    tab.set_viewport_size({"width": 360, "height": 740})
    sign_in(tab)
    tab.goto(f"/tiket/{number}")

    forms = tab.locator(".act-row > details").all()

    assert len(forms) >= 4
    for form in forms:
        form.locator("> summary").click()
        form.locator("form > button").click(trial=True, timeout=2_000)


def test_a_marked_name_is_blotted_and_the_story_made_secret(store: Store, tab: Any, people: Any) -> None:
    """R2 where a person clicks: mark the name in the post, open the form, it stands there; then secret and back."""
    text = "Anak bu Siti Rahayu jatuh di lubang depan SD Jebres, tolong segera ditambal"
    number = open_case(store, text, place="Jebres", now=timezone.now())
    sign_in(tab)
    tab.goto(f"/tiket/{number}")
    tab.evaluate("""() => {
      const walker = document.createTreeWalker(document.querySelector(".post-text"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf("Siti Rahayu");
        if (at >= 0) getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + 11);
      }
    }""")
    tab.click(".act-redact summary")
    tab.wait_for_function("document.getElementById('redact-words').value === 'Siti Rahayu'")
    tab.fill("#redact-note", "nama warga")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".flash-success")

    shown = tab.inner_text(".post-text")
    assert "Siti" not in shown
    assert "jatuh di lubang" in shown
    assert "Ditutup petugas" in tab.inner_text(".post-text .mask")
    for width in (1280, 360):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.click(".act-secret summary")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.click(".act-secret summary")
    tab.click(".act-secret summary")
    tab.fill("#secret-note", "korban anak")
    tab.click(".act-secret button")
    tab.wait_for_selector(".b-secret")
    tab.click(".act-lift_secret summary")
    tab.fill("#lift_secret-note", "keluarga setuju")
    tab.click(".act-lift_secret button")
    tab.wait_for_selector(".b-secret", state="detached")

    history = store.ticket(people["alice"].actor, number).history
    assert [entry.verb for entry in history] == ["open", "redact", "secret", "lift_secret"]
    assert store.verify() == []


def test_the_list_is_taken_out_as_a_sheet(store: Store, tab: Any, tmp_path: Path) -> None:
    """From the queue with its filter, by a link that works without a script."""
    for n in range(3):
        open_case(store, f"=1+{n} jalan berlubang", urgency="darurat" if n else "normal", now=timezone.now())
    sign_in(tab)
    tab.goto("/?urgensi=darurat")
    tab.click(".exports summary")
    with tab.expect_download() as waiting:
        tab.click(".exports a >> nth=0")
    waiting.value.save_as(tmp_path / "tiket.csv")

    lines = (tmp_path / "tiket.csv").read_text(encoding="utf-8-sig").splitlines()
    assert waiting.value.suggested_filename == "tiket.csv"
    assert len(lines) == 3
    assert '"\'=1+2 jalan berlubang"' in "".join(lines)
