"""A serving installation as a process of its own, with the time limits of its connections shortened where asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from directory.cli import main
from directory.serve import connection, worker

START_S = 60.0
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@contextmanager
def served(data_dir: Path, *, hurry: float = 1.0, threads: int = 4, workers: int = 1) -> Iterator[int]:
    """Serve an installation without seed data; gives the port. Limits of connections are divided by `hurry`."""
    port = free_port()
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": ""}
    subprocess.run(
        [sys.executable, "-m", "directory", "init", "--no-seed"], env=environ, check=True, cwd=ROOT, capture_output=True
    )
    options = ["--port", str(port), "--threads", str(threads), "--workers", str(workers)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.serving", str(hurry), "serve", *options],
        env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with suppress(URLError, ConnectionError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _hurry(by: float) -> None:
    for module, name in (
        (connection, "HEAD_S"), (connection, "BODY_S"), (connection, "READER_WINDOW_S"), (worker, "LINGER_S"),
    ):  # fmt: skip
        setattr(module, name, getattr(module, name) / by)


if __name__ == "__main__":
    _hurry(float(sys.argv[1]))
    main(args=sys.argv[2:], prog_name="cso-directory")
