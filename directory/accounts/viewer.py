"""Who makes this request, and the gate that every request passes before its view runs."""

from __future__ import annotations

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from directory.accounts.models import SignIn, TokenScope, User
from directory.accounts.policy import (
    BY_TOKEN,
    GrantOf,
    Permission,
    Target,
    TokenOf,
    Viewer,
    allows,
    lacks_only_second_factor,
    permission_for,
)
from directory.accounts.tokens import read_token
from directory.clock import now
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.problems import problem

NOBODY = Viewer()


class Denied(HTTPException):
    """Where a page sends whoever may not see it: to sign in, or to set up a second factor."""

    code = 302

    def __init__(self, response: ResponseReturnValue) -> None:
        super().__init__(response=response)  # type: ignore[arg-type]  # redirect() makes a Response


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


def check_gate() -> None:
    """Before every view: the permission of its route, whatever record it is about."""
    if request.endpoint is None:
        return
    permission = permission_for(request.endpoint)
    if permission is None:
        current_app.logger.error("the route %s has no permission in accounts/policy.py", request.endpoint)
        abort(403)
    if permission in BY_TOKEN:
        require_token(permission)
    elif permission not in (Permission.READ, Permission.SIGN_IN):
        require(permission)


def require_token(permission: Permission) -> None:
    """Go on only with a token that opens this. Raises Denied with 401 or 403 as a problem document."""
    token = read_token(db.session, request.headers.get("Authorization", ""), now())
    if token is None:
        refused = problem(401, "This needs the token of a consulate: `Authorization: Bearer …`.")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="referrals"'
        raise Denied(refused)
    g.viewer = Viewer(token=TokenOf(token.consulate_id, frozenset(map(TokenScope, token.scopes))))
    g.api_token = token
    if not allows(g.viewer, permission):
        raise Denied(problem(403, "This token does not have the scope for it."))


def require(permission: Permission, target: Target | None = None) -> None:
    """Go on only where policy allows. Raises Denied (sign in, or set up a second factor) or Forbidden."""
    who = viewer()
    if allows(who, permission, target):
        return
    if who.user_id is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        raise Denied(redirect(url_for("security.login", next=back), code=302))
    if lacks_only_second_factor(who, permission, target):
        flash(gettext("For this you need a second factor: a code from an app on your phone. Set it up here, once."))
        raise Denied(redirect(url_for("security.two_factor_setup"), code=302))
    abort(403)


def may(permission: str, target: Target | None = None) -> bool:
    """For templates: whether to offer something."""
    return allows(viewer(), Permission(permission), target)
