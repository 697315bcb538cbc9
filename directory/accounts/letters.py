"""Letters about accounts."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext
from flask_security.recoverable import generate_reset_password_token

from directory.accounts.models import User
from directory.database import AnySession
from directory.mail.letters import Action, Letter, absolute, in_language, post
from directory.mail.models import OutboxMessage

TRIES_NOTICE = "tries-notice"


def password_link(user: User) -> str:
    """A link under which the user sets a password: it works once, and for two days."""
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    return absolute(f"/{user.language}/reset/{token}")


def post_invitation(session: AnySession, user: User) -> OutboxMessage:
    """Tell a new user how to begin."""
    with in_language(user.language):
        letter = Letter(
            kind="invitation",
            subject=gettext("Your access to the consular support directory"),
            paragraphs=(
                gettext("Somebody who runs this directory has given you access."),
                gettext("Choose a password under this link. It works once, and for two days."),
            ),
            actions=(Action(gettext("Choose a password"), password_link(user)),),
            closing=(gettext("If you expected nothing of the kind, do nothing: without a password nobody can enter."),),
        )
    return post(session, letter, user.email, user.language)


def post_password_link(session: AnySession, user: User) -> OutboxMessage:
    """Answer to a forgotten password."""
    with in_language(user.language):
        letter = Letter(
            kind="password-link",
            subject=gettext("Choose a new password"),
            paragraphs=(gettext("Under this link you can choose a new password. It works once, and for two days."),),
            actions=(Action(gettext("Choose a new password"), password_link(user)),),
            closing=(gettext("If you did not ask for it, do nothing: your password stays as it is."),),
        )
    return post(session, letter, user.email, user.language)


def post_password_notice(session: AnySession, user: User) -> OutboxMessage:
    """Tell the owner that the password is another one now."""
    with in_language(user.language):
        letter = Letter(
            kind="password-notice",
            subject=gettext("Your password was changed"),
            paragraphs=(
                gettext("The password of your access was changed, and every browser was signed out."),
                gettext("If that was not you, choose a new one at once and tell whoever gave you access."),
            ),
            actions=(Action(gettext("Choose a new password"), absolute(f"/{user.language}/reset")),),
        )
    return post(session, letter, user.email, user.language)


def post_factor_notice(session: AnySession, user: User) -> OutboxMessage:
    """Tell the owner that an administrator took the second factor away."""
    with in_language(user.language):
        letter = Letter(
            kind="factor-notice",
            subject=gettext("Your second factor was taken away"),
            paragraphs=(
                gettext("An administrator took away the second factor of your access; every browser was signed out."),
                gettext("Sign in with your password, then set up a new one: until then only little opens."),
                gettext("If you did not ask for it, choose a new password at once and tell whoever gave you access."),
            ),
            actions=(Action(gettext("Sign in"), absolute(f"/{user.language}/login")),),
        )
    return post(session, letter, user.email, user.language)


def post_tries_notice(session: AnySession, user: User) -> OutboxMessage:
    """Tell the owner that somebody keeps trying passwords."""
    with in_language(user.language):
        letter = Letter(
            kind=TRIES_NOTICE,
            subject=gettext("Somebody tries to sign in as you"),
            paragraphs=(
                gettext(
                    "Wrong passwords were tried for your access so often that it was stopped for a quarter of an hour."
                ),
                gettext("Nobody got in, and a browser in which you signed in before still works."),
            ),
            actions=(Action(gettext("Choose a new password"), absolute(f"/{user.language}/reset")),),
            closing=(gettext("If it was you, do nothing. You get this letter at most once a day."),),
        )
    return post(session, letter, user.email, user.language)


def post_from_security(session: AnySession, template: str, user: User) -> None:
    """The letter that stands for one of Flask-Security's templates; an unknown one is an error, not silence."""
    if template.endswith("reset_instructions"):
        post_password_link(session, user)
    elif template.endswith(("reset_notice", "change_notice")):
        post_password_notice(session, user)
    else:
        current_app.logger.error("Flask-Security wants to send %s, which has no letter", template)
        raise LookupError(template)
