"""The table of threats names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_threat_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| who |")]
    assert len(rows) > 12
    for row in rows:
        named = re.findall(r"`((?:tests/)?[\w/]+\.py)`", row.rpartition(" | ")[2] if row.count("|") < 4 else row)
        assert named, row
        for name in named:
            path = ROOT / name if "/" in name else ROOT / "tests" / "security" / name
            assert path.is_file(), name


def test_every_test_here_stands_against_something() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    own = {path.name for path in Path(__file__).parent.glob("test_*.py")} - {Path(__file__).name}
    assert {name for name in own if name not in text} == set()
