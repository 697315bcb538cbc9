"""The colours of the tokens meet WCAG 2.2 AA in light and dark: measured, not believed."""

from __future__ import annotations

import re

import pytest

from directory.settings import resource_dir

TEXT = 4.5
PARTS = 3.0
PAIRS = [
    ("--ink", "--paper", TEXT),
    ("--ink", "--sheet", TEXT),
    ("--ink", "--band", TEXT),
    ("--ink-2", "--paper", TEXT),
    ("--ink-2", "--sheet", TEXT),
    ("--ink-2", "--band", TEXT),
    ("--press", "--paper", TEXT),
    ("--press", "--sheet", TEXT),
    ("--press", "--band", TEXT),
    ("--press-ink", "--press", TEXT),
    ("--urgent", "--urgent-bg", TEXT),
    ("--ok", "--ok-bg", TEXT),
    ("--ok", "--paper", TEXT),
    ("--warn", "--warn-bg", TEXT),
    ("--paper", "--ink", TEXT),
    ("--field", "--sheet", PARTS),
    ("--dot", "--paper", PARTS),
    ("--dot", "--land", PARTS),
    ("--focus", "--paper", PARTS),
]


def tokens(scheme: str) -> dict[str, str]:
    css = (resource_dir("static") / "css" / "tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(scheme: str, front: str, back: str, least: float) -> None:
    colours = tokens(scheme)
    bright, dim = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= least
