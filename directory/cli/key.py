"""Commands about the key of an installation."""

from __future__ import annotations

import click
from flask_migrate import upgrade

from directory import create_app
from directory.accounts import installation_key
from directory.changes.recording import record_audit
from directory.cli.running import FOUND_PROBLEMS, plain_errors, ready_app
from directory.clock import today
from directory.database import begin_write
from directory.extensions import db
from directory.settings import Settings
from directory.web.accounts.keys import LONGEST_SESSION, rotate


@click.group()
def key() -> None:
    """The key with which second factors are stored and sessions signed."""


@key.command("rotate")
@plain_errors
def rotate_command() -> None:
    """Write second factors and recovery codes with the present key, and say when the former ones may go.

    First set DIRECTORY_SECRET_KEY to the new key and DIRECTORY_SECRET_KEY_FORMER to the old one, on every machine.
    """
    app = ready_app()
    settings: Settings = app.extensions["directory.settings"]
    with app.app_context():
        begin_write(db.session)
        done = rotate(db.session)
        if not done.unreadable:
            installation_key.accept(db.session, settings.secret_key)
        db.session.commit()
        last_day = today() + LONGEST_SESSION
    click.echo(f"second factors: {done.second_factors}, people with recovery codes: {done.recovery_codes}")
    if done.unreadable:
        click.echo("no known key reads what these people have; add the key to DIRECTORY_SECRET_KEY_FORMER and do it")
        click.echo("again, or take their second factor with `user reset-second-factor`:")
        for email in done.unreadable:
            click.echo(f"  {email}")
        raise click.exceptions.Exit(FOUND_PROBLEMS)
    if len(settings.secret_keys) == 1:
        click.echo("there is no former key")
        return
    click.echo("nothing that is stored needs a former key any more: DIRECTORY_SECRET_KEY_FORMER may go")
    click.echo(
        f"whoever is signed in by a former key signs in anew then; from {last_day:%Y-%m-%d} on there is nobody left"
    )


@key.command("accept")
@plain_errors
def accept_command() -> None:
    """Let this machine's key be the installation's, where the former one is lost.

    Whoever is signed in signs in anew, and second factors that the lost key sealed are given anew.
    """
    app = create_app(Settings.from_environ())
    settings: Settings = app.extensions["directory.settings"]
    with app.app_context():
        upgrade()
        begin_write(db.session)
        installation_key.accept(db.session, settings.secret_key)
        record_audit(db.session, actor="shell", action="key-accept")
        unreadable = rotate(db.session).unreadable
        db.session.commit()
    click.echo("the key of this machine is now the installation's")
    for email in unreadable:
        click.echo(f"{email} needs a new second factor: user reset-second-factor {email}")
