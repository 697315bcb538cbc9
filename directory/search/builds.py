"""The folder that holds the index: builds, the pointer to the current one, the writer's lock, digests.

An index is a folder `build-…` that CURRENT names. After every commit a manifest with the digest of each file is
written and synced; a reader opens nothing whose digest it has not checked.
"""

from __future__ import annotations

import fcntl
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from directory.search.documents import Document
from directory.search.files import MANIFEST, NotYetWritten, check_files, write_manifest, write_synced
from directory.search.marks import FeedMark, IndexDamaged, IndexMissing, WriterBusy
from directory.search.store import Opened, SegmentSource, change, compact, create, open_segments, segments_of

POINTER, LOCK = "CURRENT", "writer.lock"
_OPEN_TRIES, _OPEN_WAIT_S = 40, 0.05


class IndexFolder:
    """The index on disk, to be read by many processes and written by one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock; raises WriterBusy at once where another process has it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WriterBusy from error
            yield

    def current(self) -> Path:
        """The folder of the current build. Raises IndexMissing."""
        try:
            return self.folder / (self.folder / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing("no index yet") from error

    def state(self) -> tuple[str, int] | None:
        """Changes whenever another generation can be opened; None where there is no index."""
        try:
            build = self.current()
            return build.name, (build / MANIFEST).stat().st_mtime_ns
        except (IndexMissing, FileNotFoundError):
            return None

    def open(self, known: Mapping[str, SegmentSource], checked: dict[str, str]) -> Opened:
        """The current build; `known` are segments that are open already, `checked` digests already compared.

        Raises IndexMissing or IndexDamaged. Waits up to 2 s for a commit that is under way.
        """
        last: Exception = IndexMissing("no index yet")
        for _ in range(_OPEN_TRIES):
            build = self.current()
            try:
                segments = segments_of(build)
                check_files(build, [str(item.segment_id()) for item in segments], checked)
                return open_segments(build, segments, known)
            except (FileNotFoundError, NotYetWritten) as error:
                last = error
                time.sleep(_OPEN_WAIT_S)
            except IndexMissing:
                raise
            except Exception as error:  # a damaged file makes Whoosh fail in many ways
                raise IndexDamaged(repr(error)) from error
        raise IndexDamaged(repr(last))

    def build(self, documents: Iterable[Document], mark: Callable[[], FeedMark]) -> int:
        """Write a new index beside the live one, then swap. The caller holds the writer lock."""
        build = self.folder / f"build-{uuid.uuid4().hex[:12]}"
        build.mkdir(mode=0o700)
        count = create(build, documents, mark())
        write_manifest(build)
        write_synced(self.folder / POINTER, build.name)
        self._remove_others(build.name)
        return count

    def update(self, gone: Iterable[str], documents: Iterable[Document], mark: FeedMark) -> None:
        """Apply changes to the current build. The caller holds the writer lock."""
        build = self.current()
        change(build, gone, documents, mark)
        write_manifest(build)
        if compact(build):
            write_manifest(build)

    def _remove_others(self, name: str) -> None:
        for path in self.folder.glob("build-*"):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)
