"""Duplicates: found on labelled pairs, with the right reasons, while names are typed, and in step with the feed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from directory.changes.models import FeedCounter
from directory.extensions import db
from directory.organizations.duplicates.compare import THRESHOLD, compare
from directory.organizations.duplicates.contacts import email_domain, email_key, website_key
from directory.organizations.duplicates.fingerprint import Fingerprint, Match, Reason
from directory.organizations.duplicates.index import MAX_FOLLOWED, current_duplicates
from directory.organizations.duplicates.memory import DuplicateIndex
from directory.organizations.duplicates.names import canonical, initials_of, read_name
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import unpublish
from tests.factories import add_organizations, organization_row, start_writing
from tests.organizations.pairs import Pair, read_pairs, seed_fingerprints, seed_id, seed_index

TIJUANA = ("MX", "MX-BCN", "Tijuana")
MCALLEN = ("US", "US-TX", "McAllen")


@pytest.fixture(scope="session")
def fingerprints() -> dict[str, Fingerprint]:
    return seed_fingerprints()


@pytest.fixture(scope="session")
def seeds(fingerprints: dict[str, Fingerprint]) -> DuplicateIndex:
    """All seed organizations; tests only read it."""
    return seed_index(fingerprints)


@pytest.fixture(scope="session")
def judged(fingerprints: dict[str, Fingerprint], seeds: DuplicateIndex) -> list[tuple[Pair, bool]]:
    """Every labelled pair, and whether the index found its record for its candidate."""
    return [(pair, _is_found(seeds, pair)) for pair in read_pairs(fingerprints)]


def _is_found(seeds: DuplicateIndex, pair: Pair) -> bool:
    exclude = {seed_id(pair.other)} if pair.other else set()
    found = seeds.find(pair.candidate, exclude=exclude, limit=100)
    return seed_id(pair.record) in {match.organization_id for match in found}


def _scores(judged: Iterable[tuple[Pair, bool]]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    rows = [(pair.is_same, found) for pair, found in judged]
    hits = rows.count((True, True))
    precision = hits / (hits + rows.count((False, True)))
    recall = hits / (hits + rows.count((True, False)))
    return precision, recall, 2 * precision * recall / (precision + recall)


def _names(matches: list[Match]) -> list[str]:
    return [match.name for match in matches]


def _index(*fingerprints: Fingerprint) -> tuple[DuplicateIndex, list[uuid.UUID]]:
    index, ids = DuplicateIndex(), [seed_id(str(rank)) for rank in range(len(fingerprints))]
    for organization_id, fingerprint in zip(ids, fingerprints, strict=True):
        index.put(organization_id, fingerprint)
    return index, ids


def test_the_labelled_set_is_large_and_balanced(judged: list[tuple[Pair, bool]]) -> None:
    pairs = [pair for pair, _ in judged]
    assert len(pairs) >= 300
    assert sum(1 for pair in pairs if pair.other) >= 120
    assert 0.35 <= sum(pair.is_same for pair in pairs) / len(pairs) <= 0.65
    assert {pair.split for pair in pairs} == {"tune", "holdout"}


@pytest.mark.parametrize("splits", [{"tune", "holdout"}, {"holdout"}])
def test_precision_and_recall_on_labelled_pairs(judged: list[tuple[Pair, bool]], splits: set[str]) -> None:
    _, _, f1 = _scores((pair, found) for pair, found in judged if pair.split in splits)
    wrong = [
        f"{'missed' if pair.is_same else 'wrongly found'}: {pair.candidate.names[0]} ~ {pair.record}"
        for pair, found in judged
        if found != pair.is_same and pair.split in splits
    ]
    assert f1 >= 0.95, "\n".join(wrong)


def test_few_seed_organizations_look_like_others(fingerprints: dict[str, Fingerprint], seeds: DuplicateIndex) -> None:
    """A bound on false alarms over all 1.7 million pairs of seeds, not only over those that were labelled."""
    flagged = sum(
        len(seeds.find(fingerprint, exclude={seed_id(key)}, limit=20)) for key, fingerprint in fingerprints.items()
    )
    assert flagged / len(fingerprints) < 0.06


@pytest.mark.parametrize(
    ("candidate", "record", "reasons"),
    [
        (
            Fingerprint(("Sin Fronteras, A.C.",), websites=("sinfronteras.org.mx",)),
            "sin-fronteras-i-a-p",
            {Reason.SAME_NAME, Reason.SAME_WEBSITE},
        ),
        (
            Fingerprint(("Casa del Migrante Tijuana",), phones=("+526646825180",), places=(TIJUANA,)),
            "casa-del-migrante-en-tijuana",
            {Reason.SAME_NAME, Reason.SAME_PHONE, Reason.SAME_PLACE},
        ),
        (
            Fingerprint(("NYLAG",), places=(("US", "US-NY", "New York"),)),
            "new-york-legal-assistance-group",
            {Reason.SAME_ACRONYM, Reason.SAME_PLACE},
        ),
        (
            Fingerprint(("Espacio para Migrantes",), emails=("Espaciomigrante@gmail.com",)),
            "espacio-migrante",
            {Reason.SAME_NAME, Reason.SAME_EMAIL},
        ),
        (
            Fingerprint(("Las Americas Immigrant Center",), places=(("US", "US-TX", "El Paso"),)),
            "las-americas-immigrant-advocacy-center",
            {Reason.SIMILAR_NAME, Reason.SAME_PLACE},
        ),
    ],
)
def test_a_match_says_why(seeds: DuplicateIndex, candidate: Fingerprint, record: str, reasons: set[Reason]) -> None:
    [match] = [match for match in seeds.find(candidate) if match.organization_id == seed_id(record)]
    assert set(match.reasons) == reasons
    assert match.score >= THRESHOLD


def test_offices_of_a_network_are_not_duplicates_of_each_other(seeds: DuplicateIndex) -> None:
    office = Fingerprint(("Catholic Charities - Lockport",), places=(("US", "US-NY", "Lockport"),))
    assert seeds.find(office) == []


def test_a_domain_that_many_hold_tells_little() -> None:
    candidate = Fingerprint(("Comedor San Juan",), websites=("red.example.org/comedor",))
    alone, [only] = _index(Fingerprint(("Casa San Juan",), websites=("https://www.red.example.org",)))
    shared, ids = _index(
        *(Fingerprint((name,), websites=("red.example.org",)) for name in ("Casa San Juan", "Norte", "Sur", "Centro"))
    )
    [before] = [match.score for match in alone.find(candidate, minimum=0) if match.organization_id == only]
    [after] = [match.score for match in shared.find(candidate, minimum=0) if match.organization_id == ids[0]]
    assert before > after


def test_comparing_two_records_needs_no_index_and_no_order() -> None:
    one = Fingerprint(("Asociación Ejemplo de Familias, A.C.",), emails=("info@ejemplo.example.org",))
    two = Fingerprint(("Ejemplo Family Association",), websites=("https://ejemplo.example.org/es",), places=(MCALLEN,))
    score, reasons = compare(one, two)
    assert score >= THRESHOLD
    assert reasons == (Reason.SAME_NAME, Reason.SAME_WEBSITE)
    assert compare(two, one) == (score, reasons)


def test_nothing_in_common_is_no_match() -> None:
    assert compare(Fingerprint(("Casa Uno",)), Fingerprint(("Red Dos",)))[0] < THRESHOLD
    assert compare(Fingerprint(()), Fingerprint(("Red Dos",))) == (pytest.approx(0, abs=0.1), ())
    assert DuplicateIndex().find(Fingerprint(("Casa Uno",))) == []


def test_common_words_do_not_pass_for_rare_ones_in_a_small_directory() -> None:
    index, _ = _index(Fingerprint(("Casa del Migrante",), places=(TIJUANA,)))
    assert index.find(Fingerprint(("Casa del Migrante",), places=(("MX", "MX-SON", "Nogales"),))) == []
    [match] = index.find(Fingerprint(("Maison du migrant",), places=(TIJUANA,)))
    assert match.reasons == (Reason.SAME_NAME, Reason.SAME_PLACE)


def test_put_replaces_and_drop_forgets() -> None:
    index, [one, other] = _index(Fingerprint(("Casa Ejemplo",)), Fingerprint(("Albergue Modelo",)))
    index.put(one, Fingerprint(("Comedor Paradigma",)))
    assert index.find(Fingerprint(("Casa Ejemplo",))) == []
    assert [match.organization_id for match in index.find(Fingerprint(("Comedor Paradigma",)))] == [one]
    index.drop(other)
    index.drop(other)
    assert index.find(Fingerprint(("Albergue Modelo",))) == []
    assert len(index) == 1
    index.drop(one)
    assert index.typed("Comedor Paradigma") == []


def test_matches_are_best_first_limited_and_without_the_excluded() -> None:
    name = "Casa Ejemplo Paradigma"
    index, [one, two, three] = _index(
        Fingerprint((name,)), Fingerprint((name,), phones=("+526640000000",)), Fingerprint((name,))
    )
    candidate = Fingerprint((name,), phones=("+526640000000",))
    found = [match.organization_id for match in index.find(candidate)]
    assert found == [two, *sorted((one, three))]
    assert [match.organization_id for match in index.find(candidate, limit=1)] == [two]
    assert two not in {match.organization_id for match in index.find(candidate, exclude={two})}
    assert index.find(candidate, minimum=1.01) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("casa del migrante en ti", "Casa del Migrante en Tijuana"),
        ("Annunc", "Annunciation House"),
        ("Anunciation Hou", "Annunciation House"),
        ("hermanos en el cam", "Albergue Hermanos en el Camino"),
        ("imum", "Instituto para las Mujeres en la Migración"),
        ("Human rights commission of b", "Human Rights Commission of Belize"),
        ("Caridades Católicas Lar", "Catholic Charities – Diocese of Laredo"),
    ],
)
def test_a_name_is_found_while_it_is_typed(seeds: DuplicateIndex, typed: str, name: str) -> None:
    found = seeds.typed(typed)
    assert found[0].name == name
    by_name = {Reason.SAME_NAME, Reason.SIMILAR_NAME, Reason.SAME_ACRONYM}
    assert all(set(match.reasons) <= by_name for match in found)


def test_typing_finds_nothing_too_early_and_prefers_the_country(seeds: DuplicateIndex) -> None:
    assert seeds.typed("cas") == []
    assert seeds.typed("de la") == []
    assert all("Guatemala" in name or "Migrante" in name for name in _names(seeds.typed("casa del migrante", "GT")))
    assert _names(seeds.typed("casa del migrante san sal", "SV"))[0] == "Casa del Migrante San Salvador"


def test_names_shed_legal_forms_and_meet_across_languages() -> None:
    assert read_name("Casa Ejemplo, A. C.").words == read_name("Maison Ejemplo inc.").words
    assert read_name("Centro de Derechos Humanos").words == ("center", "right", "human")
    assert set(read_name("Human Rights Centre").words) == {"human", "right", "center"}
    assert read_name("L'Accueil des réfugiés").words == ("welcome", "refugee")
    assert read_name("Sin Fronteras, Asociación Civil").words == ("without", "border")
    assert read_name("ONG").words == ("ong",)
    assert read_name("Legal Aid of North Carolina").regions == {"north": "US-NC", "carolina": "US-NC"}
    assert canonical("cdh") == ("center", "right", "human")
    assert initials_of("Coalition for Humane Immigrant Rights") == {"chir", "cfhir"}


def test_contacts_become_keys() -> None:
    assert website_key("https://www.Ejemplo.org/es/contacto?x=1") == "ejemplo.org"
    assert website_key("facebook.com/pages/CasaEjemplo/123") == "facebook.com/casaejemplo"
    assert website_key("https://facebook.com") is None
    assert website_key("casa.wordpress.com") == "casa.wordpress.com"
    assert website_key("no website") is None
    assert website_key("http://[broken") is None
    assert email_key(" Info+web@Ejemplo.ORG ") == "info@ejemplo.org"
    assert email_key("nobody") is None
    assert email_domain("info@ejemplo.org") == "ejemplo.org"
    assert email_domain("casa@gmail.com") is None


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _found(name: str) -> list[str]:
    return _names(current_duplicates(db.session).find(Fingerprint((name,), places=(TIJUANA,))))


def _rows(count: int) -> list[dict[str, str]]:
    return [
        organization_row(
            organization_key=f"ejemplo-{number}",
            name=f"Albergue Modelo {number}",
            location_key=f"ejemplo-{number}/1",
            phones="664 000 0000",
        )
        for number in range(count)
    ]


def test_the_index_of_the_application_follows_the_feed(app: Flask, tmp_path: Path) -> None:
    assert _found("Casa Ejemplo") == []
    db.session.rollback()
    add_organizations(tmp_path, organization_row())
    assert _found("Casa Ejemplo") == ["Casa Ejemplo"]
    db.session.rollback()
    add_organizations(tmp_path, organization_row(name="Comedor Paradigma"))
    assert _found("Casa Ejemplo") == []
    assert _found("Comedor Paradigma") == ["Comedor Paradigma"]
    start_writing()
    unpublish(db.session, db.session.scalars(select(Organization)).one(), "test")
    db.session.commit()
    assert _found("Comedor Paradigma") == []


def test_another_epoch_reads_everything_anew(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    before = current_duplicates(db.session)
    assert current_duplicates(db.session) is before
    start_writing()
    db.session.execute(update(Organization).values(name="Comedor Paradigma"))
    db.session.execute(update(FeedCounter).values(epoch=uuid.uuid4()))
    db.session.commit()
    assert current_duplicates(db.session) is not before
    assert _found("Comedor Paradigma") == ["Comedor Paradigma"]


def test_a_long_way_behind_reads_everything_anew(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_FOLLOWED > 100
    monkeypatch.setattr("directory.organizations.duplicates.index.MAX_FOLLOWED", 2)
    before = current_duplicates(db.session)
    db.session.rollback()
    add_organizations(tmp_path, *_rows(3))
    assert current_duplicates(db.session) is not before
    assert _found("Albergue Modelo 2")[0] == "Albergue Modelo 2"


def test_the_number_of_queries_does_not_grow(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, *_rows(2))
    with _counted() as first:
        current_duplicates(db.session)
    with _counted() as again:
        current_duplicates(db.session)
    counts = []
    for count in (3, 12):
        db.session.rollback()
        add_organizations(tmp_path, *_rows(count))
        with _counted() as later:
            current_duplicates(db.session)
        counts.append(len(_reads(later)))
    assert len(_reads(first)) == 6
    assert len(_reads(again)) == 1
    assert counts == [7, 7]


def _reads(statements: list[str]) -> list[str]:
    return [statement for statement in statements if statement.lstrip().upper().startswith("SELECT")]


def test_a_hidden_place_confirms_no_guess(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(phones="664 634 0001"))
    start_writing()
    db.session.execute(update(Location).values(visibility=Visibility.HIDDEN))
    db.session.commit()
    guess = Fingerprint(("Casa Ejemplo",), phones=("+526646340001",), places=(TIJUANA,))
    [match] = current_duplicates(db.session).find(guess, minimum=0)
    assert match.reasons == (Reason.SAME_NAME,)
