"""A letter in one language: paragraphs, at most two things to do, and a reason why it comes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app
from flask_babel import force_locale

from directory.clock import now
from directory.database import AnySession
from directory.mail.models import OutboxMessage
from directory.settings import Settings


@dataclass(frozen=True)
class Action:
    """Something to press: a label and an absolute address."""

    label: str
    url: str


@dataclass(frozen=True)
class Letter:
    """What a message says. `kind` names it in the outbox."""

    kind: str
    subject: str
    paragraphs: tuple[str, ...]
    actions: tuple[Action, ...] = ()
    closing: tuple[str, ...] = ()


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Write in a language whatever the language of the request is."""
    with force_locale(language):
        yield


def absolute(path: str) -> str:
    """A path of this installation as the world reaches it."""
    settings: Settings = current_app.extensions["directory.settings"]
    return settings.base_url + path


def post(
    session: AnySession, letter: Letter, recipient: str, language: str, organization_id: uuid.UUID | None = None
) -> OutboxMessage:
    """Put a letter into the outbox. It leaves after the commit of this transaction, and only then."""
    with in_language(language):
        text, html = (
            current_app.jinja_env.get_template(f"mail/letter.{form}").render(letter=letter, lang=language)
            for form in ("txt", "html")
        )
    message = OutboxMessage(
        recipient=recipient,
        kind=letter.kind,
        subject=" ".join(letter.subject.split())[:200],
        text=text,
        html=html,
        language=language,
        organization_id=organization_id,
        created_at=now(),
        not_before=now(),
    )
    session.add(message)
    return message
