"""Commands about the key of an installation."""

from __future__ import annotations

import click

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
