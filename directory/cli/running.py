"""What all commands share: errors in one line, progress, an application that is ready."""

from __future__ import annotations

import functools
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from directory import create_app
from directory.accounts.installation_key import OtherKey
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.exchange.load import Progress as Report
from directory.extensions import db
from directory.operations.backups.occupancy import Occupied, working
from directory.operations.prepare import NewerTables, prepare
from directory.search.marks import WriterBusy
from directory.settings import BadSetting, Settings

FOUND_PROBLEMS, BAD_USE = 1, 2
"""Exit codes."""
P = ParamSpec("P")
R = TypeVar("R")
_err = Console(stderr=True)


def plain_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn what a user or the machine may get wrong into one line and an exit code."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (BadSetting, OtherKey) as error:
            raise click.UsageError(str(error)) from error
        except (Occupied, NewerTables) as error:
            raise click.ClickException(str(error)) from error
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
def progress() -> Iterator[Report]:
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


def ready_app(base_url: str | None = None, *, with_seeds: bool = False) -> Flask:
    """The application over a migrated database, which nobody replaces until the command ends."""
    settings = Settings.from_environ(base_url=base_url)
    click.get_current_context().with_resource(working(settings.data_dir))
    app = create_app(settings)
    with progress() as report:
        prepare(app, with_seeds=with_seeds, progress=report)
    return app


def id_of(entity: Entity, slug: str | None) -> uuid.UUID | None:
    """The id of what a slug names; None without one. Raises UsageError where nothing has it."""
    if not slug:
        return None
    found = find_by_slug(db.session, entity, slug)
    if found is None:
        raise click.UsageError(f"there is no {entity.value} {slug!r}")
    return found[0]
