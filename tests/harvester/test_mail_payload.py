"""E-mails of all kinds of programs -> the citizen's own words."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import Account, Mention, MentionKind, Quarantined
from harvester.mail_payload import id_of, mention_of, own_words, words_of_html
from harvester.payload import Unreadable
from tests.builders import NOON

BOX = Account("mail:solo", "mail", "", "lapor@kota.example", "solo")


def mail(text: str | None = "Lampu jalan di Jebres mati.", **headers: str | None) -> EmailMessage:
    message = EmailMessage()
    told = {"From": "Bu Wuryani <wuryani@warga.example>", "Subject": "Lampu mati", "Message-ID": "<a1@warga.example>",
            "Date": "Mon, 02 Nov 2026 11:50:00 +0700", **headers}
    for name, value in told.items():
        if value is not None:
            message[name.replace("_", "-")] = value
    if text is not None:
        message.set_content(text)
    return message


def read(message: EmailMessage | bytes) -> Mention:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    found = mention_of(raw, account=BOX, received=NOON, seen_at=NOON)
    assert isinstance(found, Mention), found
    return found


def test_a_mail_is_a_form_with_its_subject_author_and_time():
    told = read(mail())

    assert (told.key, told.kind, told.native_id) == ("mail:post:a1@warga.example", MentionKind.FORM, "a1@warga.example")
    assert told.text == "Lampu mati\n\nLampu jalan di Jebres mati."
    assert (told.author.id, told.author.name) == ("wuryani@warga.example", "Bu Wuryani")
    assert told.posted_at.isoformat() == "2026-11-02T04:50:00+00:00"
    assert not told.own


def test_an_answer_knows_what_it_answers_and_leaves_the_subject():
    told = read(mail(Subject="Re: Lampu mati", In_Reply_To="<b2@kota.example>", References="<a0@warga.example> <b2@kota.example>"))

    assert (told.reply_to, told.thread) == ("mail:post:b2@kota.example", "mail:post:a0@warga.example")
    assert told.text == "Lampu jalan di Jebres mati."


@pytest.mark.parametrize("date", [None, "kemarin", "Mon, 02 Nov 2099 11:50:00 +0700", "Fri, 01 Jan 1999 00:00:00 +0000", "\x00"])
def test_a_date_that_cannot_be_gives_way_to_the_arrival(date):
    raw = mail(Date=None).as_bytes()
    raw = raw if date is None else b"Date: " + date.encode() + b"\n" + raw

    assert read(raw).posted_at == NOON


@pytest.mark.parametrize(("written", "own"), [
    ("Halo.\n\nPada Sen, 2 Nov 2026 pukul 10.00 Kota Contoh <lapor@kota.example> menulis:\n> apa kabar\n> baik", "Halo."),
    ("Halo.\n\nOn Mon, Nov 2, 2026 at 10:00 AM Kota Contoh\n<lapor@kota.example> wrote:\n\n> apa kabar", "Halo."),
    ("Halo.\n\n-----Original Message-----\nFrom: x\nlama", "Halo."), ("Halo.\n\n-----Pesan Asli-----\nlama", "Halo."),
    ("Halo.\n________________________________\nDari: Kota\nDikirim: Senin\nlama", "Halo."),
    ("Halo.\n\nDari: Kota Contoh\nDikirim: Senin\nKepada: Bu W\nPerihal: x\n\nlama", "Halo."),
    ("Halo.\n-- \nBu Wuryani\nJl. Contoh 1, 0812", "Halo."), ("Halo.\n\nDikirim dari iPhone saya", "Halo."),
    ("Halo.\nSent from my Galaxy", "Halo."), ("> kapan?\nBesok jam 9\n> di mana?\nDi kelurahan", "Besok jam 9\nDi kelurahan"),
    ("> semua ini kutipan", "> semua ini kutipan"), ("Dari: sungai naik terus\nTolong", "Dari: sungai naik terus\nTolong"),
    ("Harga naik -- sekali\nTolong", "Harga naik -- sekali\nTolong"), ("a\r\n\r\n\r\n\r\nb", "a\n\nb")])
def test_only_the_citizens_own_words_are_kept(written, own):
    assert own_words(written) == own


def test_a_mail_of_html_alone_is_read_as_its_reader_sees_it():
    message = mail(None, Subject="")
    message.set_content("""<html><head><style>p{color:red}</style><title>x</title></head><body><p>Jalan&nbsp;rusak
        di <b>Jebres</b></p><ul><li>satu</li><li>dua &amp; tiga</li></ul><script>alert(1)</script>
        <div class="gmail_quote">lama <div>lebih lama</div></div><blockquote>kutipan</blockquote></body></html>""", subtype="html")

    text = read(message).text

    assert text.split() == ["Jalan", "rusak", "di", "Jebres", "satu", "dua", "&", "tiga"]


def test_unclosed_html_costs_nothing():
    assert words_of_html("<p>satu<div>dua<b>tiga") == "satu\ndua tiga".replace("dua tiga", "duatiga")


def test_the_plain_part_is_preferred_and_attachments_are_named_only():
    message = mail("Fotonya terlampir.")
    message.add_alternative("<p>Fotonya terlampir (html).</p>", subtype="html")
    message.add_attachment(b"\xff\xd8" * 50, maintype="image", subtype="jpeg", filename="lubang.jpg")
    message.add_attachment("isi rahasia", filename="catatan.txt")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="surat.pdf")

    told = read(message)

    assert told.text == "Lampu mati\n\nFotonya terlampir."
    assert [(m.type, m.url, m.alt) for m in told.media] == [
        ("photo", None, "lubang.jpg"), ("link", None, "catatan.txt"), ("link", None, "surat.pdf")]


@pytest.mark.parametrize(("charset", "encoding"), [("iso-8859-1", "quoted-printable"), ("utf-8", "base64"), ("utf-16", "base64"),
                                                   ("windows-1252", "8bit"), ("x-entah", "8bit")])
def test_charsets_and_encodings_are_undone(charset, encoding):
    import base64
    import quopri

    data = "Café di Jalan Slamet Riyadi".encode("utf-8" if charset == "x-entah" else charset)
    data = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(encoding, bytes)(data)
    raw = (b"Message-ID: <c@x>\nFrom: =?iso-8859-1?Q?Caf=E9_Uji?= <c@x.example>\nSubject: =?utf-8?B?TGFwb3I=?=\n"
           b"Content-Type: text/plain; charset=" + charset.encode() + b"\nContent-Transfer-Encoding: " + encoding.encode()
           + b"\n\n" + data)

    told = read(raw)

    assert told.text == "Lapor\n\nCafé di Jalan Slamet Riyadi"
    assert told.author.name == "Café Uji"


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<milis.example>"}, {"Return_Path": "<>"},
    {"X_Autoreply": "yes"}])
def test_what_a_machine_sent_is_set_aside_without_its_words(headers):
    found = mention_of(mail("Saya sedang cuti", **headers).as_bytes(), account=BOX, received=NOON, seen_at=NOON)

    assert isinstance(found, Quarantined)
    assert (found.key, found.raw) == ("mail:post:a1@warga.example", "")


def test_the_offices_own_mail_is_its_own():
    assert read(mail(From="Kota Contoh <LAPOR@kota.example>")).own


@pytest.mark.parametrize(("given_id", "plain"), [("<a@b>", True), ("a@b", True), ("<a b@c>", False), ("", False), ("<é@b>", False),
                                                 ("<" + "x" * 200 + "@b>", False), ("<a:b@c>", False)])
def test_a_message_id_becomes_a_key_whatever_it_looks_like(given_id, plain):
    found = id_of(given_id, b"raw")

    assert (found == given_id.strip("<>")) is plain
    assert len(found) <= 100
    assert ":" not in found
    assert found == id_of(given_id, b"raw")


def test_a_mail_without_a_word_is_unreadable():
    with pytest.raises(Unreadable, match="text"):
        read(mail("  \n", Subject=""))


@given(st.binary(max_size=400), st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b"From: \xff\xfe <\n",
                                                 b"Subject: =?utf-8?Q?=FF?=\nContent-Type: text/html; charset=utf-7\n\n"]))
def test_no_bytes_break_the_reader_in_an_unforeseen_way(data, head):
    """A mention, set aside, or unreadable: the connector expects nothing else, and guards against it all the same."""
    try:
        found = mention_of(head + data, account=BOX, received=NOON, seen_at=NOON + timedelta(minutes=1))
    except Unreadable:
        return
    assert found.key.startswith("mail:post:")
