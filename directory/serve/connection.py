"""One client's connection, seen so that no thread ever waits for it: what has arrived, and what is still to be sent."""

from __future__ import annotations

import errno
import os
import select
import socket
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from typing import IO, Any

MAX_HEAD = 64 * 1024
"""Bytes; a longer head is refused."""
MAX_BODY = 2 * 1024 * 1024
"""Bytes that are gathered; of a longer body the application reads nothing but the length."""
HEAD_S, BODY_S = 10.0, 30.0
"""How long the head of a request may take from its first byte, and then its body (RFC 9110, 15.5.9)."""
READ_S = 5.0
"""How long a thread waits in all for bytes that should have arrived before it was asked."""
SLOWEST_READER = 1024
"""Bytes a second that a client takes at least, counted over `READER_WINDOW_S`."""
READER_WINDOW_S = 60.0
HELD_IN_MEMORY = 256 * 1024
"""Bytes of an answer that wait in memory for their reader; more of them wait in a file without a name."""
_AT_ONCE = 1024 * 1024
_HEAD_ENDS = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Arrival:
    """A request as it arrives, until it is whole. Times are seconds of a monotonic clock."""

    def __init__(self, begun_at: float) -> None:
        self.data = bytearray()
        self.deadline = begun_at + HEAD_S
        self.is_whole = False
        self.is_refused = False
        """Its head has no end."""
        self.is_overlong = False
        """Its body is more than is read here: the connection ends with the answer."""
        self.expects_continue = False
        """The client waits for a word before it sends the body."""
        self._body_at = 0
        self._body_bytes: int | None = None

    def add(self, data: bytes, now: float) -> None:
        """Take what came. What is not HTTP counts as whole: the parser says what is wrong with it."""
        searched = max(0, len(self.data) - len(_HEAD_ENDS))
        self.data += data
        if not self._body_at:
            end = self.data.find(_HEAD_ENDS, searched)
            if end < 0:
                self.is_refused = len(self.data) > MAX_HEAD
                return
            self._body_at = end + len(_HEAD_ENDS)
            self.deadline = now + BODY_S
            self._read_head(bytes(self.data[:end]).lower())
        here = len(self.data) - self._body_at
        self.is_overlong = self.is_overlong or here > MAX_BODY
        arrived = self._has_last_chunk() if self._body_bytes is None else here >= self._body_bytes
        self.is_whole = self.is_overlong or arrived
        self.expects_continue = self.expects_continue and not here

    def _read_head(self, head: bytes) -> None:
        """How long the body is: 0 where nothing says so or what says so is nonsense, None where chunks end it."""
        lines = [line.partition(b":")[::2] for line in head.split(b"\r\n")[1:]]
        fields = dict(lines)
        length = fields.get(b"content-length", b"").strip()
        if sum(name == b"content-length" for name, _ in lines) > 1:
            length = b"two of them"
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            self._body_bytes = None
        else:
            self._body_bytes = int(length) if length.isdigit() and len(length) < 20 else 0
        self.is_overlong = (self._body_bytes or 0) > MAX_BODY
        self.expects_continue = fields.get(b"expect", b"").strip() == b"100-continue" and not self.is_overlong

    def _has_last_chunk(self) -> bool:
        body = self.data[self._body_at :]
        return body.endswith(_HEAD_ENDS) and (body.startswith(b"0\r\n") or b"\r\n0\r\n" in body[-MAX_HEAD:])


@dataclass
class _FilePart:
    """Bytes of a file that are still to be sent; the descriptor is ours."""

    descriptor: int
    offset: int
    count: int


class Outlet:
    """A socket whose writers never wait: what the client does not take at once is kept, and sent by `drain`.

    Offers what gunicorn asks of a socket. A thread writes and the main loop drains, never both at once.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._rest: deque[bytes | _FilePart] = deque()
        self._held = 0
        self.read_until = 0.0
        """Until when a thread may wait for more of a request that was taken for whole; of a monotonic clock."""
        self._spilled: IO[bytes] | None = None
        self._window_ends = 0.0
        self._sent_in_window = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def setblocking(self, _flag: bool) -> None:
        """It never blocks, whatever is asked."""

    def settimeout(self, _timeout: float | None) -> None:
        """It never blocks, whatever is asked."""

    def recv(self, size: int) -> bytes:
        """Bytes for a parser that wants more than has arrived. Raises ConnectionResetError after `read_until`."""
        if not select.select([self._socket], [], [], max(0.0, self.read_until - time.monotonic()))[0]:
            raise ConnectionResetError(errno.ECONNRESET, "the request did not arrive")
        return self._socket.recv(size)

    def recv_now(self, size: int) -> bytes | None:
        """What has arrived: None where nothing has yet, no bytes where the client is gone."""
        try:
            return self._socket.recv(size)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def send(self, data: bytes) -> int:
        """Send or keep all of it."""
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Send what the client takes now; keep the rest."""
        self.drain()
        if not self._rest:
            data = data[self._take(data) :]
        if data and self._held + len(data) <= HELD_IN_MEMORY:
            self._rest.append(bytes(data))
            self._held += len(data)
        elif data:
            self._spill(data)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> None:
        """Send a part of a file, without reading it where the client takes it."""
        count = os.fstat(file.fileno()).st_size - offset if count is None else count
        self._rest.append(_FilePart(os.dup(file.fileno()), offset, count))
        self.drain()

    @property
    def has_rest(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._rest)

    def drain(self) -> None:
        """Send what the client takes now. Raises OSError where it is gone."""
        sent = 0
        while self._rest and sent < _AT_ONCE:
            part = self._rest[0]
            taken = self._take_file(part) if isinstance(part, _FilePart) else self._take(part)
            if not taken:
                break
            sent += taken
            self._advance(part, taken)
        self._sent_in_window += sent

    def is_too_slow(self, now: float) -> bool:
        """Whether the client took less than `SLOWEST_READER` bytes a second in the window that ends now."""
        if not self._window_ends:
            self._window_ends, self._sent_in_window = now + READER_WINDOW_S, 0
        if now < self._window_ends:
            return False
        was_slow = self._sent_in_window < SLOWEST_READER * READER_WINDOW_S
        self._window_ends, self._sent_in_window = now + READER_WINDOW_S, 0
        return was_slow

    def close(self) -> None:
        """Let go of the socket and of all that waited."""
        while self._rest:
            self._drop_first()
        self._forget_spilled()
        self._socket.close()

    def _take(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0

    def _take_file(self, part: _FilePart) -> int:
        try:
            taken = os.sendfile(self._socket.fileno(), part.descriptor, part.offset, min(part.count, _AT_ONCE))
        except BlockingIOError:
            return 0
        if not taken and part.count:
            raise ConnectionResetError(errno.ECONNRESET, "the file became shorter while it was sent")
        return taken

    def _advance(self, part: bytes | _FilePart, taken: int) -> None:
        if isinstance(part, _FilePart):
            part.offset, part.count = part.offset + taken, part.count - taken
            if not part.count:
                self._drop_first()
            return
        if taken == len(part):
            self._drop_first()
        else:
            self._held -= taken
            self._rest[0] = part[taken:]

    def _drop_first(self) -> None:
        part = self._rest.popleft()
        if isinstance(part, _FilePart):
            os.close(part.descriptor)
        else:
            self._held -= len(part)
        if not self._rest:
            self._window_ends = 0.0
            self._forget_spilled()

    def _forget_spilled(self) -> None:
        if self._spilled:
            self._spilled.close()
            self._spilled = None

    def _spill(self, data: bytes) -> None:
        """Keep bytes in a file without a name, behind all that waits already."""
        if self._spilled is None:
            self._spilled = tempfile.TemporaryFile()  # noqa: SIM115  (closed when all of it is sent)
        offset = self._spilled.seek(0, os.SEEK_END)
        self._spilled.write(data)
        self._spilled.flush()
        last = self._rest[-1] if self._rest else None
        if (
            isinstance(last, _FilePart)
            and last.offset + last.count == offset
            and os.path.sameopenfile(last.descriptor, self._spilled.fileno())
        ):
            last.count += len(data)
            return
        self._rest.append(_FilePart(os.dup(self._spilled.fileno()), offset, len(data)))
