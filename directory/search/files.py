"""The files of an index: their digests, written after each commit and checked before a reader trusts them."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MANIFEST = "MANIFEST.json"
_HASHING_THREADS = 4
_SUFFIXES = (".trm", ".pst", ".col", ".cols", ".txt", ".toc")


class FileDamaged(Exception):
    """A file is not what was written."""


class NotYetWritten(Exception):
    """A commit is under way: a file has no digest yet."""


def index_files(build: Path) -> list[Path]:
    """The segments, their columns and texts, and the tables of contents in a build's folder."""
    return [path for path in build.iterdir() if path.suffix in _SUFFIXES]


def write_manifest(build: Path) -> None:
    """Note the digest of every file; segments never change, so known ones are not read again."""
    manifest = build / MANIFEST
    former = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    digests = {path.name: former.get(path.name) or _synced_digest(path) for path in index_files(build)}
    write_synced(manifest, json.dumps(digests))


def check_files(build: Path, segments: Iterable[str], checked: dict[str, str]) -> None:
    """Compare the files of `segments` with the manifest; `checked` remembers those that were compared before.

    Raises NotYetWritten or FileDamaged.
    """
    manifest = build / MANIFEST
    if not manifest.exists():
        raise NotYetWritten("no manifest")
    digests = json.loads(manifest.read_text(encoding="utf-8"))
    used = set(segments)
    unknown = []
    for path in index_files(build):
        if path.suffix != ".toc" and not any(segment in path.name for segment in used):
            continue
        if path.name not in digests:
            raise NotYetWritten(path.name)
        if checked.get(f"{build.name}/{path.name}") != digests[path.name]:
            unknown.append(path)
    # Hashing lets other threads run.
    with ThreadPoolExecutor(_HASHING_THREADS) as threads:
        for path, found in zip(unknown, threads.map(digest, unknown), strict=True):
            if found != digests[path.name]:
                raise FileDamaged(f"{path.name} is not what was written")
            checked[f"{build.name}/{path.name}"] = found


def digest(path: Path) -> str:
    """The digest of a file (SHA-256: processors have instructions for it)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synced_digest(path: Path) -> str:
    """The digest of a file, whose content is on disk when this returns."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return digest(path)


def write_synced(path: Path, text: str) -> None:
    """Replace a file at one stroke; it and its name are on disk when this returns."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
