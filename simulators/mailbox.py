"""A mailbox on the wire: IMAP4rev1 as far as a reader needs it, over the mails of a World, on loopback.

Posts on `mail` are the mails of the account that they are to; `raw` puts other bytes in a mail's place. Faults
are counted by connection under "mail:NAME". Numbers mails by their place in the day; `validity` may be turned.
"""

from __future__ import annotations

import base64
import binascii
import re
import socketserver
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from simulators.faults import HTML, Fault
from simulators.world import Item, World

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
SEARCH_UID = re.compile(r"UID (\d+):\*", re.I)
SINCE = re.compile(r"SINCE (\d{1,2})-(\w{3})-(\d{4})", re.I)
FETCH = re.compile(r"FETCH (\d+) .*BODY\.PEEK\[\]<0\.(\d+)>", re.I)
PIECES = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
REFUSED = {"token": "[AUTHENTICATIONFAILED] Invalid credentials", "outage": "[UNAVAILABLE] Try again later",
           "rate_limit": "[LIMIT] Too many connections"}


class Mailbox:
    """A running server. `stop` frees the port; `seen` remembers the commands, without what was logged in with."""

    def __init__(self, world: World, port: int = 0, *, plain: bool = True) -> None:
        self.world = world
        self.plain = plain  # whether AUTH=PLAIN is offered
        self.validity = 1
        self.raw: dict[str, bytes] = {}
        self.seen: list[str] = []
        self.requests: list[str] = []  # one entry a log-in: a conversation is one request
        self.stopping = threading.Event()
        self._server = _Threads(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def mails(self, user: str) -> dict[int, Item]:
        """UID -> mail, those that stand in the user's box now."""
        return {item.serial + 1: item for item in reversed(self.world.visible("mail", user))}

    def bytes_of(self, item: Item) -> bytes:
        if item.post.id in self.raw:
            return self.raw[item.post.id]
        broken = self.world.faults.malformed(f"mail:{item.post.to[0]}", self.world.now())
        return b"Subject: \n\n  " if any(at == item.created_at for _, at in broken) else _mail(item)


def _mail(item: Item) -> bytes:
    message = EmailMessage()
    message["From"] = f'"{item.author.name}" <{item.author.handle}@warga.example>'
    message["To"] = "lapor@kota.example"
    message["Subject"] = "Laporan warga"
    message["Date"] = format_datetime(item.created_at)
    message["Message-ID"] = f"<{item.post.id}@warga.example>"
    message.set_content(item.text)
    return message.as_bytes()


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


def _handler(box: Mailbox) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True
        user = ""
        fault: Fault | None = None

        def handle(self) -> None:
            self.say(f"* OK [CAPABILITY IMAP4rev1{' AUTH=PLAIN' if box.plain else ''}] ready")
            while not box.stopping.is_set() and (line := self.command()):
                tag, _, rest = line.partition(" ")
                verb = rest.split(" ", 1)[0].upper()
                if verb not in ("LOGIN", "AUTHENTICATE"):
                    box.seen.append(rest)
                if verb == "LOGOUT":
                    self.say("* BYE see you", f"{tag} OK done")
                    return
                if not self.answer(tag, verb, rest):
                    return

        def command(self) -> str:
            line = self.rfile.readline(65_536)
            while found := LITERAL.search(line):
                self.say("+ go on")
                literal = self.rfile.read(int(found[1]))
                line = line[: found.start()] + b'"' + literal + b'"' + self.rfile.readline(65_536)
            return line.decode("utf-8", "replace").rstrip("\r\n")

        def say(self, *lines: str) -> None:
            for line in lines:
                self.wfile.write(line.encode() + b"\r\n")

        def answer(self, tag: str, verb: str, rest: str) -> bool:
            """Whether the conversation goes on."""
            if verb == "CAPABILITY":
                self.say(f"* CAPABILITY IMAP4rev1{' AUTH=PLAIN' if box.plain else ''}", f"{tag} OK done")
            elif verb == "NOOP":
                self.say(f"{tag} OK done")
            elif verb in ("LOGIN", "AUTHENTICATE"):
                return self.log_in(tag, verb, rest)
            elif not self.user:
                self.say(f"{tag} NO log in first")
            elif verb in ("EXAMINE", "SELECT"):
                return self.examine(tag, verb, rest)
            elif rest.upper().startswith("UID SEARCH"):
                found = " ".join(str(uid) for uid in self.search(rest))
                self.say(f"* SEARCH {found}".rstrip(), f"{tag} OK done")
            elif rest.upper().startswith("UID FETCH"):
                return self.fetch(tag, rest)
            else:
                self.say(f"{tag} BAD not understood")
            return True

        def log_in(self, tag: str, verb: str, rest: str) -> bool:
            if verb == "AUTHENTICATE":
                self.say("+ ")
                try:
                    _, user, password = base64.b64decode(self.rfile.readline(4096)).decode().split("\0")
                except (binascii.Error, ValueError):
                    self.say(f"{tag} BAD not understood")
                    return True
            else:
                _, user, password, *_ = *[a.replace('\\"', '"') or b for a, b in PIECES.findall(rest)], "", ""
            box.requests.append(user)
            watched = box.world.account("mail", user)
            self.fault = box.world.faults.next(f"mail:{watched.name}" if watched else "mail:unknown", box.world.now())
            if self.fault and self.fault.what in REFUSED:
                self.say(f"{tag} NO {REFUSED[self.fault.what]}")
            elif self.fault and self.fault.what == "blank":
                return False
            elif self.fault and self.fault.what == "html":
                self.wfile.write(HTML + b"\r\n")
                return False
            elif watched is None or password != box.world.tokens["mail"]:
                self.say(f"{tag} NO {REFUSED['token']}")
            else:
                self.user = user
                self.say(f"{tag} OK done")
            return True

        def examine(self, tag: str, verb: str, rest: str) -> bool:
            if self.fault and self.fault.what == "hang":
                return not box.stopping.wait(float(self.fault.args.get("seconds", 60))) and False
            if "INBOX" not in rest.upper():
                self.say(f"{tag} NO [NONEXISTENT] no such mailbox")
                return True
            mails = box.mails(self.user)
            self.say("* FLAGS (\\Seen)", f"* {len(mails)} EXISTS", "* 0 RECENT",
                     f"* OK [UIDVALIDITY {box.validity}] valid", f"* OK [UIDNEXT {max(mails, default=0) + 1}] next",
                     f"{tag} OK [{'READ-ONLY' if verb == 'EXAMINE' else 'READ-WRITE'}] done")
            return True

        def search(self, asked: str) -> Iterator[int]:
            mails = box.mails(self.user)
            last = max(mails, default=0)
            after, since = SEARCH_UID.search(asked), SINCE.search(asked)
            for uid, item in mails.items():
                # as RFC 3501 has it: in n:* the star is the last mail, on whichever side of n it stands
                above = after is None or min(int(after[1]), last) <= uid
                day = (item.created_at + timedelta(hours=7)).date()
                if above and (since is None or day >= _day(since)):
                    yield uid

        def fetch(self, tag: str, rest: str) -> bool:
            asked = FETCH.search(rest)
            item = box.mails(self.user).get(int(asked[1])) if asked else None
            if asked is None:
                self.say(f"{tag} BAD not understood")
                return True
            if item is not None:
                data = box.bytes_of(item)[: int(asked[2])]
                arrived = _internal(item.created_at)
                self.say(f'* {asked[1]} FETCH (UID {asked[1]} INTERNALDATE "{arrived}" BODY[]<0> {{{len(data)}}}')
                if self.fault and self.fault.what == "truncate":
                    self.wfile.write(data[: len(data) // 2])
                    return False
                if self.fault and self.fault.what == "trickle":
                    for n in range(len(data)):
                        if box.stopping.wait(float(self.fault.args.get("seconds", 0.05))):
                            return False
                        self.wfile.write(data[n : n + 1])
                self.wfile.write(data)
                self.say(")")
            self.say(f"{tag} OK done")
            return True

    return Handler


def _day(found: re.Match[str]) -> date:
    return date(int(found[3]), MONTHS.index(found[2].title()) + 1, int(found[1]))


def _internal(at: datetime) -> str:
    return f"{at.day:2}-{MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S} +0000"
