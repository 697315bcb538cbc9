"""Commands about the search index."""

from __future__ import annotations

import sys

import click

from directory.cli.running import FOUND_PROBLEMS, plain_errors, ready_app
from directory.extensions import db
from directory.search.follower import search_index
from directory.search.sync import differences, rebuild, synchronise


@click.group()
def index() -> None:
    """The search index: it can be thrown away and built anew at any time."""


@index.command()
@plain_errors
def build() -> None:
    """Build from scratch beside the live index, then swap."""
    app = ready_app()
    with app.app_context():
        report = rebuild(search_index(), db.session)
    click.echo(f"{report.documents} organizations in {report.seconds:.1f} s")


@index.command()
@plain_errors
def sync() -> None:
    """Apply what changed."""
    app = ready_app()
    with app.app_context():
        report = synchronise(search_index(), db.session)
    how = "built from scratch" if report.rebuilt else "applied"
    click.echo(f"{report.documents} organizations {how} in {report.seconds:.1f} s")


@index.command()
@plain_errors
def check() -> None:
    """Exit with 1 if index and database differ."""
    app = ready_app()
    with app.app_context():
        found = differences(search_index(), db.session)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(FOUND_PROBLEMS)
    click.echo("index and database agree")
