"""To whom a national of a country can turn in a place: never nobody, and each labelled for what it is."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from directory.clock import today
from directory.consulates.assistance import assisting_countries
from directory.consulates.jurisdiction import Spot
from directory.consulates.models import Consulate, ConsulateKind, ConsulateStatus
from directory.database import AnySession
from directory.places.asked import AskedPlace
from directory.places.distance import great_circle_km
from directory.publication.consulate_links import ConsulateLinks
from directory.publication.consulate_records import PublicConsulate, PublicMobileConsulate
from directory.publication.consulates import local_rank, public_consulates

MAX_NEAREST = 2
MOBILE_WITHIN_KM = 250.0


class AnswerRole(enum.StrEnum):
    """Why a consulate is in the answer, the surest first."""

    COVERS = "covers"
    """A source or the consulate itself says that it serves the place."""
    ASSUMED = "assumed"
    """It sits in the same state or province, or a source names a part of it; nobody says that it serves the place."""
    EMBASSY = "embassy"
    """The embassy that is accredited to the host country."""
    NEAREST = "nearest"
    """No source says that it serves the place; it is the nearest office."""
    ASSISTING = "assisting"
    """Another country's consulate, by an agreement of both countries."""


@dataclass(frozen=True)
class Answer:
    """A consulate that somebody can turn to, and why."""

    consulate: PublicConsulate
    role: AnswerRole
    distance_km: float | None
    """From the place to its seat; None where either point is unknown."""
    agreement: str | None = None
    """The source of the agreement by which it assists."""


@dataclass(frozen=True)
class Answers:
    """All of it, the best first; and mobile consulates that come to the place or near it."""

    answers: tuple[Answer, ...]
    mobile: tuple[tuple[PublicConsulate, PublicMobileConsulate, float | None], ...]

    @property
    def is_known(self) -> bool:
        """Whether somebody is known to serve the place."""
        return any(answer.role == AnswerRole.COVERS for answer in self.answers)


def spot_of(place: AskedPlace) -> Spot:
    """The place as jurisdictions see it."""
    return Spot(place.country, place.admin1, place.admin2, place.place_id)


def consulates_covering(session: AnySession, place: AskedPlace) -> dict[uuid.UUID, bool]:
    """The consulates whose jurisdiction holds `place`: id → whether that rests only on an assumption."""
    return ConsulateLinks.current(session).jurisdictions.covering([spot_of(place)])


def answers_for(session: AnySession, sending: str, place: AskedPlace) -> Answers:
    """To whom a national of `sending` can turn in `place`; empty only where `sending` has no office on record."""
    ids = session.scalars(
        select(Consulate.id).where(
            Consulate.sending_country == sending,
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
    )
    own = public_consulates(session, list(ids))
    covering = consulates_covering(session, place)
    found: dict[uuid.UUID, Answer] = {}
    for record in own:
        if record.id in covering:
            role = _covering_role(record, is_assumed=covering[record.id])
            found[record.id] = Answer(record, role, _distance(place, record))
    if not any(answer.role == AnswerRole.COVERS for answer in found.values()):
        for record in own:
            if record.kind == ConsulateKind.EMBASSY and record.host_country == place.country:
                found.setdefault(record.id, Answer(record, AnswerRole.EMBASSY, _distance(place, record)))
        for answer in _nearest(own, place):
            found.setdefault(answer.consulate.id, answer)
        found |= {answer.consulate.id: answer for answer in _assisting(session, sending, place)}
    ordered = sorted(found.values(), key=lambda answer: _order(answer, place))
    return Answers(tuple(ordered), _mobile(own, place))


def _covering_role(record: PublicConsulate, *, is_assumed: bool) -> AnswerRole:
    """An embassy that serves its whole host country covers no place of it more than any other."""
    if record.kind == ConsulateKind.EMBASSY and all(area.admin1 is None for area in record.jurisdiction):
        return AnswerRole.EMBASSY
    return AnswerRole.ASSUMED if is_assumed else AnswerRole.COVERS


def _nearest(own: Sequence[PublicConsulate], place: AskedPlace) -> list[Answer]:
    """The nearest offices, those of the same host country before others."""
    measured = [
        (record.host_country != place.country, km, record)
        for record in own
        if (km := _distance(place, record)) is not None and record.kind != ConsulateKind.HONORARY_CONSULATE
    ]
    measured.sort(key=lambda item: (item[0], item[1], item[2].slug))
    nearest = [Answer(record, AnswerRole.NEAREST, km) for _, km, record in measured[:MAX_NEAREST]]
    if not nearest:  # no point on either side: the offices in the host country, else anywhere, stand for themselves
        here = [record for record in own if record.host_country == place.country] or list(own)
        nearest = [Answer(record, AnswerRole.NEAREST, None) for record in here[:MAX_NEAREST]]
    return nearest


def _assisting(session: AnySession, sending: str, place: AskedPlace) -> list[Answer]:
    """The consulates of assisting countries that are known or assumed to serve the place."""
    agreements = assisting_countries(session, sending, place.country, today())
    if not agreements:
        return []
    by_country = {agreement.assisting_country: agreement for agreement in agreements}
    covering = consulates_covering(session, place)
    ids = session.scalars(
        select(Consulate.id).where(Consulate.sending_country.in_(by_country), Consulate.id.in_(list(covering)))
    )
    return [
        Answer(
            record,
            AnswerRole.ASSISTING,
            _distance(place, record),
            by_country[record.sending_country].source_name,
        )
        for record in public_consulates(session, list(ids))
    ]


def _distance(place: AskedPlace, record: PublicConsulate) -> float | None:
    if place.point is None or record.latitude is None or record.longitude is None:
        return None
    return round(great_circle_km(place.point, (record.latitude, record.longitude)), 1)


_ROLES = tuple(AnswerRole)


def _order(answer: Answer, place: AskedPlace) -> tuple[int, bool, int, float, str]:
    """The surest first; of those alike the host country's own, consulates before embassies, the near."""
    record = answer.consulate
    far = answer.distance_km if answer.distance_km is not None else float("inf")
    is_elsewhere = record.host_country != place.country
    return _ROLES.index(answer.role), is_elsewhere, local_rank(record.kind), far, record.slug


def _mobile(
    own: Sequence[PublicConsulate], place: AskedPlace
) -> tuple[tuple[PublicConsulate, PublicMobileConsulate, float | None], ...]:
    """Mobile consulates of the country in the place or near it, the soonest first."""
    found = []
    for record in own:
        for event in record.mobile:
            km = None
            if place.point and event.latitude is not None and event.longitude is not None:
                km = round(great_circle_km(place.point, (event.latitude, event.longitude)), 1)
            is_there = event.place_id == place.place_id or (place.admin1 is not None and event.admin1 == place.admin1)
            if is_there or (km is not None and km <= MOBILE_WITHIN_KM):
                found.append((record, event, km))
    return tuple(sorted(found, key=lambda item: (item[1].starts_on, item[0].slug)))
