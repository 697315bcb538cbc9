"""Between numpy's arrays and roaring bitmaps, the fast way."""

from __future__ import annotations

import array

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap


def bitmap(numbers: NDArray[np.uint32]) -> BitMap:
    """The bitmap of some document numbers (by way of `array`: eight times as fast as from an ndarray)."""
    return BitMap(array.array("I", np.ascontiguousarray(numbers, np.uint32).tobytes()))


def numbers(found: BitMap) -> NDArray[np.uint32]:
    """The numbers of a bitmap, ascending."""
    return np.frombuffer(found.to_array(), np.uint32)
