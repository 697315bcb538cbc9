"""What waits for a moderator, and what of it somebody looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.models import Role, User
from directory.accounts.viewer import actor_name, viewer
from directory.clock import now
from directory.extensions import db
from directory.moderation.pending import pending_of
from directory.moderation.queue import QueueFilter, counts_by_state, reported, waiting
from directory.organizations.differences import Difference
from directory.organizations.models import Organization
from directory.organizations.wording import field_name, value_text
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import data_of
from directory.search.phrases.suggested import count_waiting
from directory.web.languages import page_blueprint
from directory.web.registration.links import slug_of

blueprint: Blueprint = page_blueprint("moderation", __name__)
Row = tuple[str, str, str]
"""A value for a diff: its label, before, after."""


def my_countries() -> frozenset[str] | None:
    """The countries I moderate; None: all."""
    grants = viewer().grants
    if any(grant.role == Role.ADMIN or (grant.role == Role.MODERATOR and grant.country is None) for grant in grants):
        return None
    return frozenset(grant.country for grant in grants if grant.role == Role.MODERATOR and grant.country)


def rows_of(changes: list[Difference]) -> list[Row]:
    """A diff as a page shows it."""
    return [
        (field_name(item.path), value_text(item.path, item.before, g.lang), value_text(item.path, item.after, g.lang))
        for item in changes
        if item.path[-1] not in ("position", "place_id", "latitude", "longitude")
    ]


def actor_text(actor: str) -> str:
    """Who acted, as a moderator recognises them: a colleague by e-mail, everything else by kind."""
    kind, _, key = actor.partition(":")
    if kind == "user":
        return db.session.scalar(select(User.email).where(User.id == UUID(key))) or gettext("a former colleague")
    names = {
        "public": gettext("somebody on the public page"),
        "organization": gettext("the organization, by its link"),
        "submission": gettext("the submitter"),
        "link": gettext("the organization, by its link"),
        "account": gettext("an editor"),
        "old-channel": gettext("the address on record"),
        "visitor": gettext("a visitor: %(name)s", name=key),
        "import": gettext("an import"),
        "command": gettext("a command"),
        "reports": gettext("two reports"),
    }
    return str(names.get(kind, actor))


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"actor_text": actor_text}


@blueprint.get("/moderation/")
def home() -> str:
    """What there is to do."""
    return render_template(
        "moderation/home.html",
        counts=counts_by_state(db.session, my_countries()),
        reported=[(item, slug_of(item.organization.id)) for item in reported(db.session, my_countries())[:10]],
        countries=my_countries(),
        words_waiting=count_waiting(db.session),
    )


@dataclass(frozen=True)
class Shown:
    """What of the queue somebody looks at, as the address says it."""

    filter: QueueFilter
    arguments: dict[str, Any]
    """The same for an address."""


def shown() -> Shown:
    """The filters of the address; what cannot be is left out."""
    given = {name: request.args.get(name, "") for name in ("state", "kind", "country", "risk", "mine")}
    asked = set(SubmissionState) - {SubmissionState.DRAFT}  # what is not sent yet is nobody else's
    states = frozenset({SubmissionState(given["state"])}) if given["state"] in asked else OPEN_STATES
    kinds = frozenset({SubmissionKind(given["kind"])}) if given["kind"] in set(SubmissionKind) else None
    mine, country = my_countries(), given["country"]
    wanted = frozenset({country}) if country else None
    chosen = QueueFilter(
        states=states,
        kinds=kinds or frozenset(SubmissionKind),
        countries=(wanted & mine if wanted else mine) if mine is not None else wanted,
        assigned_to=viewer().user_id if given["mine"] else None,
        risk=given["risk"] or None,
    )
    return Shown(chosen, {name: value for name, value in given.items() if value})


@blueprint.get("/moderation/queue")
def queue() -> str:
    """What waits, the riskiest and oldest first; a row says what a decision needs."""
    chosen = shown()
    kind = request.args.get("kind", "")
    words = count_waiting(db.session) if kind in ("", "word") else 0
    items = [] if kind == "word" else waiting(db.session, chosen.filter, now())
    rows = [
        (item, data_of(item.submission) if item.submission.kind != SubmissionKind.CLAIM else None) for item in items
    ]
    return render_template(
        "moderation/queue.html",
        items=rows,
        words_waiting=words,
        chosen=chosen.arguments,
        kind=kind,
        undo=undoable(),
    )


Undo = tuple[Submission, str, str]
"""A decision that can be taken back: its submission, the name, what was decided."""


def undoable() -> Undo | None:
    """The decision that was just made here and can be taken back."""
    try:
        return undo_of(UUID(request.args.get("undo", "")))
    except ValueError:
        return None


def undo_of(submission_id: UUID) -> Undo | None:
    """My decision about a submission, as long as it can be taken back."""
    pending = pending_of(db.session, submission_id)
    if pending is None or pending.due_at <= now() or pending.decided_by != actor_name():
        return None
    found = db.session.get_one(Submission, pending.submission_id)
    organization = db.session.get(Organization, found.organization_id) if found.organization_id else None
    name = organization.name if organization else str(found.data.get("name") or "—")
    return found, name, pending.decision.value
