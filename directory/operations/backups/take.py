"""Taking a backup of an installation that goes on serving, and keeping as many as somebody wants."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from directory.clock import now
from directory.operations.backups import occupancy
from directory.operations.backups.archive import (
    DATABASES,
    FORMAT,
    KIND,
    SECRET_KEY,
    Manifest,
    described,
    write_archive,
)
from directory.operations.backups.copies import copy_out, is_sqlite
from directory.settings import VERSION, Settings

LAST = "last-backup.json"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"directory-(\d{8}T\d{6}Z)\.tar\.gz")
_KEEP = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,3})w)?(?:(\d{1,3})m)?")


@dataclass(frozen=True)
class Keep:
    """How many days, ISO weeks and months keep the last backup of each."""

    days: int
    weeks: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Keep:
        """`7d4w12m`, any part of it. Raises ValueError."""
        found = _KEEP.fullmatch(text)
        numbers = [int(part or 0) for part in found.groups()] if found else []
        if not any(numbers):
            raise ValueError(f"{text!r} is not of the form 7d4w12m")
        return cls(*numbers)


def backup(settings: Settings, target: Path, *, with_key: bool = False) -> Manifest:
    """Write an archive of an installation, served or not, as `target`. Raises CopyFailed, Occupied, OSError."""
    kind = "sqlite" if is_sqlite(settings.database_url) else "postgresql"
    with (
        occupancy.one_backup(settings.data_dir),
        _without_leftovers(target),
        tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder,
    ):
        copy = Path(folder) / DATABASES[kind]
        held = copy_out(settings.database_url, copy)
        files = {DATABASES[kind]: copy}
        if with_key:
            files[SECRET_KEY] = Path(folder) / SECRET_KEY
            files[SECRET_KEY].write_text(settings.secret_key, encoding="utf-8")
        letters = sorted((settings.data_dir / "outbox").glob("*.eml"))
        files |= {f"outbox/{letter.name}": letter for letter in letters}
        manifest = Manifest(
            kind=KIND,
            format=FORMAT,
            made_at=now().isoformat(timespec="seconds"),
            version=VERSION,
            database=kind,
            **asdict(held),
            files={name: described(path) for name, path in files.items()},
        )
        write_archive(target, manifest, files)
    _note(settings.data_dir / LAST, manifest)
    return manifest


@contextmanager
def _without_leftovers(target: Path) -> Iterator[None]:
    """What backups that were killed left beside theirs: of this name, or of another hour and older than a day."""
    day_ago = now().timestamp() - timedelta(days=1).total_seconds()
    for left in target.parent.glob(".*.tar.gz.*"):
        is_old = _NAME.fullmatch(left.name[1:].rpartition(".")[0]) and left.stat().st_mtime < day_ago
        if is_old or left.name.startswith(f".{target.name}."):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    yield


def stamped(folder: Path) -> Path:
    """The name of a backup of this moment."""
    return folder / f"directory-{now():{_STAMP}}.tar.gz"


def last_backup(data_dir: Path) -> datetime | None:
    """When this machine took its last backup."""
    try:
        return datetime.fromisoformat(json.loads((data_dir / LAST).read_text(encoding="utf-8"))["made_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def prune(folder: Path, keep: Keep) -> list[Path]:
    """Remove the backups of a folder that nothing keeps; which. Other files, and the newest backup, always stay."""
    taken = {datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC): path for path, found in _backups(folder)}
    kept = set(sorted(taken)[-1:])
    for period, count in ((_day, keep.days), (_week, keep.weeks), (_month, keep.months)):
        kept |= _last_of_each(taken, period, count)
    gone = [path for at, path in sorted(taken.items()) if at not in kept]
    for path in gone:
        path.unlink()
    return gone


def _backups(folder: Path) -> list[tuple[Path, re.Match[str]]]:
    named = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    return [(path, found) for path, found in named if found]


def _last_of_each(instants: Iterable[datetime], period: Callable[[datetime], object], count: int) -> set[datetime]:
    """The last instant of each of the `count` youngest periods that have any."""
    last: dict[object, datetime] = {period(at): at for at in sorted(instants)}
    return set(sorted(last.values())[-count:]) if count else set()


def _day(at: datetime) -> object:
    return at.date()


def _week(at: datetime) -> object:
    return at.isocalendar()[:2]


def _month(at: datetime) -> object:
    return at.year, at.month


def _note(path: Path, manifest: Manifest) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"made_at": manifest.made_at, "bytes": manifest.size}), encoding="utf-8")
    beside.replace(path)
