"""Exports as files: made once, the former one answers for a moment, counted by network, never in part."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from flask import Flask

from directory.api import export_files, exports
from directory.api.export_files import text_of
from directory.exchange.editions import Edition, alone, newest
from directory.publication.organizations import all_organizations
from directory.settings import Settings
from tests.factories import add_organizations, organization_row
from tests.site import Clock, visitor

ALL = "/export/organizations.json"


@pytest.fixture
def stocked(site: Flask, tmp_path: Path) -> Flask:
    """Two organizations."""
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(),
            organization_row(organization_key="second", name="Segunda Casa", location_key="second-1"),
        )
    return site


def folder_of(app: Flask) -> Path:
    settings: Settings = app.extensions["directory.settings"]
    return settings.data_dir / "exports" / "organizations.json"


def another(app: Flask, folder: Path, name: str) -> None:
    with app.app_context():
        add_organizations(folder, organization_row(organization_key=name, name=name, location_key=f"{name}-1"))


def names_in(body: bytes) -> list[str]:
    return [record["name"] for record in json.loads(body)]


def test_one_making_serves_all_and_each_coding_says_the_same(stocked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted(*arguments: object) -> Iterator[object]:
        made.append(arguments)
        yield from all_organizations(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("directory.exchange.export.all_organizations", counted)
    client = visitor(stocked)
    plain, zipped, packed = (client.get(ALL, headers={"Accept-Encoding": coding}) for coding in ("", "gzip", "br"))
    assert len(made) == 1
    assert names_in(plain.get_data()) == ["Casa Ejemplo", "Segunda Casa"]
    assert gzip.decompress(zipped.get_data()) == brotli.decompress(packed.get_data()) == plain.get_data()
    assert len({answer.headers["ETag"] for answer in (plain, zipped, packed)}) == 3
    for answer in (plain, zipped, packed):
        assert answer.headers["Vary"].lower().count("accept-encoding") == 1
        assert int(answer.headers["Content-Length"]) == len(answer.get_data())
        assert answer.headers["Content-Disposition"] == "attachment; filename=organizations.json"
    assert client.head(ALL).headers["Content-Length"] == plain.headers["Content-Length"]


def test_many_who_ask_at_once_get_one_making(stocked: Flask) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(visitor(stocked).get(ALL).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 503}
    assert answers.count(200) >= export_files.WAITERS
    assert len([path for path in folder_of(stocked).iterdir() if path.suffix not in (".br", ".gz")]) == 1


def test_the_former_one_answers_for_a_moment_with_its_own_tag(
    stocked: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(stocked)
    client = visitor(stocked)
    first = client.get(ALL)
    another(stocked, tmp_path, "Tercera")
    assert len(names_in(client.get(ALL).get_data())) == 3, "what is made quickly is waited for"
    another(stocked, tmp_path, "Cuarta")
    monkeypatch.setattr(export_files, "WAIT_FOR_NEWER_S", 0.05)
    monkeypatch.setattr(export_files, "WAIT_S", 0.05)
    with alone(folder_of(stocked).parent):  # somebody else is making an export
        former = client.get(ALL)
        assert len(names_in(former.get_data())) == 3
        assert former.headers["ETag"] != first.headers["ETag"]
        told = client.get(ALL, headers={"If-None-Match": former.headers["ETag"]})
        assert (told.status_code, told.headers["ETag"]) == (304, former.headers["ETag"])
        clock.at += export_files.MAX_STALE + timedelta(seconds=1)
        late = client.get(ALL)
        assert late.status_code == 503, "what was hidden a minute ago is not handed out"
        assert int(late.headers["Retry-After"]) > 0
    monkeypatch.setattr(export_files, "WAIT_S", 20.0)
    assert len(names_in(client.get(ALL).get_data())) == 4


def test_what_cannot_be_made_is_said_at_once(stocked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Iterator[str]:
        yield "["
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "export_organizations", full)
    begun = time.monotonic()
    answer = visitor(stocked).get(ALL)
    assert answer.status_code == 503
    assert time.monotonic() - begun < 10
    assert list(folder_of(stocked).iterdir()) == []
    monkeypatch.undo()
    assert visitor(stocked).get(ALL).status_code == 200


def test_downloads_are_counted_by_network_and_304_is_free(stocked: Flask) -> None:
    Clock(stocked)
    client = visitor(stocked)
    tag = client.get(ALL).headers["ETag"]
    for _ in range(29):
        assert client.get("/export/lines.csv").status_code == 200
    refused = client.get("/export/consulates.json")
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert client.get(ALL, headers={"If-None-Match": tag}).status_code == 304
    later = client.get("/export/organizations.csv?modified_after=2020-01-01T00:00:00Z")
    assert later.status_code == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert client.get("/export/consulates.json", environ_base=elsewhere).status_code == 200


def test_what_changed_after_an_instant(stocked: Flask, tmp_path: Path) -> None:
    clock = Clock(stocked)
    client = visitor(stocked)
    clock.at += timedelta(days=1)
    instant = clock.at.isoformat().replace("+00:00", "Z")
    assert names_in(client.get(f"{ALL}?modified_after={instant}").get_data()) == []
    another(stocked, tmp_path, "Tercera")
    assert names_in(client.get(f"{ALL}?modified_after={instant}").get_data()) == ["Tercera"]


def test_two_editions_are_kept_and_nothing_of_dead_processes(tmp_path: Path) -> None:
    folder = tmp_path / "exports" / "organizations.json"
    folder.mkdir(parents=True)
    (folder / ".dead.part").write_text("half", encoding="utf-8")
    for seq in range(1, 5):
        edition = Edition(folder, "epoch", seq, f"tag{seq}")
        with alone(folder.parent):
            edition.write(text_of(lambda: ["text", " in ", f"pieces {seq}"]))  # noqa: B023  (written at once)
        assert newest(folder) == edition
        assert edition.made_at <= datetime.now(UTC)
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [f"epoch.{seq}.tag{seq}{ending}" for seq in (3, 4) for ending in ("", ".br", ".gz")]
    assert gzip.decompress(edition.twin("gzip").read_bytes()) == b"text in pieces 4"
