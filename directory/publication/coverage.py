"""Which organizations say that they cover a place beyond their own locations."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy import select

from directory.database import AnySession
from directory.organizations.models import Organization
from directory.organizations.services import Service, ServiceCoverage


def organizations_covering(session: AnySession, is_asked: Callable[[str], bool]) -> list[uuid.UUID]:
    """The ids, by name, of organizations in public sight with a service that covers a country or subdivision.

    `is_asked` says of a code (`US`, `US-TX`) whether it is one of those that are looked for.
    """
    codes = [code for code in session.scalars(select(ServiceCoverage.code).distinct()) if is_asked(code)]
    query = (
        select(Organization.id)
        .where(
            Organization.removed_at.is_(None),
            Organization.id.in_(
                select(Service.organization_id)
                .join(ServiceCoverage, ServiceCoverage.service_id == Service.id)
                .where(ServiceCoverage.code.in_(codes))
            ),
        )
        .order_by(Organization.name, Organization.id)
    )
    return list(session.scalars(query))
