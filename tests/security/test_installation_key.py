"""One key for all machines: a machine with another one is told so, before anything of it meets the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.accounts.installation_key import fingerprint
from tests import shell
from tests.databases import drop_database, new_database

ONE, TWO = "the key of one machine: forty characters", "the key of another one: forty characters"


def test_a_fingerprint_tells_nothing_of_the_key() -> None:
    assert len(fingerprint(ONE)) == 64
    assert fingerprint(ONE) != fingerprint(TWO)
    assert ONE.encode().hex()[:12] not in fingerprint(ONE)


def test_every_command_ends_where_the_key_is_another(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(kind, tmp_path)
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", ONE)
    try:
        assert shell.run(tmp_path / "first", "init", "--no-seed", url=url).returncode == 0
        monkeypatch.setenv("DIRECTORY_SECRET_KEY", TWO)
        for command in (["serve", "--port", "1"], ["init"], ["index", "sync"], ["user", "list"], ["key", "rotate"]):
            refused = shell.run(tmp_path / "second", *command, url=url)
            assert refused.returncode == 2, command
            assert refused.stderr.count("another DIRECTORY_SECRET_KEY") == 1, command
            assert "Traceback" not in refused.stderr
        assert '"key", "verdict": "wrong"' in shell.run(tmp_path / "second", "doctor", "--json", url=url).stdout
        monkeypatch.setenv("DIRECTORY_SECRET_KEY_FORMER", ONE.replace(" ", "-"))
        assert shell.run(tmp_path / "second", "user", "list", url=url).returncode == 2, "a former key that it never had"
    finally:
        drop_database(url)


def test_who_changes_the_key_is_let_in_by_the_former_one(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(kind, tmp_path)
    one, two = ONE.replace(" ", "-"), TWO.replace(" ", "-")
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", one)
    try:
        assert shell.run(tmp_path, "init", "--no-seed", url=url).returncode == 0
        monkeypatch.setenv("DIRECTORY_SECRET_KEY", two)
        monkeypatch.setenv("DIRECTORY_SECRET_KEY_FORMER", one)
        assert shell.run(tmp_path, "user", "list", url=url).returncode == 0
        assert '"key", "verdict": "warning"' in shell.run(tmp_path, "doctor", "--json", url=url).stdout
        assert shell.run(tmp_path, "key", "rotate", url=url).returncode == 0
        monkeypatch.delenv("DIRECTORY_SECRET_KEY_FORMER")
        assert shell.run(tmp_path, "user", "list", url=url).returncode == 0, "the new one is on record"
        monkeypatch.setenv("DIRECTORY_SECRET_KEY", one)
        assert shell.run(tmp_path, "user", "list", url=url).returncode == 2, "a machine that kept the former one"
    finally:
        drop_database(url)


def test_a_lost_key_is_replaced_by_a_word(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database(kind, tmp_path)
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", ONE)
    try:
        assert shell.run(tmp_path, "init", "--no-seed", url=url).returncode == 0
        monkeypatch.setenv("DIRECTORY_SECRET_KEY", TWO)
        assert shell.run(tmp_path, "key", "accept", url=url).returncode == 0
        assert shell.run(tmp_path, "user", "list", url=url).returncode == 0
    finally:
        drop_database(url)
