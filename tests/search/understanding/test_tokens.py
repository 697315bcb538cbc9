"""What was typed, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.understanding.tokens import MAX_WORDS, typed


def words_of(text: str) -> list[str]:
    return [token.word for token in typed(text).tokens]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[18:05, 1/12/2026] Rosa: necesito ayuda", ["necesito", "ayuda"]),
        ("1/12/26, 18:05 - Don Beto: comida", ["comida"]),
        ("ver https://example.org/x?a=1 albergue", ["ver", "albergue"]),
        ("escriba a rosa@example.org albergue", ["escriba", "a", "albergue"]),
        ("demandeur d'asile", ["demandeur", "asile"]),
        ("Q’anjob’al", ["qanjobal"]),
        ("K´iche´", ["kiche"]),
        ("al\u00adbergue", ["albergue"]),
        ("ALBERGUE 🙏🙏", ["albergue"]),
        ("audiencia el 12/01/2026", ["audiencia", "el"]),
        ("san-antonio", ["san", "antonio"]),
    ],
)
def test_what_was_pasted_along_is_not_read(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["+1 (956) 682-5397", "956.682.5397", "llame al 956 682 5397 por favor"])
def test_a_phone_number_is_kept_apart(text: str) -> None:
    assert typed(text).phones[0].endswith("9566825397")
    assert not any(char.isdigit() for word in words_of(text) for char in word)


def test_a_short_number_is_no_phone() -> None:
    assert typed("17 años 10453").phones == ()


def test_only_the_first_words_are_read_and_the_rest_is_counted() -> None:
    found = typed("casa " * (MAX_WORDS + 7))
    assert (len(found.tokens), found.cut) == (MAX_WORDS, 7)


@given(st.text(max_size=300))
def test_every_token_stands_where_it_says(text: str) -> None:
    found = typed(text)
    assert len(found.clean) == len(text)
    for token in found.tokens:
        assert 0 <= token.start < token.end <= len(text)
