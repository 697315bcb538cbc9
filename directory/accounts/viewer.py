"""Who acts, and whether policy lets them."""

from __future__ import annotations

from flask import abort, g
from flask_security import current_user
from sqlalchemy import select

from directory.accounts.models import SignIn, TokenScope, User
from directory.accounts.policy import (
    GrantOf,
    Permission,
    Target,
    TokenOf,
    Viewer,
    allows,
    lacks_only_second_factor,
)
from directory.accounts.tokens import read_token
from directory.clock import now
from directory.consulates.models import Consulate
from directory.extensions import db

NOBODY = Viewer()


class Denied(Exception):
    """Policy does not allow it yet; the kind says what would open the door."""


class SignInNeeded(Denied):
    """Nobody is signed in."""


class SecondFactorNeeded(Denied):
    """Signed in, but without a code."""


class TokenNeeded(Denied):
    """No token that is known and in force."""


class ScopeNeeded(Denied):
    """A good token for something else."""


def viewer() -> Viewer:
    """The viewer of this request; asked of the database once."""
    known: Viewer | None = g.get("viewer")
    if known is None:
        known = g.viewer = viewer_of(current_user) if current_user.is_authenticated else NOBODY
    return known


def viewer_of(user: User) -> Viewer:
    """What policy needs to know of a user."""
    return Viewer(
        user_id=user.id,
        grants=tuple(
            GrantOf(grant.role, grant.country, grant.consulate_id, grant.organization_id, _sending(grant.consulate_id))
            for grant in user.grants
        ),
        has_second_factor=bool(user.tf_primary_method and user.tf_totp_secret and _proved_it()),
    )


def _proved_it() -> bool:
    """Whether the second factor was given in this browser; that one is set up somewhere says nothing."""
    sign_in: SignIn | None = g.get("sign_in")
    return sign_in is not None and sign_in.has_second_factor


def _sending(consulate_id: object) -> str | None:
    if consulate_id is None:
        return None
    return db.session.scalar(select(Consulate.sending_country).where(Consulate.id == consulate_id))


def actor_name() -> str:
    """How the audit trail names whoever acts: the user's id, a token's, or the public."""
    user_id = viewer().user_id
    if user_id is None and viewer().token:
        return f"token:{g.api_token.id}"
    return f"user:{user_id}" if user_id else "public"


def require_token(permission: Permission, authorization: str) -> None:
    """Go on only with a token that opens this. Raises TokenNeeded or ScopeNeeded."""
    token = read_token(db.session, authorization, now())
    if token is None:
        raise TokenNeeded
    g.viewer = Viewer(token=TokenOf(token.consulate_id, frozenset(map(TokenScope, token.scopes))))
    g.api_token = token
    if not allows(g.viewer, permission):
        raise ScopeNeeded


def require(permission: Permission, target: Target | None = None) -> None:
    """Go on only where policy allows. Raises SignInNeeded, SecondFactorNeeded or Forbidden."""
    who = viewer()
    if allows(who, permission, target):
        return
    if who.user_id is None:
        raise SignInNeeded
    if lacks_only_second_factor(who, permission, target):
        raise SecondFactorNeeded
    abort(403)


def may(permission: str, target: Target | None = None) -> bool:
    """For templates: whether to offer something."""
    return allows(viewer(), Permission(permission), target)
