"""Inviting people, replacing an officer who rotates, withdrawing access. Nothing here commits."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from directory.accounts.letters import post_factor_notice, post_invitation
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


def withdraw(session: AnySession, user: User, by: str, now: datetime, within: Collection[str] | None = None) -> None:
    """Take access from a user: all of it, or what concerns the consulates of the countries `within`.

    Whoever has nothing left is signed out everywhere.
    """
    session.flush()
    taken = _within(session, user, within)
    before = [{"role": grant.role.value, **_plain(_scope(grant))} for grant in taken]
    for grant in taken:
        user.grants.remove(grant)
    if not user.grants:
        user.active = False
        user.fs_uniquifier = secrets.token_hex(32)
        end_all_sessions(session, user.id, now)
    record_audit(session, by, "withdraw-access", before={"user": str(user.id), "grants": before})


def reset_second_factor(session: AnySession, user: User, by: str, now: datetime) -> None:
    """Take away a second factor that its owner has lost: every browser is out, and the owner is told.

    With the password alone nothing opens that needs a code; a new one is set up at the next sign-in.
    """
    user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = user.tf_last_step = None
    end_all_sessions(session, user.id, now)
    record_audit(session, by, "reset-second-factor", after={"user": str(user.id)})
    post_factor_notice(session, user)


def sign_out(session: AnySession, people: Iterable[User], by: str, now: datetime) -> int:
    """End all browsers of these people, who keep their access; returns how many people."""
    found = list(people)
    for user in found:
        end_all_sessions(session, user.id, now)
        record_audit(session, by, "sign-out", after={"user": str(user.id)})
    return len(found)


def replace(
    session: AnySession,
    former: User,
    email: str,
    language: str,
    by: str,
    now: datetime,
    within: Collection[str] | None = None,
) -> User:
    """Hand the consulate grants of one officer (those of the countries `within`) to a successor.

    Who does this also hands over the open work. Raises ScopeMismatch where there is nothing to hand over.
    """
    moved = [grant for grant in _within(session, former, within) if grant.role == Role.CONSULATE]
    if not moved:
        raise ScopeMismatch("this person is no consulate officer")
    successor = former
    for grant in moved:
        successor = invite(session, email, Role.CONSULATE, _scope(grant), language, by)
        former.grants.remove(grant)
    if not former.grants:
        withdraw(session, former, by, now)
    record_audit(session, by, "replace-officer", before={"user": str(former.id)}, after={"user": str(successor.id)})
    return successor


def _within(session: AnySession, user: User, countries: Collection[str] | None) -> list[Grant]:
    """The grants of a user that concern the consulates of these countries; all of them for None."""
    if countries is None:
        return list(user.grants)
    consulates = set(session.scalars(select(Consulate.id).where(Consulate.sending_country.in_(countries))))
    return [
        grant
        for grant in user.grants
        if grant.role == Role.CONSULATE and (grant.country in countries or grant.consulate_id in consulates)
    ]


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
