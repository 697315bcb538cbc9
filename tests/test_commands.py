"""The commands as a person types them, in a process of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import drop_database, new_database
from tests.factories import organization_row, write_csv
from tests.shell import ROOT, run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], environ: dict[str, str], patience_s: float = 300) -> Iterator[tuple[str, float]]:
    """A running server: its address, and how long it took to be ready.

    Patience only keeps a server that never comes up from hanging the suite; how fast it comes up is for `make bench`.
    """
    port = free_port()
    started = time.monotonic()
    log = Path(environ["DIRECTORY_DATA_DIR"]).with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)], env=environ, stdout=output, stderr=output, cwd="/"
        )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - started < patience_s, log.read_text()
                time.sleep(0.1)
        yield address, time.monotonic() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def test_a_broken_file_is_refused_with_every_bad_cell_and_no_traceback(tmp_path: Path) -> None:
    run(tmp_path / "var", "init", "--no-seed")
    path = write_csv(
        tmp_path / "bad.csv", organization_row(country="ZZ"), organization_row(location_key="b", website="x")
    )
    report = tmp_path / "report.csv"
    result = run(tmp_path / "var", "import", str(path), "--report", str(report))
    assert result.returncode == 1
    assert "line 2, column country: 'ZZ' is not an ISO 3166-1 alpha-2 country code" in result.stderr
    assert "nothing was loaded" in result.stderr
    assert "Traceback" not in result.stderr
    assert report.read_text().startswith("line,column,reason\n2,country,")
    exported = run(tmp_path / "var", "export", "--format", "json")
    assert json.loads(exported.stdout) == []


def test_import_export_and_index_from_the_shell(tmp_path: Path, kind: str) -> None:
    url = new_database(kind, tmp_path)
    try:
        data_dir = tmp_path / "var"
        assert run(data_dir, "init", "--no-seed", url=url).returncode == 0
        path = write_csv(
            tmp_path / "good.csv", organization_row(service_areas="", location_service_areas="", populations="")
        )
        assert "1 can be loaded" in run(data_dir, "import", str(path), "--dry-run", url=url).stdout.replace(
            "organizations ", ""
        )
        assert "1 created" in run(data_dir, "import", str(path), url=url).stdout
        behind = run(data_dir, "index", "check", url=url)
        assert behind.returncode == 1
        assert "Traceback" not in behind.stderr
        assert run(data_dir, "index", "sync", url=url).returncode == 0
        assert run(data_dir, "index", "check", url=url).returncode == 0
        assert "1 organizations" in run(data_dir, "index", "build", url=url).stdout
        assert "Casa Ejemplo" in run(data_dir, "export", "--format", "csv", url=url).stdout
    finally:
        drop_database(url)


@pytest.mark.parametrize(
    "arguments",
    [["import", "nowhere.csv"], ["export"], ["export", "--format", "xml"], ["serve", "--port", "0"], ["fly"]],
)
def test_bad_use_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_python_runs_the_package() -> None:
    shown = subprocess.run([sys.executable, "-m", "directory", "--version"], capture_output=True, text=True, cwd=ROOT)
    assert (shown.returncode, shown.stderr) == (0, "")


def test_a_bad_setting_is_told_in_a_line(tmp_path: Path) -> None:
    result = run(tmp_path, "init", url="mysql://nowhere/x")
    assert result.returncode == 2
    assert "DIRECTORY_DATABASE_URL" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wheel_in_an_empty_environment_serves_the_same_pages(tmp_path: Path) -> None:
    """Built from this tree, installed without it, started in another folder; then started again."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
    )
    environment = tmp_path / "venv"
    venv.create(environment)
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "--quiet",
            "--no-compile", "--constraint", str(ROOT / "constraints.txt"), str(next(tmp_path.glob("*.whl"))),
        ],
        check=True,
    )  # fmt: skip
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": ""}
    command = [str(environment / "bin" / "cso-directory")]
    with serving(command, environ) as (address, first_s):
        for path in (
            "/es/",
            "/fr/search?q=aide+juridique",
            "/en/organizations/kids-in-need-of-defense",
            "/es/map",
            "/docs",
        ):
            with urllib.request.urlopen(address + path, timeout=20) as response:
                assert response.status == 200
        with urllib.request.urlopen(f"{address}/api/v1/search?q=KIND", timeout=20) as response:
            assert json.load(response)["results"][0]["name"] == "Kids in Need of Defense"
        with urllib.request.urlopen(f"{address}/es/", timeout=20) as response:
            assert "¿Quién puede ayudar" in response.read().decode()
        for path, status in (("/es/organizations/%ff", 400), ("/es/search?q=" + "a" * 10_000, 414)):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(address + path, timeout=20)
            assert caught.value.code == status
    with serving(command, environ) as (_, again_s):
        assert again_s < first_s


def test_a_user_is_created_with_a_link_that_works_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    assert run(data_dir, "init", "--no-seed").returncode == 0
    made = run(data_dir, "user", "create", "Ana@Example.org", "--role", "admin", "--language", "en")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("http://127.0.0.1:8000/en/reset/")
    assert made.stdout.count("\n") == 1
    for bad in (
        ["no-address", "--role", "admin"],
        ["a@example.org", "--role", "king"],
        ["a@example.org", "--role", "consulate"],
        ["a@example.org", "--role", "consulate", "--consulate", "nowhere"],
        ["a@example.org", "--role", "moderator", "--country", "FR"],
        ["a@example.org", "--role", "editor"],
    ):
        refused = run(data_dir, "user", "create", *bad)
        assert refused.returncode == 2, bad
        assert "Traceback" not in refused.stderr
    assert run(data_dir, "user", "create", "m@example.org", "--role", "moderator", "--country", "MX").returncode == 0
    assert run(data_dir, "user", "create", "l@example.org", "--role", "consulate", "--country", "HN").returncode == 0


def test_people_are_listed_withdrawn_and_helped_from_the_shell(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    assert run(data_dir, "init", "--no-seed").returncode == 0
    assert run(data_dir, "user", "create", "ana@example.org", "--role", "admin").returncode == 0
    again = run(data_dir, "user", "create", "ana@example.org", "--role", "moderator", "--country", "MX")
    assert "has access already" in again.stderr
    assert again.stdout.startswith("http")
    assert run(data_dir, "user", "list").stdout == "ana@example.org\tadmin, moderator MX\tno second factor\tinvited\n"
    assert run(data_dir, "user", "reset-second-factor", "ANA@example.org").returncode == 0
    for bad in (
        ["withdraw", "ana@example.org"],
        ["withdraw", "x@example.org"],
        ["reset-second-factor", "x@example.org"],
    ):
        refused = run(data_dir, "user", *bad)
        assert refused.returncode == 2, bad
        assert "Traceback" not in refused.stderr
    assert run(data_dir, "user", "create", "eva@example.org", "--role", "admin").returncode == 0
    assert run(data_dir, "user", "withdraw", "ana@example.org").returncode == 0
    assert "ana@example.org\tno access" in run(data_dir, "user", "list").stdout


def test_reminders_and_likely_duplicates_from_the_shell(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    run(data_dir, "init", "--no-seed")
    first = write_csv(tmp_path / "one.csv", organization_row(website="https://casa.example.org"))
    assert "may be" not in run(data_dir, "import", str(first)).stderr
    again = write_csv(
        tmp_path / "two.csv",
        organization_row(organization_key="other", location_key="other/1", name="Casa Ejemplo A.C.",
                         website="https://www.casa.example.org/"),
    )  # fmt: skip
    told = run(data_dir, "import", str(again), "--dry-run").stderr
    assert "note: other (Casa Ejemplo A.C.) may be Casa Ejemplo: same name, same website" in told
    assert "0 due" in run(data_dir, "remind", "--dry-run").stdout
    assert "0 asked" in run(data_dir, "remind").stdout


def test_who_declined_the_seed_data_never_gets_it_unasked(tmp_path: Path, kind: str) -> None:
    url = new_database(kind, tmp_path)
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(tmp_path / "var"), "DIRECTORY_DATABASE_URL": url}
    environ["DIRECTORY_SECRET_KEY"] = "for tests"
    try:
        assert run(tmp_path / "var", "init", "--no-seed", url=url).returncode == 0
        with (
            serving([sys.executable, "-m", "directory"], environ) as (address, _started),
            urllib.request.urlopen(f"{address}/api/v1/search") as answer,
        ):
            assert json.load(answer)["total"] == 0
    finally:
        drop_database(url)
