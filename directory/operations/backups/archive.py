"""The archive: a tar file of a manifest and the files that it names, read without trusting it.

First comes `manifest.json`; each file after it must be named there, with its size and digest. Nothing else is in it:
no folder, no link, no device, no name of the archive's own choosing becomes a path.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 1
KIND = "cso-directory backup"
MANIFEST, SECRET_KEY = "manifest.json", "secret_key"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_LETTER = re.compile(r"outbox/[A-Za-z0-9._-]{1,120}\.eml")
_LARGEST_MANIFEST = 2**20
_LARGEST_READ = 2**22
"""No part of an archive is read in larger pieces: a header that claims more is a hostile one."""
_CHUNK = 2**18
_LEVEL = 4
"""Of gzip: a third larger than the best, four times as fast."""


class BadArchive(Exception):
    """Not an archive of ours, a broken one, or one that this release cannot read. Its text says which."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds and where it came from."""

    kind: str
    format: int
    made_at: str
    version: str
    database: str
    migration: str
    epoch: str
    key: str | None
    """Fingerprint of the installation's key."""
    counts: Mapping[str, int]
    """Rows by table."""
    samples: Mapping[str, str]
    """Digests of records with all that belongs to them, by id."""
    files: Mapping[str, Mapping[str, Any]]
    """`bytes` and `sha256` by name, in the order in which they follow."""

    @property
    def size(self) -> int:
        """Bytes of all files together, unpacked."""
        return sum(int(file["bytes"]) for file in self.files.values())


def described(path: Path) -> dict[str, Any]:
    """Size and digest of a file, as the manifest names them."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def write_archive(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write an archive beside `target`, mode 0600, and give it that name when it is whole and on the disk."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=_LEVEL, format=tarfile.GNU_FORMAT) as archive:
                said = json.dumps(asdict(manifest), indent=1).encode()
                _add(archive, MANIFEST, len(said), io.BytesIO(said))
                for name, path in files.items():
                    with path.open("rb") as file:
                        _add(archive, name, int(manifest.files[name]["bytes"]), file)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(target)
        _sync_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, size: int, file: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, file)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """The manifest of an archive, and the archive standing behind it. Raises BadArchive for whatever is wrong in it."""
    try:
        with gzip.open(path) as raw, tarfile.open(fileobj=_Sparing(raw), mode="r:") as archive:
            yield _manifest(archive), archive
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, OverflowError) as error:
        raise BadArchive(f"the archive is broken: {error}") from error


def unpack(archive: tarfile.TarFile, manifest: Manifest, folder: Path) -> dict[str, Path]:
    """Write the files of an archive into `folder`, checked against the manifest. Raises BadArchive."""
    written: dict[str, Path] = {}
    for number, member in enumerate(iter(archive.next, None)):
        said = manifest.files.get(member.name)
        if said is None or member.name in written or not member.isreg() or member.size != said["bytes"]:
            raise BadArchive(f"the archive holds what its manifest does not name: {member.name[:80]!r}")
        path = folder / f"{number}"  # never a name of the archive's
        written[member.name] = path
        if _copy(archive, member, path) != said["sha256"]:
            raise BadArchive(f"{member.name} is not what the manifest says")
    _read_to_the_end(archive)
    if missing := set(manifest.files) - set(written):
        raise BadArchive(f"the archive lacks {', '.join(sorted(missing))}")
    return written


def _read_to_the_end(archive: tarfile.TarFile) -> None:
    """Behind the last file are zeros, and gzip's own sum of all that it packed."""
    if archive.fileobj is None or archive.fileobj.read(_LARGEST_READ).strip(b"\0") or archive.fileobj.read(1):
        raise BadArchive("something stands behind its last file")


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    source = archive.extractfile(member)
    if source is None:
        raise BadArchive(f"{member.name} is no file")
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _manifest(archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    foreign = BadArchive("this is no backup of a directory")
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _LARGEST_MANIFEST:
        raise foreign
    file = archive.extractfile(member)
    try:
        said = json.loads(file.read(member.size)) if file else None
        if not isinstance(said, dict) or said.get("kind") != KIND:
            raise foreign
        if said.get("format") != FORMAT:
            raise BadArchive(f"made by release {said.get('version')}, in a form that this release does not read")
        manifest = Manifest(**said)
        _check(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadArchive(f"its manifest is broken: {error}") from error
    return manifest


def _check(manifest: Manifest) -> None:
    expected = {DATABASES[manifest.database], SECRET_KEY}
    for name, file in manifest.files.items():
        if name not in expected and not _LETTER.fullmatch(name):
            raise BadArchive(f"its manifest names a file that is none of ours: {name[:80]!r}")
        if not isinstance(file["bytes"], int) or file["bytes"] < 0 or not isinstance(file["sha256"], str):
            raise BadArchive(f"its manifest is broken at {name}")
    if DATABASES[manifest.database] not in manifest.files:
        raise BadArchive("it holds no database")
    if not all(isinstance(count, int) for count in manifest.counts.values()):
        raise BadArchive("its manifest counts in something other than numbers")


class _Sparing(io.RawIOBase):
    """An unpacked stream that is never asked for much at once: tarfile reads whole what a header claims to be long."""

    def __init__(self, file: gzip.GzipFile) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """It can be read, and no more."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `_LARGEST_READ` bytes. Raises BadArchive where more is wanted."""
        if not 0 <= size <= _LARGEST_READ:
            raise BadArchive("the archive claims to be what no backup is")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As the file beneath."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As the file beneath."""
        return self._file.tell()
