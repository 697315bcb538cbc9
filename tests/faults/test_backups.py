"""Backups beside people who write, and killed at any moment: whole, or not there."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import shell
from tests.databases import drop_database, new_database
from tests.factories import organization_row, write_csv
from tests.faults.serving import ROOT, served

KILLS = int(os.environ.get("DIRECTORY_TEST_KILLS", "4"))
RECORDS = 40


def installation(kind: str, folder: Path) -> str:
    """The address of a database with some records."""
    url = new_database(kind, folder)
    rows = [
        organization_row(organization_key=f"casa-{n}", name=f"Casa {n}", location_key=f"casa-{n}/x")
        for n in range(RECORDS)
    ]
    assert shell.run(folder / "var", "init", "--no-seed", url=url).returncode == 0
    assert shell.run(folder / "var", "import", str(write_csv(folder / "casas.csv", *rows)), url=url).returncode == 0
    return url


def start(folder: Path, url: str, *arguments: str) -> subprocess.Popen[bytes]:
    environ = os.environ | {
        "DIRECTORY_DATA_DIR": str(folder / "var"), "DIRECTORY_DATABASE_URL": url, "DIRECTORY_SECRET_KEY": "for tests",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "directory", *arguments],
        env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def names(url: str) -> set[str]:
    """The names of all records."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {name for (name,) in connection.execute(text("SELECT name FROM organizations"))}
    engine.dispose()
    return found


class Writer(threading.Thread):
    """Renames all records together, again and again: whoever sees two names at once saw half of a transaction."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._engine = create_engine(url)
        self._stopped = threading.Event()
        self.count = 0

    def run(self) -> None:
        while not self._stopped.is_set():
            with self._engine.begin() as connection:
                connection.execute(text("UPDATE organizations SET name = :name"), {"name": f"Casa {self.count}"})
            self.count += 1
            time.sleep(0.001)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
        self._engine.dispose()


def test_a_backup_beside_a_writer_is_one_moment(kind: str, tmp_path: Path) -> None:
    url = installation(kind, tmp_path)
    writer = Writer(url)
    writer.start()
    try:
        while not writer.count:
            time.sleep(0.01)
        for number in range(3):
            before = writer.count
            archive = tmp_path / f"{number}.tar.gz"
            assert shell.run(tmp_path / "var", "backup", str(archive), url=url).returncode == 0
            assert writer.count > before, "who writes is not held up"
            place = tmp_path / f"place-{number}"
            place.mkdir()
            other = new_database(kind, place)
            try:
                said = shell.run(place / "var", "restore", str(archive), url=other)
                assert said.returncode == 0, said.stderr
                assert len(names(other)) == 1
            finally:
                drop_database(other)
    finally:
        writer.stop()
        drop_database(url)


def test_a_backup_that_is_killed_leaves_no_archive_or_a_whole_one(kind: str, tmp_path: Path) -> None:
    url = installation(kind, tmp_path)
    archive, chance = tmp_path / "one.tar.gz", random.Random(3)
    try:
        for _ in range(KILLS):
            process = start(tmp_path, url, "backup", str(archive))
            time.sleep(chance.uniform(0.2, 2.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if archive.exists():
                with tarfile.open(archive) as opened:
                    assert len(opened.getnames()) == 2
                archive.unlink()
        assert shell.run(tmp_path / "var", "backup", str(archive), url=url).returncode == 0
        assert shell.run(tmp_path / "var", "backup", "drill", str(archive), url=url).returncode == 0
        assert list(tmp_path.glob(".one.tar.gz*")) == [], "what killed ones left is gone"
    finally:
        drop_database(url)


def test_a_restore_that_is_killed_leaves_the_one_or_the_other(kind: str, tmp_path: Path) -> None:
    url = installation(kind, tmp_path)
    archive, chance = tmp_path / "one.tar.gz", random.Random(5)
    try:
        assert shell.run(tmp_path / "var", "backup", str(archive), url=url).returncode == 0
        there = names(url)
        for _ in range(KILLS):
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text("UPDATE organizations SET name = 'Otra Casa'"))
            engine.dispose()
            process = start(tmp_path, url, "restore", str(archive), "--replace")
            time.sleep(chance.uniform(0.5, 4.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
            found = names(url)
            assert found in (there, {"Otra Casa"})
        assert shell.run(tmp_path / "var", "restore", str(archive), "--replace", url=url).returncode == 0
        assert names(url) == there
        assert list((tmp_path / "var").glob("restore-*")) == [], "what killed ones left is gone"
        assert shell.run(tmp_path / "var", "index", "check", url=url).returncode == 0
    finally:
        drop_database(url)


def test_nothing_is_restored_under_a_server(tmp_path: Path) -> None:
    with served(tmp_path / "var") as _port:
        url = f"sqlite:///{tmp_path / 'var' / 'directory.sqlite3'}"
        archive = tmp_path / "one.tar.gz"
        key = {"DIRECTORY_SECRET_KEY": ""}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(*next(iter(key.items())))
            assert shell.run(tmp_path / "var", "backup", str(archive), url=url).returncode == 0
            refused = shell.run(tmp_path / "var", "restore", str(archive), "--replace", url=url)
            assert (refused.returncode, "stop `serve`" in refused.stderr) == (1, True)
            told = [
                json.loads(line)
                for line in shell.run(tmp_path / "var", "doctor", "--json", url=url).stdout.splitlines()
            ]
    assert next(item for item in told if item["what"] == "backup")["verdict"] == "ok"
