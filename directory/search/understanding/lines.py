"""Texts as one array of UTF-8, a line each: how they lie in the files of names and phrases."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def as_lines(values: Iterable[str]) -> NDArray[np.uint8]:
    """Texts without line ends as one array of UTF-8."""
    return np.frombuffer("".join(f"{value}\n" for value in values).encode(), np.uint8)


def of_lines(column: NDArray[np.uint8]) -> list[str]:
    """What `as_lines` wrote."""
    return bytes(column).decode().split("\n")[:-1]
