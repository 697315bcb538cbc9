"""Settings from the environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from directory.settings import BadSetting, Settings


def test_defaults_make_a_private_data_directory_and_a_lasting_key(tmp_path: Path) -> None:
    environ = {"DIRECTORY_DATA_DIR": str(tmp_path / "var")}
    first = Settings.from_environ(environ)
    assert first.database_url == f"sqlite:///{tmp_path}/var/directory.sqlite3"
    assert stat.S_IMODE(first.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((first.data_dir / "secret_key").stat().st_mode) == 0o600
    assert Settings.from_environ(environ).secret_key == first.secret_key
    assert first.secret_key not in repr(first)


def test_the_host_of_the_base_url_is_trusted(tmp_path: Path) -> None:
    environ = {"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_BASE_URL": "https://directorio.example:8443/"}
    settings = Settings.from_environ(environ)
    assert settings.base_url == "https://directorio.example:8443"
    assert settings.trusted_hosts == ("directorio.example", "localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIRECTORY_BASE_URL", "directorio.example"),
        ("DIRECTORY_DATABASE_URL", "mysql://x"),
        ("DIRECTORY_TRUSTED_PROXIES", "-1"),
    ],
)
def test_bad_values_are_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_environ({"DIRECTORY_DATA_DIR": str(tmp_path), name: value})
