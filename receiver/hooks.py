"""The doors of the platforms: Meta's and X's webhooks. Signature first, then the books, then 200."""

from __future__ import annotations

from dataclasses import replace

import structlog

from domain import Page
from harvester import hooks_meta, hooks_x
from harvester.signatures import fits, fits_x, same, x_signature
from receiver.desk import Desk
from receiver.web import Answer, Refused, Request

log = structlog.get_logger("receiver")

MAX_CHALLENGE = 200


def meta_challenge(desk: Desk, request: Request) -> Answer:
    """Meta asks whether the address is ours; the answer is its own challenge, as it came."""
    _on(desk.meta_secret)
    given, challenge = request.query.get("hub.verify_token", ""), request.query.get("hub.challenge", "")
    if request.query.get("hub.mode") != "subscribe" or not same(given, desk.meta_verify):
        raise Refused(403, "the verify token is not ours")
    if not challenge or len(challenge) > MAX_CHALLENGE:
        raise Refused(400, "hub.challenge is missing or too long")
    return Answer(text=challenge)


def meta(desk: Desk, request: Request) -> Answer:
    _on(desk.meta_secret)
    if not fits(request.headers.get(hooks_meta.SIGNATURE, ""), request.body, desk.meta_secret):
        raise Refused(403, "X-Hub-Signature-256 is missing or wrong")
    return _kept(desk, "meta", hooks_meta.pages_of(request.body, accounts=desk.accounts(), seen_at=desk.now()))


def x_challenge(desk: Desk, request: Request) -> Answer:
    """X's CRC: proves, hourly, that we hold the secret."""
    _on(desk.x_secret)
    token = request.query.get("crc_token", "")
    if not token or len(token) > MAX_CHALLENGE:
        raise Refused(400, "crc_token is missing or too long")
    return Answer(value={"response_token": x_signature(token.encode(), desk.x_secret)})


def x(desk: Desk, request: Request) -> Answer:
    _on(desk.x_secret)
    if not fits_x(request.headers.get(hooks_x.SIGNATURE, ""), request.body, desk.x_secret):
        raise Refused(403, "x-twitter-webhooks-signature is missing or wrong")
    pages = hooks_x.pages_of(request.body, accounts=desk.accounts(), seen_at=desk.now())
    return _kept(desk, "x", {key: replace(page, cost_usd=hooks_x.cost_of(page)) for key, page in pages.items()})


def _on(secret: str) -> None:
    if not secret:
        raise Refused(404, "not here")


def _kept(desk: Desk, sender: str, pages: dict[str, Page]) -> Answer:
    saved = desk.intake.keep(pages)
    log.info("delivered", sender=sender, accounts=sorted(pages), new=saved.new, known=saved.known,
             revised=saved.revised, gone=saved.gone, quarantined=saved.quarantined)
    return Answer(value={"status": "kept"})
