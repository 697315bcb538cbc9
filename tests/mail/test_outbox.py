"""The outbox with a real SMTP server: nothing is lost, nobody waits, refusals are noted."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.database import begin_write
from directory.extensions import db
from directory.mail.letters import Action, Letter, post
from directory.mail.models import OutboxMessage
from directory.mail.outbox import DELAYS, refused_addresses
from directory.mail.postman import carry_one
from directory.settings import BadSetting, Settings
from tests.mail.server import Inbox, mail_server, use_server
from tests.site import Clock, letters, read, register, visitor


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A real SMTP server on loopback."""
    with mail_server() as served:
        yield served


def write_letter(app: Flask, recipient: str = "ana@example.org", language: str = "es") -> None:
    letter = Letter(
        "test", "Asunto con eñe y <b>", ("Primer párrafo & más.",), (Action("Abrir", "https://x.example/a?b=c&d=e"),)
    )
    with app.test_request_context("/es/"):
        begin_write(db.session)
        post(db.session, letter, recipient, language)
        db.session.commit()
        db.session.remove()


def carry(app: Flask) -> bool:
    with app.app_context():
        carried = carry_one(db.session)
        db.session.remove()
        return carried


def test_a_letter_travels_as_text_and_html(site: Flask, inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    use_server(site, port)
    write_letter(site)
    assert carry(site)
    assert not carry(site)
    message = email.message_from_bytes(server.messages[0], policy=policy.default)
    assert (message["Subject"], message["To"]) == ("Asunto con eñe y <b>", "ana@example.org")
    assert "directorio@example.org" in message["From"]
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Primer párrafo & más." in text and "https://x.example/a?b=c&d=e" in text
    assert "Primer párrafo &amp; más." in html and "a?b=c&amp;d=e" in html
    assert "src=" not in html and "http-equiv" not in html, "no letter asks a server for anything"
    sent = letters(site)[0]
    assert sent.sent_at and sent.text is None and sent.html is None, "what opens doors is wiped"


@pytest.mark.parametrize(("language", "word"), [("es", "cobra"), ("en", "charges"), ("fr", "payer")])
def test_letters_speak_three_languages(site: Flask, language: str, word: str) -> None:
    write_letter(site, language=language)
    text = letters(site)[0].text or ""
    assert word in text, text


def test_a_server_that_is_down_loses_nothing(site: Flask, inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    clock = Clock(site)
    use_server(site, 1)
    write_letter(site)
    for attempt, delay in enumerate(DELAYS[:3], 1):
        assert carry(site)
        waiting = letters(site)[0]
        assert (waiting.attempts, waiting.sent_at, waiting.last_error) == (attempt, None, "ConnectionRefusedError")
        assert waiting.text, "it is all still there"
        assert not carry(site), "not again at once"
        clock.at += delay + timedelta(seconds=1)
    use_server(site, port)
    assert carry(site)
    assert len(server.messages) == 1


def test_a_server_that_is_down_blocks_nobody(site: Flask) -> None:
    use_server(site, 1)
    assert register(visitor(site)).startswith("/es/register/d/")
    assert letters(site)[0].sent_at is None


def test_a_refused_address_is_noted_and_not_tried_again(site: Flask, inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    server.refuse_with = "550 no such user"
    use_server(site, port)
    clock = Clock(site)
    write_letter(site)
    assert carry(site)
    refused = letters(site)[0]
    assert refused.refused_at and refused.last_error == "550 recipient refused"
    clock.pass_days(9)
    assert not carry(site)


def test_a_busy_server_is_asked_again(site: Flask, inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    server.refuse_with = "451 try later"
    use_server(site, port)
    clock = Clock(site)
    write_letter(site)
    carry(site)
    assert letters(site)[0].refused_at is None
    server.refuse_with = ""
    clock.at += timedelta(minutes=2)
    assert carry(site)
    assert letters(site)[0].sent_at


def test_after_two_days_of_tries_it_is_given_up(site: Flask) -> None:
    use_server(site, 1)
    clock = Clock(site)
    write_letter(site)
    for _ in range(len(DELAYS) + 1):
        assert carry(site)
        clock.pass_days(2)
    assert letters(site)[0].refused_at
    assert not carry(site)


def test_a_sender_that_dies_leaves_the_letter_to_another(site: Flask, inbox: tuple[Inbox, int]) -> None:
    from directory.mail.outbox import take_due

    server, port = inbox
    use_server(site, port)
    clock = Clock(site)
    write_letter(site)
    with site.app_context():
        begin_write(db.session)
        assert take_due(db.session, clock.at)
        db.session.commit()
        db.session.remove()
    assert not carry(site), "leased"
    clock.at += timedelta(minutes=6)
    assert carry(site)
    assert len(server.messages) == 1


def test_what_is_rolled_back_is_not_sent(site: Flask) -> None:
    with site.test_request_context("/es/"):
        begin_write(db.session)
        post(db.session, Letter("test", "x", ("y",)), "ana@example.org", "es")
        db.session.rollback()
        db.session.remove()
    assert not carry(site)


def test_without_a_server_letters_are_files(site: Flask) -> None:
    write_letter(site)
    assert carry(site)
    folder: Path = site.extensions["directory.settings"].data_dir / "outbox"
    files = list(folder.iterdir())
    assert [path.suffix for path in files] == [".eml"]
    message = email.message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert message["To"] == "ana@example.org"
    assert folder.stat().st_mode & 0o077 == 0


def test_an_address_that_works_again_is_no_longer_marked(site: Flask, tmp_path: Path) -> None:
    from directory.clock import now
    from tests.factories import add_organizations, organization_row
    from tests.site import organization_id

    with site.app_context():
        add_organizations(tmp_path, organization_row())
    for refused in (True, False):
        with site.test_request_context("/es/"):
            begin_write(db.session)
            message = post(db.session, Letter("x", "y", ("z",)), "a@example.org", "es", organization_id("Casa Ejemplo"))
            setattr(message, "refused_at" if refused else "sent_at", now())
            db.session.commit()
            marked = refused_addresses(db.session, organization_id("Casa Ejemplo"))
            db.session.remove()
        assert bool(marked) is refused
    assert len(read(site, lambda: db.session.scalars(select(OutboxMessage)).all())) == 2


def test_a_mail_address_of_another_kind_is_a_bad_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSetting):
        Settings.from_environ({"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_MAIL_URL": "http://x"})
