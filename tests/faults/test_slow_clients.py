"""Fifty clients that send or read a byte now and then: the site answers everybody else, and ends with them in time."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryFile
from urllib.request import urlopen

import pytest

from directory.serve.connection import HELD_IN_MEMORY, MAX_BODY, MAX_HEAD, Arrival, Outlet
from tests.faults.serving import served

HURRY = 10.0
"""The limits of the server under test are a tenth: a head 1 s, a body 3 s, a reader's window 6 s."""
CLIENTS = 50
HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /es/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
READ = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Slow(threading.Thread):
    """A client that begins with some bytes, then sends one (or reads one) every so often, until it is cut off."""

    def __init__(self, port: int, begins_with: bytes, *, every_s: float, reads: bool = False) -> None:
        super().__init__(daemon=True)
        self._port, self._begins_with, self._every_s, self._reads = port, begins_with, every_s, reads
        self.answer = b""
        self.ended_after_s: float | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        begun = time.monotonic()
        with closing(socket.socket()) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sock.connect(("127.0.0.1", self._port))
            sock.sendall(self._begins_with)
            with suppress(ConnectionError, BrokenPipeError):
                while not self.stopped.wait(self._every_s):
                    if self._reads:
                        if not (got := sock.recv(1)):
                            break
                        self.answer += got
                    else:
                        sock.setblocking(False)
                        with suppress(BlockingIOError):
                            self.answer += (got := sock.recv(4096))
                            if not got:
                                break
                        sock.setblocking(True)
                        sock.send(b"x")
        if not self.stopped.is_set():
            self.ended_after_s = time.monotonic() - begun


def slowest_look(port: int, for_s: float) -> float:
    """The slowest of many looks at `/healthz`, in seconds."""
    slowest, until = 0.0, time.monotonic() + for_s
    while time.monotonic() < until:
        begun = time.monotonic()
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            assert answer.status == 200
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.1)
    return slowest


def started(port: int, every_s: float) -> dict[str, list[Slow]]:
    """Fifty slow clients of three kinds."""
    kinds = {
        "head": [Slow(port, HEAD, every_s=every_s) for _ in range(20)],
        "body": [Slow(port, BODY, every_s=every_s) for _ in range(20)],
        "reader": [Slow(port, READ, every_s=every_s, reads=True) for _ in range(CLIENTS - 40)],
    }
    for clients in kinds.values():
        for client in clients:
            client.start()
    return kinds


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with two threads and short limits."""
    with served(tmp_path_factory.mktemp("served"), hurry=HURRY, threads=2) as port:
        yield port


@pytest.mark.xdist_group("slow-clients")
def test_slow_clients_hold_up_nobody_and_are_ended(hurried: int) -> None:
    kinds = started(hurried, 0.2)
    assert slowest_look(hurried, 10) <= 1.0
    for kind, (least, most) in {"head": (0.8, 5.0), "body": (2.5, 8.0)}.items():
        for client in kinds[kind]:
            client.join(5)
            assert client.ended_after_s is not None, kind
            assert least <= client.ended_after_s <= most, (kind, client.ended_after_s)
            assert client.answer.startswith(b"HTTP/1.1 408 "), (kind, client.answer)
    for client in kinds["reader"]:
        client.stopped.set()


@pytest.mark.soak
def test_fifty_slow_clients_for_a_minute_on_serve_as_it_is(tmp_path: Path) -> None:
    with served(tmp_path, threads=4, workers=2) as port:
        kinds = started(port, 2.0)
        slowest = slowest_look(port, 60)
        assert slowest <= 1.0, f"{slowest:.3f} s"
        assert all(client.ended_after_s for client in (*kinds["head"], *kinds["body"]))


_GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_POST = b"POST /es/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
SHAPES = {
    "in pieces": ([_GET[:20], _GET[20:-1], _GET[-1:]], [200]),
    "two at once": ([_GET * 2], [200, 200]),
    "one and a half": ([_GET + _GET[:7], _GET[7:]], [200, 200]),
    "chunks": ([_CHUNKED, b"3\r\na=b\r\n", b"0\r\n", b"\r\n"], [400]),
    "an end of chunks within a chunk": ([_CHUNKED, b"7\r\n\r\n0\r\n\r\n", b"\r\n0\r\n\r\n"], [400]),
    "a body too long": ([_POST + b"Content-Length: 9999999999\r\n\r\nabc"], [413]),
    "a length that is no number": ([_POST + b"Content-Length: 1e3\r\n\r\n"], [400]),
    "two lengths": ([_POST + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\nabc"], [400]),
    "a length and chunks": (
        [_POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + _GET],
        [400],
    ),
    "chunks by another name": ([_POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"], [501]),
    "another protocol": ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], [400]),
    "a head without end": ([b"GET / HTTP/1.1\r\nX: " + b"y" * MAX_HEAD + b"\r\n"], [431]),
    "a word before the body": ([_POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", b"a=b"], [100, 100, 400]),
    "nothing": ([b"\r\n\r\n"], [400]),
}


@pytest.mark.xdist_group("slow-clients")
@pytest.mark.parametrize("shape", SHAPES)
def test_requests_of_many_shapes_are_answered(hurried: int, shape: str) -> None:
    pieces, statuses = SHAPES[shape]
    assert [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", _said(hurried, pieces))] == statuses
    assert slowest_look(hurried, 0.1) < 1.0


def _said(port: int, pieces: list[bytes]) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(0.1)
        said = b""
        with suppress(TimeoutError, ConnectionError):
            sock.settimeout(1.5)
            while got := sock.recv(65536):
                said += got
    return said


@pytest.fixture
def pair() -> Iterator[tuple[Outlet, socket.socket]]:
    here, there = socket.socketpair()
    outlet = Outlet(here)
    yield outlet, there
    outlet.close()
    there.close()


def _drained(outlet: Outlet, there: socket.socket, size: int) -> bytes:
    got = b""
    there.settimeout(5)
    while len(got) < size:
        outlet.drain()
        got += there.recv(65536)
    outlet.drain()
    return got


def test_what_a_client_does_not_take_is_kept_in_order(pair: tuple[Outlet, socket.socket]) -> None:
    outlet, there = pair
    pieces = [os.urandom(50_000) for _ in range(40)]
    with TemporaryFile() as file:
        file.write(b"left out" + pieces[20])
        file.flush()
        for number, piece in enumerate(pieces):
            if number == 20:
                outlet.sendfile(file, offset=8, count=len(piece))
            else:
                outlet.sendall(piece)
    assert outlet.has_rest
    assert outlet._held <= HELD_IN_MEMORY, "the rest waits on disk"
    assert _drained(outlet, there, 2_000_000) == b"".join(pieces)
    assert not outlet.has_rest
    outlet.sendall(b"the next answer")
    assert there.recv(100) == b"the next answer"


def test_a_closed_outlet_holds_no_file(pair: tuple[Outlet, socket.socket]) -> None:
    outlet, _ = pair
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        outlet.sendall(os.urandom(400_000))
    with TemporaryFile() as file:
        file.write(b"x" * 1000)
        outlet.sendfile(file)
    assert len(list(Path("/proc/self/fd").iterdir())) > before
    outlet.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1, "the socket itself is closed too"


def test_a_slow_reader_is_known_by_its_window(pair: tuple[Outlet, socket.socket]) -> None:
    outlet, there = pair
    outlet.sendall(b"x" * 3_000_000)
    assert not outlet.is_too_slow(1000.0), "its window begins now"
    assert not outlet.is_too_slow(1059.0)
    assert outlet.is_too_slow(1060.0), "it took nothing for a minute"
    there.recv(200_000)
    outlet.drain()
    assert not outlet.is_too_slow(1121.0), "it took more than 60 kB in the next one"


def test_a_body_of_any_length_is_gathered_or_left(pair: tuple[Outlet, socket.socket]) -> None:
    arrival = Arrival(0.0)
    arrival.add(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n1234", 3.0)
    assert not arrival.is_whole
    assert arrival.deadline == 33.0, "the head came after three seconds, the body has thirty from then"
    arrival.add(b"5", 4.0)
    assert arrival.is_whole
    assert not arrival.is_overlong
    endless = Arrival(0.0)
    endless.add(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 0.0)
    while not endless.is_whole:
        endless.add(b"ffff\r\n" + b"x" * 65535 + b"\r\n", 1.0)
    assert endless.is_overlong
    assert len(endless.data) < MAX_BODY + 100_000
