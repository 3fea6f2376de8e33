"""Notices by mail. The event's key is the Message-ID, so a second copy after a crash is known as one.

`EmailMessage` refuses line breaks in headers, so no subject can smuggle a `Bcc:`.
"""

from __future__ import annotations

import os
import smtplib
from email.message import EmailMessage

from domain import Event
from notify.base import DeliveryError
from notify.words import lines, stable_id
from settings import Settings

TIMEOUT_SECONDS = 15


class Email:
    def __init__(self, settings: Settings) -> None:
        self.mail, self.link = settings.mail, settings.notices.link

    def send(self, event: Event) -> None:
        if not self.mail.host:
            raise DeliveryError("mail.host is empty in config.yaml", permanent=True)
        try:
            with smtplib.SMTP(self.mail.host, self.mail.port, timeout=TIMEOUT_SECONDS) as smtp:
                if self.mail.starttls:
                    smtp.starttls()
                if self.mail.user:
                    smtp.login(self.mail.user, os.environ.get(self.mail.password_env, ""))
                smtp.send_message(message_for(event, sender=self.mail.sender, link=self.link))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise DeliveryError(f"refused: {codes}", permanent=all(c >= 500 for c in codes)) from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"SMTP {error.smtp_code}", permanent=500 <= error.smtp_code < 600) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"{type(error).__name__}: {self.mail.host}", permanent=False) from error


def message_for(event: Event, *, sender: str, link: str = "") -> EmailMessage:
    """Subject, desk and number. Nothing that a citizen wrote."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = event.address
    message["Subject"] = " ".join(event.subject.split())
    message["Message-ID"] = f"<{stable_id(event)}@kentongan>"
    message.set_content("\n".join([event.body, *lines(event, link)]))
    return message
