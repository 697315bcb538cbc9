"""An import takes nothing from a record that it must not: protection, owners, confirmations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import Change, ChangeKind
from directory.exchange.load import import_organizations
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.organizations.models import Location, Organization, VerificationMethod, Visibility
from tests.factories import add_organizations, organization_row, start_writing, write_csv


def test_an_import_never_opens_a_protected_location_again(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(address="Calle Ejemplo 1"))
    start_writing()
    db.session.scalars(select(Location)).one().visibility = Visibility.HIDDEN
    db.session.commit()
    add_organizations(tmp_path, organization_row(name="Otro nombre"))
    place = db.session.scalars(select(Location)).one()
    assert place.visibility == Visibility.HIDDEN
    assert place.address == "Calle Ejemplo 1"


def test_an_import_that_protects_a_location_tells_everyone_to_forget_it(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(address="Calle Ejemplo 1"))
    add_organizations(tmp_path, organization_row(visibility="city_only"))
    kinds = db.session.scalars(select(Change.kind).order_by(Change.seq)).all()
    assert kinds == [ChangeKind.CREATED, ChangeKind.REDACTED]


def test_an_import_keeps_a_confirmation(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    start_writing()
    record = db.session.scalars(select(Organization)).one()
    record.verified_on, record.verified_by = date(2026, 11, 1), "test"
    record.verification_method = VerificationMethod.CALL
    db.session.commit()
    add_organizations(tmp_path, organization_row(name="Otro nombre"))
    assert db.session.scalars(select(Organization)).one().verified_on == date(2026, 11, 1)


def test_a_location_of_another_organization_is_not_taken_over(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    with pytest.raises(BrokenFile, match="belongs to another organization"):
        import_organizations(db.session, write_csv(tmp_path / "x.csv", organization_row(organization_key="other")))


@pytest.mark.parametrize(
    "cell", ["An authority;abcd", "An authority;2026;javascript:alert(1)", ";2026", "x" * 161 + ";2026"]
)
def test_a_bad_accreditation_is_refused(app: Flask, tmp_path: Path, cell: str) -> None:
    with pytest.raises(BrokenFile, match="accreditations"):
        import_organizations(db.session, write_csv(tmp_path / "x.csv", organization_row(accreditations=cell)))


def test_the_same_accreditation_twice_stands_once(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row(accreditations="An authority;2026|An authority;2026"))
    assert len(db.session.scalars(select(Organization)).one().accreditations) == 1
