"""Every address of the inbox, as a way that a browser can go: who opens what, and what is clicked there.

A new address without a way fails `test_accessible.py`. A page belongs into `PAGES`; what is only ever sent stands in
`SENT`, and where its answer is a page of its own, a way in `ANSWERS` leads there by the form that a person would use.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from domain import Account, AccountState, Author, Page, Quota
from inbox import drafts
from inbox.desk import desk, set_up
from settings.files import layer_texts, part
from storage.store import Store
from tests.builders import mention
from tests.inbox.casework import ACCOUNT, answer, keep_in_lane, open_case, retell
from tests.inbox.conftest import CONFIG, PASSWORD

PLAIN = ("Paving jebol di Banjarsari, ada yang jatuh, telepon 081234567890",)


@dataclass
class World:
    """A desk in the middle of its day: open, late, secret, handed-over, closed, merged and rejected tickets."""

    store: Store
    numbers: list[int]
    told: int  # a story with reposts, an answer and a photo that waits for a second person
    outside: int
    closed: int
    secret: int
    draft: str  # address of a draft of the rules that was compared
    more: dict[str, Any] = field(default_factory=dict)


Ways = Callable[[World], list[tuple[str, str]]]  # who opens which address
everybody = ("alice", "citra", "oki", "ayu")

PAGES: Mapping[str, Ways] = {
    "queue": lambda w: [*((who, "/") for who in everybody), ("alice", "/?status=semua"), ("alice", "/?cari=tidakada"),
                        ("citra", "/?tempat=33.72&kanal=instagram"), ("charlie", "/")],
    "ticket": lambda w: [("alice", f"/tiket/{w.told}"), ("bob", f"/tiket/{w.told}"), ("citra", f"/tiket/{w.outside}"),
                         ("ayu", f"/tiket/{w.numbers[0]}"), ("alice", f"/tiket/{w.closed}"),
                         ("charlie", f"/tiket/{w.secret}"), ("alice", "/tiket/999")],
    "packet": lambda w: [("citra", f"/tiket/{w.outside}/penerusan")],
    "fieldwork": lambda w: [("alice", f"/tiket/{w.numbers[0]}/lapangan"), ("charlie", f"/tiket/{w.secret}/lapangan")],
    "brief": lambda w: [("citra", "/laporan"), ("ayu", "/laporan")],
    "counted": lambda w: [("citra", "/laporan/tiket?apa=terbuka")],
    "brief_sample": lambda w: [("citra", "/laporan/sampel")],
    "figures": lambda w: [("citra", "/angka")],
    "map": lambda w: [("citra", "/peta?wilayah=33"), ("citra", "/peta?wilayah=33.72")],
    "lane": lambda w: [("citra", "/lajur"), ("ayu", "/lajur")],
    "accounts": lambda w: [("oki", "/akun")],
    "health": lambda w: [("oki", "/status")],
    "health_on_the_phone": lambda w: [("citra", "/health")],
    "workbench": lambda w: [("oki", "/bengkel")],
    "rules_edit": lambda w: [("oki", "/bengkel/sunting")],
    "rules_history": lambda w: [("oki", "/bengkel/riwayat")],
    "draft": lambda w: [("oki", w.draft)],
    "login": lambda w: [("", "/masuk")],
    "second_factor": lambda w: [("alice", "/kode-kedua")],
    "sessions": lambda w: [("alice", "/sesi")],
    "password": lambda w: [("alice", "/sandi")],
}
# what a page fetches for itself, what a browser shows or saves without a page of ours around it, the way to a provider
PIECES = {"oidc", "oidc_back", "queue_fragment", "presence", "evidence", "export", "brief_sheet"}
SENT = {"bulk", "save_view", "forget_view", "unmask", "regroup", "evidence_decide", "act", "check_lane", "draft_save",
        "rules_rollback", "logout", "set_language", "end_sessions", "redact"}


def _unmask(tab: Any, world: World) -> None:
    tab.goto(f"/tiket/{world.numbers[0]}")
    tab.click(".unmask summary")
    tab.fill("#unmask-reason", "menelepon pelapor")
    tab.click(".unmask form button")


def _reject_in_vain(tab: Any, world: World) -> None:
    tab.goto(f"/tiket/{world.numbers[0]}")
    tab.click(".act-reject summary")
    tab.evaluate("document.getElementById('reject-reason').required = false")
    tab.click(".act-reject form button")
    tab.wait_for_selector("#error")


def _several_at_once(tab: Any, world: World) -> None:
    tab.goto("/?status=semua")
    for pick in tab.locator(".pick").all():
        pick.check()
    tab.click("#bulk summary:has-text('Tolak')")
    tab.select_option("#bulk [name=reason]", "tidak_jelas")
    tab.click("#bulk button[value=reject]")
    tab.wait_for_selector(".bulk-done, .bulk-left")


def _too_late(tab: Any, world: World) -> None:
    """The page of a ticket that somebody else changed meanwhile, with what was typed."""
    tab.goto(f"/tiket/{world.told}")
    tab.click(".act-note summary")
    tab.fill("#note-note", "Sudah dicek di lapangan")
    tab.evaluate("document.querySelector('.act-note [name=version]').value = 1")
    tab.click(".act-note form button")


def _wrong_password(tab: Any, world: World) -> None:
    tab.goto("/masuk")
    tab.fill("#username", "siapa")
    tab.fill("#password", "bukan sandinya")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[role=alert]")


def _tried_text(tab: Any, world: World) -> None:
    tab.goto("/bengkel")
    tab.fill("[name=teks]", world.more["text"])
    tab.click("form:has([name=teks]) button")
    tab.wait_for_selector("#card-title")


def _enrolled(tab: Any, world: World) -> None:
    """Bob's phone goes in: the paper codes; then the page of who has a phone, and the door where a code is asked for."""
    tab.goto("/kode-kedua")
    tab.fill("#code", code_of("bob"))
    tab.fill("#password", PASSWORD)
    tab.click("form:has(#password) button")
    tab.wait_for_selector(".codes")


def _has_a_phone(tab: Any, world: World) -> None:
    tab.goto("/kode-kedua")
    tab.wait_for_selector("button[value=paper]")


def _asked_for_the_code(tab: Any, world: World) -> None:
    tab.goto("/masuk")
    tab.fill("#username", "bob")
    tab.fill("#password", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#code")
    tab.fill("#code", "000")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[role=alert]")


def code_of(name: str, *, confirmed: bool = False, at: float | None = None) -> str:
    """What the phone of this person shows now."""
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    phone = TOTP(TOTPDevice.objects.get(user__username=name, confirmed=confirmed).bin_key)
    phone.time = at or time.time()
    return f"{phone.token():06d}"


ANSWERS: Mapping[str, list[tuple[str, Callable[[Any, World], None]]]] = {
    "unmask": [("alice", _unmask)],
    "act": [("alice", _reject_in_vain), ("alice", _too_late)],
    "login": [("", _wrong_password)],
    "workbench": [("oki", _tried_text)],
    "second_factor": [("bob", _enrolled), ("bob", _has_a_phone)],
    "code": [("", _asked_for_the_code)],
    "bulk": [("alice", _several_at_once)],
}


def build(store: Store, browser_of: Any, texts: tuple[str, ...], folder: Path) -> World:
    """Each text as a case, in a lane and below a story; authors, notes and rules bear it as well."""
    from tests.inbox.test_closing import drawing

    set_up(replace(desk(), config=Path(shutil.copy(CONFIG, folder / "config.yaml"))))
    now, alice = timezone.now(), browser_of("alice")
    settings = desk().settings
    store.save_ruleset(settings.ruleset, settings.rules(), reason=texts[0], text=CONFIG.read_text(), now=now)
    numbers = [_case(store, text, n, now) for n, text in enumerate(texts * (4 if len(texts) == 1 else 1))]
    post = mention(f"Aspal rusak di Laweyan {texts[0]}", platform="instagram", account=ACCOUNT, at=now - timedelta(hours=5),
                   author=Author("u77", texts[-1][:30], texts[-1][:60]))
    told = open_case(store, post, words=("Aspal rusak",), place="Laweyan", now=now - timedelta(hours=5))
    retell(store, post, times=3, now=now - timedelta(hours=4))
    answer(store, post, f"Tepatnya di Laweyan {texts[-1]}", place="Laweyan", now=now - timedelta(hours=1))
    outside, closed = (open_case(store, f"Kabel listrik putus nomor {n} {texts[0]}", now=now - timedelta(hours=2)) for n in (1, 2))
    secret = open_case(store, f"Tetangga dipukuli {texts[0]}", department="dinsos-jateng", topic="bansos", sensitive=True,
                       urgency="darurat", now=now)
    alice.post(f"/tiket/{told}/accept", {"version": _version(store, told)})
    alice.post(f"/tiket/{told}/note", {"version": _version(store, told), "note": texts[-1]})
    alice.post(f"/tiket/{told}/finish", {"version": _version(store, told), "note": texts[0], "photo": SimpleUploadedFile(
        "foto.jpg", drawing(3, taken=None))})
    alice.post(f"/tiket/{outside}/hand_over", {"version": _version(store, outside), "note": texts[0], "to_department": "pln"})
    alice.post(f"/tiket/{closed}/reject", {"version": _version(store, closed), "reason": "ganda", "note": texts[-1]})
    for text in texts:
        keep_in_lane(store, text, now=now)
        keep_in_lane(store, f"{text} kemarin", now=now - timedelta(days=1))
    _account(store, texts[0])
    return World(store, numbers, told, outside, closed, secret, _draft(browser_of("oki")), {"text": texts[0]})


def _case(store: Store, text: str, n: int, now: Any) -> int:
    urgency, hours = (("darurat", -3), ("tinggi", 5), ("normal", 40), ("tidak_mendesak", 400))[n % 4]
    post = mention(f"{text} {n}", platform="instagram", account=ACCOUNT, at=now, author=Author(f"u{n}", text[:30], text[:60]),
                   url="https://www.instagram.com/p/abc/")
    return open_case(store, post, words=(text[:12],), urgency=urgency, urgent=(text[-8:],), place="Banjarsari", now=now,
                     due_in=timedelta(hours=hours))


def _version(store: Store, number: int) -> str:
    from inbox.models import User

    return str(store.ticket(User.objects.get(username="alice").actor, number).ticket.version)


def _account(store: Store, reason: str) -> None:
    """One account with everything that the screen can say."""
    now = timezone.now()
    store.sync_accounts([Account(ACCOUNT, "instagram", "900", "pemkot_contoh", "solo")], now=now)
    store.save_page(ACCOUNT, Page((), "c", quota=Quota(12, 30, "permintaan", now), handle="nama_baru"),
                    next_poll_at=now, now=now - timedelta(hours=2), polled=True)
    store.save_failure(ACCOUNT, state=AccountState.NEEDS_HUMAN, next_poll_at=now, reason=reason, now=now)


def _draft(oki: Any) -> str:
    lines = part(layer_texts(desk().config), "routes").replace("to: dpupr-solo", "to: dishub-solo")
    address = oki.post("/bengkel/sunting", {"bagian": "routes", "isi": lines})["Location"]
    assert drafts._drafts[address.rstrip("/").split("/")[-1]].done.wait(60)
    return str(address)
