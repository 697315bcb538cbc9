"""What sentences mean, on the whole gazetteer and lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from directory.extensions import db
from directory.places import countries
from directory.search.documents import index_digest
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute, read_text
from directory.search.explain import shown
from directory.search.follower import knowledge, search_index
from directory.search.knowledge import _places_digest
from directory.search.understanding.reading import Reading
from directory.vocabulary import languages
from directory.vocabulary.catalogue import vocabulary


def read(text: str, **query: object) -> Reading:
    return read_text(SearchQuery(text, **query), search_index().current())[0]  # type: ignore[arg-type]


def meant(text: str) -> set[tuple[str, str]]:
    """Kinds and values, places by name."""
    reading = read(text)
    return {(item.kind, item.value) for item in reading.concepts if item.how != "implied"} | {
        ("place", place.name) for place in reading.places
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("abogado para menores McAllen", {("area", "legal-aid"), ("place", "McAllen")}),
        ("mi esposo me pega Houston", {("area", "gender-based-violence"), ("place", "Houston")}),
        ("hébergement Montréal", {("area", "shelter"), ("place", "Montréal")}),
        ("niña sola McAllen", {("population", "unaccompanied-children"), ("place", "McAllen")}),
        ("no me pagaron", {("area", "labour-rights")}),
        ("catracho sin chamba en houston", {("nationality", "HN"), ("area", "employment"), ("place", "Houston")}),
        ("abogado cook county illinois", {("area", "legal-aid"), ("place", "Cook County")}),
        ("albergue cd juarez chih", {("area", "shelter"), ("place", "Ciudad Juárez")}),
        ("intérprete de mam", {("language", "mam")}),
        ("comida Houston TX", {("area", "food"), ("place", "Houston")}),
        ("family of 4 from Honduras in McAllen", {("nationality", "HN"), ("place", "McAllen")}),
        ("lawyer mc allen", {("area", "legal-aid"), ("place", "McAllen")}),
        ("pedir refugio", {("area", "asylum-support")}),
        ("refugio para mujeres", {("area", "shelter")}),
        ("desaparecido en Coahuila", {("area", "family-tracing"), ("place", "Coahuila de Zaragoza")}),
        ("sicologo nueba yorc", {("area", "mental-health"), ("place", "Nueva York")}),
        ("menores", {("population", "children-adolescents")}),
        ("clinic", {("area", "health-care")}),
        ("how far is the guatemalan consulate from Omaha", {("consulate", "gt-omaha-consulate-general")}),
        ("consulado de Honduras más cercano a Baton Rouge", {("consulate", "hn-new-orleans")}),
        ("refuge pour jeunes Vancouver", {("area", "shelter"), ("place", "Vancouver")}),
        ("ayuda legal", {("area", "legal-aid")}),
        ("embajada de canadá en guatemala", {("consulate", "ca-guatemala-city-embassy")}),
        ("consulat du Mexique Montréal", {("consulate", "mx-montreal"), ("place", "Montréal")}),
        ("passeport hondurien consulat Montréal", {("consulate", "hn-montreal-consulate-general")}),
        ("~Rosa: mi sobrina de 15 esta sola en tapachula", {("population", "unaccompanied-children")}),
        ("mwen bezwen yon avoka nan Orlando", {("area", "legal-aid"), ("place", "Orlando")}),
        ("kote pou nou dòmi Tijuana", {("area", "shelter"), ("place", "Tijuana")}),
    ],
)
def test_a_sentence_is_understood(seeded: Flask, text: str, wanted: set[tuple[str, str]]) -> None:
    assert wanted <= meant(text), meant(text)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("abogado no notario en los angeles", ("area", "access-to-justice")),
        ("food without ID Ciudad Juarez", ("place", "Idaho")),
        ("no me pagan, me deben", ("place", "Maine")),
        ("la ayuda de la casa", ("place", "Luisiana")),
        ("Joven de 19 años", ("population", "unaccompanied-children")),
        ("centro de salud", ("place", "Salud")),
        ("prueba de sangre", ("place", "Puebla")),
        ("ayuda para pagar la renta bronx", ("organization", "ayuda")),
        ("trabajadores agrícolas no les pagan", ("area", "employment")),
        ("violencia doméstica", ("population", "domestic-workers")),
        ("consulado mexicano en Fresno teléfono", ("area", "connectivity")),
        ("mi mamá se cayó y está grave Reynosa", ("place", "Cayo")),
        ("quiero saber si mi esposo está en Eloy", ("place", "Simi Valley")),
        ("organizaciones en Tapachula", ("area", "community-organizing")),
        ("mi sobrina esta sola en tapachula", ("place", "Villa Sola de Vega")),
        ("casa de 5 cuartos", ("population", "unaccompanied-children")),
    ],
)
def test_what_is_not_meant_is_not_read(seeded: Flask, text: str, never: tuple[str, str]) -> None:
    assert never not in meant(text)


@pytest.mark.parametrize(
    "text", ["albergue tijuana", "ALBERGUE TIJUANA", "Hola, albergue, Tijuana!!", "álbergue tijuána"]
)
def test_case_accents_greetings_and_signs_change_nothing(seeded: Flask, text: str) -> None:
    assert meant(text) == {("area", "shelter"), ("place", "Tijuana")}


@pytest.mark.parametrize(
    ("text", "admin1"),
    [
        ("comida cerca de la garita el chaparral", "MX-BCN"),
        ("donde comer cerca de la garita nogales i", "MX-SON"),
        ("lawyer Nashville hold room", "US-TN"),
        ("comida Reynosa bridge", "MX-TAM"),
    ],
)
def test_a_place_without_a_point_is_where_its_town_or_region_is(seeded: Flask, text: str, admin1: str) -> None:
    place = read(text).places[0]
    assert place.admin1 == admin1
    assert place.point is not None or place.codes == (admin1,)
    assert execute(SearchQuery(text)).hits[0].place in ("here", "near", "region", "country")


def test_who_says_where_somebody_is_says_more_than_who_comes_from_there(seeded: Flask) -> None:
    weights = {place.name: place.weight for place in read("faire venir ma femme de Tijuana à Montréal").places}
    assert weights == {"Montréal": 1.0, "Tijuana": 0.6}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("llamar a mi familia en Honduras, estoy en Matamoros", "Heroica Matamoros"),
        ("my brother was detained in Laredo, I live in Houston", "Houston"),
        ("albergue cerca de la central de autobuses Monterrey", "Monterrey"),
        ("unaccompanied minor shelter Brownsville", "Brownsville"),
        ("Port Isabel visita a detenidos", "Port Isabel Service Processing Center"),
    ],
)
def test_the_place_that_counts(seeded: Flask, text: str, first: str) -> None:
    place = next(place for place in read(text).places if place.weight == 1)
    assert place.name == first
    assert place.admin1 != "US-NY"


def test_a_place_of_detention_alone_asks_for_those_who_are_held(seeded: Flask) -> None:
    told = [(item.value, item.how) for item in shown(read("krome")) if item.kind == "area"]
    assert told == [("detention-support", "implied")], "of what it suggests the surest is shown"
    assert [item.value for item in read("krome").of("area")] == ["detention-support", "legal-aid"]
    assert "detention-support" not in {item.value for item in read("food near krome").of("area")}


def test_every_part_says_where_it_was_read(seeded: Flask) -> None:
    text = "chapín necesita doctor en Rochester NY"
    reading = read(text)
    for item in (*reading.concepts, *reading.places):
        assert text[item.start : item.end].lower().split()[0] == item.text.lower().split()[0]


def test_striking_a_part_takes_it_literally(seeded: Flask) -> None:
    assert not read("albergue tijuana", literal=("albergue", "tijuana")).concepts
    assert not read("albergue tijuana", literal=("albergue", "tijuana")).places
    everything = execute(SearchQuery("albergue tijuana", literal=("albergue", "tijuana", "x" * 50)))
    assert everything.total


def test_the_office_in_the_named_state_is_shown(seeded: Flask) -> None:
    result = execute(SearchQuery("menores no acompañados Texas", size=10))
    facts = {hit.organization_id: hit for hit in result.hits}
    assert all(hit.place == "here" for hit in list(facts.values())[:5])


def test_a_phone_number_finds_whose_it_is(seeded: Flask) -> None:
    result = execute(SearchQuery("+1 (956) 682-5397"))
    assert result.hits[0].rung == 0
    assert execute(SearchQuery("+1 (000) 000-0000 albergue")).reading.phones == ("10000000000",)


def test_a_rung_never_loses_what_a_stricter_one_found(seeded: Flask) -> None:
    strict = execute(SearchQuery("food Dallas", strict=True, size=100))
    wide = execute(SearchQuery("food Dallas", size=100))
    assert {hit.organization_id for hit in strict.hits} <= {hit.organization_id for hit in wide.hits}
    assert [hit.rung for hit in wide.hits] == sorted(hit.rung for hit in wide.hits)


@pytest.mark.parametrize(
    "text",
    [
        "Z" * 2000,
        "de la en",
        "-familias",
        "sin",
        "'; DROP TABLE--",
        "\u200f" * 50,
        "Santa Ana " * 200,
        '"',
        "a\u0301" * 900,
    ],
)
def test_bad_input_is_answered(seeded: Flask, text: str) -> None:
    assert execute(SearchQuery(text, size=3)).total >= 0


def test_other_names_of_regions_and_languages_are_read_at_once(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What an earlier release made of its names is not taken for this one's."""
    terms = vocabulary(db.session)
    index, lexicon = index_digest(terms), _places_digest(db.session)
    for module, moves_lexicon in ((countries, True), (languages, False)):
        changed = tmp_path / "names.csv"
        changed.write_bytes(module._names_file().read_bytes() + b"x")
        with monkeypatch.context() as other:
            other.setattr(module, "_names_file", lambda path=changed: path)
            module.names_digest.cache_clear()
            assert index_digest(terms) != index
            assert (_places_digest(db.session) != lexicon) is moves_lexicon
        module.names_digest.cache_clear()
    assert (index_digest(terms), _places_digest(db.session)) == (index, lexicon)


def test_a_damaged_lexicon_file_is_made_anew(seeded: Flask) -> None:
    terms = vocabulary(db.session)
    knowledge().current(db.session, terms)
    path = next(search_index().store.folder.glob("lexicon-*.bin"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    from directory.search.knowledge import KnowledgeBase

    fresh = KnowledgeBase(search_index().store.folder)
    assert len(fresh.current(db.session, terms).lexicon) > 100_000
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "text", ["abogado para menores McAllen", "kind", "qanjobal houston", "hogar xyzzy", "albergue"]
)
def test_the_terms_add_up_to_the_score(seeded: Flask, text: str) -> None:
    result = execute(SearchQuery(text, explain=True))
    assert result.hits
    for hit in result.hits:
        terms = dict(hit.terms)
        factor = terms.pop("factor")
        assert hit.score == pytest.approx(sum(terms.values()) * factor, abs=0.002)
    assert all(not hit.terms for hit in execute(SearchQuery(text)).hits)
    assert all(text[item.start : item.end] for item in result.reading.costs)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("niña sola McAllen", "child-protection"),
        ("jeune de 16 ans arrivé seul à Mexico", "child-protection"),
        ("mamá con niños presos en dilley", "detention-support"),
    ],
)
def test_what_people_bring_along_is_told(seeded: Flask, text: str, area: str) -> None:
    reading = read(text)
    told = {item.value: item for item in reading.of("area")}
    assert told[area].how == "implied"
    assert told[area].text
    assert told[area].text in text


def test_a_need_that_was_said_is_the_only_one(seeded: Flask) -> None:
    """*Alone* brings the need of children along only where nobody said another."""
    assert {item.value for item in read("comida para niña sola McAllen").of("area")} & {"shelter"} == set()


@pytest.mark.parametrize(
    ("text", "people"),
    [("no me pagaron immokalee", "workers"), ("mon mari me bat Windsor", "women")],
)
def test_a_need_says_of_whom_it_is(seeded: Flask, text: str, people: str) -> None:
    assert people in {item.value for item in read(text).of("population")}


@pytest.mark.parametrize("text", ["annunciation hou", "scalabrini mtl"])
def test_one_rare_word_of_a_name_is_enough_in_a_short_text(seeded: Flask, text: str) -> None:
    assert read(text).of("organization")


@pytest.mark.parametrize("text", ["albergue houston", "comida", "children", "mujeres tijuana", "Houston"])
def test_what_is_said_every_day_names_nobody(seeded: Flask, text: str) -> None:
    assert not read(text).of("organization")
