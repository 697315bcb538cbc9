"""Which address proves that somebody speaks for an organization: never one that anybody can get."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.extensions import db
from directory.organizations.duplicates.contacts import FREE_MAIL
from directory.organizations.edit import record_data
from directory.organizations.models import Organization
from directory.organizations.remove import unpublish
from directory.registration.proof import SOCIAL_HOSTS, host_of, own_domain, proves
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_organizations, organization_row
from tests.site import database, letters, organization_id, read, send, visitor

LISTED = Path(__file__).with_name("proving_domains.txt")
"""What proves in the seed data, as somebody has read it through: one domain a line."""


def recorded(site: Flask, tmp_path: Path, **cells: str) -> uuid.UUID:
    with site.app_context():
        add_organizations(tmp_path, organization_row(**cells))
    return read(site, lambda: organization_id("Casa Ejemplo"))


def is_proof(site: Flask, organization: uuid.UUID, address: str) -> bool:
    def answer() -> bool:
        row = db.session.get_one(Organization, organization)
        return proves(db.session, row, record_data(db.session, organization, vocabulary(db.session)), address)

    return read(site, answer)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ana@casa-ejemplo.org", True),
        ("casa@gmail.com", True),
        ("ana@mail.casa-ejemplo.org", True),
        ("other@gmail.com", False),
        ("thief@hotmail.es", False),
        ("ana@casa-ejemplo.org.evil.com", False),
        ("ana@evilcasa-ejemplo.org", False),
        ("ana@org", False),
    ],
)
def test_which_address_proves_something(site: Flask, tmp_path: Path, address: str, expected: bool) -> None:
    organization = recorded(site, tmp_path, website="https://www.casa-ejemplo.org/es/", email="casa@gmail.com")
    assert is_proof(site, organization, address) is expected


@pytest.mark.parametrize(
    ("website", "email", "thief"),
    [
        ("", "casa@telnor.net", "thief@telnor.net"),
        ("https://www.facebook.com/casa", "casa@cablemas.com.mx", "thief@cablemas.com.mx"),
        ("https://casa.wordpress.com", "", "thief@casa.wordpress.com"),
        ("https://law.cuny.edu/clinic", "", "thief@cuny.edu"),
        ("https://law.stmarytx.edu", "", "thief@law.stmarytx.edu"),
        ("https://www.unam.mx/clinica", "", "thief@unam.mx"),
        ("https://www.gob.mx", "", "thief@gob.mx"),
        ("https://asylum.ny.gov", "", "thief@asylum.ny.gov"),
        ("https://clinica.universidad.org", "", "thief@universidad.org"),
    ],
)
def test_a_domain_where_others_have_mail_proves_nothing(
    site: Flask, tmp_path: Path, website: str, email: str, thief: str
) -> None:
    organization = recorded(site, tmp_path, website=website, email=email)
    assert not is_proof(site, organization, thief)


@pytest.mark.parametrize(
    "cells",
    [
        {"website": "https://casa-ejemplo.org/otra"},
        {"website": "https://norte.casa-ejemplo.org"},
        {"email": "norte@casa-ejemplo.org"},
        {"location_email": "norte@casa-ejemplo.org"},
    ],
)
def test_a_domain_of_two_records_proves_nothing(site: Flask, tmp_path: Path, cells: dict[str, str]) -> None:
    organization = recorded(site, tmp_path, website="https://casa-ejemplo.org", email="casa@casa-ejemplo.org")
    assert is_proof(site, organization, "ana@casa-ejemplo.org")
    with site.app_context():
        add_organizations(tmp_path, organization_row(organization_key="b", location_key="b/1", name="Otra", **cells))
    assert not is_proof(site, organization, "ana@casa-ejemplo.org")
    assert is_proof(site, organization, "casa@casa-ejemplo.org"), "the very address on record still does"


def test_capitals_hide_no_other_record_and_one_that_is_gone_counts_for_nothing(site: Flask, tmp_path: Path) -> None:
    organization = recorded(site, tmp_path, website="https://casa-ejemplo.org")
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(organization_key="b", location_key="b/1", name="Otra", website="https://www.Casa-Ejemplo.ORG/x",
                             location_email="norte@casa-ejemplo.org"),
        )  # fmt: skip
    assert not is_proof(site, organization, "ana@casa-ejemplo.org")
    with database(site):
        other = db.session.scalars(select(Organization).where(Organization.name == "Otra")).one()
        unpublish(db.session, other, "test")
    assert is_proof(site, organization, "ana@casa-ejemplo.org")


def test_the_claim_page_names_only_what_proves_and_a_provider_gives_no_access(site: Flask, tmp_path: Path) -> None:
    recorded(site, tmp_path, email="casa@telnor.net")
    browser = visitor(site)
    page = "/es/organizations/casa-ejemplo/claim"
    assert "telnor.net" not in browser.page(page)
    assert send(browser, page, {"email": "thief@telnor.net"}).status_code == 303
    assert letters(site) == []


def test_all_that_proves_in_the_seed_data_is_an_organizations_own(seeded: Flask) -> None:
    """No provider, university, authority or platform; what is new in the list must be read by somebody."""
    terms = vocabulary(db.session)
    candidates = [row for row in db.session.scalars(select(Organization)) if host_of(row.website)]
    found = {own_domain(db.session, row, record_data(db.session, row.id, terms)) for row in candidates}
    domains = sorted(domain for domain in found if domain)
    assert domains == LISTED.read_text(encoding="utf-8").split()
    shared = FREE_MAIL | SOCIAL_HOSTS
    assert not [domain for domain in domains if domain in shared or domain.partition(".")[2] in shared]
    assert not [domain for domain in domains if re.search(r"(^|\.)(edu|gob|gov|gouv|gc|mil|ac)(\.|$)", domain)]
