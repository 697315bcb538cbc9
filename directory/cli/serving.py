"""Commands that make an installation ready and serve it."""

from __future__ import annotations

import subprocess
import sys

import click

from directory import create_app
from directory.cli.running import plain_errors, ready_app
from directory.extensions import db
from directory.operations.backups.occupancy import working
from directory.operations.prepare import are_seeds_declined, decline_seeds, is_prepared
from directory.search.follower import search_index
from directory.search.marks import WriterBusy
from directory.search.sync import synchronise
from directory.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@plain_errors
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve. Migrates, loads the seed data into an empty database unless declined, and brings the index in step."""
    from directory.serve import run

    base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    settings = Settings.from_environ(base_url=base_url)
    click.get_current_context().with_resource(working(settings.data_dir))
    app = create_app(settings)
    if not is_prepared(app):
        # In a process of its own: what seeding and indexing take, the workers would inherit.
        without = ["--no-seed"] if are_seeds_declined(app) else []
        subprocess.run([sys.executable, "-m", "directory", "init", *without], check=True)  # noqa: S603 - our own words
    click.echo(f"serving on {base_url}", err=True)
    run(settings, host, port, workers, threads)


@click.command()
@click.option("--no-seed", is_flag=True, help="Leave an empty database empty, now and later.")
@plain_errors
def init(no_seed: bool) -> None:
    """Create or migrate the database; load the seed data if it is empty."""
    app = ready_app(with_seeds=not no_seed)
    if no_seed:
        decline_seeds(app)
    with app.app_context():
        try:
            synchronise(search_index(), db.session)
        except WriterBusy:
            click.echo("another process is bringing the index in step", err=True)
