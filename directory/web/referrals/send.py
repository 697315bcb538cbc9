"""Sending a referral: what the search understood is filled in, and whom it goes to is said before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name, viewer
from directory.clock import now
from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships.agree import standing
from directory.partnerships.reach import referral_readers
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.publication.consulate_records import PublicConsulate
from directory.publication.records import PublicLocation, PublicOrganization, PublicPhone
from directory.referrals.models import AgeGroup
from directory.referrals.refer import NotPossible
from directory.referrals.remind import write_referral
from directory.referrals.send import send_referral, sent_just_now
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint
from directory.web.partnerships.partnerships import organization_at
from directory.web.referrals.forms import ReferralForm

CARRIED = ("need", "population", "nationality", "spoken", "place")
"""What an address may say of the person, each in closed lists: a search has understood it."""
_AGE_OF = {"families": AgeGroup.FAMILY, "older-people": AgeGroup.OLDER}
"""The age that a situation says by itself."""


@dataclass(frozen=True)
class Recipient:
    """Whom a referral goes to."""

    organization: PublicOrganization
    place: PublicLocation | None
    phones: tuple[PublicPhone, ...]
    letters: int
    """To how many e-mail addresses it is written; none: somebody has to call."""

    @property
    def is_reachable(self) -> bool:
        """Whether anything is behind it: a letter, or a number that can be dialled."""
        return bool(self.letters or any(phone.number for phone in self.phones))

    @property
    def other_places(self) -> list[PublicLocation]:
        """The offices that could be asked instead."""
        return [place for place in self.organization.locations if place is not self.place]


def recipient_of(
    session: AnySession,
    organization: Organization,
    public: PublicOrganization,
    place: PublicLocation | None,
    consulate: Consulate,
) -> Recipient:
    """Whom a referral of this consulate goes to, at a place."""
    letters = len(referral_readers(session, organization, consulate.id))
    return Recipient(public, place, public.numbers_at(place), letters)


def carried(arguments: MultiDict[str, str]) -> dict[str, str]:
    """What an address says of the person."""
    return {name: value for name in CARRIED if (value := arguments.get(name, "").strip()[:120])}


def _filled_in(said: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form, the place as somebody would write it."""
    fields: dict[str, Any] = dict(said)
    if "place" in said:
        try:
            fields["place"] = read_place(db.session, said["place"]).label(g.lang)
        except (UnknownPlace, SeveralPlaces):
            fields.pop("place")
    if age := _AGE_OF.get(said.get("population", "")):
        fields["age_group"] = age.value
    return fields


@joint.get("/workspace/consulates/<slug>/referrals/new")
def refer_page(slug: str) -> str:
    """Everything on one screen."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    terms = vocabulary(db.session)
    said = _filled_in(carried(request.args))
    form = ReferralForm(terms, public.areas, consulate.sending_country, formdata=None, **said)
    return _refer_page(consulate, record, organization, public, form)


def _refer_page(
    consulate: Consulate,
    record: PublicConsulate,
    organization: Organization,
    public: PublicOrganization,
    form: ReferralForm,
    sent_by_colleague: str | None = None,
) -> str:
    place = _place(public)
    return render_template(
        "referrals/refer.html",
        record=record,
        organization=public,
        to=recipient_of(db.session, organization, public, place, consulate),
        said=carried(request.args),
        form=form,
        partnership=standing(db.session, consulate.id, organization.id),
        sent_by_colleague=sent_by_colleague,
    )


def _place(public: PublicOrganization) -> PublicLocation | None:
    """The office that the address names; without a name the first."""
    return public.location_marked(request.args.get("at")) or public.location(None)


@joint.post("/workspace/consulates/<slug>/referrals/new")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def refer_save(slug: str) -> ResponseReturnValue:
    """Send it. The consulate is locked: of two officers who send the same at once, the second is asked first."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    form = ReferralForm(vocabulary(db.session), public.areas, consulate.sending_country)
    if not form.validate():
        return _refer_page(consulate, record, organization, public, form), 422
    need, place = form.to_need(), _place(public)
    if request.args.get("at") and public.location_marked(request.args["at"]) is None:
        form.need.errors = [gettext("That office is not on record any more. Look above whom it goes to now.")]
        return _refer_page(consulate, record, organization, public, form), 409
    same = sent_just_now(db.session, consulate, organization, need, now())
    if same and not form.is_another.data:
        told = gettext("The same was sent some minutes ago, as %(reference)s.", reference=same.reference)
        form.is_another.errors = [told]
        address = url_for("joint.referral", slug=record.slug, referral_id=same.id)
        return _refer_page(consulate, record, organization, public, form, address), 409
    try:
        referral = send_referral(
            db.session,
            consulate,
            organization,
            need,
            language=g.lang,
            actor=actor_name(),
            now=now(),
            override_reason=form.override_reason.data,
            assigned_to=viewer().user_id,
            location_id=place.id if place else None,
        )
    except NotPossible:
        db.session.rollback()
        flash(gettext("They cannot be asked now: somebody looks into a report about them. Choose somebody else."))
        return redirect(url_for("results.search", consulate=record.slug), code=303)
    written = write_referral(db.session, referral, consulate, organization, now())
    db.session.commit()
    flash(
        gettext("Sent. The reference is %(reference)s.", reference=referral.reference)
        if written
        else gettext(
            "Noted as %(reference)s. They have no e-mail on record: call them, and note here what they say.",
            reference=referral.reference,
        )
    )
    return redirect(url_for("joint.referral", slug=record.slug, referral_id=referral.id), code=303)
