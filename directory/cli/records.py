"""Commands that bring records in and out."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import IO

import click

from directory.changes.models import Entity
from directory.cli.running import FOUND_PROBLEMS, id_of, plain_errors, progress, ready_app
from directory.clock import now, today
from directory.exchange.export import Format, export_consulates, export_lines, export_organizations
from directory.exchange.hsds.package import write_package
from directory.exchange.load import LikelyDuplicate, import_consulates, import_lines, import_organizations
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.organizations.sources import Kept
from directory.publication.consulates import public_consulates
from directory.publication.lines import current_lines
from directory.settings import LANGUAGES, VERSION
from directory.web.paper.guide_jobs import PdfMissing, pdf_of

_kind = click.option(
    "--kind", type=click.Choice(["organizations", "consulates", "lines"]), default="organizations", show_default=True
)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@_kind
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every problem here, as CSV.",
)
@plain_errors
def import_command(file: Path, form: str, kind: str, dry_run: bool, report_file: Path | None) -> None:  # noqa: ARG001
    """Load FILE. A file with any problem is refused whole: each is named by line, column and reason."""
    app = ready_app()
    duplicates: list[LikelyDuplicate] = []
    kept_values: list[Kept] = []
    with app.app_context(), progress() as report:
        try:
            if kind == "organizations":
                tally = import_organizations(
                    db.session, file, dry_run=dry_run, progress=report, duplicates=duplicates, kept=kept_values
                )
            elif kind == "consulates":
                tally = import_consulates(db.session, file, dry_run=dry_run, progress=report)
            else:
                tally = import_lines(db.session, file, dry_run=dry_run)
        except BrokenFile as error:
            _tell_problems(error, report_file)
            sys.exit(FOUND_PROBLEMS)
    for duplicate in duplicates:
        click.echo(f"note: {duplicate}", err=True)
    for item in kept_values:
        click.echo(f"kept as people left it: {item}", err=True)
    if dry_run:
        click.echo(f"{file}: {tally.unchanged} {kind} can be loaded; nothing was written")
    else:
        kept = f"; {tally.kept} values kept as somebody stated them" if tally.kept else ""
        click.echo(f"{file}: {tally.created} created, {tally.updated} updated, {tally.unchanged} unchanged{kept}")


def _tell_problems(error: BrokenFile, report_file: Path | None) -> None:
    for problem in error.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(error.problems)} problems; nothing was loaded", err=True)
    if report_file:
        lines = [f'{item.line},{item.column},"{item.reason.replace(chr(34), chr(39))}"' for item in error.problems]
        report_file.write_text("\n".join(["line,column,reason", *lines, ""]), encoding="utf-8")


@click.command()
@click.option("--format", "form", type=click.Choice([*map(str, Format), "hsds"]), required=True)
@_kind
@click.option(
    "--output",
    type=click.File("wb"),
    default="-",
    help="File to write; default: standard output.",
)
@plain_errors
def export(form: str, kind: str, output: IO[bytes]) -> None:
    """Write everything public; `hsds`: the tables of HSDS 3.1 in a zip."""
    app = ready_app()
    with app.app_context():
        base_url = app.extensions["directory.settings"].base_url
        if form == "hsds":
            if kind != "organizations":
                raise click.UsageError("HSDS holds organizations: csv or json for the others")
            write_package(db.session, output, base_url, VERSION, now())
            return
        if kind == "organizations":
            pieces = export_organizations(db.session, Format(form), base_url, now())
        elif kind == "consulates":
            pieces = export_consulates(db.session, Format(form), base_url)
        elif form == Format.GEOJSON:
            raise click.UsageError("a line has no point on a map: json, ndjson or csv")
        else:
            pieces = export_lines(current_lines(db.session, today()), Format(form), today())
        for piece in pieces:
            output.write(piece.encode())


@click.command()
@click.argument("slug")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="PDF file to write.")
@plain_errors
def guide(slug: str, language: str, output: Path) -> None:
    """Write the pocket guide of the consulate SLUG as PDF."""
    app = ready_app()
    with app.app_context(), progress() as report:
        consulate_id = id_of(Entity.CONSULATE, slug)
        found = public_consulates(db.session, [consulate_id] if consulate_id else [])
        if not found:
            raise click.UsageError(f"the consulate {slug!r} was removed")
        try:
            output.write_bytes(pdf_of(found[0], language, functools.partial(report, "entries")))
        except PdfMissing as error:
            raise click.ClickException(
                f"this installation makes no PDF files: pip install 'cso-directory[pdf]' and see README.md ({error})"
            ) from error
