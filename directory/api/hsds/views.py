"""The routes of HSDS 3.1: six lists and what stands in them, by GET, and by POST with the same parameters."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from flask import Blueprint, g, redirect, render_template, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import Gone as GoneError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.api.export_files import NEVER
from directory.api.hsds import parameters
from directory.api.hsds.answers import answer, listed, one, page
from directory.api.hsds.openapi import document
from directory.api.responses import base_url, note_validator, open_to_all
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now, rfc3339
from directory.exchange.hsds.lists import Asked, Maker, Wanted
from directory.exchange.hsds.mapping import Mapping31
from directory.exchange.hsds.models import VERSION
from directory.exchange.hsds.profile import LEAD, NOT_USED, facts, sections
from directory.exchange.hsds.taxonomies import FACTS, Terms, taxonomies, taxonomy_id
from directory.extensions import csrf, db
from directory.problems import problem, validation_problem
from directory.publication.find import Found, Moved, find_record
from directory.publication.listings import listings, revised_since, service_exists
from directory.search.execute import matching_ids
from directory.search.marks import IndexMissing
from directory.search.parameters import BadQuery, SearchParameters, to_query
from directory.settings import VERSION as RELEASE
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.models import Taxonomy as Kind

DESCRIPTION = (
    "Civil society organizations that help people far from home, and with what. Open read access without a key."
)
P = TypeVar("P", bound=BaseModel)
blueprint = Blueprint("hsds", __name__, url_prefix="/hsds")
csrf.exempt(blueprint)
blueprint.before_request(note_validator)
BOTH = ("GET", "POST")


class BadQuestion(ValueError):
    """A parameter that cannot be used. Its text says which and why."""


@blueprint.errorhandler(ValidationError)
def _invalid(error: ValidationError) -> WerkzeugResponse:
    return validation_problem(error)


@blueprint.errorhandler(BadQuery)
@blueprint.errorhandler(BadQuestion)
def _unusable(error: ValueError) -> WerkzeugResponse:
    return problem(400, str(error))


@blueprint.errorhandler(IndexMissing)
def _no_index(_error: IndexMissing) -> WerkzeugResponse:
    return problem(503, "The search index is being built. Try again in a few seconds.")


@blueprint.route("/", methods=BOTH, strict_slashes=False)
def root() -> WerkzeugResponse:
    """What this is."""
    base = base_url()
    return answer(
        {
            "version": VERSION,
            "profile": f"{base}/hsds/profile",
            "openapi_url": f"{base}/hsds/openapi.json",
            "description": DESCRIPTION,
            "publisher": {"name": "Regional Conference on Migration", "url": base},
        }
    )


@blueprint.get("/openapi.json")
def openapi() -> WerkzeugResponse:
    """The document of this interface, complete in itself."""
    return answer(document(base_url()))


@blueprint.get("/profile")
def profile() -> str:
    """How records become HSDS, and what it has no field for."""
    return render_template("api/hsds_profile.html", lead=LEAD, sections=sections(), facts=facts(), not_used=NOT_USED)


@blueprint.route("/organizations", methods=BOTH)
def organizations() -> WerkzeugResponse:
    """Organizations by id."""
    query = _parsed(parameters.OrganizationList)
    ids = Asked(db.session, _wanted(query)).organizations()
    full, services = query.full or query.full_service, query.full_service
    return listed(query, ids, lambda part: _maker().organizations(part, full=full, with_services=services))


@blueprint.route("/organizations/<uuid:record_id>", methods=BOTH)
def organization(record_id: uuid.UUID) -> WerkzeugResponse:
    """One organization in full."""
    query = _parsed(parameters.OneOrganization)
    found = find_record(db.session, Entity.ORGANIZATION, str(record_id))
    if isinstance(found, Moved):
        row = find_by_slug(db.session, Entity.ORGANIZATION, found.slug)
        moved = redirect(url_for("hsds.organization", record_id=row[0] if row else record_id), code=301)
        return open_to_all(moved, "en", g.entity_tag)
    if not isinstance(found, Found):
        raise NotFound("There is no organization with this id.") if found is None else GoneError(_REMOVED)
    made = _maker().organizations([record_id], full=True, with_services=query.full_service)
    return one(made)


@blueprint.route("/services", methods=BOTH)
def services() -> WerkzeugResponse:
    """Services by id."""
    query = _parsed(parameters.ServiceList)
    pairs = Asked(db.session, _wanted(query)).services()
    if query.minimal:
        at = revised_since(db.session, NEVER)
        told = [{"id": str(service), "last_modified": rfc3339(at[owner])} for service, owner in pairs if owner in at]
        return answer(page(told, 1, max(1, len(told)), len(told)))
    return listed(query, pairs, lambda part: _maker().services(part, full=query.full))


@blueprint.route("/services/<uuid:record_id>", methods=BOTH)
def service(record_id: uuid.UUID) -> WerkzeugResponse:
    """One service in full."""
    owner = listings(db.session).services.get(record_id)
    if owner is None:
        raise GoneError(_REMOVED) if service_exists(db.session, record_id) else NotFound("There is no such service.")
    return one(_maker().services([(record_id, owner)], full=True))


@blueprint.route("/service_at_locations", methods=BOTH)
def service_at_locations() -> WerkzeugResponse:
    """Services at locations by id."""
    query = _parsed(parameters.ServiceAtLocationList)
    if query.proximity and not query.postcode:
        raise BadQuestion("proximity: it needs a postcode")
    ties = Asked(db.session, _wanted(query)).ties()
    return listed(query, ties, lambda part: _maker().ties(part, full=query.full))


@blueprint.route("/service_at_locations/<uuid:record_id>", methods=BOTH)
def service_at_location(record_id: uuid.UUID) -> WerkzeugResponse:
    """One service at a location, in full."""
    tie = listings(db.session).ties.get(record_id)
    if tie is None:
        raise NotFound("There is no such service at a location.")
    return one(_maker().ties([tie], full=True))


@blueprint.route("/taxonomies", methods=BOTH)
def all_taxonomies() -> WerkzeugResponse:
    """Taxonomies by id."""
    query = _parsed(parameters.TaxonomyList)
    found = [item for item in _taxonomies() if _holds(query.search, item.name, item.description)]
    return listed(query, found, iter)


@blueprint.route("/taxonomies/<uuid:record_id>", methods=BOTH)
def taxonomy(record_id: uuid.UUID) -> WerkzeugResponse:
    """One taxonomy."""
    return one(iter([item for item in _taxonomies() if item.id == record_id]))


@blueprint.route("/taxonomy_terms", methods=BOTH)
def taxonomy_terms() -> WerkzeugResponse:
    """Terms by id."""
    query = _parsed(parameters.TermList)
    found = [
        term
        for term in _terms()
        if query.taxonomy_id in (None, term.taxonomy_id)
        and query.parent_id in (None, term.parent_id)
        and not (query.top_only and term.parent_id)
        and _holds(query.search, term.code, term.name, term.description)
    ]
    return listed(query, found, iter)


@blueprint.route("/taxonomy_terms/<uuid:record_id>", methods=BOTH)
def taxonomy_term(record_id: uuid.UUID) -> WerkzeugResponse:
    """One term, with its taxonomy."""
    term = _terms().get(record_id)
    if term is None:
        raise NotFound("There is no such term.")
    detail = next(item for item in _taxonomies() if item.id == term.taxonomy_id)
    return one(iter([term.model_copy(update={"taxonomy_detail": detail})]))


# What they share.

_REMOVED = "This record was removed."


def _parsed(model: type[P]) -> P:
    return model.model_validate(parameters.asked())


def _terms() -> Terms:
    return Terms(vocabulary(db.session))


def _taxonomies() -> list[Any]:
    return taxonomies(RELEASE, base_url())


def _maker() -> Maker:
    return Maker(db.session, Mapping31(_terms(), base_url()), now())


def _wanted(query: parameters.RecordList) -> Wanted:
    """What narrows a list. Raises BadQuery, BadQuestion, IndexMissing."""
    found = None
    if query.search and query.search.strip():
        ids, _ = matching_ids(to_query(SearchParameters.model_validate({"q": query.search}), db.session), now())
        found = frozenset(ids)
    return Wanted(
        found=found,
        terms=_wanted_terms(query),
        organization_id=getattr(query, "organization_id", None),
        modified_after=query.modified_after,
        postcode=getattr(query, "postcode", None),
        proximity_m=getattr(query, "proximity", 0.0),
    )


def _wanted_terms(query: parameters.RecordList) -> frozenset[uuid.UUID] | None:
    if query.taxonomy_term_id is None and query.taxonomy_id is None:
        return None
    known = [term for term in _terms() if query.taxonomy_id in (None, term.taxonomy_id)]
    chosen = frozenset(term.id for term in known if query.taxonomy_term_id in (None, term.id))
    facts = taxonomy_id(FACTS)
    if any(term.taxonomy_id == facts for term in known if term.id in chosen):
        raise BadQuestion(f"lists are narrowed by terms of {', '.join(Kind)}, not by facts about records")
    return chosen


def _holds(search: str | None, *texts: str) -> bool:
    return not search or all(word in " ".join(texts).lower() for word in search.lower().split())
