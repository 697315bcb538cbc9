"""`doctor` says what is wrong with an installation and what to do, and changes nothing."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from directory.accounts.models import Role
from directory.cli import findings, main
from directory.cli.findings import Finding, Verdict, examine
from directory.clock import now
from directory.extensions import db
from directory.mail.models import OutboxMessage
from directory.proxies import UNNAMED_PROXY
from directory.search.follower import search_index
from directory.search.sync import rebuild
from directory.settings import Settings
from tests.site import database, make_user


@pytest.fixture
def installed(site: Flask) -> Flask:
    """A site with an index, in a folder of its own as `serve` makes it."""
    folder(site).chmod(0o700)
    with site.app_context():
        rebuild(search_index(), db.session)
        db.session.rollback()
    return site


def found(app: Flask) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(app)}


def folder(app: Flask) -> Path:
    settings: Settings = app.extensions["directory.settings"]
    return settings.data_dir


def test_a_sound_installation_has_nothing_wrong(installed: Flask) -> None:
    wrong = [finding for finding in examine(installed) if finding.verdict == Verdict.WRONG]
    assert not wrong


def test_each_fault_is_named_with_what_to_do(installed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder(installed) / UNNAMED_PROXY).touch()
    (folder(installed) / "secret_key").write_text("x")
    (folder(installed) / "secret_key").chmod(0o644)
    monkeypatch.setattr(findings, "LEAST_ROOM", 2**60)
    make_user(installed, "new@example.org", Role.ADMIN, second_factor=False)
    with database(installed):
        db.session.add(
            OutboxMessage(
                recipient="a@example.org",
                kind="test",
                subject="x",
                text="x",
                language="es",
                created_at=now() - timedelta(hours=3),
            )
        )
        head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    told = found(installed)
    for what in ("proxies", "rights", "room", "letters that wait", "migrations"):
        assert told[what].verdict == Verdict.WRONG, what
        assert told[what].to_do, what
    assert told["second factors"].seen.startswith("1 ")
    with database(installed):
        db.session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_an_old_trace_of_a_proxy_is_none(installed: Flask) -> None:
    marker = folder(installed) / UNNAMED_PROXY
    marker.touch()
    os.utime(marker, (0, 0))
    assert found(installed)["proxies"].verdict == Verdict.OK


def test_the_command_prints_a_line_for_each_and_exits_by_the_worst(tmp_path: Path) -> None:
    environ = {"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_DATABASE_URL": ""}
    answer = CliRunner().invoke(main, ["doctor", "--json", "--mail", "a@example.org"], env=environ)
    told = {item["what"]: item for item in map(json.loads, answer.output.splitlines())}
    assert answer.exit_code == 1, "nothing was migrated here"
    assert told["migrations"]["verdict"] == "wrong"
    assert (told["test letter"]["verdict"], told["test letter"]["seen"]) == ("ok", "handed over")
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1
    assert told["index"]["verdict"] == "wrong"
