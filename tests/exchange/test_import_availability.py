"""What a file says of who is full or closed holds until somebody says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.clock import now
from directory.exchange.export import Format, export_organizations
from directory.exchange.load import import_organizations
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.organizations.availability import set_availability
from directory.organizations.models import Organization
from directory.organizations.services import AvailabilityState, Service
from directory.settings import resource_dir
from directory.spreadsheet import read_sheet
from tests.factories import add_organizations, organization_row, write_csv


def states() -> set[str | None]:
    db.session.expire_all()
    record = db.session.scalars(select(Organization)).one()
    return {service.availability and service.availability.state.value for service in record.services}


@pytest.mark.parametrize("word", ["closed", "Cerrado", "fermée"])
def test_a_closed_house_is_closed_in_all_it_offers(app: Flask, tmp_path: Path, word: str) -> None:
    add_organizations(tmp_path, organization_row(availability=word))
    assert states() == {"closed"}


def test_another_word_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="availability"):
        import_organizations(db.session, write_csv(tmp_path / "x.csv", organization_row(availability="gone")))


def test_a_person_is_not_overruled_and_a_blank_takes_nothing_back(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(availability="closed"))
    add_organizations(tmp_path, organization_row(name="Casa B"))
    assert states() == {"closed"}
    add_organizations(tmp_path, organization_row(name="Casa C", availability="full"))
    assert states() == {"full"}
    record = db.session.scalars(select(Organization)).one()
    chosen = [service.id for service in record.services]
    set_availability(db.session, record, chosen, AvailabilityState.OPEN, None, None, "account", now())
    db.session.commit()
    add_organizations(tmp_path, organization_row(name="Casa D", availability="closed"))
    assert states() == {"open"}


def test_a_file_of_before_this_column_is_the_same_file(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    tally = import_organizations(db.session, write_csv(tmp_path / "x.csv", organization_row(availability="")))
    assert (tally.updated, tally.unchanged) == (0, 1)


def test_an_export_says_what_lasts_and_not_what_holds_today(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(availability="closed"))
    assert _exported() == {"closed"}
    record = db.session.scalars(select(Organization)).one()
    chosen = [service.id for service in record.services]
    set_availability(db.session, record, chosen, AvailabilityState.FULL, now().date(), None, "account", now())
    db.session.commit()
    assert _exported() == {""}


def _exported() -> set[str]:
    text = "".join(export_organizations(db.session, Format.CSV, "", now()))
    sheet = read_sheet(text.encode(), ())
    return {cells[sheet.header.index("availability")] for _, cells in sheet.rows}


def test_houses_of_the_seed_data_that_were_reported_closed_are(seeded: Flask) -> None:
    closed = select(Organization.source_key).where(
        Organization.services.any(),
        ~Organization.services.any(~Service.availability.has(state=AvailabilityState.CLOSED)),
    )
    path = resource_dir("seed_data") / "organizations.csv"
    sheet = read_sheet(path.read_bytes(), ())
    key, said = sheet.header.index("organization_key"), sheet.header.index("availability")
    reported = {cells[key] for _, cells in sheet.rows if cells[said] == "closed"}
    assert len(reported) == 4
    assert set(db.session.scalars(closed)) == reported
