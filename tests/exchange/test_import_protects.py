"""An import takes nothing from a record that it must not: protection, owners, confirmations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import Change, ChangeKind
from directory.clock import now
from directory.consulates.edit import Contacts, PhoneLine, state_contacts
from directory.consulates.models import Consulate, ConsulatePhoneKind
from directory.database import begin_write
from directory.exchange.load import import_consulates, import_lines, import_organizations, is_renewed, renew_seeds
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.lines.models import HelpLine
from directory.organizations.models import Location, Organization, VerificationMethod, Visibility
from directory.publication.consulates import find_consulates
from tests.factories import (
    add_consulates,
    add_organizations,
    consulate_row,
    line_row,
    organization_row,
    start_writing,
    write_csv,
)


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


def test_a_new_release_renews_consulates_and_keeps_what_they_stated(app: Flask, tmp_path: Path) -> None:
    old = [consulate_row(), consulate_row(consulate_key="hn-otro", protection_phones="+1 713-555-0143")]
    add_consulates(tmp_path, *old)
    db.session.rollback()
    begin_write(db.session)
    stating = db.session.scalars(select(Consulate).where(Consulate.source_key == "hn-otro")).one()
    line = PhoneLine("+17135550199", "+1 713-555-0199", None, ConsulatePhoneKind.PROTECTION)
    state_contacts(db.session, stating, Contacts((line,), None, None, "1 Calle Ficticia", None), "officer", now())
    db.session.commit()
    new = {"protection_phones": "+1 713-555-0100", "address": "2 Calle Nueva", "protection_phones_source_name": "News",
           "protection_phones_source_date": "2025-06", "address_source_name": "Map"}  # fmt: skip
    path = write_csv(tmp_path / "new.csv", *(row | new for row in old))
    tally = import_consulates(db.session, path)
    first, second = find_consulates(db.session)
    assert (first.phones[0].number, first.phones[0].source and first.phones[0].source.name) == ("+17135550100", "News")
    assert (first.address, first.address_source and first.address_source.name) == ("2 Calle Nueva", "Map")
    assert (second.phones[0].number, second.phones[0].source) == ("+17135550199", None)
    assert (second.address, second.address_source) == ("1 Calle Ficticia", None)
    assert (tally.updated, tally.kept) == (2, 2)


def test_a_source_without_a_name_is_refused(app: Flask, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bad.csv", consulate_row(address="x", address_source_date="2025"))
    with pytest.raises(BrokenFile, match="address_source_name"):
        import_consulates(db.session, path)


def test_an_installation_takes_in_what_a_release_says_anew_once(app: Flask, tmp_path: Path) -> None:
    write_csv(tmp_path / "consulates.csv", consulate_row())
    write_csv(tmp_path / "lines.csv", line_row())
    assert not is_renewed(db.session, tmp_path)
    assert renew_seeds(db.session, tmp_path).created == 2
    assert is_renewed(db.session, tmp_path)
    write_csv(tmp_path / "lines.csv", line_row(name="Línea Nueva"), line_row(line_key="other"))
    assert not is_renewed(db.session, tmp_path)
    tally = renew_seeds(db.session, tmp_path)
    assert (tally.created, tally.updated, tally.unchanged) == (1, 1, 1)
    assert is_renewed(db.session, tmp_path)
    write_csv(tmp_path / "own.csv", line_row(line_key="ours"))
    import_lines(db.session, tmp_path / "own.csv")
    write_csv(tmp_path / "lines.csv", line_row(name="Línea Nueva"))
    renew_seeds(db.session, tmp_path)
    shown = set(db.session.scalars(select(HelpLine.source_key).where(HelpLine.removed_at.is_(None))))
    assert shown == {"us-ejemplo", "ours"}, "what a release drops goes, what somebody else brought stays"
