"""Who works in a data directory: any number with what is there, or one who puts another database there."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WORKING, _BACKUP = "working.lock", "backup.lock"


class Occupied(Exception):
    """Somebody else works there. Its text says who."""


@contextmanager
def working(data_dir: Path) -> Iterator[None]:
    """Work with what is in a data directory; forked processes do too. Raises Occupied while a restore is at work."""
    with _lock(data_dir / _WORKING, fcntl.LOCK_SH, "a restore is at work in this data directory"):
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Replace what is there. Raises Occupied while somebody serves it."""
    with _lock(
        data_dir / _WORKING,
        fcntl.LOCK_EX,
        "somebody works in this data directory: stop `serve` and every other command first",
    ):
        yield


@contextmanager
def one_backup(data_dir: Path) -> Iterator[None]:
    """One backup, restore or drill at a time. Raises Occupied."""
    with _lock(data_dir / _BACKUP, fcntl.LOCK_EX, "another backup, restore or drill is at work"):
        yield


@contextmanager
def _lock(path: Path, how: int, reason: str) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(reason) from None
        yield
