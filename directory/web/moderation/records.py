"""The history of one record, and what a moderator can do to it at once."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name, require
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now, today
from directory.extensions import db
from directory.mail.outbox import refused_addresses
from directory.moderation.erasure import ask_for_purge, erase_organization
from directory.moderation.history import compare, decisions, merged_records, restore, revisions
from directory.moderation.merging import ContactsSuspended, SameRecord, merge_records
from directory.moderation.removal import remove, suspend
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.edit import NoSuchRevision, record_data
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import restore_contacts, verify
from directory.publication.records import PublicOrganization
from directory.registration.keys import was_spoken_to
from directory.registration.reports import open_reports, resolve_reports
from directory.registration.submissions import open_about
from directory.registration.twins import fingerprint_of
from directory.settings import Settings
from directory.vocabulary.catalogue import vocabulary
from directory.web.moderation.queue import blueprint, rows_of
from directory.web.registration.fields import stripped
from directory.web.registration.records import record_at, target_of

MAX_REVISION = 2**31


def _revision_number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number < MAX_REVISION else None


def _mine(slug: str) -> tuple[Organization, PublicOrganization]:
    organization, record = record_at(slug)
    require(Permission.MODERATE, target_of(record))
    return organization, record


@blueprint.get("/moderation/organizations/<slug>")
def record(slug: str) -> str:
    """Everything about one record: reports, revisions, decisions, possible duplicates, refused mail."""
    organization, public = _mine(slug)
    terms = vocabulary(db.session)
    data = record_data(db.session, organization.id, terms)
    numbers = revisions(db.session, organization.id)
    older = _revision_number("older") or (numbers[1].number if len(numbers) > 1 else 0)
    newer = _revision_number("newer") or (numbers[0].number if numbers else 0)
    try:
        changes = compare(db.session, organization.id, older, newer, terms) if older and newer else []
    except NoSuchRevision:
        abort(404)
    found = current_duplicates(db.session).find(fingerprint_of(data), exclude=(organization.id,))
    return render_template(
        "moderation/record.html",
        organization=organization,
        record=public,
        revisions=numbers,
        older=older,
        newer=newer,
        rows=rows_of(changes),
        decisions=decisions(db.session, organization.id)[:50],
        merged=merged_records(db.session, organization.id),
        reports=open_reports(db.session, organization.id),
        open=open_about(db.session, organization.id),
        duplicates=found,
        refused=refused_addresses(db.session, organization.id),
        may_have_key=was_spoken_to(organization, today()),
    )


@blueprint.post("/moderation/organizations/<slug>/restore")
def restore_revision(slug: str) -> ResponseReturnValue:
    """Make the record say again what it said."""
    organization, public = _mine(slug)
    number = min(request.form.get("number", type=int) or 0, MAX_REVISION - 1)
    try:
        changed = restore(db.session, organization, number, vocabulary(db.session), actor_name())
    except NoSuchRevision:
        abort(404)
    db.session.commit()
    flash(gettext("Revision %(number)s is restored.", number=number) if changed else gettext("Nothing was changed."))
    return redirect(url_for("moderation.record", slug=public.slug), code=303)


@blueprint.post("/moderation/organizations/<slug>/<any(suspend, unsuspend, resolve, verify, remove):action>")
def act(slug: str, action: str) -> ResponseReturnValue:
    """Hide or show contacts, close reports, note a confirmation, take the record off."""
    organization, public = _mine(slug)
    note = (stripped(request.form.get("note")) or "")[:300] or None
    if action == "suspend":
        suspend(db.session, organization, note, actor_name(), now())
        flash(gettext("The contacts are out of public sight, and every link to the record is dead."))
    elif action == "unsuspend":
        restore_contacts(db.session, organization, actor_name())
        flash(gettext("The contacts are public again."))
    elif action == "resolve":
        resolve_reports(db.session, organization.id, actor_name(), now())
        flash(gettext("The reports are closed."))
    elif action == "verify":
        method = request.form.get("method", "call")
        if method not in set(VerificationMethod):
            abort(400)
        verify(db.session, organization, VerificationMethod(method), actor_name(), today())
        resolve_reports(db.session, organization.id, actor_name(), now())
        flash(gettext("The record is confirmed."))
    else:
        remove(db.session, organization, actor_name(), now())
        db.session.commit()
        flash(gettext("The record is out of the directory."))
        return redirect(url_for("moderation.home"), code=303)
    db.session.commit()
    return redirect(url_for("moderation.record", slug=public.slug), code=303)


@blueprint.post("/moderation/organizations/<slug>/erase")
def erase(slug: str) -> ResponseReturnValue:
    """Erase all about a record, for who asks for it; its name must be written, since nothing brings it back."""
    organization, public = _mine(slug)
    if (request.form.get("slug") or "").strip() != public.slug:
        flash(gettext("Write the name of the record’s page exactly, so that nothing is erased by mistake."))
        return redirect(url_for("moderation.record", slug=public.slug), code=303)
    settings: Settings = current_app.extensions["directory.settings"]
    erase_organization(db.session, organization, actor_name(), now())  # type: ignore[arg-type]
    db.session.commit()
    ask_for_purge(settings.data_dir)
    flash(gettext("Everything about the record is erased. Backups keep it until they end."))
    return redirect(url_for("moderation.home"), code=303)


@blueprint.post("/moderation/organizations/<slug>/merge")
def merge(slug: str) -> ResponseReturnValue:
    """Make this record a part of another one."""
    organization, public = _mine(slug)
    into = (request.form.get("into") or "").strip().rstrip("/").rpartition("/")[2][:120]
    found = find_by_slug(db.session, Entity.ORGANIZATION, into)
    kept = db.session.get(Organization, found[0]) if found else None
    if kept is None:
        return _not_merged(public.slug)
    _mine(into)
    try:
        merge_records(db.session, kept, organization, vocabulary(db.session), actor_name(), now())
    except SameRecord:
        return _not_merged(public.slug)
    except ContactsSuspended:
        db.session.rollback()
        flash(gettext("While contacts are suspended, records are not merged."))
        return redirect(url_for("moderation.record", slug=public.slug), code=303)
    db.session.commit()
    flash(gettext("Merged into %(name)s.", name=kept.name))
    return redirect(url_for("moderation.record", slug=into), code=303)


def _not_merged(slug: str) -> ResponseReturnValue:
    db.session.rollback()
    flash(gettext("Write the address name (slug) of another record that is in the directory."))
    return redirect(url_for("moderation.record", slug=slug), code=303)
