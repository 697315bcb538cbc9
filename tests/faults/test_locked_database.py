"""Somebody holds the database of a serving installation, and ten people send forms: everybody else goes on reading."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier

import pytest

from directory.serve.worker import STANDSTILL_S, writers_of
from tests.faults.serving import served
from tests.faults.test_slow_clients import slowest_look

THREADS = 4
SENT = 10
BURST = 8
"""As many tries as a network has."""
LOCKED_S = 6.0


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    with served(tmp_path, threads=THREADS) as port:
        yield tmp_path / "directory.sqlite3", port


def _send(port: int, page: str) -> tuple[int, str | None, float]:
    """Status, `Retry-After` and seconds of one form."""
    begun = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as client:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST", page, "name=x", headers)
        answer = client.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After"), time.monotonic() - begun


@pytest.mark.xdist_group("slow-clients")
def test_who_writes_while_the_database_is_locked_holds_half_of_the_threads(serving: tuple[Path, int]) -> None:
    database, port = serving
    with (
        closing(sqlite3.connect(f"file:{database}?mode=rw", uri=True, isolation_level=None)) as other,
        ThreadPoolExecutor(SENT) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        sent = [pool.submit(_send, port, "/es/register") for _ in range(SENT)]
        assert slowest_look(port, LOCKED_S) <= 1.0
        other.execute("ROLLBACK")
        answers = [each.result() for each in sent]
    turned_away = [(after, seconds) for status, after, seconds in answers if status == 503]
    assert len(turned_away) == SENT - writers_of(THREADS)
    for after, seconds in turned_away:
        assert after
        assert seconds <= STANDSTILL_S + 2.0
    waited = [(status, seconds) for status, _, seconds in answers if status != 503]
    assert all(status == 422 and seconds >= LOCKED_S for status, seconds in waited), waited


@pytest.mark.xdist_group("slow-clients")
def test_a_burst_of_forms_is_taken(serving: tuple[Path, int]) -> None:
    _, port = serving
    together = Barrier(BURST)

    def send() -> int:
        together.wait()
        return _send(port, "/es/login")[0]

    with ThreadPoolExecutor(SENT) as pool:
        sent = [pool.submit(send) for _ in range(BURST)]
        assert {each.result() for each in sent} == {400}, "each takes more than half a second, none was turned away"
