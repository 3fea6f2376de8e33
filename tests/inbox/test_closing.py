"""R11: closing with a photo. Guarded, stripped, need-to-know; one that was used before needs a second person."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from domain import Picture
from inbox import photos
from storage.store import Store
from tests.inbox.casework import open_case

HOUR = timedelta(hours=1)


def drawing(seed: int, *, size: tuple[int, int] = (640, 480), form: str = "JPEG", taken: Any = "now", **save: Any) -> bytes:
    """An invented scene with lines and blocks, as a camera's file: `taken` None leaves the time out."""
    picture = Image.new("RGB", size, (200, 190, 170))
    draw = ImageDraw.Draw(picture)
    for n in range(14):
        x, y = (seed * 97 + n * 131) % size[0], (seed * 57 + n * 89) % size[1]
        shade = ((seed * 41 + n * 67) % 256, (n * 29 + seed * 11) % 256, (seed * 73 + n * 13) % 256)
        draw.rectangle((x, y, x + 30 + (seed * n * 17) % 150, y + 20 + (seed + n * 23) % 120), fill=shade)
    exif = Image.Exif()
    if taken is not None:
        at = timezone.localtime() if taken == "now" else taken
        exif.get_ifd(0x8769)[0x9003] = f"{at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(0x8825)[1] = "S"
    exif.get_ifd(0x8825)[2] = (7.0, 33.0, 12.0)
    exif[0x010F] = "KameraRahasia"
    written = io.BytesIO()
    picture.save(written, form, exif=exif, **save)
    return written.getvalue()


def accepted(store: Store, browser: Any, text: str = "Jalan berlubang di Jebres", **given: Any) -> int:
    number = open_case(store, text, now=timezone.now() - HOUR, **given)
    browser.post(f"/tiket/{number}/accept", {"version": "1"})
    return number


def finish(browser: Any, number: int, data: bytes, *, version: int = 2, name: str = "bukti.jpg", **fields: str) -> Any:
    return browser.post(f"/tiket/{number}/finish", {
        "version": str(version), "photo": SimpleUploadedFile(name, data), "note": "ditambal", **fields}, follow=True)


def test_a_new_photo_closes_the_ticket_and_is_shown_on_it(store: Store, album: Path, browser_of: Any, people: Any) -> None:
    """One step, one entry in the history; a colleague sees the picture, and nobody else had to look."""
    alice = browser_of("alice")
    number = accepted(store, alice)

    page = finish(alice, number, drawing(1)).content.decode()

    ticket = store.ticket(people["alice"].actor, number)
    assert ticket.ticket.status == "selesai"
    assert [(e.verb, e.actor, e.reason) for e in ticket.history][-1] == ("finish", "alice", "ditambal")
    assert f'src="/tiket/{number}/bukti/1"' in page
    assert "orang kedua" not in page.partition('class="card proof"')[2].partition("</section>")[0]
    shown = browser_of("bob").get(f"/tiket/{number}/bukti/1")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"], shown["Cache-Control"]) == (
        "image/jpeg", "nosniff", "no-store")
    assert Image.open(io.BytesIO(shown.content)).size == (640, 480)
    assert store.verify() == []


def test_what_is_kept_says_nothing_of_place_camera_or_person(store: Store, album: Path, browser_of: Any) -> None:
    """No tag, comment, profile or thumbnail; readable by the service alone; and nowhere below what is served."""
    alice = browser_of("alice")
    finish(alice, accepted(store, alice), drawing(2, comment=b"rumah Pak Karto", icc_profile=b"profil-rahasia" * 20))

    file, = album.iterdir()

    kept = file.read_bytes()
    assert not Image.open(file).getexif()
    for secret in (b"KameraRahasia", b"Karto", b"profil-rahasia", b"Exif", b"GPS"):
        assert secret not in kept
    assert (album.stat().st_mode & 0o077, file.stat().st_mode & 0o077) == (0, 0)
    assert re.fullmatch(r"[0-9a-f]{32}\.jpg", file.name)
    for path in (f"/bukti/{file.name}", f"/static/{file.name}", f"/static/../bukti/{file.name}", f"/{file.name}"):
        assert browser_of("alice").get(path).status_code == 404


def recompressed(data: bytes) -> bytes:
    """Sent on by a messenger: smaller, worse, upright in its own way, without a date of its own."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.thumbnail((500, 500))
    written = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{timezone.localtime():%Y:%m:%d %H:%M:%S}"
    picture.save(written, "JPEG", quality=55, exif=exif)
    return written.getvalue()


def cropped(data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = picture.size
    return recompressed_of(picture.crop((width // 20, height // 20, width - width // 20, height - height // 20)))


def recompressed_of(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return recompressed(written.getvalue())


@pytest.mark.parametrize("again", [bytes, recompressed, cropped], ids=["the same file", "re-encoded", "cropped"])
def test_a_photo_used_before_warns_and_needs_a_second_person(
    again: Any, store: Store, album: Path, browser_of: Any, people: Any
) -> None:
    """The second ticket stays open until Bob has looked; Alice cannot wave it through herself."""
    alice, bob = browser_of("alice"), browser_of("bob")
    data = drawing(3)
    first, second = accepted(store, alice), accepted(store, alice, "Aspal rusak di Laweyan")
    finish(alice, first, data)

    page = finish(alice, second, again(data)).content.decode()

    actor = people["alice"].actor
    assert store.ticket(actor, second).ticket.status == "diterima"
    assert "Foto ini sudah pernah dipakai menutup tiket" in page
    assert f'href="/tiket/{first}">T-{first}' in page
    assert "Sahkan dan tutup" not in page
    own = alice.post(f"/tiket/{second}/bukti/2/sahkan", {"version": "3"})
    assert (own.status_code, store.ticket(actor, second).ticket.status) == (422, "diterima")
    plain = alice.post(f"/tiket/{second}/finish", {"version": "3", "note": "tanpa foto"})
    assert (plain.status_code, store.ticket(actor, second).ticket.status) == (422, "diterima")

    assert "Sahkan dan tutup" in bob.get(f"/tiket/{second}").content.decode()
    bob.post(f"/tiket/{second}/bukti/2/sahkan", {"version": "3"})

    view = store.ticket(actor, second)
    assert view.ticket.status == "selesai"
    assert [(e.verb, e.actor, e.reason) for e in view.history][-2:] == [
        ("evidence", "alice", None), ("finish", "bob", "ditambal")]
    assert "disahkan oleh bob" in alice.get(f"/tiket/{second}").content.decode()
    assert store.verify() == []


def test_a_refused_photo_leaves_the_ticket_open_and_can_be_used_by_nobody(
    store: Store, album: Path, browser_of: Any, people: Any
) -> None:
    """Bob says no: the ticket goes on, and another photo can close it."""
    alice, bob = browser_of("alice"), browser_of("bob")
    number = accepted(store, alice)
    finish(alice, number, drawing(4, taken=None))

    bob.post(f"/tiket/{number}/bukti/1/tolak", {"version": "3"})

    actor = people["alice"].actor
    assert store.ticket(actor, number).ticket.status == "diterima"
    assert store.ticket(actor, number).history[-1].verb == "evidence_refused"
    assert bob.post(f"/tiket/{number}/bukti/1/sahkan", {"version": "4"}).status_code == 422
    finish(alice, number, drawing(5), version=4)
    assert store.ticket(actor, number).ticket.status == "selesai"


@pytest.mark.parametrize(("taken", "said"), [
    (None, "tidak menyebut kapan"), (timedelta(days=-30), "sebelum laporan masuk"), (timedelta(days=2), "di depan waktu")])
def test_a_photo_without_a_fitting_time_needs_a_second_person(
    taken: timedelta | None, said: str, store: Store, album: Path, browser_of: Any, people: Any
) -> None:
    """No date, older than the report, or from the future: a person looks, nothing is refused by machine."""
    alice = browser_of("alice")
    number = accepted(store, alice)

    page = finish(alice, number, drawing(6, taken=taken and timezone.localtime() + taken)).content.decode()

    assert said in page
    assert store.ticket(people["alice"].actor, number).ticket.status == "diterima"


def test_the_complaint_s_own_picture_is_no_proof(office: Any) -> None:
    """Whoever sends the pothole's photo back as the repaired road is asked for a second pair of eyes."""
    from storage.records import KnownPhoto

    upload = SimpleUploadedFile("a.jpg", drawing(7))
    photo = photos.read(upload, zone=timezone.get_default_timezone())
    now = timezone.now()

    own = list(photos.doubts(photo, [KnownPhoto(photo.picture, None)], opened_at=now - HOUR, now=now + HOUR))
    other = list(photos.doubts(photo, [KnownPhoto(Picture("hashed", "x", ("f" * 32,)), 9)], opened_at=now - HOUR,
                               now=now + HOUR))

    assert own == ["own"]
    assert other == []


@pytest.mark.parametrize(("data", "said"), [
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "bukan foto"),
    (b"<html><script>alert(1)</script>", "bukan foto"), (b"", "bukan foto"), (b"GIF89a" + b"\0" * 40, "bukan foto"),
    (drawing(8, taken=None)[:900], "bukan foto"), (b"%PDF-1.7 " + b"x" * 100, "bukan foto")],
    ids=["svg", "html", "empty", "gif", "cut short", "pdf"])
def test_what_is_no_photo_is_refused_in_words_and_leaves_nothing(
    data: bytes, said: str, store: Store, album: Path, browser_of: Any, people: Any
) -> None:
    """The note that was typed is still there; no file and no change."""
    alice = browser_of("alice")
    number = accepted(store, alice)

    response = finish(alice, number, data, name="foto.jpg")

    assert response.status_code == 422
    assert said in response.content.decode()
    assert ">ditambal</textarea>" in response.content.decode()
    assert store.ticket(people["alice"].actor, number).ticket.version == 2
    assert not album.exists() or not list(album.iterdir())


def test_a_file_or_picture_beyond_measure_is_refused_before_it_is_unpacked(
    store: Store, album: Path, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many bytes, or few bytes that would unpack to a wall."""
    alice = browser_of("alice")
    number = accepted(store, alice)
    monkeypatch.setattr(photos, "MAX_BYTES", 1_000)
    assert "lebih besar dari 10 MB" in finish(alice, number, drawing(9)).content.decode()
    monkeypatch.undo()
    monkeypatch.setattr(photos, "MAX_PIXELS", {"JPEG": 640 * 480 - 1})

    assert "Foto terlalu besar" in finish(alice, number, drawing(9)).content.decode()


def test_who_was_too_late_leaves_no_file_behind(store: Store, album: Path, browser_of: Any) -> None:
    """A stale page closes nothing; neither does the row that could not be written leave its file."""
    alice = browser_of("alice")
    number = accepted(store, alice)
    assert finish(alice, number, drawing(10), version=1).status_code == 409
    finish(alice, number, drawing(10, taken=None))

    again = finish(alice, number, drawing(11, taken=None), version=3)

    assert again.status_code == 422
    assert "masih menunggu orang kedua" in again.content.decode()
    assert len(list(album.iterdir())) == 1


def test_another_department_sees_no_photo_and_decides_nothing(store: Store, album: Path, browser_of: Any, people: Any) -> None:
    """Need to know: by address, with the right number, and by guessing that of another ticket."""
    alice, charlie = browser_of("alice"), browser_of("charlie")
    number = accepted(store, alice)
    finish(alice, number, drawing(12, taken=None))
    foreign = open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos")

    assert charlie.get(f"/tiket/{number}/bukti/1").status_code == 404
    assert charlie.get(f"/tiket/{foreign}/bukti/1").status_code == 404
    assert charlie.post(f"/tiket/{number}/bukti/1/sahkan", {"version": "3"}).status_code == 403
    assert browser_of("ayu").post(f"/tiket/{number}/bukti/1/sahkan", {"version": "3"}).status_code == 403
    assert browser_of("bob").post(f"/tiket/{number}/bukti/1/hapus", {"version": "3"}).status_code == 403
    assert store.ticket(people["alice"].actor, number).ticket.status == "diterima"


def test_a_reused_photo_of_a_secret_ticket_does_not_say_which(store: Store, album: Path, browser_of: Any, people: Any) -> None:
    """That it was used is told; of whose secret it was, not even the number."""
    charlie, alice = browser_of("charlie"), browser_of("alice")
    secret = open_case(store, "Anak dipukuli", department="dinsos-jateng", topic="bansos", sensitive=True,
                       now=timezone.now() - HOUR)
    charlie.post(f"/tiket/{secret}/accept", {"version": "1"})
    data = drawing(13)
    finish(charlie, secret, data)
    number = accepted(store, alice)

    page = finish(alice, number, data).content.decode()

    assert "dipakai menutup tiket" in page
    assert "dinas lain" in page
    assert not re.search(rf"T-{secret}\b", page)
