"""The commands. Each reads its arguments and calls one function of a feature; a user's mistake is no traceback."""

from __future__ import annotations

import functools
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TextIO, TypeVar

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from directory import create_app
from directory.accounts.letters import password_link
from directory.accounts.models import Role
from directory.accounts.people import Scope, ScopeMismatch, grant_role
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now, today
from directory.database import begin_write
from directory.exchange.export import Format, export_consulates, export_organizations
from directory.exchange.load import LikelyDuplicate, import_consulates, import_organizations
from directory.exchange.load import Progress as Report
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.mail.postman import carry_one
from directory.moderation.remind import ask, due_requests
from directory.operations.prepare import is_prepared, prepare
from directory.partnerships.remind import due_work
from directory.places.countries import MEMBER_STATES
from directory.publication.consulates import public_consulates
from directory.search.follower import search_index
from directory.search.marks import WriterBusy
from directory.search.sync import differences, rebuild, synchronise
from directory.settings import LANGUAGES, VERSION, BadSetting, Settings
from directory.web.guide_jobs import PdfMissing, pdf_of

FOUND_PROBLEMS, BAD_USE = 1, 2
P = ParamSpec("P")
R = TypeVar("R")
_err = Console(stderr=True)


def _plain_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn what a user or the machine may get wrong into one line and an exit code."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BadSetting as error:
            raise click.UsageError(str(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"the database does not answer: {error.orig}") from error
        except subprocess.CalledProcessError as error:
            raise click.ClickException("the directory could not be made ready; the lines above say why") from error
        except OSError as error:
            raise click.ClickException(str(error)) from error
        except SQLAlchemyError as error:
            raise click.ClickException(f"the database refused a row: {type(error).__name__}") from error
        except WriterBusy as error:
            raise click.ClickException("another process is writing the index; try again in a moment") from error

    return wrapper


@contextmanager
def _progress() -> Iterator[Report]:
    """A bar on a terminal, plain lines elsewhere."""
    if not _err.is_terminal:
        yield lambda what, done, total: click.echo(f"{what}: {done} of {total}", err=True)
        return
    with Progress(console=_err) as bars:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, bars.add_task(what, total=total))
            bars.update(task, completed=done)

        yield report


def _ready_app(base_url: str | None = None, *, with_seeds: bool = False) -> Flask:
    """The application over a migrated database."""
    app = create_app(Settings.from_environ(base_url=base_url))
    with _progress() as report:
        prepare(app, with_seeds=with_seeds, progress=report)
    return app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def main() -> None:
    """Directory of civil society organizations for consular protection."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@_plain_errors
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve. Migrates, loads the seed data into an empty database, and brings the index in step."""
    from directory.serve import run

    base_url = f"http://{host}:{port}"
    settings = Settings.from_environ(base_url=base_url)
    if not is_prepared(create_app(settings)):
        # In a process of its own: what seeding and indexing take, the workers would inherit.
        subprocess.run([sys.executable, "-m", "directory", "init"], check=True)
    click.echo(f"serving on {base_url}", err=True)
    run(settings, host, port, workers, threads)


@main.command()
@click.option("--no-seed", is_flag=True, help="Leave an empty database empty.")
@_plain_errors
def init(no_seed: bool) -> None:
    """Create or migrate the database; load the seed data if it is empty."""
    app = _ready_app(with_seeds=not no_seed)
    with app.app_context():
        try:
            synchronise(search_index(), db.session)
        except WriterBusy:
            click.echo("another process is bringing the index in step", err=True)


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--kind", type=click.Choice(["organizations", "consulates"]), default="organizations", show_default=True)
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every problem here, as CSV.",
)
@_plain_errors
def import_command(file: Path, form: str, kind: str, dry_run: bool, report_file: Path | None) -> None:  # noqa: ARG001
    """Load FILE. A file with any problem is refused whole: each is named by line, column and reason."""
    app = _ready_app()
    duplicates: list[LikelyDuplicate] = []
    with app.app_context(), _progress() as report:
        try:
            if kind == "organizations":
                tally = import_organizations(db.session, file, dry_run=dry_run, progress=report, duplicates=duplicates)
            else:
                tally = import_consulates(db.session, file, dry_run=dry_run, progress=report)
        except BrokenFile as error:
            _tell_problems(error, report_file)
            sys.exit(FOUND_PROBLEMS)
    for duplicate in duplicates:
        click.echo(f"note: {duplicate}", err=True)
    if dry_run:
        click.echo(f"{file}: {tally.unchanged} {kind} can be loaded; nothing was written")
    else:
        click.echo(f"{file}: {tally.created} created, {tally.updated} updated, {tally.unchanged} unchanged")


def _tell_problems(error: BrokenFile, report_file: Path | None) -> None:
    for problem in error.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(error.problems)} problems; nothing was loaded", err=True)
    if report_file:
        lines = [f'{item.line},{item.column},"{item.reason.replace(chr(34), chr(39))}"' for item in error.problems]
        report_file.write_text("\n".join(["line,column,reason", *lines, ""]), encoding="utf-8")


@main.command()
@click.option("--format", "form", type=click.Choice([item.value for item in Format]), required=True)
@click.option("--kind", type=click.Choice(["organizations", "consulates"]), default="organizations", show_default=True)
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8"),
    default="-",
    help="File to write; default: standard output.",
)
@_plain_errors
def export(form: str, kind: str, output: TextIO) -> None:
    """Write everything public."""
    app = _ready_app()
    with app.app_context():
        base_url = app.extensions["directory.settings"].base_url
        if kind == "organizations":
            pieces = export_organizations(db.session, Format(form), base_url, today())
        else:
            pieces = export_consulates(db.session, Format(form), base_url)
        for piece in pieces:
            output.write(piece)


@main.command()
@click.argument("slug")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="PDF file to write.")
@_plain_errors
def guide(slug: str, language: str, output: Path) -> None:
    """Write the pocket guide of the consulate SLUG as PDF."""
    app = _ready_app()
    with app.app_context(), _progress() as report:
        consulate_id = _id_of(Entity.CONSULATE, slug)
        found = public_consulates(db.session, [consulate_id] if consulate_id else [])
        if not found:
            raise click.UsageError(f"the consulate {slug!r} was removed")
        try:
            output.write_bytes(pdf_of(found[0], language, functools.partial(report, "entries")))
        except PdfMissing as error:
            raise click.ClickException(
                f"this installation makes no PDF files: pip install 'cso-directory[pdf]' and see README.md ({error})"
            ) from error


@main.group()
def user() -> None:
    """People with access."""


@user.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([item.value for item in Role]), required=True)
@click.option("--consulate", metavar="SLUG", help="The consulate of an officer.")
@click.option("--country", metavar="XX", help="A moderator's country, or the sending country of a liaison.")
@click.option("--organization", metavar="SLUG", help="The organization of an editor.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@_plain_errors
def create_user(
    email: str, role: str, consulate: str | None, country: str | None, organization: str | None, language: str
) -> None:
    """Give EMAIL a role and print a link under which a password is chosen: it works once, and for two days."""
    app = _ready_app()
    with app.app_context():
        begin_write(db.session)
        try:
            scope = Scope(
                country=_known_country(country),
                consulate_id=_id_of(Entity.CONSULATE, consulate),
                organization_id=_id_of(Entity.ORGANIZATION, organization),
            )
            address = validate_email(email, check_deliverability=False, test_environment=True).normalized
            person, _ = grant_role(db.session, address, Role(role), scope, language, by="command")
        except (ScopeMismatch, EmailNotValidError) as error:
            raise click.UsageError(str(error)) from error
        link = password_link(person)
        db.session.commit()
    click.echo(link)


def _known_country(code: str | None) -> str | None:
    if code and code not in MEMBER_STATES:
        raise click.UsageError(f"{code!r} is not one of the member countries: {', '.join(MEMBER_STATES)}")
    return code


def _id_of(entity: Entity, slug: str | None) -> uuid.UUID | None:
    if not slug:
        return None
    found = find_by_slug(db.session, entity, slug)
    if found is None:
        raise click.UsageError(f"there is no {entity.value} {slug!r}")
    return found[0]


@main.command()
@click.option("--dry-run", is_flag=True, help="Say who would be asked, and ask nobody.")
@_plain_errors
def remind(dry_run: bool) -> None:
    """Ask organizations whether their record is still right; remind of referrals and of partnerships that end."""
    app = _ready_app()
    with app.app_context():
        begin_write(db.session)
        due = due_requests(db.session, now())
        for item in due:
            if dry_run:
                click.echo(f"{item.name}: would be asked in {item.language}")
            else:
                ask(db.session, item, now())
        touched = 0 if dry_run else due_work(db.session, now())
        db.session.rollback() if dry_run else db.session.commit()
        sent = 0
        while not dry_run and carry_one(db.session):
            sent += 1
    click.echo(
        f"{len(due)} due"
        if dry_run
        else f"{len(due)} asked; {touched} referrals and partnerships; {sent} letters left the outbox"
    )


@main.group()
def index() -> None:
    """The search index: it can be thrown away and built anew at any time."""


@index.command()
@_plain_errors
def build() -> None:
    """Build from scratch beside the live index, then swap."""
    app = _ready_app()
    with app.app_context():
        report = rebuild(search_index(), db.session)
    click.echo(f"{report.documents} organizations in {report.seconds:.1f} s")


@index.command()
@_plain_errors
def sync() -> None:
    """Apply what changed."""
    app = _ready_app()
    with app.app_context():
        report = synchronise(search_index(), db.session)
    how = "built from scratch" if report.rebuilt else "applied"
    click.echo(f"{report.documents} organizations {how} in {report.seconds:.1f} s")


@index.command()
@_plain_errors
def check() -> None:
    """Exit with 1 if index and database differ."""
    app = _ready_app()
    with app.app_context():
        found = differences(search_index(), db.session)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(FOUND_PROBLEMS)
    click.echo("index and database agree")
