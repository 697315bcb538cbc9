"""A file never takes back what people said of a record; all else of it is taken in, and what gave way is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from directory.changes.models import AuditEntry
from directory.clock import today
from directory.exchange.load import import_organizations
from directory.extensions import db
from directory.organizations.edit import change_record, create_record, record_data
from directory.organizations.models import Organization, VerificationMethod, Visibility
from directory.organizations.record_data import LocationData, PhoneData, RecordData
from directory.organizations.remove import unpublish
from directory.organizations.sources import Kept
from directory.vocabulary.catalogue import read_vocabulary
from tests.factories import add_organizations, organization_row, start_writing, write_csv

Edit = Callable[[RecordData], RecordData]


def the_record() -> Organization:
    return db.session.scalars(select(Organization)).one()


def edited(edit: Edit) -> None:
    """Somebody changes the record."""
    start_writing()
    record, terms = the_record(), read_vocabulary(db.session)
    assert change_record(db.session, record, edit(record_data(db.session, record.id, terms)), terms, "user:1", "edit")
    db.session.commit()
    db.session.expunge_all()


def now_said() -> RecordData:
    db.session.expunge_all()
    data = record_data(db.session, the_record().id, read_vocabulary(db.session))
    db.session.rollback()
    return data


def brought(folder: Path, *rows: dict[str, str]) -> list[str]:
    """Load a file; what gave way, by path."""
    kept: list[Kept] = []
    start_writing()
    db.session.rollback()
    import_organizations(db.session, write_csv(folder / "organizations.csv", *rows), kept=kept)
    return sorted(".".join(path) for item in kept for path in item.paths)


def test_what_a_person_changed_stays_and_the_rest_of_the_file_is_taken_in(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(website="https://old.example", acronym="ABC"))
    edited(lambda data: data.model_copy(update={"website": "https://new.example"}))
    row = organization_row(website="https://old.example", acronym="XYZ", source_date="2026-01")
    assert brought(tmp_path, row) == ["website"]
    assert (now_said().website, now_said().acronym, the_record().source_date) == (
        "https://new.example", "XYZ", "2026-01",
    )  # fmt: skip
    note = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "keep")).one()
    assert note.after == {"kept": ["website"]}
    row["acronym"] = "QRS"
    assert brought(tmp_path, row) == ["website"], "nor does the next file take it back"
    assert (now_said().website, now_said().acronym) == ("https://new.example", "QRS")
    row |= {"website": "https://new.example", "acronym": "TUV"}
    assert brought(tmp_path, row) == [], "nothing gives way where both say the same"


def test_a_file_alone_may_change_everything(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(website="https://old.example"))
    assert brought(tmp_path, organization_row(website="https://new.example")) == []
    assert now_said().website == "https://new.example"


def test_contacts_of_a_confirmed_record_stay(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(website="https://old.example", phones="664 123 4567"))
    start_writing()
    record = the_record()
    record.verified_on, record.verified_by = date(2026, 11, 1), "test"
    record.verification_method = VerificationMethod.CALL
    db.session.commit()
    place = str(the_record().locations[0].id)
    gave_way = brought(tmp_path, organization_row(website="https://new.example", phones="664 765 4321", acronym="XYZ"))
    assert gave_way == [f"locations.{place}.phones", "website"]
    said = now_said()
    assert (said.website, said.acronym) == ("https://old.example", "XYZ")
    assert [phone.text for phone in said.all_phones()] == ["664 123 4567"]
    assert the_record().verified_on == date(2026, 11, 1)


def test_places_that_people_added_or_left_out_stay_so(app: Flask, tmp_path: Path) -> None:
    rows = [organization_row(location_key=f"a/{number}", address=f"Calle {number}") for number in (1, 2, 3)]
    add_organizations(tmp_path, *rows)
    first, second, third = sorted(now_said().locations, key=lambda key: now_said().locations[key].position)
    added = "5b4d4bd1-8c1f-4a44-9b2f-6b7a5a5a1c01"

    def edit(data: RecordData) -> RecordData:
        places = {key: place for key, place in data.locations.items() if key != second}
        places[third] = places[third].model_copy(update={"phones": (PhoneData(number=None, text="pregunte aquí"),)})
        places[added] = LocationData(position=5, country="MX", city="Tijuana", admin1="MX-BCN", address="Avenida 9")
        return data.model_copy(update={"locations": places})

    edited(edit)
    rows[0]["address"], rows[1]["address"] = "Calle 1 bis", "Calle 2 bis"
    brought(tmp_path, *rows[:2])
    said = now_said().locations
    assert set(said) == {first, third, added}
    assert said[first].address == "Calle 1 bis"
    assert (said[third].address, said[third].phones[0].text) == ("Calle 3", "pregunte aquí")
    assert said[added].address == "Avenida 9"


def test_hours_and_texts_that_no_file_carries_stay(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(service_areas="shelter"))
    group = next(iter(now_said().services))

    def edit(data: RecordData) -> RecordData:
        service = data.services[group].model_copy(update={"eligibility": {"es": "Familias"}, "is_emergency": True})
        return data.model_copy(update={"services": {group: service}, "description": {"es": "Una casa."}})

    edited(edit)
    assert brought(tmp_path, organization_row(service_areas="shelter", acronym="XYZ")) != ["acronym"]
    said = now_said()
    assert said.services[group].eligibility == {"es": "Familias"}
    assert said.services[group].is_emergency
    assert said.description == {"es": "Una casa."}
    assert said.acronym == "XYZ"


def test_a_street_that_a_person_hid_and_mended_is_not_overwritten(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(address="Calle Ejemplo 1", postal_code="22000"))
    key = next(iter(now_said().locations))

    def edit(data: RecordData) -> RecordData:
        place = data.locations[key].model_copy(
            update={"visibility": Visibility.CITY_ONLY, "address": "Calle Secreta 7"}
        )
        return data.model_copy(update={"locations": {key: place}})

    edited(edit)
    brought(tmp_path, organization_row(address="Calle Ejemplo 1", postal_code="22000", acronym="XYZ"))
    place = now_said().locations[key]
    assert (place.visibility, place.address) == (Visibility.CITY_ONLY, "Calle Secreta 7")
    audit = " ".join(str(entry.after) for entry in db.session.scalars(select(AuditEntry)))
    assert "Secreta" not in audit


def test_a_record_that_people_made_gives_a_file_only_its_blanks(app: Flask, tmp_path: Path) -> None:
    start_writing()
    terms = read_vocabulary(db.session)
    made = create_record(
        db.session, RecordData(name="Casa Propia", country="MX", website="https://own.example"), terms, "user:1",
        today(),
    )  # fmt: skip
    record_id = str(made.id)
    db.session.commit()
    row = organization_row(organization_key=record_id, name="Otra Casa", website="https://other.example", acronym="OC")
    gave_way = brought(tmp_path, row)
    assert {"name", "website"} <= set(gave_way)
    said = now_said()
    assert (said.name, said.website, said.acronym) == ("Casa Propia", "https://own.example", "OC")


def test_a_removed_record_stays_removed(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    edited(lambda data: data.model_copy(update={"acronym": "ABC"}))
    start_writing()
    unpublish(db.session, the_record(), "test")
    db.session.commit()
    assert brought(tmp_path, organization_row(name="Otro nombre")) == []
    assert the_record().removed_at is not None
