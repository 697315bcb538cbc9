"""A handout's text is never too long, never loses a number, and says as much as there is room for."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.publication.handout import (
    MAX_CHARACTERS,
    Entry,
    address,
    entry,
    handout_text,
    hours,
    offer,
    spoken,
)
from directory.publication.labels import phone_text
from directory.publication.records import (
    PublicAvailability,
    PublicHours,
    PublicLocation,
    PublicOrganization,
    PublicPhone,
    PublicService,
    PublicSource,
)
from directory.vocabulary.catalogue import Term, Vocabulary

DAY = date(2026, 11, 24)
SOURCE = PublicSource(name="A fictional list", url=None, date="2026-01", licence=None)
LABELS = {
    "shelter": ("Albergue", "Shelter", "Hébergement"),
    "food": ("Alimentación", "Food", "Alimentation"),
    "legal-aid": ("Asistencia jurídica", "Legal aid", "Aide juridique"),
    "long": tuple("x" * 60 for _ in range(3)),
    "reunification": ("Reunificación familiar", "Family reunification", "Regroupement familial"),
}
TERMS = Vocabulary(
    groups={},
    areas={
        slug: Term(uuid.uuid4(), slug, dict(zip(("es", "en", "fr"), labels, strict=True)), (), None)
        for slug, labels in LABELS.items()
    },
    populations={},
)
CLOSING = (
    "Checked in the directory on November 24, 2026. They never charge. If somebody asks for money in their name, "
    "do not pay."
)


def phone(number: str | None = "+526646825180", text: str = "664 682 5180", **more: Any) -> PublicPhone:
    return PublicPhone(**({"number": number, "text": text, "extension": None, "kind": "voice"} | more))


def location(**changes: Any) -> PublicLocation:
    values: dict[str, Any] = {
        "id": uuid.uuid4(), "name": None, "country": "MX", "admin1": "MX-BCN", "admin2": None,
        "place_id": None, "city": "Tijuana",
        "city_names": {}, "address": "Calle Ejemplo 5", "postal_code": None, "latitude": None, "longitude": None,
        "precision": None, "visibility": "public", "timezone": None, "phones": (phone(),), "email": None,
        "areas": (), "source": SOURCE,
    }  # fmt: skip
    return PublicLocation(**(values | changes))


def service(**changes: Any) -> PublicService:
    values: dict[str, Any] = {
        "id": uuid.uuid4(), "group": "needs", "name": {"en": "Shelter"}, "areas": ("shelter", "food"),
        "populations": (), "languages": (), "nationalities": (), "eligibility": {}, "documents_required": {},
        "cost": {}, "access": None, "schedule": (), "emergency": False,
        "availability": PublicAvailability(state="full"), "locations": (), "coverage": (),
    }  # fmt: skip
    return PublicService(**(values | changes))


def organization(**changes: Any) -> PublicOrganization:
    values: dict[str, Any] = {
        "id": uuid.uuid4(), "slug": "casa-ejemplo", "name": "Casa Ejemplo", "acronym": None, "alternate_names": (),
        "country": "MX", "summary": {}, "description": {}, "website": None, "email": None, "phones": (),
        "year_founded": None, "legal_status": None, "identifiers": (), "accreditations": (), "populations": (),
        "languages": (), "urls": (), "contacts_suspended": False, "status": "unverified", "verified_on": None,
        "due_since": None, "review_due_on": None, "review_interval_days": 90, "source": SOURCE, "revision": 1,
        "modified_at": datetime(2026, 1, 1, tzinfo=UTC), "services": (service(),), "locations": (location(),),
        "consulates": (), "vouched_by": (),
    }  # fmt: skip
    return PublicOrganization(**(values | changes))


def text_in(app: Flask, entries: list[Entry], *languages: str) -> str:
    with app.app_context():
        return handout_text(entries, languages, DAY, TERMS)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)
numbers = st.builds(
    phone,
    number=st.sampled_from(["+526646825180", "+12025550123", None]),
    text=st.text("0123456789 ()-", min_size=1, max_size=80).filter(str.strip),
    extension=st.sampled_from([None, "1234567", "9" * 20]),
    kind=st.sampled_from(["voice", "whatsapp", "emergency"]),
)
locations = st.builds(
    location,
    city=st.one_of(st.none(), words),
    address=st.one_of(st.none(), words),
    phones=st.lists(numbers, max_size=2).map(tuple),
    email=st.one_of(st.none(), st.just("x" * 200 + "@example.org"), st.just("luz@example.org")),
    visibility=st.sampled_from(["public", "city_only"]),
)
organizations = st.builds(
    organization,
    name=words,
    locations=st.lists(locations, max_size=2).map(tuple),
    website=st.sampled_from([None, "https://" + "x" * 300 + ".example.org", "https://example.org"]),
    services=st.lists(st.builds(service, areas=st.permutations(list(LABELS)).map(tuple)), max_size=1).map(tuple),
    verified_on=st.sampled_from([None, DAY]),
    status=st.sampled_from(["verified", "due", "stale"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(organizations, min_size=1, max_size=5),
    languages=st.lists(st.sampled_from(["es", "en", "fr"]), min_size=1, max_size=2, unique=True),
)
def test_a_text_always_fits_and_keeps_every_number(
    seeded_app: Flask, records: list[PublicOrganization], languages: list[str]
) -> None:
    entries = [entry(record) for record in records]
    text = text_in(seeded_app, entries, *languages)
    assert 0 < len(text) <= MAX_CHARACTERS
    for number, item in enumerate(entries, 1):
        assert f"{number}. " in text
        for known in item.phones[:1]:
            assert " ".join(phone_text(known).split()) in text
    if "en" in languages:
        assert CLOSING in text
    assert ("24 de noviembre de 2026" in text) == ("es" in languages)
    assert ("24 novembre 2026" in text) == ("fr" in languages)


def test_five_records_with_the_longest_numbers_and_names_fit(app: Flask) -> None:
    long = organization(name="N" * 200, locations=(location(phones=(phone(None, "1" * 80),), city="C" * 200),))
    text = text_in(app, [entry(long)] * 5, "es", "fr")
    assert len(text) <= MAX_CHARACTERS
    assert text.count("1" * 80) == 5
    assert "…" in text


def test_one_record_is_said_in_full(app: Flask) -> None:
    assert text_in(app, [entry(organization())], "en") == (
        "Who can help you. Call before you go.\n\n"
        "1. Casa Ejemplo\n+52 664 682 5180\nShelter and food\nCalle Ejemplo 5, Tijuana, Baja California\n"
        "Not confirmed · source of January 2026\n\n" + CLOSING
    )


def test_two_languages_share_what_is_the_same_in_both(app: Flask) -> None:
    text = text_in(app, [entry(organization())], "es", "en")
    assert text.count("Casa Ejemplo") == text.count("+52 664 682 5180") == text.count("Calle Ejemplo 5") == 1
    assert "Albergue y alimentación\nShelter and food\n" in text


@pytest.mark.parametrize(
    ("name_length", "has_address", "has_areas", "is_shortened"),
    [(10, True, True, False), (55, False, True, False), (75, False, False, False), (200, False, False, True)],
)
def test_detail_is_given_up_in_order(
    app: Flask, name_length: int, has_address: bool, has_areas: bool, is_shortened: bool
) -> None:
    record = organization(
        name="n" * name_length,
        locations=(location(address="Calle de la Paz 17, Colonia Las Flores"),),
        services=(service(areas=("shelter", "food")),),
    )
    text = text_in(app, [entry(record)] * 5, "en")
    last = text.split("\n\n")[5]
    assert ("Calle" in last, "Shelter" in last, "…" in last) == (has_address, has_areas, is_shortened)
    assert "Tijuana" in last
    assert "Not confirmed" in last


def test_the_first_records_keep_their_detail_longest(app: Flask) -> None:
    record = organization(name="n" * 30, locations=(location(address="Calle de la Paz 17, Colonia Las Flores"),))
    blocks = text_in(app, [entry(record)] * 5, "en").split("\n\n")
    assert "Calle" in blocks[1]
    assert "Calle" not in blocks[5]


def test_more_than_five_or_a_third_language_is_a_mistake(app: Flask) -> None:
    with pytest.raises(ValueError, match="at most five"):
        text_in(app, [entry(organization())] * 6, "en")
    with pytest.raises(ValueError, match="one or two languages"):
        text_in(app, [entry(organization())], "en", "es", "fr")


def test_availability_is_never_said(app: Flask) -> None:
    assert "ull" not in text_in(app, [entry(organization())], "en")


def test_the_place_is_the_one_that_was_asked_for(app: Flask) -> None:
    tijuana, mcallen, houston = (
        location(),
        location(country="US", admin1="US-TX", city="McAllen"),
        location(country="US", admin1="US-TX", city="Houston"),
    )
    record = organization(locations=(tijuana, mcallen, houston))
    assert entry(record).place == tijuana
    assert entry(record, country=["US"]).place == mcallen
    assert entry(record, admin1=["US-TX"], country=["MX"]).place == mcallen
    assert entry(record, admin1=["US-CA"], country=["CA"]).place == tijuana
    assert entry(organization(locations=())).place is None


def test_a_protected_place_says_how_its_address_is_told(app: Flask) -> None:
    hidden = location(address=None, visibility="city_only")
    with app.app_context():
        assert address(Entry(organization(), hidden), "en").endswith("they tell you the address on the phone")
        mute = hidden.model_copy(update={"phones": ()})
        silent = Entry(organization(locations=(mute,)), mute)
        assert address(silent, "en").endswith("they tell you the address when you contact them")


def test_a_town_that_the_street_already_names_is_not_said_twice() -> None:
    item = Entry(organization(), location(address="Calle Ejemplo 5, Tijuana, B.C."))
    assert address(item, "es") == "Calle Ejemplo 5, Tijuana, B.C."


def test_numbers_that_can_be_dialled_come_first_and_a_fax_never() -> None:
    record = organization(
        phones=(phone(), phone("+12025550123")),
        locations=(location(phones=(phone(None, "ask"), phone("+526641234567", kind="fax"), phone())),),
    )
    assert [item.number for item in entry(record).phones] == ["+526646825180", "+12025550123", None]


def test_without_a_number_a_text_says_where_to_write_or_whom_to_ask(app: Flask) -> None:
    silent = location(phones=())
    for record, said in (
        (organization(locations=(silent,), email="luz@example.org"), "luz@example.org"),
        (organization(locations=(silent,), website="https://example.org"), "https://example.org"),
        (organization(locations=(silent,)), "No phone on record: ask your consulate."),
    ):
        assert said in text_in(app, [entry(record)], "en")


def test_many_areas_are_said_to_be_many() -> None:
    item = Entry(organization(services=(service(areas=("shelter", "food", "legal-aid", "reunification")),)), None)
    assert offer(item, "en", TERMS, 3) == "Shelter, food, and other services"
    assert offer(Entry(organization(services=()), None), "en", TERMS, 3) == ""


def test_what_is_known_of_the_place_goes_before_what_is_known_of_the_organization() -> None:
    assert offer(Entry(organization(), location(areas=("food",))), "fr", TERMS, 3) == "Alimentation"


def test_hours_of_days_in_a_row_are_said_together() -> None:
    week = [PublicHours(weekday=day, opens_at="09:00", closes_at="17:00") for day in (1, 2, 3, 4, 5)]
    week += [PublicHours(weekday=6, opens_at="09:00", closes_at="12:00")]
    week += [PublicHours(weekday=6, opens_at="14:00", closes_at="16:00")]
    place = location()
    here = service(schedule=tuple(week), locations=(place.id,))
    elsewhere = service(schedule=tuple(week[:1]), locations=(uuid.uuid4(),), name={"en": "Other"})
    record = organization(services=(here, elsewhere), locations=(place,))
    assert hours(Entry(record, place), "en") == ["Mon–Fri 09:00–17:00; Sat 09:00–12:00, 14:00–16:00"]
    both = organization(services=(here, service(schedule=tuple(week[:2]), name={"en": "Clinic"})))
    assert hours(Entry(both, place), "en") == [
        "Shelter: Mon–Fri 09:00–17:00; Sat 09:00–12:00, 14:00–16:00",
        "Clinic: Mon–Tue 09:00–17:00",
    ]
    assert hours(Entry(organization(), None), "en") == []


def test_languages_are_named_in_the_readers() -> None:
    assert spoken(Entry(organization(languages=("en", "es")), None), "fr", 4) == "anglais et espagnol"
