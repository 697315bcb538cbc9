"""Commands that erase for good."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from directory.changes.models import Entity
from directory.cli.running import id_of, plain_errors, ready_app
from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.moderation.erasure import Erased, LastAdministrator, ask_for_purge, erase_address, erase_organization
from directory.operations.purge import PurgeBusy, purge
from directory.organizations.models import Organization
from directory.settings import Settings

_dry_run = click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")


@click.group()
def erase() -> None:
    """Erase a record or an address from the database, the index and the files made from them."""


@erase.command("organization")
@click.argument("slug")
@_dry_run
@plain_errors
def organization(slug: str, dry_run: bool) -> None:
    """Erase all about an organization; its id answers 410 from then on."""

    def act(session: Session) -> Erased:
        record_id = id_of(Entity.ORGANIZATION, slug)
        return erase_organization(session, session.get_one(Organization, record_id), "command", now())

    _erase(act, dry_run=dry_run)


@erase.command("address")
@click.argument("email")
@_dry_run
@plain_errors
def address(email: str, dry_run: bool) -> None:
    """Erase an e-mail address wherever it is kept: accounts, letters, edits, contacts, the past."""
    if email.count("@") != 1:
        raise click.UsageError(f"{email!r} is no e-mail address")

    def act(session: Session) -> Erased:
        try:
            return erase_address(session, email, "command")
        except LastAdministrator:
            raise click.ClickException("this is the only administrator; make another one first") from None

    _erase(act, dry_run=dry_run)


def _erase(act: Callable[[Session], Erased], *, dry_run: bool) -> None:
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        erased = act(db.session)  # type: ignore[arg-type]
        for table, count in sorted(erased.items()):
            click.echo(f"{table}: {count}")
        if dry_run:
            db.session.rollback()
            click.echo("nothing was changed")
            return
        db.session.commit()
        try:
            purge(app)
        except PurgeBusy:
            settings: Settings = app.extensions["directory.settings"]
            ask_for_purge(settings.data_dir)
            click.echo("somebody is writing: the files are emptied by the server within minutes, or by `erase` again")
    click.echo("backups keep what they hold until they end: delete those of before, or wait")
