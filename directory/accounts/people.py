"""Inviting people, replacing an officer who rotates, withdrawing access. Nothing here commits."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from directory.accounts.letters import post_invitation
from directory.accounts.models import Grant, Role, User
from directory.accounts.sessions import end_all_sessions
from directory.changes.recording import record_audit
from directory.consulates.models import Consulate
from directory.database import AnySession


@dataclass(frozen=True)
class Scope:
    """Where a role holds."""

    country: str | None = None
    consulate_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None


class ScopeMismatch(ValueError):
    """A role was given a scope that it cannot have."""


def grant_role(session: AnySession, email: str, role: Role, scope: Scope, language: str, by: str) -> tuple[User, bool]:
    """Give a role to whoever owns `email`; True where the user is new. Raises ScopeMismatch."""
    _check(role, scope)
    address = email.strip().lower()
    user = session.scalar(select(User).where(User.email == address))
    is_new = user is None
    if user is None:
        user = User(id=uuid.uuid4(), email=address, language=language, fs_uniquifier=secrets.token_hex(32))
        session.add(user)
    user.active = True
    grant = Grant(
        role=role,
        country=scope.country,
        consulate_id=scope.consulate_id,
        organization_id=scope.organization_id,
        granted_by=by,
    )
    if not any(_same(grant, known) for known in user.grants):
        user.grants.append(grant)
        record_audit(session, by, "grant", after={"user": str(user.id), "role": role.value, **_plain(scope)})
    session.flush()
    return user, is_new


def invite(session: AnySession, email: str, role: Role, scope: Scope, language: str, by: str) -> User:
    """Give a role and tell its owner, with a link to set a password where there is none yet."""
    user, _ = grant_role(session, email, role, scope, language, by)
    if user.password is None:
        post_invitation(session, user)
    return user


def _check(role: Role, scope: Scope) -> None:
    if role == Role.CONSULATE and (scope.country is None) == (scope.consulate_id is None):
        raise ScopeMismatch("a consulate user needs either a consulate or a country")
    if role == Role.EDITOR and scope.organization_id is None:
        raise ScopeMismatch("an editor needs an organization")
    if role != Role.EDITOR and scope.organization_id is not None:
        raise ScopeMismatch("only an editor belongs to an organization")
    if role in (Role.ADMIN, Role.MODERATOR) and scope.consulate_id is not None:
        raise ScopeMismatch("only a consulate user belongs to a consulate")
    if role == Role.ADMIN and scope.country is not None:
        raise ScopeMismatch("an admin has no country")


def _same(one: Grant, other: Grant) -> bool:
    return (one.role, one.country, one.consulate_id, one.organization_id) == (
        other.role, other.country, other.consulate_id, other.organization_id,
    )  # fmt: skip


def _plain(scope: Scope) -> dict[str, str]:
    return {name: str(value) for name, value in vars(scope).items() if value is not None}


def withdraw(session: AnySession, user: User, by: str, now: datetime) -> None:
    """Take all access from a user and sign every browser out."""
    session.flush()
    before = [{"role": grant.role.value, **_plain(_scope(grant))} for grant in user.grants]
    user.grants.clear()
    user.active = False
    user.fs_uniquifier = secrets.token_hex(32)
    end_all_sessions(session, user.id, now)
    record_audit(session, by, "withdraw-access", before={"user": str(user.id), "grants": before})


def replace(session: AnySession, former: User, email: str, language: str, by: str, now: datetime) -> User:
    """Hand the consulate grants of one officer to a successor. Who does this also hands over the open work."""
    successor: User | None = None
    for grant in [item for item in former.grants if item.role == Role.CONSULATE]:
        successor = invite(session, email, Role.CONSULATE, _scope(grant), language, by)
        former.grants.remove(grant)
    if successor is None:
        raise ScopeMismatch("this person is no consulate officer")
    if not former.grants:
        withdraw(session, former, by, now)
    record_audit(session, by, "replace-officer", before={"user": str(former.id)}, after={"user": str(successor.id)})
    return successor


def _scope(grant: Grant) -> Scope:
    return Scope(grant.country, grant.consulate_id, grant.organization_id)


def people_of(session: AnySession, sending_countries: Iterable[str] | None) -> list[User]:
    """The officers of these sending countries, or everybody where None is given; by e-mail."""
    query = select(User).order_by(User.email)
    if sending_countries is not None:
        countries = list(sending_countries)
        consulates = select(Consulate.id).where(Consulate.sending_country.in_(countries))
        officers = select(Grant.user_id).where(
            Grant.role == Role.CONSULATE, or_(Grant.country.in_(countries), Grant.consulate_id.in_(consulates))
        )
        query = query.where(User.id.in_(officers))
    return list(session.scalars(query))


def count_admins(session: AnySession) -> int:
    """How many people run this installation: the last one cannot be withdrawn."""
    query = select(func.count(func.distinct(Grant.user_id))).where(Grant.role == Role.ADMIN)
    return session.scalar(query) or 0
