"""gunicorn's threaded worker, whose threads see whole requests only and never wait for who reads the answer.

The main loop gathers what arrives and sends what is left of an answer; a client that sends or reads one byte at a time
costs a place in the poller, and no thread. gunicorn itself leaves that to a proxy; a small office has none.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from directory.serve.connection import CONTINUE, READ_S, Arrival, Outlet
from directory.web.turns import READING_METHODS

LINGER_S = 2.0
"""How long an ended connection is read on, so that the client gets the last of the answer (RFC 9112, 9.6)."""
STOPPING_S = 2.0
"""What a request that is still arriving gets from a worker that stops."""
STANDSTILL_S = 1.0
"""Requests that may write wait in no thread while those before them are done one by one. Where none was for so long,
the application turns them away."""
LONGEST_LINE_S = 10.0
"""Nobody waits longer, however the line moves."""
_RECV = 64 * 1024
_READING = tuple(f"{method} ".encode() for method in READING_METHODS)
_REFUSAL = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}"
_LATE = ("408 Request Timeout", "The request did not arrive in time.\n")
_ENDLESS = ("431 Request Header Fields Too Large", "The head of the request has no end.\n")
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection: gunicorn's, over an outlet."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Outlet(sock), client, server)
        self.data_ready = True
        self.is_overlong = False
        self.may_write = False

    def take(self, data: bytes) -> None:
        """Hand a whole request to the parser."""
        self.init()
        self.may_write = not data.startswith(_READING)
        self.sock.read_until = time.monotonic() + READ_S
        self.parser.unreader.unread(data)


def writers_of(threads: int) -> int:
    """How many of the threads may write, or wait for who writes: half of them are for readers."""
    return max(1, threads // 2)


@dataclass
class _Gathering:
    """A request arrives; `arrival` is None until its first byte."""

    arrival: Arrival | None
    deadline: float


@dataclass
class _Draining:
    """An answer leaves; afterwards the connection is kept or ended."""

    keep: bool


@dataclass
class _Lingering:
    """The answer is sent; what the client still sends is thrown away."""

    deadline: float


_State = _Gathering | _Draining | _Lingering


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads work on whole requests; the poller holds the clients that are slow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[Connection, _State] = {}
        self._writing = 0
        self._in_line: deque[tuple[Connection, float]] = deque()
        self._line_moved_at = 0.0

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection and wait for its request."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, sock, client, listener.getsockname())
        self._gather(conn)
        self._read(conn)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)
        self._read(conn)

    def finish_request(self, conn: Connection, fs: Future[Any]) -> None:
        """A thread is done: send what the client did not take yet, then keep or end the connection."""
        if conn.may_write:
            self._writing -= 1
            self._line_moved_at = time.monotonic()
            if self._in_line:
                self._start(self._in_line.popleft()[0])
        keep = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if conn.sock.has_rest:
            self._wait(conn, _Draining(keep), selectors.EVENT_WRITE, self._drain)
        else:
            self._settle(conn, keep)

    def murder_pending(self) -> None:
        """End what has had its time; called once a second and after each event."""
        now = time.monotonic()
        while self._in_line and (not self.alive or self._waits_in_vain(self._in_line[0][1], now)):
            self._start(self._in_line.popleft()[0])
        for conn, state in list(self._waiting.items()):
            match state:
                case _Gathering(arrival, deadline) if now > deadline or (arrival is None and not self.alive):
                    self._refuse(conn, *(_LATE if arrival else ()))
                case _Gathering(_, deadline) if not self.alive:
                    state.deadline = min(deadline, now + STOPPING_S)
                case _Draining() if conn.sock.is_too_slow(now):
                    self._end(conn)
                case _Lingering(deadline) if now > deadline or not self.alive:
                    self._end(conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """A body that was never gathered is not read to its end either."""
        return bool(not conn.is_overlong and super()._keepalive_after(conn, keepalive))

    def _gather(self, conn: Connection, early: bytes = b"") -> None:
        now = time.monotonic()
        arrival = Arrival(now) if early else None
        state = _Gathering(arrival, arrival.deadline if arrival else now + self.cfg.keepalive)
        self._wait(conn, state, selectors.EVENT_READ, self._read)
        if early:
            self._add(conn, early)

    def _read(self, conn: Connection, _sock: Any = None) -> None:
        data = conn.sock.recv_now(_RECV)
        if data:
            self._add(conn, data)
        elif data is not None:
            self._end(conn)

    def _add(self, conn: Connection, data: bytes) -> None:
        state, now = self._waiting[conn], time.monotonic()
        if not isinstance(state, _Gathering):
            raise TypeError("only what is gathered is added to")
        state.arrival = state.arrival or Arrival(now)
        state.arrival.add(data, now)
        state.deadline = state.arrival.deadline
        if state.arrival.is_refused:
            self._refuse(conn, *_ENDLESS)
        elif state.arrival.is_whole:
            self._stop_waiting(conn)
            conn.is_overlong = state.arrival.is_overlong
            conn.take(bytes(state.arrival.data))
            if conn.may_write and self._writing >= writers_of(self.cfg.threads):
                self._in_line.append((conn, now))
            else:
                self._start(conn)
        elif state.arrival.expects_continue:
            state.arrival.expects_continue = False
            self._try(conn, partial(conn.sock.sendall, CONTINUE))

    def _waits_in_vain(self, since: float, now: float) -> bool:
        return now - since > LONGEST_LINE_S or now - max(since, self._line_moved_at) > STANDSTILL_S

    def _start(self, conn: Connection) -> None:
        self._writing += conn.may_write
        self.enqueue_req(conn)

    def _drain(self, conn: Connection, _sock: Any = None) -> None:
        state = self._waiting[conn]
        if self._try(conn, conn.sock.drain) and not conn.sock.has_rest and isinstance(state, _Draining):
            self._stop_waiting(conn)
            self._settle(conn, state.keep)

    def _settle(self, conn: Connection, keep: bool) -> None:
        """After an answer: the next request, which may have begun to arrive, or the end."""
        early = conn.parser.unreader.take_buffered() if keep else b""
        if keep and early:
            self._gather(conn, early)
        elif keep:
            conn.set_timeout()
            if not self.alive:
                conn.timeout = min(conn.timeout, time.monotonic() + STOPPING_S)
            self.keepalived_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))
        else:
            self._linger(conn)

    def _refuse(self, conn: Connection, status: str = "", why: str = "") -> None:
        """End a connection without asking a thread; with a word where a request had begun."""
        self._stop_waiting(conn)
        answer = _REFUSAL.format(status, len(why), why).encode("ascii") if status else b""
        if self._try(conn, partial(conn.sock.sendall, answer)):
            self._linger(conn)

    def _linger(self, conn: Connection) -> None:
        if self._try(conn, partial(conn.sock.shutdown, socket.SHUT_WR)):
            state = _Lingering(time.monotonic() + LINGER_S)
            self._wait(conn, state, selectors.EVENT_READ, self._discard)

    def _discard(self, conn: Connection, _sock: Any = None) -> None:
        if conn.sock.recv_now(_RECV) == b"":
            self._end(conn)

    def _wait(self, conn: Connection, state: _State, events: int, callback: Any) -> None:
        self._waiting[conn] = state
        self.poller.register(conn.sock, events, partial(callback, conn))

    def _stop_waiting(self, conn: Connection) -> None:
        if self._waiting.pop(conn, None):
            self.poller.unregister(conn.sock)

    def _try(self, conn: Connection, act: Any) -> bool:
        """Do something with the socket; where the client is gone the connection ends. Returns whether it stands."""
        try:
            act()
        except OSError as error:
            if error.errno not in _GONE:
                self.log.warning("a connection ended: %s", error)
            self._end(conn)
            return False
        return True

    def _end(self, conn: Connection) -> None:
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()
