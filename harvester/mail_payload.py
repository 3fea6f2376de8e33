"""E-mails -> mentions. Pure; whatever a mail program wrote, the citizen's own words come out.

The key is the Message-ID, so a mail to two mailboxes is one. Quoted history, signatures and what phones append
are left out, unless nothing would remain. Attachments are listed by name and never kept; what machines send
(out of office, bounces, lists) is set aside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from domain import Account, Author, Media, Mention, MentionKind, Quarantined
from harvester.payload import Unreadable, clean

MAX_TEXT = 20_000
MOST_ATTACHMENTS = 20
EARLY, LATE = timedelta(days=3), timedelta(minutes=10)  # how far a mail's own date may be from its arrival
SIGNATURE = re.compile(r"--\s*$")
PHONE = re.compile(r"(?:sent from (?:my|mail for)|dikirim dari|terkirim dari|(?:get|dapatkan) outlook (?:for|untuk))\b"
                   r".{0,80}$", re.I)
WROTE = re.compile(r"(?:on|pada|am|le)\s.{4,300}?\s?(?:wrote|menulis|schrieb|a écrit)\s?:\s*$", re.I | re.S)
ORIGINAL = re.compile(r"[-_ ]{2,}\s*(?:original message|pesan asli|forwarded message|pesan terusan)\b.*$|_{20,}\s*$",
                      re.I)
HEAD = re.compile(r"\*?(?:from|dari)\s?:", re.I)
HEAD_NEXT = re.compile(r"\*?(?:sent|date|to|dikirim|tanggal|kepada|terkirim)\s?:", re.I)
REPLY = re.compile(r"\s*(?:(?:re|fw|fwd|bls|balas)\s*:\s*)+", re.I)
MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
MEDIA = {"image": "photo", "video": "video"}
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "pre"}
SILENT = {"script", "style", "head", "title", "blockquote"}


def mention_of(raw: bytes, *, account: Account, received: datetime, seen_at: datetime) -> Mention | Quarantined:
    """The mail as a mention, or set aside where a machine sent it. Raises Unreadable."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    native_id = id_of(_header(message, "Message-ID"), raw)
    author = _author(message)
    if _by_a_machine(message):
        return Quarantined(f"mail:post:{native_id}", account.key, "", "sent by a machine: reply or bounce", seen_at)
    answered = _ids(_header(message, "In-Reply-To"))
    thread = _ids(_header(message, "References"))
    text = _text(message, answers=bool(answered))
    if not text:
        raise Unreadable("text: nothing that can be read")
    return Mention(
        key=f"mail:post:{native_id}", account=account.key, platform="mail", kind=MentionKind.FORM, native_id=native_id,
        text=text, posted_at=_sent_at(message, received), seen_at=seen_at, author=author,
        reply_to=f"mail:post:{answered[-1]}" if answered else None,
        thread=f"mail:post:{thread[0]}" if thread else None,
        own=author is not None and (author.id or "").lower() == account.handle.lower(),
        media=tuple(_attachments(message)),
    )


def id_of(given: str, raw: bytes) -> str:
    """The Message-ID; its hash where it is longer or odder than a key may be, the mail's own where it has none."""
    found = MESSAGE_ID.search(given)
    told = found[1] if found else given.strip()
    if told and len(told) <= 100 and told.isascii() and told.isprintable() and not set(told) & set(" :"):
        return told
    return "h" + hashlib.sha256(told.encode("utf-8", "replace") if told else raw).hexdigest()[:32]


def _ids(given: str) -> list[str]:
    return [id_of(f"<{found}>", b"") for found in MESSAGE_ID.findall(given)][:50]


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; one that the library cannot take apart counts as absent."""
    try:
        return clean(str(message.get(name) or ""))
    except Exception:  # the structured headers raise many things on foreign bytes
        return ""


def _author(message: EmailMessage) -> Author | None:
    for name, address in getaddresses([_header(message, "From")]):
        if name or address:
            return Author(address[:200].lower() or None, None, name[:200] or None)
    return None


def _by_a_machine(message: EmailMessage) -> bool:
    submitted = _header(message, "Auto-Submitted").strip().lower()
    return (submitted not in ("", "no") or "X-Autoreply" in message or "List-Id" in message
            or _header(message, "Precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply")
            or _header(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report")


def _sent_at(message: EmailMessage, received: datetime) -> datetime:
    """The mail's own date where it is near to its arrival: clocks of phones are set by hand."""
    try:
        sent = parsedate_to_datetime(_header(message, "Date"))
        sent = sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return received
    return sent if received - EARLY <= sent <= received + LATE else received


# --- words -----------------------------------------------------------------------------------------------


def _text(message: EmailMessage, *, answers: bool) -> str:
    """Subject and words; of an answer the words alone, for its subject is another mail's."""
    said = own_words(_body(message))
    subject = " ".join(REPLY.sub("", _header(message, "Subject"), count=1).split())[:300]
    if subject and not answers and not said.lower().startswith(subject.lower()):
        said = f"{subject}\n\n{said}" if said else subject
    return said[:MAX_TEXT].strip()


def _body(message: EmailMessage) -> str:
    """The plain part, or the words of the HTML one; every part that can be read where the mail is oddly built."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text" and not _is_attached(part)]
    plain = [_decoded(part) for part in parts if part.get_content_subtype() == "plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(words_of_html(_decoded(part)) for part in parts if part.get_content_subtype() == "html")


def _decoded(part: EmailMessage) -> str:
    """Text by the part's own charset; by UTF-8, then by the old Western one, where that is none."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return clean(data.decode(charset))
        except (LookupError, ValueError):
            continue
    return clean(data.decode("cp1252", "replace"))


def own_words(text: str) -> str:
    """Without what the citizen did not write now: history, signature, what the phone appended."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if SIGNATURE.match(line) or ORIGINAL.match(line) or _is_head(lines, at):
            break
        if width := _wrote(lines, at):
            if not _quoted_next(lines, at + width):
                break
            at += width
            continue
        if not line.startswith(">") and not PHONE.match(line):
            kept.append(lines[at].rstrip())
        at += 1
    own = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return own or text.strip()


def _wrote(lines: list[str], at: int) -> int:
    """How many lines "On ..., NAME wrote:" takes here: mail programs break it."""
    for width in (1, 2, 3):
        if WROTE.match(" ".join(line.strip() for line in lines[at : at + width])):
            return width
    return 0


def _quoted_next(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _is_head(lines: list[str], at: int) -> bool:
    """Outlook's header of the mail below: From, then Sent or To within a few lines."""
    return bool(HEAD.match(lines[at].strip())) and any(HEAD_NEXT.match(line.strip()) for line in lines[at + 1 : at + 4])


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quote = any(name == "class" and "gmail_quote" in (value or "") for name, value in attrs)
        if tag in SILENT or (quote and tag == "div") or (self.silent and tag == self.silent[-1]):
            self.silent.append(tag)
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def words_of_html(html: str) -> str:
    """What a reader would see, block by block; quoted mails, scripts and styles are left out."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- attachments -----------------------------------------------------------------------------------------


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_filename(part))


def _attachments(message: EmailMessage) -> Iterator[Media]:
    """Names only: the mail stays in its mailbox, where staff can open it."""
    found = [part for part in message.walk() if not part.is_multipart()
             and (_is_attached(part) or part.get_content_maintype() != "text")]
    for part in found[:MOST_ATTACHMENTS]:
        yield Media(MEDIA.get(part.get_content_maintype(), "link"), None, _filename(part) or part.get_content_type())


def _filename(part: EmailMessage) -> str:
    try:
        return clean(part.get_filename() or "")[:200]
    except Exception:  # as in _header
        return ""
