"""Who may do what: every permission of the directory, in one file. What is not named here is denied.

A permission is a list of alternatives; each alternative is a list of predicates that must all hold. `ROUTES` says
which permission a request needs before its view runs; where it depends on the record, the view asks again with it.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from directory.accounts.models import Role, TokenScope


@dataclass(frozen=True)
class GrantOf:
    """A grant as policy sees it. `sending_country` is the consulate's, for grants of one consulate."""

    role: Role
    country: str | None = None
    consulate_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    sending_country: str | None = None


@dataclass(frozen=True)
class TokenOf:
    """The token of a case register: one consulate's, for some acts."""

    consulate_id: uuid.UUID
    scopes: frozenset[TokenScope]


@dataclass(frozen=True)
class Viewer:
    """Whoever makes a request; without an id nobody is signed in. A token is nobody's account."""

    user_id: uuid.UUID | None = None
    grants: tuple[GrantOf, ...] = ()
    has_second_factor: bool = False
    token: TokenOf | None = None

    def granted(self, role: Role) -> tuple[GrantOf, ...]:
        """The grants of a role."""
        return tuple(grant for grant in self.grants if grant.role == role)


@dataclass(frozen=True)
class Target:
    """What a request is about. None: not yet known, so that only the role counts."""

    organization_id: uuid.UUID | None = None
    countries: frozenset[str] | None = None
    """The countries of an organization."""
    sending_country: str | None = None
    """The sending country whose officers are managed, or whose consulate it is about."""
    consulate_id: uuid.UUID | None = None
    """The consulate whose joint work it is about."""
    is_suspended: bool = False
    """The organization's contacts are suspended: whoever speaks for it may not be who they say."""


@dataclass(frozen=True)
class SessionLimit:
    """How long a browser stays signed in: since it was last used, and since it was signed in."""

    idle: timedelta
    whole: timedelta


SESSION_LIMITS = {
    Role.ADMIN: SessionLimit(timedelta(hours=4), timedelta(hours=12)),
    Role.MODERATOR: SessionLimit(timedelta(hours=4), timedelta(hours=12)),
    Role.CONSULATE: SessionLimit(timedelta(hours=12), timedelta(days=7)),
    Role.EDITOR: SessionLimit(timedelta(days=30), timedelta(days=90)),
}
"""By role; of several the shortest holds, and without any that of an editor."""

Predicate = Callable[[Viewer, Target], bool]


def anyone(_viewer: Viewer, _target: Target) -> bool:
    """No condition."""
    return True


def is_signed_in(viewer: Viewer, _target: Target) -> bool:
    """Has an account and is signed in."""
    return viewer.user_id is not None


def has_second_factor(viewer: Viewer, _target: Target) -> bool:
    """Proved a second factor when signing in."""
    return viewer.has_second_factor


def is_admin(viewer: Viewer, _target: Target) -> bool:
    """Runs this installation."""
    return bool(viewer.granted(Role.ADMIN))


def is_moderator_here(viewer: Viewer, target: Target) -> bool:
    """Moderates everywhere, or a country of the record."""
    return any(
        grant.country is None or target.countries is None or grant.country in target.countries
        for grant in viewer.granted(Role.MODERATOR)
    )


def is_consulate_officer(viewer: Viewer, _target: Target) -> bool:
    """Works in a consulate of a member country."""
    return bool(viewer.granted(Role.CONSULATE))


def is_liaison(viewer: Viewer, target: Target) -> bool:
    """Answers for all consulates of the sending country."""
    return any(
        grant.country is not None and target.sending_country in (None, grant.country)
        for grant in viewer.granted(Role.CONSULATE)
    )


def is_officer_of(viewer: Viewer, target: Target) -> bool:
    """Works in this consulate, or answers for all consulates of its country."""
    return any(
        target.consulate_id is None
        or grant.consulate_id == target.consulate_id
        or (grant.country is not None and grant.country == target.sending_country)
        for grant in viewer.granted(Role.CONSULATE)
    )


def is_of_country(viewer: Viewer, target: Target) -> bool:
    """Works in a consulate of this sending country, or answers for all of them."""
    return any(
        target.sending_country in (None, grant.country, grant.sending_country)
        for grant in viewer.granted(Role.CONSULATE)
    )


def holds_token(scope: TokenScope) -> Predicate:
    """Holds a token of this consulate for one act."""

    def holds(viewer: Viewer, target: Target) -> bool:
        token = viewer.token
        return token is not None and scope in token.scopes and target.consulate_id in (None, token.consulate_id)

    return holds


def is_editor_here(viewer: Viewer, target: Target) -> bool:
    """Speaks for this organization, while nobody doubts it."""
    return not target.is_suspended and any(
        target.organization_id in (None, grant.organization_id) for grant in viewer.granted(Role.EDITOR)
    )


class Permission(enum.StrEnum):
    """Everything that somebody may or may not do."""

    READ = "read"
    """Read what is public; register, report, suggest, claim; open an unguessable link."""
    SIGN_IN = "sign-in"
    """Ask for access; Flask-Security decides."""
    OWN_ACCOUNT = "own-account"
    """See and end one's own sessions, change one's own password and second factor."""
    EDIT_RECORD = "edit-record"
    """Change an organization's record and its availability."""
    READ_WORKSPACE = "read-workspace"
    """See what a consulate sees."""
    WORK = "work"
    """Confirm by call or visit, register for an organization, say who is full."""
    MODERATE = "moderate"
    """See the queue, histories and call lists; decide."""
    MANAGE_PEOPLE = "manage-people"
    """Invite and replace officers."""
    SPEAK_FOR_ORGANIZATION = "speak-for-organization"
    """Propose and answer partnerships in an organization's name."""
    JOINT_WORK = "joint-work"
    """See and do a consulate's joint work: partnerships, focal points, private notes, referrals, its figures."""
    EDIT_CONSULATE = "edit-consulate"
    """Say whom a consulate serves, how it is reached and where it comes to; give tokens to its case register."""
    READ_COUNTRY = "read-country"
    """See how the consulates of one's own country share a host country, and where nobody helps there."""
    ANSWER_FOR_COUNTRY = "answer-for-country"
    """See the figures of all consulates of a country; agree that another country assists."""
    READ_NETWORK = "read-network"
    """See what the consulates of member countries tell one another about an organization."""
    READ_REGION = "read-region"
    """See sums over all countries, and where nobody helps in the region."""
    CREATE_REFERRAL_BY_TOKEN = "create-referral-by-token"  # noqa: S105  (no password)
    """Create a referral from a case register."""
    READ_REFERRAL_BY_TOKEN = "read-referral-by-token"  # noqa: S105
    """Read where a referral stands."""
    CLOSE_REFERRAL_BY_TOKEN = "close-referral-by-token"  # noqa: S105
    """Close a referral with its outcome."""


_ADMIN = (is_admin, has_second_factor)
_MODERATOR = (is_moderator_here, has_second_factor)
_OFFICER = (is_consulate_officer, has_second_factor)

PERMISSIONS: dict[Permission, tuple[tuple[Predicate, ...], ...]] = {
    Permission.READ: ((anyone,),),
    Permission.SIGN_IN: ((anyone,),),
    Permission.OWN_ACCOUNT: ((is_signed_in,),),
    Permission.EDIT_RECORD: (_ADMIN, _MODERATOR, (is_editor_here,)),
    Permission.READ_WORKSPACE: (_ADMIN, _MODERATOR, (is_consulate_officer,)),
    Permission.WORK: (_ADMIN, _MODERATOR, _OFFICER),
    Permission.MODERATE: (_ADMIN, _MODERATOR),
    Permission.MANAGE_PEOPLE: (_ADMIN, (is_liaison, has_second_factor)),
    Permission.SPEAK_FOR_ORGANIZATION: ((is_editor_here,),),
    # Administrators and moderators run the directory; what consulates do for their people is not theirs to read.
    Permission.JOINT_WORK: ((is_officer_of, has_second_factor),),
    Permission.EDIT_CONSULATE: ((is_officer_of, has_second_factor),),
    Permission.READ_COUNTRY: ((is_of_country, has_second_factor),),
    Permission.ANSWER_FOR_COUNTRY: ((is_liaison, has_second_factor),),
    Permission.READ_NETWORK: ((is_consulate_officer, has_second_factor),),
    Permission.READ_REGION: (_ADMIN, _MODERATOR, _OFFICER),
    Permission.CREATE_REFERRAL_BY_TOKEN: ((holds_token(TokenScope.CREATE_REFERRALS),),),
    Permission.READ_REFERRAL_BY_TOKEN: ((holds_token(TokenScope.READ_REFERRALS),),),
    Permission.CLOSE_REFERRAL_BY_TOKEN: ((holds_token(TokenScope.CLOSE_REFERRALS),),),
}
BY_TOKEN = frozenset(
    {Permission.CREATE_REFERRAL_BY_TOKEN, Permission.READ_REFERRAL_BY_TOKEN, Permission.CLOSE_REFERRAL_BY_TOKEN}
)
"""What only the token of a request opens; a browser's session counts for nothing there, so no page can misuse it."""

OPEN_BLUEPRINTS = frozenset(
    {"pages", "results", "documents", "documents_web", "api", "suggest", "lines", "exports", "operations", "register",
     "links", "records", "finder", "answers", "joint_links", "handout", "guide", "hsds"}
)  # fmt: skip
"""Blueprints whose every route is open to anyone: they read what is public, or take what anybody may send in."""

_ROUTES_OF: dict[Permission, tuple[str, ...]] = {
    Permission.READ: ("root",),
    Permission.OWN_ACCOUNT: ("account.begin", "account.home", "account.end", "account.end_all"),
    Permission.MANAGE_PEOPLE: (
        "people.home_of_people", "people.invite_somebody", "people.replace_officer", "people.withdraw_access",
        "people.take_second_factor",
    ),
    Permission.EDIT_RECORD: (
        "editing.manage", "editing.set_availability", "editing.set_numbers", "editing.set_hours", "editing.edit",
    ),
    Permission.READ_WORKSPACE: ("guide.make", "workspace.registrations", "workspace.submission", "desk.home"),
    Permission.WORK: (
        "workspace.confirm", "workspace.register", "workspace.register_save", "workspace.availability",
        "workspace.availability_save",
    ),
    Permission.CREATE_REFERRAL_BY_TOKEN: ("referral_api.create",),
    Permission.READ_REFERRAL_BY_TOKEN: ("referral_api.listed", "referral_api.read"),
    Permission.CLOSE_REFERRAL_BY_TOKEN: ("referral_api.close",),
}  # fmt: skip
ROUTES = {endpoint: permission for permission, endpoints in _ROUTES_OF.items() for endpoint in endpoints}
"""Endpoint → permission. Where a whole blueprint needs one permission, it stands in BLUEPRINTS."""
BLUEPRINTS = {
    "moderation": Permission.MODERATE,
    "security": Permission.SIGN_IN,
    "organization_side": Permission.SPEAK_FOR_ORGANIZATION,
    "consulate_record": Permission.EDIT_CONSULATE,
    "joint": Permission.JOINT_WORK,
    "country": Permission.READ_COUNTRY,
    "liaison": Permission.ANSWER_FOR_COUNTRY,
    "network": Permission.READ_NETWORK,
    "region": Permission.READ_REGION,
}


def session_limit(roles: Iterable[Role]) -> SessionLimit:
    """How long whoever has these roles stays signed in."""
    limits = [SESSION_LIMITS[role] for role in roles] or [SESSION_LIMITS[Role.EDITOR]]
    return SessionLimit(min(item.idle for item in limits), min(item.whole for item in limits))


def permission_for(endpoint: str) -> Permission | None:
    """What a route needs; None where nobody decided, which means: nobody may."""
    if endpoint in ROUTES:
        return ROUTES[endpoint]
    blueprint = endpoint.partition(".")[0]
    if blueprint in OPEN_BLUEPRINTS:
        return Permission.READ
    return BLUEPRINTS.get(blueprint)


def allows(viewer: Viewer, permission: Permission, target: Target | None = None) -> bool:
    """Whether `viewer` may do this to `target`."""
    about = target or Target()
    return any(all(holds(viewer, about) for holds in alternative) for alternative in PERMISSIONS.get(permission, ()))


def lacks_only_second_factor(viewer: Viewer, permission: Permission, target: Target | None = None) -> bool:
    """Whether a second factor is all that is missing."""
    proved = Viewer(viewer.user_id, viewer.grants, has_second_factor=True)
    return not viewer.has_second_factor and allows(proved, permission, target)
