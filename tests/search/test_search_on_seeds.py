"""What a search must find in the seed data, through the seam: every engine has to pass these."""

from __future__ import annotations

import pytest
from flask import Flask

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.search.engine.analysis import words
from directory.search.engine.query import ConsulateFilter, PlaceArea, SearchQuery, Sort
from directory.search.execute import execute


def found(text: str, **filters: object) -> list[PublicOrganization]:
    """The first page of results as public records."""
    hits = execute(SearchQuery(text=text, **filters)).hits  # type: ignore[arg-type]
    return public_organizations(db.session, [hit.organization_id for hit in hits], now())


def test_legal_aid_has_one_total_in_every_language_and_spelling(seeded: Flask) -> None:
    texts = ("asesoria juridica", "asesoría jurídica", "legal aid", "aide juridique", "LEGAL AID")
    totals = {execute(SearchQuery(text=text)).total for text in texts}
    assert len(totals) == 1
    assert totals.pop() > 1000


@pytest.mark.parametrize("text", ["migrantes", "migrante", "migrant"])
def test_migrant_is_found_in_three_languages(seeded: Flask, text: str) -> None:
    ids = {hit.organization_id for hit in execute(SearchQuery(text=text, size=10_000)).hits}
    records = public_organizations(db.session, list(ids), now())
    names = " | ".join(record.name for record in records)
    assert "Casa del Migrante" in names
    assert "Migrant Workers Alliance" in names
    assert "travailleurs migrants" in names.lower()


def test_an_acronym_comes_first(seeded: Flask) -> None:
    assert found("KIND")[0].name == "Kids in Need of Defense"


def test_a_name_with_its_city_comes_first(seeded: Flask) -> None:
    first = found("RAICES San Antonio")[0]
    assert "RAICES" in (first.name, first.acronym, *first.alternate_names) or "Refugee and Immigrant" in first.name
    assert any(place.city == "San Antonio" for place in first.locations)
    assert found("Casa del Migrante Saltillo")[0].name == "Casa del Migrante de Saltillo"


def test_a_need_with_a_city_finds_it_there(seeded: Flask) -> None:
    result = execute(SearchQuery(text="legal aid Albuquerque"))
    record = public_organizations(db.session, [result.hits[0].organization_id], now())[0]
    place = record.location(result.hits[0].location_id)
    assert place is not None
    assert place.city == "Albuquerque"


def test_everything_is_listed_by_name_without_words(seeded: Flask) -> None:
    result = execute(SearchQuery(size=50))
    records = public_organizations(db.session, [hit.organization_id for hit in result.hits], now())
    names = [" ".join(words(record.name)) for record in records]
    assert result.total == 1893
    assert names == sorted(names)


def test_pages_together_are_the_whole(seeded: Flask) -> None:
    query = {"text": "albergue", "size": 40}
    whole = [hit.organization_id for hit in execute(SearchQuery(text="albergue", size=100_000)).hits]
    pages = -(-len(whole) // 40)
    parts = [h.organization_id for page in range(1, pages + 1) for h in execute(SearchQuery(page=page, **query)).hits]  # type: ignore[arg-type]
    assert parts == whole
    assert execute(SearchQuery(page=pages + 1, **query)).hits == ()  # type: ignore[arg-type]


def test_values_of_a_filter_are_alternatives_and_filters_must_all_hold(seeded: Flask) -> None:
    both = execute(SearchQuery(country=("HN", "GT"))).total
    honduras, guatemala = (execute(SearchQuery(country=(code,))).total for code in ("HN", "GT"))
    assert max(honduras, guatemala) < both <= honduras + guatemala
    shelters = execute(SearchQuery(country=("HN",), area=("shelter",)))
    assert 0 < shelters.total < honduras


def test_a_facet_ignores_its_own_filter_and_obeys_the_others(seeded: Flask) -> None:
    everywhere = dict(execute(SearchQuery(area=("shelter",))).facets["country"])
    mexico = execute(SearchQuery(area=("shelter",), country=("MX",)))
    assert dict(mexico.facets["country"]) == everywhere
    assert mexico.total == everywhere["MX"]
    assert dict(mexico.facets["area"])["food"] == execute(SearchQuery(area=("food",), country=("MX",))).total


def test_facet_counts_are_what_the_filter_finds(seeded: Flask) -> None:
    result = execute(SearchQuery(text="abogado"))
    for name in ("country", "admin1", "area", "population", "language"):
        for value, count in result.facets[name][:5]:
            filtered = execute(SearchQuery(text="abogado", strict=True, **{name: (value,)}))  # type: ignore[arg-type]
            assert filtered.total == count


def test_a_nationality_finds_those_that_name_none(seeded: Flask) -> None:
    result = execute(SearchQuery(nationality=("HN",)))
    assert result.total == 1893
    assert result.facets["nationality"] == ()


def test_a_consulate_finds_its_area_and_the_location_inside_it(seeded: Flask) -> None:
    texas = ConsulateFilter("x", (PlaceArea("US", "US-TX", None, False), PlaceArea("US", "US-TX", "48215", True)))
    result = execute(SearchQuery(consulate=(texas,), size=1000))
    records = public_organizations(db.session, [hit.organization_id for hit in result.hits], now())
    assert result.total > 80
    for record, hit in zip(records, result.hits, strict=True):
        place = record.location(hit.location_id)
        assert place is not None
        assert place.admin1 == "US-TX"
        assert place.admin2 != "48215"


def test_a_misspelt_city_is_found_and_its_spelling_offered(seeded: Flask) -> None:
    result = execute(SearchQuery(text="albergue tijuna"))
    assert result.reading.corrections == (("tijuna", "tijuana"),)
    assert result.total == execute(SearchQuery(text="albergue tijuana")).total > 5
    nothing = execute(SearchQuery(text="qqqqzzzz"))
    assert (nothing.total, nothing.suggestion) == (0, None)


def test_by_name_is_by_name(seeded: Flask) -> None:
    by_name = execute(SearchQuery(text="albergue", sort=Sort.NAME, size=100))
    by_relevance = execute(SearchQuery(text="albergue", size=100))
    assert by_name.total == by_relevance.total
    assert by_name.hits != by_relevance.hits


def test_status_counts_every_record(seeded: Flask) -> None:
    assert execute(SearchQuery()).facets["status"] == (("unverified", 1893),)
    assert execute(SearchQuery(status=("verified",))).total == 0


def test_stop_words_alone_are_words(seeded: Flask) -> None:
    assert execute(SearchQuery(text="de la")).total >= 0
    assert execute(SearchQuery(text="para")).total < 1893
