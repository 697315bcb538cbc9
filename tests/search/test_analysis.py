"""From text to terms."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from directory.search.engine.analysis import MAX_WORD, fold, query_words, stem, stems, words


def test_accents_do_not_part_words() -> None:
    assert stem(fold("asesoría"), "es") == stem(fold("asesoria"), "es")
    assert words("Œuvre à Montréal") == ["oeuvre", "a", "montreal"]


def test_elided_articles_and_apostrophes() -> None:
    assert words("l’aide d'urgence") == ["aide", "urgence"]
    assert words("K'iche' y Q’anjob’al") == ["kiche", "y", "qanjobal"]


def test_a_word_expands_to_at_most_three_stems() -> None:
    assert 1 <= len(stems("migrantes")) <= 3


def test_stop_words_fall_away_unless_nothing_is_left() -> None:
    assert query_words("albergue para familias en Tijuana") == ["albergue", "familias", "tijuana"]
    assert query_words("de la") == ["de", "la"]


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once_and_words_are_bounded(text: str) -> None:
    found = words(text)
    assert all(0 < len(word) <= MAX_WORD for word in found)
    assert words(" ".join(found)) == found or any(not word.isascii() for word in found)


def test_stemming_in_threads_gives_the_same_stems() -> None:
    sample = ["migrantes", "asesorias", "familles", "running", "juridique"] * 200
    expected = [stem.__wrapped__(word, "es") for word in sample]
    results: list[list[str]] = []

    def work() -> None:
        results.append([stem.__wrapped__(word, "es") for word in sample])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == expected for result in results)
