"""The page of an organization: can it help now, how to reach it, and how sure we are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from directory.changes.models import Entity
from directory.clock import now
from directory.extensions import db
from directory.moderation.uses import count_use
from directory.organizations.wording import shelter_lines
from directory.places.countries import MEMBER_STATES
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.publication.lines import PublicLine
from directory.publication.organizations import public_organizations
from directory.publication.records import ConsulateLink, PublicLocation, PublicOrganization
from directory.web.lines import sending_lines
from directory.web.public.hours import is_open
from directory.web.public.lookup import find_or_abort
from directory.web.public.overlay import overlay_of_viewer
from directory.web.public.pages import blueprint
from directory.web.public.picks import read_picks
from directory.web.public.structured import structured_data

NATIONALITY = "nationality"
"""Key of the browser's session: the country that a reader named, for this visit."""
MOST_CONSULATES = 2


@dataclass(frozen=True)
class OwnConsulates:
    """For a reader's country: the consulates whose area this is, and the country's line where none has a number."""

    country: str
    consulates: tuple[PublicConsulate, ...]
    is_assumed: bool
    lines: tuple[PublicLine, ...]


@blueprint.get("/organizations/<slug>")
def organization(slug: str) -> ResponseReturnValue:
    """One organization, at the place that answered the search (`at`) where one did."""
    found = find_or_abort(Entity.ORGANIZATION, slug, "pages.organization")
    if not isinstance(found, UUID):
        return found
    record = next(iter(public_organizations(db.session, [found], now())), None) or abort(410)
    count_use(record.id)
    place = record.location_marked(request.args.get("at")) or record.location(None)
    country = _reader_s_country()
    by_country = _by_sending_country(record.consulates)
    response = make_response(
        render_template(
            "public/organization.html",
            record=record,
            place=place,
            others=[item for item in record.locations if item is not place],
            phones=record.numbers_at(place),
            refer_url=overlay_of_viewer().refer_url(record.pick_at(place)),
            consulates=by_country,
            own=_own_consulates(country, by_country.get(country, []), place) if country else None,
            open_now=_open_now(record),
            shelter_lines=shelter_lines,
            picks=read_picks(request.args),
            data=structured_data(record, url_for("pages.organization", slug=record.slug, _external=True)),
        )
    )
    if country or "from" in request.args:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _reader_s_country() -> str | None:
    """What the reader says or said in this visit; nothing is set before, and an empty answer forgets it."""
    said = request.args.get("from")
    if said is not None:
        if said and said not in MEMBER_STATES:
            abort(400)
        if said:
            session[NATIONALITY] = said
        else:
            session.pop(NATIONALITY, None)
    kept = session.get(NATIONALITY)
    return kept if kept in MEMBER_STATES else None


def _by_sending_country(links: tuple[ConsulateLink, ...]) -> dict[str, list[ConsulateLink]]:
    """The consulates of each sending country, the most local first; the embassy only where there is no other."""
    grouped: dict[str, list[ConsulateLink]] = defaultdict(list)
    for link in links:
        if link.why == "jurisdiction":
            grouped[link.sending_country].append(link)
    return {country: [link for link in found if link.kind != "embassy"] or found for country, found in grouped.items()}


def _own_consulates(country: str, links: list[ConsulateLink], place: PublicLocation | None) -> OwnConsulates:
    records = public_consulates(db.session, [link.id for link in links[:MOST_CONSULATES]])
    has_number = any(phone.number for record in records for phone in record.phones)
    lines = () if has_number else tuple(sending_lines(country, place.country if place else None)[:1])
    return OwnConsulates(country, tuple(records), any(link.assumed for link in links[:MOST_CONSULATES]), lines)


def _open_now(record: PublicOrganization) -> set[Any]:
    """The ids of the services that are open at this moment, by the clock of their first location."""
    instant = now()
    found = set()
    for service in record.services:
        place = record.location(service.locations[0]) if service.locations else None
        if place and place.timezone and is_open(service.schedule, place.timezone, instant):
            found.add(service.id)
    return found
