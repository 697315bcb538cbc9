"""Public records: few queries for many, and nothing private ever gets out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.clock import day_of, now
from directory.exchange.export import Format, export_organizations
from directory.extensions import db
from directory.organizations.freshness import Freshness, freshness
from directory.organizations.models import Contact, Location, Organization, Visibility
from directory.organizations.services import Availability, AvailabilityState, Service
from directory.publication.consulates import consulate_name, find_consulates
from directory.publication.organizations import public_organizations, published_ids
from directory.publication.points import organization_points, plain_points
from directory.publication.sentences import fact_sentence
from directory.search.follower import search_index
from directory.search.sync import synchronise
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, start_writing
from tests.statements import counted_queries

SECRETS = ("Calle Secreta 7", "99999", "32.51111", "Nombre Privado", "privado@example.org", "Nota interna")


def test_twice_as_many_records_take_no_more_queries(seeded: Flask) -> None:
    ids = published_ids(db.session)
    counts = []
    public_organizations(db.session, ids[:1], now())  # the vocabulary is read once a process
    for number in (100, 200):
        db.session.expunge_all()
        with counted_queries(seeded) as statements:
            assert len(public_organizations(db.session, ids[:number], now())) == number
        counts.append(len(statements))
    assert counts[0] == counts[1] < 40


def test_all_consulates_take_a_fixed_number_of_queries(seeded: Flask) -> None:
    find_consulates(db.session)  # what a process reads once is read, whichever test came before
    db.session.rollback()
    with counted_queries(seeded) as statements:
        assert len(find_consulates(db.session)) == 296
    assert len(statements) <= 13


def protected(tmp_path: Path) -> Organization:
    add_organizations(
        tmp_path,
        organization_row(address="Calle Secreta 7", postal_code="99999", latitude="32.51111", longitude="-117.0",
                         visibility="city_only", location_name="Nombre Privado"),
    )  # fmt: skip
    start_writing()
    record = db.session.scalars(select(Organization)).one()
    record.contacts.append(Contact(name="Nombre Privado", email="privado@example.org", note="Nota interna"))
    record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)
    db.session.commit()
    return record


def test_a_protected_address_and_private_contacts_are_nowhere(app: Flask, tmp_path: Path) -> None:
    record = protected(tmp_path)
    synchronise(search_index(), db.session)
    client = app.test_client()
    slug = "casa-ejemplo"
    texts = [client.get(path).get_data(as_text=True) for path in (
        f"/es/organizations/{slug}", "/es/search?q=ejemplo", f"/api/v1/organizations/{slug}", "/api/v1/search?q=casa",
        "/es/map/points.json", "/es/countries/MX", "/export/organizations.geojson", "/export/organizations.ndjson",
    )]  # fmt: skip
    texts += ["".join(export_organizations(db.session, form, "", now())) for form in Format]
    texts.append(str(organization_points(db.session, "es")) + str(plain_points(db.session)))
    build = search_index().store.current()
    index = b"".join(path.read_bytes() for path in build.iterdir())
    for secret in SECRETS:
        assert not [text for text in texts if secret in text], secret
        assert secret.encode() not in index
        assert secret.lower().encode() not in index
    public = public_organizations(db.session, [record.id], now())[0]
    assert public.locations[0].precision == "city"
    assert public.locations[0].latitude == pytest.approx(32.5027)


def test_a_hidden_location_does_not_exist_for_the_public(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(phones="664 682 5180"))
    start_writing()
    db.session.scalars(select(Location)).one().visibility = Visibility.HIDDEN
    db.session.commit()
    record = public_organizations(db.session, published_ids(db.session), now())[0]
    assert record.locations == ()
    assert record.services[0].locations == ()
    assert record.phones == ()
    assert organization_points(db.session, "es") == []


def test_removed_records_are_left_out(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    start_writing()
    db.session.scalars(select(Organization)).one().removed_at = now()
    db.session.commit()
    assert published_ids(db.session) == []
    assert public_organizations(db.session, [db.session.scalars(select(Organization.id)).one()], now()) == []


@pytest.mark.parametrize(
    ("age_days", "expected"),
    [(0, "verified"), (90, "verified"), (91, "due"), (135, "due"), (136, "stale"), (None, "unverified")],
)
def test_freshness_ages_by_the_day(age_days: int | None, expected: str) -> None:
    on = None if age_days is None else date(2026, 11, 24) - timedelta(days=age_days)
    assert freshness(on, 90, date(2026, 11, 24)) == Freshness(expected)


def test_availability_lapses_by_itself(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    start_writing()
    service = db.session.scalars(select(Service).order_by(Service.position)).first()
    assert service is not None
    service.availability = Availability(
        state=AvailabilityState.FULL, until=day_of(now(), "America/Tijuana"), set_by="test"
    )
    db.session.commit()
    ids = published_ids(db.session)
    assert public_organizations(db.session, ids, now())[0].services[0].availability.state == "full"
    tomorrow = now() + timedelta(days=1)
    assert public_organizations(db.session, ids, tomorrow)[0].services[0].availability.state == "unknown"


def test_a_record_names_the_consulates_of_its_places(app: Flask, tmp_path: Path) -> None:
    add_organizations(
        tmp_path, organization_row(location_country="US", location_admin1="US-TX", location_city="McAllen")
    )
    add_consulates(
        tmp_path,
        consulate_row(),
        consulate_row(consulate_key="gt-x", sending_country="GT", jurisdiction="US-TX/48215",
                      jurisdiction_state="known"),
        consulate_row(consulate_key="sv-x", sending_country="SV", jurisdiction="US-TX|-US-TX/48215",
                      jurisdiction_state="known"),
        consulate_row(consulate_key="mx-x", sending_country="MX", status="closed"),
        consulate_row(consulate_key="mx-e", sending_country="MX", kind="embassy", jurisdiction="US",
                      jurisdiction_state="known"),
    )  # fmt: skip
    record = public_organizations(db.session, published_ids(db.session), now())[0]
    assert [(link.slug, link.assumed) for link in record.consulates] == [
        ("gt-x", False),
        ("hn-ejemplo", True),
        ("mx-e", False),
    ]
    assert consulate_name(record.consulates[1], "es") == "Consulado de Honduras en McAllen"
    assert consulate_name(record.consulates[2], "fr") == "Ambassade du Mexique à McAllen"


def test_every_record_can_be_told_in_a_sentence_in_three_languages(seeded: Flask) -> None:
    terms = vocabulary(db.session)
    for record in public_organizations(db.session, published_ids(db.session)[:300], now()):
        for language in LANGUAGES:
            sentence = fact_sentence(record, language, terms)
            assert sentence[0] == sentence[0].upper()
            assert sentence.endswith(".")
            assert "None" not in sentence
    assert {record.status for record in public_organizations(db.session, published_ids(db.session)[:50], now())} == {
        "unverified"
    }
