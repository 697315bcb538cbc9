"""Names and numbers that are hidden on purpose are found, and ordinary messages pass."""

from __future__ import annotations

import pytest

from tests.personal_data.labelled import HALVES, sentences, share

LEAST_CAUGHT, MOST_FALSE = 0.9, 0.02


@pytest.mark.parametrize("half", HALVES)
def test_nine_of_ten_evasions_are_caught(half: str) -> None:
    assert len(sentences("evasions", half)) == 75
    assert share("evasions", half) >= LEAST_CAUGHT


@pytest.mark.parametrize("half", HALVES)
def test_at_most_two_of_a_hundred_ordinary_messages_are_refused(half: str) -> None:
    assert len(sentences("harmless", half)) == 250
    assert share("harmless", half) <= MOST_FALSE
