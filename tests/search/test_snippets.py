"""Passages: the right words marked, the rest left as written, nothing that could be markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from directory.search.engine.parts import Alternatives, Asked, Phrase, word
from directory.search.engine.snippets import LENGTH, Snippet, Sought, snippet

TEXT = (
    "La casa ofrece hospedaje a familias. Damos asesoría jurídica gratuita, comida y ropa a personas migrantes que "
    "llegan de noche; también acompañamos a quienes buscan asilo y a sus hijos en la escuela del barrio, todo el año."
)


def marked(found: Snippet | None) -> list[str]:
    assert found is not None
    return [text for text, is_match in found.pieces if is_match]


def sought(*words: str, last: str | None = None) -> Sought:
    parts = [word(item) for item in words] + ([word(last, is_prefix=True)] if last else [])
    return Sought.of(Asked(tuple(parts)))


def test_words_are_marked_by_stem_and_without_accents() -> None:
    assert marked(snippet(TEXT, "es", sought("asesoria", "migrante"))) == ["asesoría", "migrantes"]


def test_the_last_word_marks_what_begins_with_it() -> None:
    assert marked(snippet(TEXT, "es", sought(last="acompa"))) == ["acompañamos"]


def test_a_phrase_and_a_label_mark_their_words() -> None:
    label = Alternatives(((word("legal"), word("aid")), (word("asesoria"), word("juridica"))))
    assert marked(snippet(TEXT, "es", Sought.of(Asked((label,))))) == ["asesoría", "jurídica"]
    assert marked(snippet(TEXT, "es", Sought.of(Asked((Phrase(("comida", "y", "ropa")),))))) == [
        "comida",
        "y",
        "ropa",
        "y",
    ]


def test_the_passage_is_short_and_says_where_it_was_cut() -> None:
    found = snippet(TEXT, "es", sought("asilo", "escuela"))
    assert found is not None
    text = "".join(piece for piece, _ in found.pieces)
    assert text.startswith("… ")
    assert marked(found) == ["asilo", "escuela"]
    assert len(text.split()) <= LENGTH + 4


def test_nothing_found_is_no_passage() -> None:
    assert snippet(TEXT, "es", sought("hospital")) is None
    assert snippet("", "es", sought("casa")) is None


@given(st.text(max_size=400), st.lists(st.text(alphabet="abcdeñé<>&\"'", min_size=1, max_size=6), max_size=4))
def test_pieces_are_the_text_itself(text: str, typed: list[str]) -> None:
    found = snippet(text, "es", sought(*typed))
    if found:
        joined = "".join(piece for piece, _ in found.pieces).removeprefix("… ").removesuffix(" …")
        assert joined in text
        assert any(is_match for _, is_match in found.pieces)
