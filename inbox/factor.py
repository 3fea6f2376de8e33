"""The second factor: codes of a phone (django-otp), and codes on paper for the day the phone is lost.

django-otp holds the secret, refuses a code that was used, bears a clock that is off by half a minute, and makes each
wrong try wait twice as long as the one before. Paper codes are ours: ten, each good once, kept as keyed hashes.
"""

from __future__ import annotations

import base64
import math
import secrets
from typing import Any

import segno
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from inbox.desk import desk
from inbox.models import RecoveryCode, User

SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"
PAPER_CODES = 10
COORDINATOR = "coordinator"  # in config.yaml: whoever sees all departments, whatever their role


def required_of(user: Any) -> bool:
    wanted = desk().settings.inbox.second_factor.required_for
    return user.role in wanted or (bool(user.all_departments) and COORDINATOR in wanted)


def device_of(user: Any) -> Any:
    """The phone that the person enrolled, or None."""
    return _devices(user).filter(confirmed=True).first()


def begin(user: Any) -> Any:
    """The phone that is being enrolled: one secret until it is confirmed, however often the page is opened."""
    waiting = _devices(user).filter(confirmed=False).first()
    return waiting or _devices(user).model.objects.create(user=user, name="telepon", confirmed=False)


def picture(device: Any) -> str:
    """The QR as an address that an <img> takes; nothing is fetched for it."""
    drawn = segno.make(device.config_url, error="m", mask=3)  # any mask can be read; to try all eight takes 100 ms
    return str(drawn.svg_data_uri(border=4, scale=5, dark="#000", light="#fff"))


def spelled(device: Any) -> str:
    """The secret in groups of four, for who cannot point a camera at it."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at:at + 4] for at in range(0, len(text), 4))


def wait_of(device: Any) -> int:
    """Seconds until the next try is looked at; 0: now."""
    allowed, why = device.verify_is_allowed()
    return 0 if allowed else max(1, math.ceil((why["locked_until"] - timezone.now()).total_seconds()))


def right(user: Any, given: str, *, paper: bool = True, confirmed: bool = True) -> str:
    """"phone" or "paper" where the code is right, else "". One transaction: the same code at once is right once."""
    code = "".join(given.lower().split()).replace("-", "")
    with transaction.atomic():
        device = _devices(user).filter(confirmed=confirmed).first()
        if device is None or wait_of(device):
            return ""
        if code.isdigit():
            return "phone" if len(code) == device.digits and device.verify_token(code) else _wrong(device, code)
        if paper and _spend(user, code):
            device.throttle_reset()
            return "paper"
        return _wrong(device, "")


def _wrong(device: Any, counted: str) -> str:
    """A wrong try is counted; django-otp has counted those that looked like its own."""
    if len(counted) != device.digits:
        device.throttle_increment()
    return ""


def confirm(user: Any) -> list[str]:
    """The phone has shown a right code: from now on it is asked for. Returns the paper codes, to be shown once."""
    _devices(user).filter(confirmed=False).update(confirmed=True)
    return new_paper(user)


def new_paper(user: Any) -> list[str]:
    """Ten fresh codes of sixty bits; the earlier ones are worth nothing any more."""
    codes = ["-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3)) for _ in range(PAPER_CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code)) for code in codes])
    return codes


def paper_left(user: Any) -> int:
    return int(RecoveryCode.objects.filter(user=user, used_at=None).count())


def forget(user: Any) -> bool:
    """No second factor any more; says whether there was one."""
    RecoveryCode.objects.filter(user=user).delete()
    return bool(_devices(user).delete()[0])


def _spend(user: Any, code: str) -> bool:
    unspent = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(unspent.update(used_at=timezone.now()))


def _digest(user: User, code: str) -> str:
    """Keyed with the secret beside auth_db: sixty bits of chance need no slow hash, and a copied file tells nothing."""
    return str(salted_hmac("kentongan.paper", f"{user.pk}:{code.replace('-', '')}", algorithm="sha256").hexdigest())


def _devices(user: Any) -> Any:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    return TOTPDevice.objects.filter(user=user)
