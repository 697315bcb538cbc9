"""Headers of every answer, hosts, proxies, files: what stands before any view."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from directory import create_app, proxies
from directory.extensions import db
from directory.operations.logs import DISCRETION, REQUEST_ID, Discreet
from directory.operations.views import MAX_LAG_S
from directory.settings import BadSetting, Settings
from directory.web.headers import OwnHosts
from tests.conftest import seeded_installation
from tests.factories import add_organizations, organization_row
from tests.site import Clock, visitor
from tests.test_commands import free_port


@contextmanager
def installed(data_dir: Path, database_url: str, **environ: str) -> Iterator[Client]:
    """A browser before an application with these settings."""
    own = {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": database_url}
    app = create_app(Settings.from_environ(own | environ))
    yield Client(app.wsgi_app)
    with app.app_context():
        db.engine.dispose()


ALWAYS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy")


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/es/", "same-origin"), ("/es/nowhere", "same-origin"), ("/healthz", "same-origin"),
        ("/export/organizations.json", "cross-origin"), ("/api/v1/search", "cross-origin"),
        ("/openapi.json", "cross-origin"), ("/api/nowhere", "cross-origin"),
    ],
)  # fmt: skip
def test_every_answer_says_how_it_may_be_used(site: Flask, path: str, policy: str) -> None:
    answer = visitor(site).get(path)
    assert not [name for name in ALWAYS if name not in answer.headers]
    assert answer.headers["Cross-Origin-Resource-Policy"] == policy
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert {rules[name] for name in ("default-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert {rules[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
    assert "Strict-Transport-Security" not in answer.headers


def test_static_files_too(site: Flask) -> None:
    browser = visitor(site)
    address = re.search(r'href="(/static/[^"]+\.css)"', browser.get("/es/").get_data(as_text=True))
    assert address is not None
    answer = browser.get(address.group(1))
    assert answer.status_code == 200
    assert not [name for name in ALWAYS if name not in answer.headers]


def test_over_https_browsers_stay_there_and_cookies_are_this_hosts(database_url: str, tmp_path: Path) -> None:
    address = "https://directorio.example"
    with installed(tmp_path, database_url, DIRECTORY_BASE_URL=address) as browser:
        answer = browser.get("/es/login", base_url=address)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200), ("LOCALHOST", 200), ("[::1]:8000", 200), ("[0:0:0:0:0:0:0:1]", 200),
        ("evil.example", 400), ("localhost.evil.example", 400), ("localhost@evil.example", 400), ("[::2]", 400),
        ("", 400), ("localhost:x", 400),
    ],
)  # fmt: skip
def test_only_our_own_names_are_answered(database_url: str, tmp_path: Path, host: str, status: int) -> None:
    with installed(tmp_path, database_url) as browser:
        answer = browser.get("/healthz", headers={"Host": host})
    assert answer.status_code == status
    assert "X-Content-Type-Options" in answer.headers


def client_of(known: int | tuple[proxies.Network, ...], remote: str, forwarded: str) -> str:
    """The client's address as the application sees it."""
    app = Flask(__name__)
    proxies.believe(app, known, Path("/nowhere"))
    app.add_url_rule("/", view_func=lambda: __import__("flask").request.remote_addr)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return str(
        app.test_client().get("/", headers=headers, environ_overrides={"REMOTE_ADDR": remote}).get_data(as_text=True)
    )


@pytest.mark.parametrize(
    ("known", "remote", "forwarded", "client"),
    [
        ("", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.1.2.3", "1.2.3.4, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.0/8,fd00::/8", "fd00::5", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.0/8", "10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "", "10.1.2.3"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_only_known_proxies_name_the_client(known: str, remote: str, forwarded: str, client: str) -> None:
    assert client_of(proxies.networks(known), remote, forwarded) == client


def test_a_number_of_proxies_is_still_understood(tmp_path: Path) -> None:
    assert client_of(1, "10.1.2.3", "1.2.3.4, 198.51.100.1") == "198.51.100.1"
    base = {"DIRECTORY_DATA_DIR": str(tmp_path)}
    assert Settings.from_environ(base | {"DIRECTORY_TRUSTED_PROXIES": "2"}).trusted_proxies == 2
    assert len(Settings.from_environ(base | {"DIRECTORY_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8"}).trusted_proxies) == 2  # type: ignore[arg-type]
    assert Settings.from_environ(base | {"DIRECTORY_TRUSTED_PROXIES": " 1 "}).trusted_proxies == 1
    for wrong in ("ten", ",", "10.0.0.0/99"):
        with pytest.raises(BadSetting, match="DIRECTORY_TRUSTED_PROXIES"):
            Settings.from_environ(base | {"DIRECTORY_TRUSTED_PROXIES": wrong})


@pytest.mark.parametrize(
    ("setting", "host", "status"),
    [
        ("example.org:8443", "example.org:8443", 200), ("migración.org", "xn--migracin-13a.org", 200),
        ("[::1]:8000", "[::1]:9", 200), ("::1", "[::1]", 200), ("example.org", "Example.org.", 200),
        (".example.org", "a.example.org", 200), (".example.org", "badexample.org", 400), ("example.org", "org", 400),
    ],
)  # fmt: skip
def test_hosts_are_known_however_they_are_written(setting: str, host: str, status: int) -> None:
    hosts = OwnHosts(Response("yes"), (setting,))
    assert Client(hosts).get("/", headers={"Host": host}).status_code == status


def test_an_unknown_proxy_is_told_once_a_day(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    app = Flask(__name__)
    proxies.believe(app, 0, tmp_path)
    for _ in range(3):
        app.test_client().get("/", headers={"X-Forwarded-For": "198.51.100.1"})
    assert caplog.text.count("DIRECTORY_TRUSTED_PROXIES names none") == 1
    assert (tmp_path / proxies.UNNAMED_PROXY).exists(), "`doctor` tells of it too"


def test_no_line_of_any_log_holds_the_secret_of_a_link(site: Flask, caplog: pytest.LogCaptureFixture) -> None:
    token = "a1B_-" * 9
    DISCRETION.learn(site.url_map)
    rules = [rule.rule for rule in site.url_map.iter_rules() if "token" in rule.arguments]
    assert len(rules) > 20
    for rule in rules:
        path = re.sub(r"<[^<>]*\btoken>", token, rule)
        assert token not in DISCRETION.hide(path), rule
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Error handling request %s?a=%s", (path, 1), None)
        assert Discreet().filter(record)
        assert token not in record.getMessage()
    long_slug = "/es/organizations/" + "casa-del-migrante-" * 4
    assert DISCRETION.hide(long_slug) == long_slug


def test_answers_carry_an_id_of_their_own(site: Flask) -> None:
    given = {visitor(site).get("/es/", headers={REQUEST_ID: "chosen"}).headers[REQUEST_ID] for _ in range(3)}
    assert len(given) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", one) for one in given)


def test_a_statement_that_is_refused_is_logged_without_its_values(site: Flask) -> None:
    with site.app_context(), pytest.raises(Exception, match="hidden") as refused:
        db.session.execute(db.text("INSERT INTO nowhere VALUES (:v)"), {"v": "palabrasecreta"})
    assert "palabrasecreta" not in str(refused.value)


def test_an_index_that_is_a_little_behind_is_ready(site: Flask, tmp_path: Path) -> None:
    from directory.search.follower import search_index
    from directory.search.sync import synchronise

    clock = Clock(site)
    with site.app_context():
        add_organizations(tmp_path, organization_row())
        synchronise(search_index(), db.session)
        add_organizations(tmp_path, organization_row(name="Casa B"))
        db.session.remove()
    answer = visitor(site).get("/readyz")
    assert (answer.status_code, answer.get_json()["behind"], answer.get_json()["status"]) == (200, 1, "ok")
    clock.pass_days((MAX_LAG_S + 1) / 86_400)
    late = visitor(site).get("/readyz")
    assert late.status_code == 503
    assert late.get_json()["lag_s"] > MAX_LAG_S


def test_who_finds_a_hole_is_told_where_to_go(database_url: str, tmp_path: Path) -> None:
    contact = "mailto:security@directorio.example"
    with installed(tmp_path, database_url, DIRECTORY_SECURITY_CONTACT=contact) as browser:
        text = browser.get("/.well-known/security.txt").get_data(as_text=True)
    assert "Contact: mailto:security@directorio.example\n" in text
    expires = re.search(r"^Expires: (\S+)$", text, re.MULTILINE)
    assert expires is not None
    assert 0 < (datetime.fromisoformat(expires.group(1)) - datetime.now(UTC)).days <= 365
    with pytest.raises(BadSetting, match="DIRECTORY_SECURITY_CONTACT"):
        Settings.from_environ(
            {"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_SECURITY_CONTACT": "security@directorio.example"}
        )


def test_without_a_contact_nothing_is_told(site: Flask) -> None:
    assert visitor(site).get("/.well-known/security.txt").status_code == 404


@pytest.fixture(scope="module")
def ipv6() -> None:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        pytest.fail("this machine has no IPv6 loopback")


@pytest.mark.usefixtures("ipv6")
def test_serve_answers_on_ipv6_and_writes_for_itself_alone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On both families; no header names our paths; database and its log are nobody else's."""
    seeded, url = seeded_installation("sqlite", tmp_path_factory)
    data_dir = tmp_path / "var"
    shutil.copytree(seeded, data_dir, ignore=shutil.ignore_patterns("static"))
    shutil.copy(url.removeprefix("sqlite:///"), data_dir / "directory.sqlite3")
    (data_dir / "directory.sqlite3").chmod(0o644)  # as an earlier release left it
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": ""}
    environ["DIRECTORY_SECRET_KEY"] = "for tests"
    port = free_port()
    command = [sys.executable, "-m", "directory", "serve", "--host", "::", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(
        command, env=environ | {"DIRECTORY_BASE_URL": f"http://[::1]:{port}"}, stderr=subprocess.DEVNULL
    )
    try:
        for host in ("[::1]", "127.0.0.1"):
            assert patiently(f"http://{host}:{port}/healthz") == {"status": "ok"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/es/", headers={"SCRIPT_NAME": "/x", "Script-Name": "/x"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert b'href="/x/' not in answer.read()
        rights = {path.name: path.stat().st_mode & 0o777 for path in data_dir.glob("directory.sqlite3*")}
        assert rights
        assert set(rights.values()) == {0o600}, rights
    finally:
        server.terminate()
        server.wait(30)


def patiently(address: str) -> object:
    """What an address answers, as soon as it does."""
    import time

    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.2)
    return None
