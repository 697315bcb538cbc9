"""The consulate's desk: my area at a glance."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from directory.accounts.models import Role
from directory.accounts.policy import Permission, allows
from directory.accounts.viewer import viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.organizations.models import Organization
from directory.partnerships.models import STANDING, Partnership, PartnershipState, Side
from directory.partnerships.network import neighbours_in_city
from directory.partnerships.own import consulates_of
from directory.places.countries import country_name
from directory.places.names import fold
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import consulate_name, public_consulates, words_of
from directory.referrals.models import OPEN_REFERRALS, Referral, ReferralState
from directory.referrals.remind import ESCALATE_AFTER
from directory.search.engine.query import SearchQuery
from directory.web.consulates.desk import consulate_at, target_of
from directory.web.languages import page_blueprint
from directory.web.public.counts import counted
from directory.web.public.lookup import as_filter
from directory.web.registration.workspace import waiting_for_call

blueprint: Blueprint = page_blueprint("desk", __name__)
joint: Blueprint = page_blueprint("joint", __name__)


def my_consulates() -> list[Consulate]:
    """The consulates that I work in or answer for."""
    return consulates_of(db.session, viewer())


def my_countries() -> list[str]:
    """The sending countries that I answer for as a liaison."""
    return sorted({grant.country for grant in viewer().granted(Role.CONSULATE) if grant.country})


def consulate_choices() -> list[tuple[str, str]]:
    """My consulates for a form: slug and name."""
    records = public_consulates(db.session, [item.id for item in my_consulates()])
    return [(record.slug, consulate_name(record, g.lang)) for record in records]


def named_organizations(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str | None]]:
    """Name and slug of some organizations; the slug is missing where the record was removed."""
    rows = db.session.execute(
        select(Organization.id, Organization.name, Organization.removed_at).where(Organization.id.in_(list(ids)))
    ).all()
    slugs = current_slugs(db.session, Entity.ORGANIZATION, [row.id for row in rows])
    return {row.id: (row.name, None if row.removed_at else slugs.get(row.id)) for row in rows}


@dataclass(frozen=True)
class Glance:
    """What waits at a consulate, in numbers."""

    partners: int
    proposals: int
    """Proposals that wait for the consulate's answer."""
    open_referrals: int
    late_referrals: int

    @property
    def is_news(self) -> bool:
        """Whether somebody there has to act."""
        return bool(self.proposals or self.late_referrals)


def glances(consulates: Sequence[Consulate], moment: datetime) -> dict[uuid.UUID, Glance]:
    """The same for several consulates (two queries)."""
    ids = [item.id for item in consulates]
    partnerships = db.session.scalars(
        select(Partnership).where(Partnership.consulate_id.in_(ids), Partnership.state.in_(STANDING))
    ).all()
    referrals = db.session.scalars(
        select(Referral).where(Referral.consulate_id.in_(ids), Referral.state.in_(OPEN_REFERRALS))
    ).all()
    found = {}
    for consulate_id in ids:
        own = [item for item in partnerships if item.consulate_id == consulate_id]
        sent = [item for item in referrals if item.consulate_id == consulate_id]
        found[consulate_id] = Glance(
            partners=sum(item.state == PartnershipState.ACTIVE for item in own),
            proposals=sum(
                item.state == PartnershipState.PROPOSED and item.proposed_by == Side.ORGANIZATION for item in own
            ),
            open_referrals=len(sent),
            late_referrals=sum(is_late(item, moment) for item in sent),
        )
    return found


def is_late(referral: Referral, moment: datetime) -> bool:
    """Whether somebody should call, since nobody answered in time."""
    return referral.state == ReferralState.SENT and moment - referral.waiting_since >= ESCALATE_AFTER[referral.urgency]


@blueprint.get("/workspace/")
def home() -> ResponseReturnValue:
    """My consulates; straight to the one where there is one."""
    mine = my_consulates()
    if len(mine) == 1 and not my_countries() and allows(viewer(), Permission.JOINT_WORK, target_of(mine[0])):
        slug = current_slugs(db.session, Entity.CONSULATE, [mine[0].id])[mine[0].id]
        return redirect(url_for("joint.home", slug=slug), code=302)
    proved = allows(viewer(), Permission.JOINT_WORK)
    found = glances(mine, now()) if proved else {}
    records = public_consulates(db.session, [item.id for item in mine])
    asked = request.args.get("q", "").strip()[:80]
    return render_template(
        "partnerships/home.html",
        total=len(records),
        news=[item for item in records if item.id in found and found[item.id].is_news],
        by_host=_by_host([item for item in records if fold(asked) in fold(words_of(item, g.lang))], found),
        asked=asked,
        glances=found,
        countries=my_countries(),
        waiting=len(waiting_for_call()),
        proved=proved,
    )


def _by_host(
    records: Sequence[PublicConsulate], found: Mapping[uuid.UUID, Glance]
) -> list[tuple[str, list[PublicConsulate]]]:
    """By host country, by name; within one those with news first, then by name."""
    groups: dict[str, list[PublicConsulate]] = defaultdict(list)
    for record in records:
        groups[record.host_country].append(record)

    def order(record: PublicConsulate) -> tuple[bool, str]:
        return not (record.id in found and found[record.id].is_news), fold(consulate_name(record, g.lang))

    by_name = sorted(groups, key=lambda code: fold(country_name(code, g.lang)))
    return [(code, sorted(groups[code], key=order)) for code in by_name]


@joint.get("/workspace/consulates/<slug>/", endpoint="home")
def consulate_home(slug: str) -> str:
    """One consulate at a glance."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    return _home(consulate, record)


def _home(consulate: Consulate, record: PublicConsulate) -> str:
    area = SearchQuery(consulate=(as_filter(record),), size=1)
    result = counted(area)
    referrals = db.session.scalars(
        select(Referral)
        .where(Referral.consulate_id == consulate.id, Referral.state.in_(OPEN_REFERRALS))
        .order_by(Referral.sent_at)
    ).all()
    partnerships = db.session.scalars(
        select(Partnership)
        .where(Partnership.consulate_id == consulate.id, Partnership.state.in_(STANDING))
        .order_by(Partnership.proposed_at)
    ).all()
    ids = {item.organization_id for item in referrals} | {item.organization_id for item in partnerships}
    return render_template(
        "partnerships/desk.html",
        record=record,
        total=result.total,
        statuses=dict(result.facets["status"]),
        area_counts=dict(result.facets["area"]),
        glance=glances([consulate], now())[consulate.id],
        referrals=referrals,
        partnerships=partnerships,
        names=named_organizations(list(ids)),
        late={item.id for item in referrals if is_late(item, now())},
        neighbours=public_consulates(db.session, neighbours_in_city(db.session, consulate)),
        waiting=waiting_for_call(),
        today=today(),
    )
