"""Lists in a sentence, as people of each language write them."""

from __future__ import annotations

import pytest

from directory.publication.sentences import list_labels


@pytest.mark.parametrize(
    ("labels", "language", "said"),
    [
        (["Albergue"], "es", "Albergue"),
        (["Albergue", "Alimentación"], "es", "Albergue y alimentación"),
        (["Albergue", "Interpretación"], "es", "Albergue e interpretación"),
        (["Albergue", "Hielo"], "es", "Albergue y hielo"),
        (["Albergue", "Higiene y ropa", "Transporte"], "es", "Albergue; higiene y ropa; y transporte"),
        (["Alimentación", "Información y orientación"], "es", "Alimentación; e información y orientación"),
        (["Niñas, niños y adolescentes", "Mujeres"], "es", "Niñas, niños y adolescentes; y mujeres"),
        (["Shelter", "Food", "Transport"], "en", "Shelter, food, and transport"),
        (["Phone calls and internet", "Food"], "en", "Phone calls and internet; and food"),
        (["Hébergement", "Alimentation"], "fr", "Hébergement et alimentation"),
        (["Soins de santé", "Hygiène et vêtements"], "fr", "Soins de santé\u202f; et hygiène et vêtements"),
        (["LGBTIQ+ people", "Women"], "en", "LGBTIQ+ people and women"),
        ([], "es", ""),
    ],
)
def test_a_list_is_parted_so_that_it_can_be_read(labels: list[str], language: str, said: str) -> None:
    assert list_labels(labels, language, starts=True) == said
