"""What the pages of registration share: the blueprint, the first screen, likely duplicates, what collides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from directory.accounts.throttle import throttle
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.extensions import db
from directory.organizations.differences import Conflict
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.models import Location, Visibility
from directory.organizations.wording import field_name, value_text
from directory.registration.models import Submission
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.registration.essentials_form import BIG_NEEDS, EssentialsForm

blueprint: Blueprint = page_blueprint("register", __name__)
WRITES_LETTERS = ("register.letter_again", "register.hand_in", "links.manage_numbers", "editing.set_numbers")
"""Where a press of a button may send a letter to somebody else."""
STEPS = ("essentials", "services", "people", "places", "about")


def step_titles() -> dict[str, str]:
    """What the steps are called."""
    return {
        "essentials": gettext("The essentials"),
        "services": gettext("What help, how and when"),
        "people": gettext("For whom, in which languages"),
        "places": gettext("Places"),
        "about": gettext("About the organization"),
    }


def essentials_page(
    form: EssentialsForm,
    submission: Submission | None,
    token: str | None,
    conflicts: list[Conflict] | None = None,
    only: tuple[str, ...] | None = None,
) -> str:
    if only:
        for name in [name for name in form.errors if name not in only]:
            form[name].errors = []
    return render_template(
        "registration/essentials.html",
        form=form,
        terms_by_group=areas_by_group(),
        big_needs=BIG_NEEDS,
        submission=submission,
        token=token,
        similar=similar_records(form.name.data, form.country.data) if submission is None else [],
        conflicts=told(conflicts),
    )


def areas_by_group() -> list[tuple[str, list[str]]]:
    terms = vocabulary(db.session)
    return [
        (group.labels[g.lang], [term.slug for term in terms.areas_of(slug)]) for slug, group in terms.groups.items()
    ]


def told(conflicts: list[Conflict] | None) -> list[tuple[str, str, str]]:
    """What two tabs or two people wrote differently: field, the value saved meanwhile, the value here."""
    return [
        (
            field_name(item.path),
            value_text(item.path, item.theirs, g.lang),
            value_text(item.path, item.mine, g.lang),
        )
        for item in conflicts or []
    ]


@dataclass(frozen=True)
class Similar:
    """A record that may be the same organization, in what it is alike, and where it is."""

    name: str
    slug: str
    place: str
    reasons: tuple[str, ...]


def similar_records(name: str | None, country: str | None) -> list[Similar]:
    if not name:
        return []
    matches = current_duplicates(db.session).typed(name, country or None)
    ids = [match.organization_id for match in matches]
    slugs = current_slugs(db.session, Entity.ORGANIZATION, ids)
    places: dict[Any, str] = {}
    query = select(Location.organization_id, Location.city).where(
        Location.organization_id.in_(ids), Location.visibility != Visibility.HIDDEN
    )
    for row in db.session.execute(query.order_by(Location.position.desc())):
        places[row.organization_id] = row.city or ""
    return [
        Similar(match.name, slugs[match.organization_id], places.get(match.organization_id, ""),
                tuple(reason.value for reason in match.reasons))
        for match in matches
        if match.organization_id in slugs
    ]  # fmt: skip


def throttle_registration() -> None:
    """Count registrations, before anything else happens in the request."""
    if request.method == "POST" and request.endpoint == "register.start_save":
        throttle("register", request.remote_addr, request.form.get("email", "")[:120] or None)
    elif request.method == "POST" and request.endpoint in WRITES_LETTERS:
        arguments = request.view_args or {}
        throttle("letter", request.remote_addr, arguments.get("token") or arguments.get("slug"))
    elif request.endpoint in ("register.similar", "register.places"):
        throttle("suggest", request.remote_addr)


def no_store(response: BaseResponse) -> BaseResponse:
    """Pages under a private link stay in no cache."""
    if request.view_args and "token" in request.view_args:
        response.headers["Cache-Control"] = "no-store"
    return response
