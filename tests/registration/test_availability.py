"""Can they take someone now? Two taps, visible in search within a second, and gone by itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role
from directory.clock import now, today
from directory.extensions import db
from directory.organizations.availability import until_choices
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.site import Clock, database, make_user, organization_id, read, send, signed_in, visitor

WEDNESDAY = datetime(2026, 11, 25, 18, tzinfo=UTC)
"""Late in the morning in Tijuana, whose days these are."""
FRIDAY = "2026-11-27"


@pytest.fixture
def organization(site: Flask, tmp_path: Path) -> uuid.UUID:
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(name="Albergue Ficticio Uno"),
            organization_row(organization_key="dos", location_key="dos/1", name="Albergue Ficticio Dos"),
        )
        synchronise(search_index(), db.session)
    return read(site, lambda: organization_id("Albergue Ficticio Uno"))


def names(app: Flask, query: str = "") -> list[str]:
    with app.app_context():
        synchronise(search_index(), db.session)
    found = visitor(app).get(f"/api/v1/search?q=albergue+ficticio{query}").get_json()["results"]
    return [item["name"] for item in found]


def state(app: Flask) -> tuple[str, str | None]:
    data = visitor(app).get("/api/v1/organizations/albergue-ficticio-uno").get_json()
    return data["services"][0]["availability"]["state"], data["services"][0]["availability"]["until"]


def tap(app: Flask, organization: uuid.UUID, **data: object) -> int:
    with database(app):
        token = make_link(db.session, LinkPurpose.MANAGE, now(), organization_id=organization)
        services = [str(row.id) for row in _services(organization)]
    page = f"/es/manage/{token}"
    return send(visitor(app), page, {"services": services, **data}, to=f"{page}/availability").status_code


def _services(organization: uuid.UUID):
    from directory.organizations.models import Organization

    return db.session.get_one(Organization, organization).services


def test_full_until_friday_shows_at_once_and_is_gone_on_saturday(site: Flask, organization: uuid.UUID) -> None:
    clock = Clock(site, WEDNESDAY)
    assert names(site) == ["Albergue Ficticio Dos", "Albergue Ficticio Uno"]
    assert tap(site, organization, state="full", until=FRIDAY) == 303
    assert state(site) == ("full", FRIDAY)
    assert names(site)[-1] == "Albergue Ficticio Uno"
    assert names(site, "&available=1") == ["Albergue Ficticio Dos"]
    page = visitor(site).get("/es/organizations/albergue-ficticio-uno").get_data(as_text=True)
    assert "27 de noviembre" in page
    clock.pass_days(2)
    assert state(site) == ("full", FRIDAY), "the whole of Friday"
    clock.pass_days(1)
    assert state(site) == ("unknown", None), "nobody had to do anything"
    assert "Albergue Ficticio Uno" in names(site, "&available=1")


def test_open_before_full_where_the_words_fit_equally(site: Flask, organization: uuid.UUID) -> None:
    Clock(site, WEDNESDAY)
    tap(site, organization, state="open", until=FRIDAY)
    assert names(site)[0] in ("Albergue Ficticio Uno", "Albergue Ficticio Dos")
    assert set(names(site, "&available=1")) == {"Albergue Ficticio Uno", "Albergue Ficticio Dos"}


@pytest.mark.parametrize(
    "data",
    [
        {"state": "full", "until": "2026-11-20"},
        {"state": "full", "until": "2027-11-20"},
        {"state": "full", "until": "Friday"},
        {"state": "happy", "until": FRIDAY},
        {"until": FRIDAY},
        {"state": "full", "until": FRIDAY, "services": []},
        {"state": "full", "until": FRIDAY, "services": [str(uuid.UUID(int=0))]},
        {"state": "full", "until": FRIDAY, "note": "x" * 301},
    ],
)
def test_what_cannot_be_is_refused(site: Flask, organization: uuid.UUID, data: dict[str, object]) -> None:
    Clock(site, WEDNESDAY)
    assert tap(site, organization, **data) == 422
    assert state(site) == ("unknown", None)


def test_saying_nothing_takes_it_back(site: Flask, organization: uuid.UUID) -> None:
    Clock(site, WEDNESDAY)
    tap(site, organization, state="full", until="open-ended", note="Toque el timbre")
    assert state(site) == ("full", None)
    tap(site, organization, state="unknown", until=FRIDAY)
    assert state(site) == ("unknown", None)


def test_an_officer_notes_it_after_a_call(site: Flask, organization: uuid.UUID, tmp_path: Path) -> None:
    Clock(site, WEDNESDAY)
    with site.app_context():
        add_consulates(tmp_path, consulate_row(host_country="MX", city="Tijuana", admin1="MX-BCN"))
    officer = signed_in(site, make_user(site, "o@x.example", Role.CONSULATE, country="HN"))
    page = "/es/workspace/organizations/albergue-ficticio-uno/availability"
    officer.page(page)
    services = read(site, lambda: [str(row.id) for row in _services(organization)])
    assert send(officer, page, {"services": services, "state": "limited", "until": FRIDAY}).status_code == 303
    assert state(site) == ("limited", FRIDAY)


def test_the_days_on_the_buttons() -> None:
    days = [day.isoformat() for day in until_choices(WEDNESDAY.date())]
    assert days == ["2026-11-25", "2026-11-26", FRIDAY, "2026-11-29", "2026-12-02", "2026-12-09"]
    assert today  # the clock is a parameter of the application, not of these functions
