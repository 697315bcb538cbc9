"""The command that looks whether an installation is well."""

from __future__ import annotations

import dataclasses
import json
import uuid

import click
from flask import Flask

from directory import create_app
from directory.cli.findings import Finding, Verdict, examine
from directory.cli.running import FOUND_PROBLEMS, plain_errors
from directory.clock import now
from directory.mail.deliver import Outcome, deliver
from directory.mail.models import OutboxMessage
from directory.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
@click.option("--mail", "address", metavar="ADDRESS", help="Send a test letter there.")
@plain_errors
def doctor(as_json: bool, address: str | None) -> None:
    """Look for what is wrong with this installation; exit 1 where something is."""
    app = create_app(Settings.from_environ())
    found = examine(app)
    if address:
        found.append(_test_letter(app, address))
    for finding in found:
        click.echo(json.dumps(dataclasses.asdict(finding)) if as_json else _line(finding))
    if any(finding.verdict == Verdict.WRONG for finding in found):
        raise click.exceptions.Exit(FOUND_PROBLEMS)


def _line(finding: Finding) -> str:
    to_do = f" – {finding.to_do}" if finding.verdict != Verdict.OK and finding.to_do else ""
    return f"{finding.verdict.value:8}{finding.what}: {finding.seen}{to_do}"


def _test_letter(app: Flask, address: str) -> Finding:
    letter = OutboxMessage(
        id=uuid.uuid4(), recipient=address, kind="test", language="en", subject="A test letter of the directory",
        text="Letters of this installation reach you.", attempts=0, created_at=now(),
    )  # fmt: skip
    attempt = deliver(letter, app.extensions["directory.settings"])
    is_sent = attempt.outcome is Outcome.SENT
    seen = "handed over" if is_sent else f"{attempt.outcome.name.lower()}: {attempt.error}"
    return Finding("test letter", Verdict.OK if is_sent else Verdict.WRONG, seen, "see DIRECTORY_MAIL_URL")
