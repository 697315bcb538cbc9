"""Backups: what was there is there again, in another place; and what is no backup changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from directory.operations.backups.take import Keep, prune
from tests import shell
from tests.databases import drop_database, new_database
from tests.factories import consulate_row, organization_row, write_csv

MANY = 12


@dataclass
class Place:
    """An installation of its own."""

    data_dir: Path
    url: str

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command says; it must end with `code`, and never with a traceback."""
        done = shell.run(self.data_dir, *arguments, url=self.url)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def ask(self, statement: str) -> Any:
        """The first value of a statement."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            found = connection.execute(text(statement))
            value = found.scalar() if found.returns_rows else None
        engine.dispose()
        return value

    def records(self) -> list[dict[str, Any]]:
        """Everything public."""
        said = self.run("export", "--format", "ndjson")
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.fixture
def places(kind: str, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """Makes installations without anything in them."""
    made: list[Place] = []

    def make(name: str) -> Place:
        folder = tmp_path / name
        folder.mkdir()
        made.append(Place(folder / "var", new_database(kind, folder)))
        return made[-1]

    yield make
    for place in made:
        drop_database(place.url)


@pytest.fixture
def full(places: Callable[[str], Place], tmp_path: Path) -> Place:
    """An installation with records, somebody who is invited, and a letter that waits."""
    place = places("full")
    place.run("init", "--no-seed")
    rows = [
        organization_row(organization_key=f"casa-{n}", name=f"Casa {n}", location_key=f"casa-{n}/x")
        for n in range(MANY)
    ]
    place.run("import", str(write_csv(tmp_path / "casas.csv", *rows)))
    place.run("import", "--kind", "consulates", str(write_csv(tmp_path / "consulates.csv", consulate_row())))
    place.run("user", "create", "ana@x.example", "--role", "admin")
    moment = "CURRENT_TIMESTAMP"
    place.ask(
        "INSERT INTO outbox_messages (id, recipient, kind, subject, text, language, created_at, not_before, attempts)"
        f" VALUES ('{'a' * 32}', 'ana@x.example', 'test', 'x', 'x', 'es', {moment}, {moment}, 0)"
    )
    outbox = place.data_dir / "outbox"
    outbox.mkdir(exist_ok=True)
    (outbox / "20261201-a.eml").write_text("Subject: fictional\n\n", encoding="utf-8")
    return place


def test_what_was_there_is_there_again_elsewhere(full: Place, places: Callable[[str], Place], tmp_path: Path) -> None:
    archive = tmp_path / "one.tar.gz"
    said = full.run("backup", str(archive))
    assert f"{MANY} organizations" in said
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*one.tar*")] == ["one.tar.gz"], "nothing is left beside it"
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    assert names[0] == "manifest.json"
    assert "secret_key" not in names
    assert not any("index" in name for name in names)

    other = places("other")
    assert "can be restored" in other.run("restore", str(archive), "--dry-run")
    assert not (other.data_dir / "directory.sqlite3").exists()
    said = other.run("restore", str(archive))
    assert f"{MANY} organizations" in said
    assert other.records() == full.records()
    assert "agree" in other.run("index", "check")
    assert other.ask("SELECT epoch FROM feed_counter") != full.ask("SELECT epoch FROM feed_counter")
    assert other.ask("SELECT count(*) FROM access_links WHERE used_at IS NULL") == 0
    assert other.ask("SELECT fs_uniquifier FROM users") != full.ask("SELECT fs_uniquifier FROM users")
    assert other.ask("SELECT count(*) FROM outbox_messages WHERE refused_at IS NULL AND sent_at IS NULL") == 0
    assert (other.data_dir / "outbox" / "20261201-a.eml").exists()
    assert [path.name for path in other.data_dir.iterdir() if path.name.startswith("restore-")] == []


def test_what_is_open_stays_open_where_somebody_says_so(
    full: Place, places: Callable[[str], Place], tmp_path: Path
) -> None:
    archive = tmp_path / "one.tar.gz"
    full.run("backup", str(archive))
    other = places("other")
    other.run("restore", str(archive), "--keep-sessions")
    for statement in (
        "SELECT fs_uniquifier FROM users",
        "SELECT count(*) FROM outbox_messages WHERE refused_at IS NULL AND sent_at IS NULL",
    ):
        assert other.ask(statement) == full.ask(statement)
    assert other.ask("SELECT epoch FROM feed_counter") != full.ask("SELECT epoch FROM feed_counter")


def test_records_are_replaced_only_when_somebody_says_so(full: Place, kind: str, tmp_path: Path) -> None:
    archive = tmp_path / "one.tar.gz"
    full.run("backup", str(archive))
    before = full.records()
    full.ask("UPDATE organizations SET name = 'Otra Casa'")
    assert "--replace" in full.run("restore", str(archive), code=2)
    assert {record["name"] for record in full.records()} == {"Otra Casa"}
    said = full.run("restore", str(archive), "--replace")
    assert full.records() == before
    if kind == "sqlite":
        assert "lies in" in said
        kept = next(full.data_dir.glob("replaced-*")) / Path(full.url).name
        assert kept.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(kept)) as connection:
            assert connection.execute("SELECT min(name) FROM organizations").fetchone() == ("Otra Casa",)


def test_a_drill_says_that_all_is_as_it_was_and_leaves_nothing(full: Place, tmp_path: Path) -> None:
    before = full.ask("SELECT epoch FROM feed_counter")
    assert "10 records compared" in full.run("backup", "drill")
    archive = tmp_path / "one.tar.gz"
    full.run("backup", str(archive))
    full.ask("UPDATE organizations SET name = 'Otra Casa'")
    assert "all as it was" in full.run("backup", "drill", str(archive)), (
        "it is held against the archive, not the present"
    )
    assert full.ask("SELECT epoch FROM feed_counter") == before
    assert list(full.data_dir.glob("drill-*")) == []


def test_the_key_goes_along_where_somebody_says_so(
    tmp_path: Path, places: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", "")
    one, two, three = places("one"), places("two"), places("three")
    one.run("init", "--no-seed")
    one.run("backup", str(tmp_path / "without.tar.gz"))
    one.run("backup", str(tmp_path / "with.tar.gz"), "--with-key")
    assert "key accept" in two.run("restore", str(tmp_path / "without.tar.gz"))
    two.run("user", "list", code=2)
    assert "key accept" not in three.run("restore", str(tmp_path / "with.tar.gz"))
    three.run("user", "list")
    key = three.data_dir / "secret_key"
    assert key.read_bytes() == (one.data_dir / "secret_key").read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_folder_keeps_as_many_as_somebody_wants(full: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    full.run("backup", "--to", str(folder), "--keep", "7d4w12m")
    assert len(list(folder.glob("directory-*Z.tar.gz"))) == 1
    for wrong in (["--keep", "7d"], ["--to", str(folder), "--keep", "often"], ["--to", str(folder), "x.tar.gz"], []):
        full.run("backup", "take", *wrong, code=2)


@pytest.mark.parametrize(
    ("keep", "days", "left"),
    [
        ("1d", 10, 1), ("7d", 10, 7), ("7d", 3, 3), ("2w", 30, 2), ("3m", 400, 3), ("7d4w12m", 400, 21), ("1m", 1, 1),
        ("0d1w", 8, 1), ("999d", 5, 5), ("2d1m", 40, 2),
    ],
)  # fmt: skip
def test_which_backups_are_kept(tmp_path: Path, keep: str, days: int, left: int) -> None:
    newest = datetime(2026, 12, 31, 3, tzinfo=UTC)
    for back in range(days):
        for hours in (0, 12):
            at = newest - timedelta(days=back, hours=hours)
            (tmp_path / f"directory-{at:%Y%m%dT%H%M%SZ}.tar.gz").touch()
    (tmp_path / "directory-of-somebody.tar.gz").touch()
    prune(tmp_path, Keep.parse(keep))
    names = {path.name for path in tmp_path.iterdir()}
    assert "directory-of-somebody.tar.gz" in names, "what is none of ours is left alone"
    assert f"directory-{newest:%Y%m%dT%H%M%SZ}.tar.gz" in names
    assert len(names) - 1 == pytest.approx(left, abs=3 if keep == "7d4w12m" else 1)


# What is no backup of ours.


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, **more: Any
) -> tuple[tarfile.TarInfo, bytes]:
    """One entry of an archive."""
    info = tarfile.TarInfo(name)
    info.size, info.type = len(content), kind
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def pack(path: Path, *members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.GNU_FORMAT) -> None:
    with tarfile.open(path, "w:gz", format=form) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))


Members = list[tuple[tarfile.TarInfo, bytes]]


def unpacked(path: Path) -> Members:
    with tarfile.open(path) as archive:
        return [member(info.name, file.read()) for info in archive.getmembers() if (file := archive.extractfile(info))]


def with_manifest(members: Members, change: Callable[[dict[str, Any]], Any]) -> Members:
    said = json.loads(members[0][1])
    change(said)
    return [member("manifest.json", json.dumps(said).encode()), *members[1:]]


def named(members: Members, name: str, content: bytes, info: tarfile.TarInfo | None = None) -> Members:
    """With one more file, which the manifest names."""
    said = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    more = with_manifest(members, lambda manifest: manifest["files"].update({name: said}))
    return [*more, (info, content) if info else member(name, content)]


def other_database(members: Members, change: Callable[[sqlite3.Connection], Any], folder: Path) -> Members:
    """With a SQLite database that somebody changed, named as it is."""
    path = folder / "changed.sqlite3"
    path.write_bytes(members[1][1])
    with closing(sqlite3.connect(path)) as connection:
        change(connection)
        connection.commit()
    content = path.read_bytes()
    said = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    more = with_manifest(members, lambda manifest: manifest["files"].update({members[1][0].name: said}))
    return [more[0], member(members[1][0].name, content), *members[2:]]


def tampered(members: Members) -> Members:
    info, content = members[1]
    return [members[0], member(info.name, content[:5000] + b"\1" + content[5001:]), *members[2:]]


HOSTILE: dict[str, Callable[[Members], Members]] = {
    "nothing": lambda _: [],
    "no manifest": lambda members: members[1:],
    "a foreign manifest": lambda _: [member("manifest.json", b'{"kind": "photographs"}')],
    "a manifest that is none": lambda _: [member("manifest.json", b"\xff\xfe")],
    "a manifest of the wrong shape": lambda _: [member("manifest.json", b'{"kind": "cso-directory backup"}')],
    "a nested manifest": lambda _: [member("manifest.json", b"[" * 100_000)],
    "a huge manifest": lambda _: [member("manifest.json", b" " * 2**21)],
    "a newer form": lambda members: with_manifest(members, lambda said: said.update(format=99)),
    "newer tables": lambda members: with_manifest(members, lambda said: said.update(migration="9999")),
    "counts that differ": lambda members: with_manifest(members, lambda said: said["counts"].update(users=77)),
    "counts that are none": lambda members: with_manifest(members, lambda said: said["counts"].update(users="x")),
    "another record": lambda members: with_manifest(
        members, lambda said: said["samples"].update(dict.fromkeys(said["samples"], "0"))
    ),
    "a path upwards": lambda members: named(members, "../evil.eml", b"x"),
    "a path upwards in the outbox": lambda members: named(members, "outbox/../../evil.eml", b"x"),
    "an absolute path": lambda members: named(members, "/etc/evil.eml", b"x"),
    "a file more": lambda members: [*members, member("outbox/more.eml", b"x")],
    "the database twice": lambda members: [*members, members[1]],
    "a file less": lambda members: [members[0]],
    "a link": lambda members: [members[0], member(members[1][0].name, kind=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "a hard link": lambda members: [members[0], member(members[1][0].name, kind=tarfile.LNKTYPE, linkname="x")],
    "a device": lambda members: [members[0], member(members[1][0].name, kind=tarfile.CHRTYPE)],
    "one byte": tampered,
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good archive of SQLite."""
    folder = tmp_path_factory.mktemp("good")
    place = Place(folder / "var", f"sqlite:///{folder / 'd.sqlite3'}")
    place.run("init", "--no-seed")
    place.run("import", str(write_csv(folder / "casa.csv", organization_row())))
    place.run("backup", str(folder / "good.tar.gz"))
    return folder / "good.tar.gz"


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    """Nothing at all."""
    return Place(tmp_path / "var", f"sqlite:///{tmp_path / 'directory.sqlite3'}")


def refused(place: Place, archive: Path) -> None:
    """Whole, by name, leaving nothing."""
    before = sorted(path.name for path in place.data_dir.parent.parent.glob("**/evil*"))
    said = place.run("restore", str(archive), code=2)
    assert "nothing was changed" in said
    assert not Path(place.url.removeprefix("sqlite:///")).exists()
    assert list(place.data_dir.glob("restore-*")) == []
    assert sorted(path.name for path in place.data_dir.parent.parent.glob("**/evil*")) == before
    place.run("backup", "drill", str(archive), code=2)


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_backup_is_refused_whole(what: str, good: Path, empty: Place, tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar.gz"
    pack(archive, *HOSTILE[what](unpacked(good)))
    refused(empty, archive)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON users BEGIN DELETE FROM organizations; END",
        "CREATE VIEW evil AS SELECT * FROM users",
        "DELETE FROM organizations",
        "UPDATE organizations SET name = 'Otra'",
        "UPDATE alembic_version SET version_num = '0001'",
        "DROP TABLE feed_counter",
    ],
)
def test_a_database_that_somebody_changed_is_refused(statement: str, good: Path, empty: Place, tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar.gz"
    pack(archive, *other_database(unpacked(good), lambda connection: connection.execute(statement), tmp_path))
    refused(empty, archive)


@pytest.mark.parametrize("what", ["text", "cut", "tail", "bit", "zip in zip", "long header", "a bomb"])
def test_files_that_are_broken_or_none(what: str, good: Path, empty: Place, tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar.gz"
    content = good.read_bytes()
    match what:
        case "text":
            archive.write_text("Casa Ejemplo, Tijuana\n" * 50, encoding="utf-8")
        case "cut":
            archive.write_bytes(content[: len(content) // 2])
        case "tail":
            archive.write_bytes(content[:-6])
        case "bit":
            middle = len(content) // 2
            archive.write_bytes(content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :])
        case "zip in zip":
            archive.write_bytes(gzip.compress(content))
        case "long header":
            pack(archive, member("manifest.json", b"{}", pax_headers={"comment": "x" * 2**23}), form=tarfile.PAX_FORMAT)
        case "a bomb":
            with gzip.open(archive, "wb") as file:
                info = tarfile.TarInfo("manifest.json")
                info.size = 2**30
                file.write(info.tobuf())
                for _ in range(64):
                    file.write(b"\0" * 2**20)
    refused(empty, archive)
