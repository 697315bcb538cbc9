"""Pages of an account, and of those who invite and replace people."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user
from sqlalchemy import select

from directory.accounts.models import Grant, Role, User
from directory.accounts.people import Scope, count_admins, invite, people_of, replace, reset_second_factor, withdraw
from directory.accounts.policy import Permission, Target, allows
from directory.accounts.sessions import end_all_sessions, end_session, open_sessions
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now
from directory.consulates.models import Consulate, ConsulateStatus
from directory.extensions import db
from directory.moderation.calls import hand_back_calls
from directory.organizations.models import Organization
from directory.places.countries import MEMBER_STATES, country_name
from directory.publication.consulates import consulate_name, find_consulates
from directory.referrals.refer import hand_over_referrals
from directory.registration.submissions import hand_over
from directory.web.accounts.forms import InviteForm, ReplaceForm
from directory.web.accounts.sessions import KEY, is_over
from directory.web.display import current_language
from directory.web.languages import page_blueprint

account: Blueprint = page_blueprint("account", __name__)
people: Blueprint = page_blueprint("people", __name__)


@account.get("/account/begin")
def begin() -> ResponseReturnValue:
    """Where somebody goes who has just signed in: to the desk of their work; whoever has none, to the account."""
    if viewer().granted(Role.CONSULATE):
        return redirect(url_for("desk.home"), code=302)
    return redirect(url_for("moderation.home" if allows(viewer(), Permission.MODERATE) else "account.home"), code=302)


@account.get("/account")
def home() -> str:
    """What I am here, where I am signed in, and what I can change."""
    organization_ids = [grant.organization_id for grant in current_user.grants if grant.organization_id]
    names = db.session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(organization_ids)))
    return render_template(
        "accounts/account.html",
        user=current_user,
        roles=[_role_text(grant) for grant in current_user.grants],
        sessions=[row for row in open_sessions(db.session, current_user.id) if not is_over(row)],
        this_session=session.get(KEY),
        organizations=[(row.name, slug) for row in names if (slug := _organization_slug(row.id))],
        has_second_factor=viewer().has_second_factor,
    )


def _organization_slug(organization_id: UUID) -> str | None:
    return current_slugs(db.session, Entity.ORGANIZATION, [organization_id]).get(organization_id)


@account.post("/account/sessions/<uuid:sign_in_id>/end")
def end(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign one of my browsers out."""
    end_session(db.session, current_user.id, sign_in_id, now())
    db.session.commit()
    flash(gettext("That browser is signed out."))
    return redirect(url_for("account.home"), code=303)


@account.post("/account/sessions/end")
def end_all() -> ResponseReturnValue:
    """Sign me out everywhere, here too."""
    end_all_sessions(db.session, current_user.id, now())
    db.session.commit()
    flash(gettext("You are signed out everywhere."))
    return redirect(url_for("security.login"), code=303)


@people.get("/people")
def home_of_people() -> str:
    """Who has access, as far as I answer for them."""
    return _people_page(InviteForm(_role_choices()), ReplaceForm())


@people.post("/people")
def invite_somebody() -> ResponseReturnValue:
    """Invite by e-mail."""
    form = InviteForm(_role_choices())
    if not form.validate_on_submit():
        return _people_page(form, ReplaceForm()), 422
    role, scope = _chosen_role(form.role.data)
    invite(db.session, form.email.data, role, scope, form.language.data, actor_name())
    db.session.commit()
    flash(gettext("%(email)s has access now. A letter with a link is on its way.", email=form.email.data))
    return redirect(url_for("people.home_of_people"), code=303)


@people.post("/people/<uuid:user_id>/replace")
def replace_officer(user_id: UUID) -> ResponseReturnValue:
    """Put a successor in an officer's place; open work moves along."""
    former = _person(user_id)
    form = ReplaceForm()
    if not form.validate_on_submit():
        return _people_page(InviteForm(_role_choices()), form, replacing=user_id), 422
    if not any(grant.role == Role.CONSULATE for grant in former.grants):
        abort(409)
    if form.email.data.strip().lower() == former.email:
        abort(409)
    successor = replace(
        db.session, former, form.email.data, former.language, actor_name(), now(), within=_my_countries()
    )
    moved = hand_over(db.session, former.id, successor.id)
    moved += hand_over_referrals(db.session, former.id, successor.id)
    hand_back_calls(db.session, former.id)
    db.session.commit()
    flash(gettext("%(email)s takes over, with %(count)s open tasks.", email=successor.email, count=moved))
    return redirect(url_for("people.home_of_people"), code=303)


@people.post("/people/<uuid:user_id>/withdraw")
def withdraw_access(user_id: UUID) -> ResponseReturnValue:
    """Take somebody's access away at once."""
    person = _person(user_id)
    is_admin = any(grant.role == Role.ADMIN for grant in person.grants)
    if person.id == viewer().user_id or (is_admin and count_admins(db.session) == 1):
        flash(gettext("Nobody can take their own access away, nor the last administrator’s."))
        return redirect(url_for("people.home_of_people"), code=303)
    withdraw(db.session, person, actor_name(), now(), within=_my_countries())
    hand_back_calls(db.session, person.id)
    db.session.commit()
    flash(gettext("%(email)s has no access any more.", email=person.email))
    return redirect(url_for("people.home_of_people"), code=303)


@people.post("/people/<uuid:user_id>/second-factor")
def take_second_factor(user_id: UUID) -> ResponseReturnValue:
    """For whoever lost telephone and recovery codes; only administrators do this."""
    if not viewer().granted(Role.ADMIN):
        abort(403)
    person = _person(user_id)
    if person.id == viewer().user_id:
        flash(gettext("Your own second factor you change in your account."))
        return redirect(url_for("people.home_of_people"), code=303)
    reset_second_factor(db.session, person, actor_name(), now())
    db.session.commit()
    flash(gettext("%(email)s signs in with the password and sets up a new second factor.", email=person.email))
    return redirect(url_for("people.home_of_people"), code=303)


def _people_page(form: InviteForm, replace_form: ReplaceForm, replacing: UUID | None = None) -> str:
    return render_template(
        "accounts/people.html",
        form=form,
        replace_form=replace_form,
        replacing=replacing,
        people=[(person, [_role_text(grant) for grant in person.grants]) for person in _visible_people()],
        me=viewer().user_id,
        is_admin=bool(viewer().granted(Role.ADMIN)),
    )


def _my_countries() -> list[str] | None:
    """The sending countries I answer for; None for an administrator, who answers for all."""
    if any(grant.role == Role.ADMIN for grant in viewer().grants):
        return None
    return sorted({grant.country for grant in viewer().granted(Role.CONSULATE) if grant.country})


def _visible_people() -> list[User]:
    return people_of(db.session, _my_countries())


def _person(user_id: UUID) -> User:
    """Somebody I answer for. 404 for everybody else, so that a guess tells nothing."""
    person = next((item for item in _visible_people() if item.id == user_id), None)
    if person is None:
        abort(404)
    return person


def _role_choices() -> list[tuple[str, str]]:
    """`consulate/hn-mcallen`, `liaison/HN`; for administrators also `admin`, `moderator`, `moderator/MX`."""
    lang = g.lang
    countries = _my_countries()
    choices: list[tuple[str, str]] = []
    if countries is None:
        choices += [("admin", gettext("Administrator")), ("moderator", gettext("Moderator of all countries"))]
        choices += [
            (f"moderator/{code}", gettext("Moderator: %(country)s", country=country_name(code, lang)))
            for code in MEMBER_STATES
        ]
    for code in MEMBER_STATES if countries is None else countries:
        choices.append((f"liaison/{code}", gettext("Liaison: %(country)s", country=country_name(code, lang))))
        records = find_consulates(
            db.session, Consulate.sending_country == code, Consulate.status != ConsulateStatus.CLOSED
        )
        choices += [(f"consulate/{record.slug}", consulate_name(record, lang)) for record in records]
    return choices


def _chosen_role(value: str) -> tuple[Role, Scope]:
    kind, _, where = value.partition("/")
    if kind == "liaison":
        require(Permission.MANAGE_PEOPLE, Target(sending_country=where))
        return Role.CONSULATE, Scope(country=where)
    if kind == "consulate":
        row = db.session.execute(
            select(Consulate.id, Consulate.sending_country).where(Consulate.source_key == where)
        ).one_or_none()
        if row is None:
            abort(404)
        require(Permission.MANAGE_PEOPLE, Target(sending_country=row.sending_country))
        return Role.CONSULATE, Scope(consulate_id=row.id)
    if not any(grant.role == Role.ADMIN for grant in viewer().grants):
        abort(403)
    return Role(kind), Scope(country=where or None)


def _role_text(grant: Grant) -> str:
    """What a grant is called in the page's language."""
    lang = current_language()
    if grant.role == Role.ADMIN:
        return str(gettext("Administrator"))
    if grant.role == Role.MODERATOR:
        if grant.country is None:
            return str(gettext("Moderator of all countries"))
        return str(gettext("Moderator: %(country)s", country=country_name(grant.country, lang)))
    if grant.role == Role.EDITOR:
        name = db.session.scalar(select(Organization.name).where(Organization.id == grant.organization_id))
        return str(gettext("Editor of %(name)s", name=name))
    if grant.country:
        return str(gettext("Liaison: %(country)s", country=country_name(grant.country, lang)))
    record = next(iter(find_consulates(db.session, Consulate.id == grant.consulate_id)), None)
    return consulate_name(record, lang) if record else str(gettext("Consulate"))
