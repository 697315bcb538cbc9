"""A day belongs to the place: what is said until Friday holds until midnight there, on a server anywhere."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from directory.clock import end_of_day, last_end_of_day, now
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.organizations.availability import BadUntil, set_availability
from directory.organizations.models import Organization
from directory.organizations.services import AvailabilityState
from directory.partnerships.models import Agreement, Partnership, PartnershipState, ReferralChannel, Side
from directory.places.models import Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.publication.consulates import public_consulates
from directory.publication.partners import PublicPartners
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.site import Clock, database, organization_id, read, visitor

FRIDAY = date(2026, 11, 27)
TOWNS = {
    "America/Tijuana": ("Tijuana", "MX", "MX-BCN"),
    "America/Mexico_City": ("Mexico City", "MX", "MX-CMX"),
    "America/Halifax": ("Halifax", "CA", "CA-NS"),
    "Pacific/Honolulu": ("Honolulu", "US", "US-HI"),
    "America/Guatemala": ("Guatemala City", "GT", "GT-01"),
}


@pytest.fixture(params=["UTC", "Asia/Tokyo"])
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine."""
    former = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if former is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = former
    time.tzset()


def house_in(site: Flask, tmp_path: Path, zone: str) -> uuid.UUID:
    town, country, admin1 = TOWNS[zone]
    with database(site):
        for name, (code, state, place) in {"Halifax": ("CA", "CA-NS", "America/Halifax"),
                                           "Honolulu": ("US", "US-HI", "Pacific/Honolulu")}.items():  # fmt: skip
            key = f"t-{name.lower()}"
            db.session.add(Place(id=key, kind=PlaceKind.TOWN, name=name, country=code, admin1=state, timezone=place))
            db.session.flush()
            db.session.add(PlaceName(place_id=key, folded=fold(name), name=name))
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(
                name="Casa Ficticia", location_city=town, location_country=country, location_admin1=admin1
            ),
        )
    return read(site, lambda: organization_id("Casa Ficticia"))


def said(site: Flask) -> set[str]:
    """What the search, its page, the record and its page say of it, now."""
    client = visitor(site)
    (hit,) = client.get("/api/v1/search?q=casa+ficticia").get_json()["results"]
    (record,) = [client.get(f"/api/v1/organizations/{hit['slug']}").get_json()]
    found = client.get("/api/v1/search?q=casa+ficticia&available=1").get_json()["total"]
    states = {hit["availability"]["state"], *(item["availability"]["state"] for item in record["services"])}
    for path in ("/es/search?q=casa+ficticia", "/es/organizations/casa-ficticia"):
        states.add("full" if "27 de noviembre" in client.get(path).get_data(as_text=True) else "unknown")
    states.add("unknown" if found else "full")
    return states


@pytest.mark.parametrize("zone", TOWNS)
def test_until_friday_is_until_midnight_there(site: Flask, tmp_path: Path, server_zone: str, zone: str) -> None:
    house = house_in(site, tmp_path, zone)
    midnight = datetime(2026, 11, 28, tzinfo=ZoneInfo(zone))
    clock = Clock(site, midnight - timedelta(hours=20))
    with database(site):
        record = db.session.get_one(Organization, house)
        services = {service.id for service in record.services}
        set_availability(db.session, record, services, AvailabilityState.FULL, FRIDAY, None, "test", now())
    with site.app_context():
        synchronise(search_index(), db.session)
    for before in (20, 12, 8, 4, 1, 1 / 60):
        clock.at = (midnight - timedelta(hours=before)).astimezone(UTC)
        assert said(site) == {"full"}, f"{before} h before midnight"
    for after in (0, 1 / 60, 3, 12):
        clock.at = (midnight + timedelta(hours=after)).astimezone(UTC)
        assert said(site) == {"unknown"}, f"{after} h after midnight"


@pytest.mark.parametrize("zone", TOWNS)
def test_today_of_ones_own_town_can_be_chosen_at_any_hour(
    site: Flask, tmp_path: Path, server_zone: str, zone: str
) -> None:
    house = house_in(site, tmp_path, zone)
    for hour in range(24):
        Clock(site, datetime(2026, 11, 27, hour, 30, tzinfo=ZoneInfo(zone)))
        with database(site):
            record = db.session.get_one(Organization, house)
            services = {service.id for service in record.services}
            set_availability(db.session, record, services, AvailabilityState.FULL, FRIDAY, None, "test", now())
            with pytest.raises(BadUntil):
                yesterday = FRIDAY - timedelta(days=1)
                set_availability(db.session, record, services, AvailabilityState.OPEN, yesterday, None, "test", now())


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2028, 2, 29), date(2026, 12, 31)])
@pytest.mark.parametrize("zone", [*TOWNS, "America/St_Johns", "America/Toronto", "Pacific/Guam", "America/Adak"])
def test_answers_are_never_kept_past_the_end_of_a_day(server_zone: str, zone: str, day: date) -> None:
    end = end_of_day(day, zone)
    assert end.astimezone(ZoneInfo(zone)).date() == day + timedelta(days=1)
    assert (end - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).date() == day
    assert last_end_of_day(end) == end, "the view of before is not used any more"
    assert last_end_of_day(end - timedelta(seconds=1)) < end
    assert end - last_end_of_day(end - timedelta(seconds=1)) <= timedelta(hours=24)


def test_a_partnership_holds_until_its_consulate_s_midnight(site: Flask, tmp_path: Path, server_zone: str) -> None:
    house = house_in(site, tmp_path, "America/Tijuana")
    with site.app_context():
        add_consulates(tmp_path, consulate_row())
    consulate_zone = "America/Chicago"
    midnight = datetime(2026, 11, 28, tzinfo=ZoneInfo(consulate_zone)).astimezone(UTC)
    with database(site):
        consulate = db.session.query(Consulate).one()
        assert consulate.timezone == consulate_zone
        db.session.add(
            Partnership(
                consulate_id=consulate.id, organization_id=house, state=PartnershipState.ACTIVE, is_public=True,
                proposed_by=Side.CONSULATE, valid_until=FRIDAY, agreement=Agreement.LETTER, areas=[], nationalities=[],
                channel=ReferralChannel.PHONE, detention_places=[], language="es",
                accepted_at=midnight - timedelta(days=3), accepted_how="link",
            )
        )  # fmt: skip
        key = consulate.id
    for minutes, holds in ((-600, True), (-1, True), (0, False), (600, False)):
        at = midnight + timedelta(minutes=minutes)
        assert read(site, lambda at=at: bool(PublicPartners.load(db.session, at).of_consulate(key))) is holds  # type: ignore[misc]
    assert read(site, lambda: public_consulates(db.session, [key]))
