"""Handing one message to the mail server, or to a folder where none is set."""

from __future__ import annotations

import enum
import ipaddress
import smtplib
import ssl
import uuid
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask_babel import gettext

from directory.clock import now
from directory.mail.models import OutboxMessage
from directory.settings import Settings

TIMEOUT_S = 20
PERMANENT = 500
SMTP_PORT, SMTPS_PORT = 25, 465


class Outcome(enum.Enum):
    """What became of an attempt."""

    SENT = enum.auto()
    REFUSED = enum.auto()
    LATER = enum.auto()


@dataclass(frozen=True)
class Attempt:
    """The outcome, and what to note of an error."""

    outcome: Outcome
    error: str | None = None


def as_email(message: OutboxMessage, settings: Settings) -> EmailMessage:
    """The message as it travels: text and HTML, a stable id, no trace of who asked for it."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    name, _, domain = settings.mail_from.rpartition("@")
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = Address(gettext("Consular support directory"), name, domain)
    mail["To"] = message.recipient
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text or "")
    mail.add_alternative(message.html or "", subtype="html")
    return mail


def deliver(message: OutboxMessage, settings: Settings) -> Attempt:
    """Try once. A refusal with a 5xx code is final; anything else may be tried again."""
    mail = as_email(message, settings)
    if not settings.mail_url:
        _write(mail, message.id, settings.data_dir / "outbox")
        return Attempt(Outcome.SENT)
    try:
        _send(mail, settings.mail_url, urlsplit(settings.base_url).hostname or "localhost")
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _ in error.recipients.values())
        return Attempt(Outcome.REFUSED if code >= PERMANENT else Outcome.LATER, f"{code} recipient refused")
    except smtplib.SMTPResponseException as error:
        is_final = error.smtp_code >= PERMANENT and isinstance(error, smtplib.SMTPDataError)
        return Attempt(Outcome.REFUSED if is_final else Outcome.LATER, f"{error.smtp_code} {type(error).__name__}")
    except (OSError, smtplib.SMTPException) as error:
        return Attempt(Outcome.LATER, type(error).__name__)
    return Attempt(Outcome.SENT)


def _send(mail: EmailMessage, url: str, own_name: str) -> None:
    """To another machine only by TLS, and only where its certificate is good: letters hold links that open doors.

    `smtp+plain` is for a relay in a network of one's own. `own_name` is what we call ourselves: else the library asks
    the network for it.
    """
    parts = urlsplit(url)
    host, known = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        made: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or SMTPS_PORT, own_name, timeout=TIMEOUT_S, context=known
        )
    else:
        made = smtplib.SMTP(host, parts.port or SMTP_PORT, own_name, timeout=TIMEOUT_S)
    with made as server:
        if parts.scheme == "smtp" and not _is_this_machine(host):
            server.starttls(context=known)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _write(mail: EmailMessage, message_id: uuid.UUID, folder: Path) -> None:
    """Written whole under another name first: whoever reads the folder never sees half a message."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{now():%Y%m%dT%H%M%S}-{message_id}.eml"
    temporary = path.with_suffix(".part")
    temporary.write_bytes(bytes(mail))
    temporary.rename(path)
