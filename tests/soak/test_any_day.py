"""The suite's dated parts pass on any day and in any zone: the machine's clock is moved, not ours.

Needs Debian's `libfaketime`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak
ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = [*Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]
DATED = (
    "tests/accounts", "tests/registration", "tests/web/registration", "tests/moderation", "tests/partnerships",
    "tests/referrals", "tests/statistics", "tests/publication", "tests/exchange", "tests/search/test_ranking.py",
    "tests/search/test_search_on_seeds.py", "tests/web", "tests/consulates", "tests/mail", "tests/operations",
    "tests/security", "tests/api/test_fast_search.py",
)  # fmt: skip
MOMENTS = (
    ("tomorrow", "+1d", "UTC"),
    ("a leap day", "@2028-02-29 12:00:00", "America/Tijuana"),
    ("the first minutes of a day in Greenwich", "@2027-05-01 00:10:00", "UTC"),
    ("the last evening of a year", "@2027-12-31 23:10:00", "UTC"),
    ("summer time begins in Tijuana", "@2027-03-14 01:58:00", "America/Tijuana"),
    ("winter time begins in Toronto", "@2027-11-07 01:58:00", "America/Toronto"),
    ("morning in Tokyo", "@2027-06-01 00:30:00", "Asia/Tokyo"),
)


@pytest.mark.parametrize(("at", "zone"), [moment[1:] for moment in MOMENTS], ids=[moment[0] for moment in MOMENTS])
def test_the_dated_parts_pass_on_another_day(at: str, zone: str, tmp_path: Path) -> None:
    assert LIBRARIES, "install Debian's libfaketime"
    environ = os.environ | {
        "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": at, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": zone,
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-k", "not postgresql", f"--basetemp={tmp_path / 'run'}"]
    run = subprocess.run([*command, *DATED], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=1800)
    assert run.returncode == 0, run.stdout[-4000:]
