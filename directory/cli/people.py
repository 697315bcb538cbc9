"""Commands about people with access, and letters that are due."""

from __future__ import annotations

from uuid import UUID

import click
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from directory.accounts.letters import password_link
from directory.accounts.models import Grant, Role, User
from directory.accounts.people import (
    Scope,
    ScopeMismatch,
    count_admins,
    grant_role,
    people_of,
    reset_second_factor,
    sign_out,
    withdraw,
)
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.cli.running import id_of, plain_errors, ready_app
from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.mail.postman import carry_one
from directory.moderation.calls import hand_back_calls
from directory.moderation.remind import ask, due_requests
from directory.operations.due_work import do_due_work
from directory.places.countries import MEMBER_STATES
from directory.settings import LANGUAGES


@click.group()
def user() -> None:
    """People with access."""


@user.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([item.value for item in Role]), required=True)
@click.option("--consulate", metavar="SLUG", help="The consulate of an officer.")
@click.option("--country", metavar="XX", help="A moderator's country, or the sending country of a liaison.")
@click.option("--organization", metavar="SLUG", help="The organization of an editor.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@plain_errors
def create_user(
    email: str, role: str, consulate: str | None, country: str | None, organization: str | None, language: str
) -> None:
    """Give EMAIL a role and print a link under which a password is chosen: it works once, and for two days."""
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        try:
            scope = Scope(
                country=_known_country(country),
                consulate_id=id_of(Entity.CONSULATE, consulate),
                organization_id=id_of(Entity.ORGANIZATION, organization),
            )
            address = validate_email(email, check_deliverability=False, test_environment=True).normalized
            person, is_new = grant_role(db.session, address, Role(role), scope, language, by="command")
        except (ScopeMismatch, EmailNotValidError) as error:
            raise click.UsageError(str(error)) from error
        link = password_link(person)
        db.session.commit()
    if not is_new:
        click.echo(f"{address} has access already; the role was added where it was missing", err=True)
    click.echo(link)


@user.command("list")
@plain_errors
def list_users() -> None:
    """Who has access: address, roles, whether a second factor is set up, whether somebody was there at all."""
    app = ready_app()
    with app.app_context():
        for person in people_of(db.session, None):
            roles = ", ".join(_role_of(grant) for grant in person.grants) or "no access"
            factor = "second factor" if person.tf_primary_method else "no second factor"
            click.echo(f"{person.email}\t{roles}\t{factor}\t{'' if person.confirmed_at else 'invited'}".rstrip())


def _role_of(grant: Grant) -> str:
    slugs: dict[UUID, str] = {}
    for entity, id_ in ((Entity.CONSULATE, grant.consulate_id), (Entity.ORGANIZATION, grant.organization_id)):
        slugs |= current_slugs(db.session, entity, [id_]) if id_ else {}
    where = grant.country or next(iter(slugs.values()), "")
    return f"{grant.role.value} {where}".strip()


@user.command("withdraw")
@click.argument("email")
@plain_errors
def withdraw_user(email: str) -> None:
    """Take all access from EMAIL at once, and sign them out everywhere."""
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        person = _person(email)
        if any(grant.role == Role.ADMIN for grant in person.grants) and count_admins(db.session) == 1:
            raise click.UsageError("this is the last administrator: give somebody else the role first")
        withdraw(db.session, person, "command", now())
        hand_back_calls(db.session, person.id)
        db.session.commit()


@user.command("reset-second-factor")
@click.argument("email")
@plain_errors
def reset_user_second_factor(email: str) -> None:
    """For whoever lost telephone and recovery codes: EMAIL sets up a new second factor, and gets a letter."""
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        reset_second_factor(db.session, _person(email), "command", now())
        db.session.commit()


@user.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="Everybody who has access.")
@plain_errors
def sign_out_user(email: str | None, everybody: bool) -> None:
    """End all browsers in which EMAIL, or everybody, is signed in; their access stays."""
    if everybody == bool(email):
        raise click.UsageError("name an address, or --everybody")
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        people = [_person(email)] if email else people_of(db.session, None)
        count = sign_out(db.session, people, "command", now())
        db.session.commit()
    click.echo(f"{count} signed out")


def _person(email: str) -> User:
    person = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if person is None:
        raise click.UsageError(f"nobody has access as {email}")
    return person


def _known_country(code: str | None) -> str | None:
    if code and code not in MEMBER_STATES:
        raise click.UsageError(f"{code!r} is not one of the member countries: {', '.join(MEMBER_STATES)}")
    return code


@click.command()
@click.option("--dry-run", is_flag=True, help="Say who would be asked, and ask nobody.")
@plain_errors
def remind(dry_run: bool) -> None:
    """Ask organizations whether their record is still right; remind of referrals and of partnerships that end."""
    app = ready_app()
    with app.app_context():
        begin_write(db.session)
        due = due_requests(db.session, now())
        for item in due:
            if dry_run:
                click.echo(f"{item.name}: would be asked in {item.language}")
            else:
                ask(db.session, item, now())
        touched = 0 if dry_run else do_due_work(db.session, now())
        db.session.rollback() if dry_run else db.session.commit()
        sent = 0
        while not dry_run and carry_one(db.session):
            sent += 1
    click.echo(
        f"{len(due)} due"
        if dry_run
        else f"{len(due)} asked; {touched} referrals and partnerships; {sent} letters left the outbox"
    )
