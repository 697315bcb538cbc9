"""Sentences that people labelled: evasions and harmless ones, of each kind every second one kept out of tuning."""

from __future__ import annotations

from pathlib import Path

from directory.personal_data.free_text import personal_data_in

HALVES = ("tuning", "kept out")
_HERE = Path(__file__).parent


def sentences(kind: str, half: str) -> list[str]:
    """Those of `evasions` or `harmless` that belong to a half."""
    lines = (_HERE / f"{kind}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")][HALVES.index(half) :: 2]


def taken_for_personal(kind: str, half: str) -> list[str]:
    """Those that the rules refuse."""
    return [text for text in sentences(kind, half) if personal_data_in(text)]


def share(kind: str, half: str) -> float:
    """The part of them that the rules refuse, 0..1."""
    return len(taken_for_personal(kind, half)) / len(sentences(kind, half))
