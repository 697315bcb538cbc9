"""A street that is protected becomes public only after the old channel, or a moderator, has agreed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from directory.clock import now
from directory.extensions import db
from directory.organizations.edit import record_data
from directory.organizations.models import Organization, Visibility
from directory.organizations.record_data import LocationData, RecordData, new_location_id
from directory.registration.changes import begin_change, submit_change
from directory.registration.models import Origin, Submission, SubmissionState
from directory.registration.protection import revealing
from directory.registration.risks import Risk
from directory.registration.submissions import put
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_organizations, organization_row
from tests.site import database, organization_id, read

STREET = "Calle Secreta 9, Col. Centro"
Edit = Callable[[RecordData], dict[str, LocationData]]


@pytest.fixture
def shelter(site: Flask, tmp_path: Path) -> uuid.UUID:
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(address="Avenida Abierta 1"),
            organization_row(location_key="casa-ejemplo/p", visibility="city_only", address=STREET,
                             latitude="32.5100", longitude="-117.0300"),
            organization_row(location_key="casa-ejemplo/h", visibility="hidden", address="Calle Oculta 4"),
        )  # fmt: skip
    return read(site, lambda: organization_id("Casa Ejemplo"))


def key_of(data: RecordData, visibility: Visibility) -> str:
    return next(key for key, place in data.locations.items() if place.visibility == visibility)


def seen(place: LocationData, **changes: object) -> LocationData:
    return place.model_copy(update={"visibility": Visibility.PUBLIC, **changes})


def opened(visibility: Visibility, to: Visibility) -> Edit:
    def edit(data: RecordData) -> dict[str, LocationData]:
        key = key_of(data, visibility)
        return {**data.locations, key: data.locations[key].model_copy(update={"visibility": to})}

    return edit


def moved(address: str | None, *, keeps_old: bool = False, **changes: object) -> Edit:
    """The protected place taken off, and a new public one put down."""

    def edit(data: RecordData) -> dict[str, LocationData]:
        key = key_of(data, Visibility.CITY_ONLY)
        kept = {one: place for one, place in data.locations.items() if keeps_old or one != key}
        bare = {"address": address, "latitude": None, "longitude": None, "phones": (), "email": None}
        return {**kept, new_location_id(): seen(data.locations[key], **{**bare, **changes})}

    return edit


def rewritten(address: str) -> Edit:
    def edit(data: RecordData) -> dict[str, LocationData]:
        key = key_of(data, Visibility.PUBLIC)
        return {**data.locations, key: data.locations[key].model_copy(update={"address": address})}

    return edit


def handed_in(site: Flask, shelter: uuid.UUID, edit: Edit, origin: Origin) -> tuple[uuid.UUID, RecordData]:
    with database(site):
        terms, organization = vocabulary(db.session), db.session.get_one(Organization, shelter)
        submission = begin_change(db.session, organization, terms, origin, "es", now(), email="ana@example.org")
        data = RecordData.model_validate(submission.data)
        put(submission, data.model_copy(update={"locations": edit(data)}), now())
        submit_change(db.session, submission, organization, terms, "test", now())
        found = submission.id
    return found, read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))


@pytest.mark.parametrize(
    "edit",
    [
        opened(Visibility.HIDDEN, Visibility.CITY_ONLY),
        opened(Visibility.HIDDEN, Visibility.PUBLIC),
        opened(Visibility.CITY_ONLY, Visibility.PUBLIC),
        moved(STREET),
        moved("secreta #9"),
        moved("C. Secreta núm. 9, colonia Centro, Tijuana, B.C."),
        moved(STREET, keeps_old=True),
        moved(None, name="Casa de Calle Secreta 9"),
        moved(None, latitude=32.5101, longitude=-117.0301),
        rewritten("Secreta 9"),
    ],
)
@pytest.mark.parametrize("origin", [Origin.LINK, Origin.ACCOUNT])
def test_a_trusted_hand_opens_nothing_by_itself(site: Flask, shelter: uuid.UUID, edit: Edit, origin: Origin) -> None:
    before = read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))
    submission, after = handed_in(site, shelter, edit, origin)
    assert after.locations == before.locations, "neither the new place nor the loss of the old one is live"
    held = read(site, lambda: db.session.get_one(Submission, submission))
    assert held.state in (SubmissionState.OLD_CHANNEL, SubmissionState.PENDING)
    assert held.risks[Risk.PROTECTION.value]


@pytest.mark.parametrize("edit", [moved("Avenida Nueva 12"), moved("Calle 9"), rewritten("Avenida Abierta 2")])
def test_another_street_is_live_at_once(site: Flask, shelter: uuid.UUID, edit: Edit) -> None:
    before = read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))
    _, after = handed_in(site, shelter, edit, Origin.LINK)
    assert after.locations != before.locations


def test_a_stranger_who_guesses_a_street_is_marked_for_moderators_only(site: Flask, shelter: uuid.UUID) -> None:
    def edit(data: RecordData) -> dict[str, LocationData]:
        known = next(iter(data.locations.values()))
        return {**data.locations, new_location_id(): seen(known, address="Secreta 9")}

    submission, _ = handed_in(site, shelter, edit, Origin.PUBLIC)
    assert read(site, lambda: db.session.get_one(Submission, submission)).risks[Risk.PROTECTION.value]


@pytest.mark.parametrize("text", ["Estamos en Calle Secreta 9, timbre azul.", "secreta #9"])
def test_a_text_that_tells_the_street_waits(site: Flask, shelter: uuid.UUID, text: str) -> None:
    with database(site):
        terms, organization = vocabulary(db.session), db.session.get_one(Organization, shelter)
        submission = begin_change(db.session, organization, terms, Origin.LINK, "es", now(), email="ana@example.org")
        data = RecordData.model_validate(submission.data)
        put(submission, data.model_copy(update={"summary": {"es": text}}), now())
        outcome = submit_change(db.session, submission, organization, terms, "test", now())
        assert [item.path for item in outcome.waiting] == [("summary",)]
        assert submission.risks[Risk.PROTECTION.value] == ["summary"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("12, rue des Lilas, Montréal", "Venez au 12, rue des Lilas."),
        ("12, rue des Lilas", "rue des Lilas 12"),
        ("123A Main St", "We are at 123a Main Street!"),
        ("Roble 5", "en el 5 de Roble"),
    ],
)
def test_a_street_is_found_however_it_is_written(address: str, text: str) -> None:
    secret = {"a": LocationData(country="MX", visibility=Visibility.CITY_ONLY, address=address)}
    current = RecordData(name="x", locations=secret)
    assert revealing(current, current.model_copy(update={"summary": {"es": text}})) == {("summary",)}
    assert revealing(current, current.model_copy(update={"summary": {"es": "Abrimos de 9 a 5, 12 camas."}})) == set()
