"""What leaves the machine: letters and questions to the database, and nothing else.

Twice: no file of the program can open a connection beside the few that are named here, and while everything that can be
read is read and the housekeeper works, no connection is opened and no name looked up but that of the mail server. The
second way sees what Python opens; libpq, which speaks to PostgreSQL, opens its own.
"""

from __future__ import annotations

import ast
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from directory.accounts.models import Role
from directory.accounts.throttle import LIMITS
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.operations import housekeeping
from directory.operations.housekeeping import do_what_is_due, forget_what_is_old, save_uses
from directory.search.follower import search_index
from directory.search.sync import synchronise
from directory.web.paper.guide_jobs import has_pdf
from tests.accounts.test_policy import rows
from tests.client import CheckingClient
from tests.mail.server import mail_server, use_server
from tests.security.test_doors import links
from tests.site import letters, make_user, register, signed_in, visitor
from tests.world import World

PROGRAM = Path(__file__).parents[2] / "directory"
CONNECTING = frozenset(
    {"socket", "socketserver", "asyncio", "ssl", "http.client", "urllib.request", "ftplib", "smtplib", "poplib",
     "imaplib", "nntplib", "telnetlib", "xmlrpc", "webbrowser", "subprocess", "multiprocessing.connection",
     "requests", "httpx", "aiohttp", "urllib3", "websockets", "websocket", "pycurl", "paramiko", "grpc", "boto3",
     "redis", "pymemcache", "dns", "ldap3", "psycopg", "cffi", "ctypes"}
)  # fmt: skip
"""Modules that open connections, run programs that could, or reach past what Python sees."""
NAMED = {
    ("serve/connection.py", "socket"): "answers connections that others opened",
    ("serve/worker.py", "socket"): "answers connections that others opened",
    ("mail/deliver.py", "smtplib"): "letters to the one server of DIRECTORY_MAIL_URL",
    ("mail/deliver.py", "ssl"): "that server shows whose it is",
    ("cli/serving.py", "subprocess"): "runs its own `init` before it serves",
    ("cli/running.py", "subprocess"): "knows the failure of that `init`",
    ("operations/backups/copies.py", "subprocess"): "pg_dump, pg_restore and psql on the one database",
    ("operations/purge.py", "psycopg"): "its names of faults; connections are SQLAlchemy's",
    ("serve/__init__.py", "ctypes"): "mallopt of the C library",
    ("database.py", "ctypes"): "malloc_trim of the C library",
}
CALLS = frozenset(
    {"create_connection", "connect_ex", "urlopen", "urlretrieve", "open_connection", "getaddrinfo", "gethostbyname",
     "sendto", "system", "popen", "execv", "execvp", "spawnv", "posix_spawn", "import_module", "__import__"}
)  # fmt: skip
CALLED = {("web/paper/guide_jobs.py", "import_module"): "the PDF's module, where WeasyPrint is installed"}


def imported(tree: ast.AST) -> set[str]:
    """The modules of `CONNECTING` that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {known for known in CONNECTING for name in names if name == known or name.startswith(f"{known}.")}
    return found


def called(tree: ast.AST) -> set[str]:
    """The names of `CALLS` that a file calls."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {item.attr if isinstance(item, ast.Attribute) else getattr(item, "id", "") for item in functions}
    return names & CALLS


def trees() -> Iterator[tuple[str, ast.AST]]:
    """Every file of the program, by its path below `directory/`."""
    for path in sorted(PROGRAM.rglob("*.py")):
        yield str(path.relative_to(PROGRAM)), ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import requests", "requests"), ("def f():\n    from urllib.request import urlopen", "urllib.request"),
        ("from urllib import request", "urllib.request"), ("import http.client as c", "http.client"),
        ("from socket import create_connection", "socket"), ("import aiohttp.web", "aiohttp"),
    ],
)  # fmt: skip
def test_the_rule_knows_a_connection_when_it_sees_one(source: str, module: str) -> None:
    assert imported(ast.parse(source)) == {module}
    assert imported(ast.parse("from urllib.parse import urlsplit\nfrom directory import requests")) == set()
    assert called(ast.parse("x.create_connection(1)\nurlopen(2)\nengine.connect()")) == {"create_connection", "urlopen"}


def test_no_file_can_open_a_connection_beside_those_that_are_named() -> None:
    found = {(name, module) for name, tree in trees() for module in imported(tree)}
    assert found - set(NAMED) == set(), "a new connection: does the directory need it? Then name it here, with why"
    assert set(NAMED) - found == set(), "no longer needed"
    calls = {(name, call) for name, tree in trees() for call in called(tree)}
    assert calls == set(CALLED)


def test_what_sets_a_page_reads_only_our_own_files() -> None:
    """WeasyPrint fetches what a page or a style names, unless it is given somebody else who does."""
    setters = [
        (name, node)
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("HTML", "CSS")
    ]
    assert len(setters) > 2
    assert [name for name, node in setters if "url_fetcher" not in {item.arg for item in node.keywords}] == []


_seen: list[tuple[str, Any]] | None = None
_EVENTS = {
    "socket.connect": lambda args: args[1],
    "socket.sendto": lambda args: args[1],
    "socket.sendmsg": lambda args: args[1],
    "socket.getaddrinfo": lambda args: args[:2],
    "socket.gethostbyname": lambda args: args[:1],
    "socket.gethostbyaddr": lambda args: args[:1],
    "subprocess.Popen": lambda args: args[0],
    "os.system": lambda args: args[0],
    "os.exec": lambda args: args[0],
    "os.posix_spawn": lambda args: args[0],
}


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _seen is not None and event in _EVENTS:
        _seen.append((event, _EVENTS[event](args)))


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """What any thread of this process opens, asks or runs. A hook cannot be taken off: it is put on once."""
    global _seen
    if not getattr(sys, "_directory_watched", False):
        sys.addaudithook(_note)
        sys._directory_watched = True  # type: ignore[attr-defined]
    _seen = []
    try:
        yield _seen
    finally:
        _seen = None


def test_the_watch_sees_what_is_opened() -> None:
    with mail_server() as (_, port):
        with watched() as seen:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        assert seen == [("socket.getaddrinfo", ("127.0.0.1", port)), ("socket.connect", ("127.0.0.1", port))]


def everything(world: World) -> tuple[dict[str, CheckingClient], list[str]]:
    """Somebody of each kind, and an address of every route that is read, with links that open where there are any."""
    app = world.app
    doors = [*links(world).values()]
    own = seed_uuid("organization/casa-ejemplo")
    people = {
        "nobody": visitor(app),
        "editor": signed_in(app, make_user(app, "e@x.example", Role.EDITOR, organization_id=own)),
        "officer": world.mcallen,
        "liaison": world.liaison,
        "administrator": signed_in(app, make_user(app, "a@x.example", Role.ADMIN)),
    }
    routes = [path.replace("hn-ejemplo", "hn-mcallen") for _, method, path in rows(app) if method == "GET"]
    return people, [*routes, *doors, register(visitor(app)), "/es/search?q=ejemplo", "/api/v1/search?q=ejemplo"]


def test_nothing_leaves_while_everything_is_read_and_the_housekeeper_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for what in LIMITS:
        monkeypatch.setitem(LIMITS, what, ("100000/hour", "100000/hour"))
    app: Flask = world.app
    people, addresses = everything(world)
    assert len(addresses) > 120
    with app.app_context():
        synchronise(search_index(), db.session)
    assert has_pdf(), "loading it asks the machine for libraries: that is done before"
    read: set[str] = set()
    with mail_server() as (inbox, port), watched() as seen:
        use_server(app, port)
        housekeeper = housekeeping.start(app)
        for client in people.values():
            read |= {address for address in addresses if client.get(address).status_code == 200}
        with app.app_context():
            do_what_is_due()
            save_uses()
            forget_what_is_old()
        ends = time.monotonic() + 30
        while time.monotonic() < ends and not all(letter.sent_at for letter in letters(app)):
            time.sleep(0.1)
        housekeeper.stop()
        housekeeper.join(10)
    assert len(read) > 90, "most of what there is was read, not refused"
    assert inbox.messages, "letters left"
    assert {what for event, what in seen if event == "socket.connect"} == {("127.0.0.1", port)}
    assert {what[0] for event, what in seen if event == "socket.getaddrinfo"} <= {"127.0.0.1"}
    assert [one for one in seen if one[0] not in ("socket.connect", "socket.getaddrinfo")] == []
