"""Commands that take a backup, put it back, and try whether that would work."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from directory import create_app
from directory.cli.running import FOUND_PROBLEMS, plain_errors
from directory.operations.backups.archive import BadArchive
from directory.operations.backups.copies import CopyFailed
from directory.operations.backups.drill import drill
from directory.operations.backups.restore import NotEmpty, Restored, restore
from directory.operations.backups.take import Keep, backup, prune, stamped
from directory.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
_archive = click.Path(exists=True, dir_okay=False, path_type=Path)


def _told(function: Callable[P, R]) -> Callable[P, R]:
    """What this cannot do, in one sentence: 2 where the archive or the place is the wrong one, else 1."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (BadArchive, NotEmpty) as error:
            raise click.UsageError(f"nothing was changed: {error}") from error
        except CopyFailed as error:
            raise click.ClickException(str(error)) from error

    return plain_errors(wrapper)


class _TakesAFile(click.Group):
    """What is no command of the group is the file of the first one: `backup FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `take` before a file or an option of it."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["take", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=_TakesAFile)
def backup_group() -> None:
    """Take a backup while everything goes on (`backup FILE`), and try whether it can be restored."""


@backup_group.command("take")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="A folder; the name is the hour."
)
@click.option("--keep", metavar="7d4w12m", help="With --to: how many days, weeks and months keep their last backup.")
@click.option("--with-key", is_flag=True, help="Put the secret key in: who has the archive can sign as the directory.")
@_told
def take_command(file: Path | None, folder: Path | None, keep: str | None, with_key: bool) -> None:
    """Write one archive: database, letters that wait, a manifest. Index, exports and guides are made anew from it."""
    try:
        kept = Keep.parse(keep) if keep else None
    except ValueError as error:
        raise click.UsageError(f"--keep: {error}") from error
    if (file is None) == (folder is None) or (kept and not folder):
        raise click.UsageError("name a file, or a folder with --to, to which --keep belongs")
    if folder:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = stamped(folder) if folder else Path(str(file))
    with suppress(OSError):
        os.nice(10)  # who searches meanwhile comes first
    begun = time.monotonic()
    manifest = backup(Settings.from_environ(), target, with_key=with_key)
    size, seconds = target.stat().st_size / 2**20, time.monotonic() - begun
    click.echo(f"{target}: {manifest.counts.get('organizations', 0)} organizations, {size:.1f} MB in {seconds:.1f} s")
    for gone in prune(folder, kept) if folder and kept else []:
        click.echo(f"{gone.name} removed")


@backup_group.command("drill")
@click.argument("file", type=_archive, required=False)
@_told
def drill_command(file: Path | None) -> None:
    """Restore FILE, or a backup taken now, into a temporary place and compare; exit with 1 where something differs."""
    begun = time.monotonic()
    done = drill(Settings.from_environ(), create_app, file)
    _report(done)
    click.echo(f"{time.monotonic() - begun:.1f} s; the installation was only read")


@click.command("restore")
@click.argument("file", type=_archive)
@click.option("--replace", "may_replace", is_flag=True, help="Put it in the place of the records that are there.")
@click.option("--keep-sessions", is_flag=True, help="Let people stay signed in, links open, letters go out.")
@click.option("--dry-run", is_flag=True, help="Prove the archive, and change nothing.")
@_told
def restore_command(file: Path, may_replace: bool, keep_sessions: bool, dry_run: bool) -> None:
    """Restore FILE into an empty installation that nobody serves, or with --replace into one that has records."""
    begun = time.monotonic()
    settings = Settings.from_environ()
    done = restore(settings, file, create_app, may_replace=may_replace, keep_sessions=keep_sessions, dry_run=dry_run)
    if done.former:
        click.echo(f"what was there before lies in {done.former}: remove it when you are content")
    if not done.is_own_key:
        click.echo("its second factors need the key of the installation that it comes from: set DIRECTORY_SECRET_KEY,")
        click.echo("or, where that is lost, run `cso-directory key accept`")
    if dry_run:
        click.echo(f"the archive of {done.manifest.made_at} can be restored; nothing was changed")
        return
    _report(done)
    click.echo(f"restored in {time.monotonic() - begun:.1f} s")


def _report(done: Restored) -> None:
    for line in done.found:
        click.echo(f"differs: {line}")
    if done.found:
        raise click.exceptions.Exit(FOUND_PROBLEMS)
    counts = done.manifest.counts
    click.echo(f"backup of {done.manifest.made_at} by release {done.manifest.version}, tables at {done.migrated_to}")
    click.echo(
        f"{sum(counts.values())} rows in {len(counts)} tables, {counts.get('organizations', 0)} organizations, "
        f"{len(done.manifest.samples)} records compared, index built: all as it was"
    )
