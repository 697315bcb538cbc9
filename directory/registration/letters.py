"""Letters to those who register and to the organizations on record."""

from __future__ import annotations

from flask_babel import gettext

from directory.database import AnySession
from directory.mail.letters import Action, Letter, absolute, in_language, post
from directory.mail.models import OutboxMessage
from directory.organizations.differences import Difference
from directory.organizations.models import Organization
from directory.organizations.wording import field_name, value_text
from directory.registration.models import Submission


def _name(submission: Submission) -> str:
    return str(submission.data.get("name") or gettext("your organization"))


def post_draft(session: AnySession, submission: Submission, token: str) -> OutboxMessage | None:
    """The link under which a draft can be taken up again."""
    if not submission.email:
        return None
    with in_language(submission.language):
        letter = Letter(
            kind="draft",
            subject=gettext("Go on with the registration of %(name)s", name=_name(submission)),
            paragraphs=(
                gettext("What you typed is saved. Under this link you can go on, on any device, for 30 days."),
            ),
            actions=(Action(gettext("Go on"), absolute(f"/{submission.language}/register/d/{token}")),),
            closing=(gettext("Keep the link to yourself: whoever has it can change what you wrote."),),
        )
    return post(session, letter, submission.email, submission.language)


def post_confirmation(session: AnySession, submission: Submission, token: str, draft_token: str) -> OutboxMessage:
    """The link that confirms a registration, and the one that goes on with it."""
    lang = submission.language
    with in_language(lang):
        letter = Letter(
            kind="confirm-submission",
            subject=gettext("Confirm the registration of %(name)s", name=_name(submission)),
            paragraphs=(
                gettext("You registered %(name)s in the consular support directory.", name=_name(submission)),
                gettext("Confirm that it was you. After that a moderator looks at it, usually within a few days."),
            ),
            actions=(
                Action(gettext("Confirm"), absolute(f"/{lang}/confirm/{token}")),
                Action(gettext("Add or change something"), absolute(f"/{lang}/register/d/{draft_token}")),
            ),
            closing=(gettext("If it was not you, do nothing: without your confirmation nothing is published."),),
        )
    return post(session, letter, submission.email or "", lang)


def post_old_channel(
    session: AnySession,
    organization: Organization,
    address: str,
    changes: list[Difference],
    token: str,
    language: str,
) -> OutboxMessage:
    """Ask the address on record whether a change of contacts is theirs."""
    with in_language(language):
        lines = tuple(
            gettext(
                "%(field)s: from “%(before)s” to “%(after)s”",
                field=field_name(change.path),
                before=value_text(change.path, change.before, language),
                after=value_text(change.path, change.after, language),
            )
            for change in changes
        )
        letter = Letter(
            kind="old-channel",
            subject=gettext("Is this change of %(name)s yours?", name=organization.name),
            paragraphs=(
                gettext("Somebody asked to change how %(name)s is reached:", name=organization.name),
                *lines,
                gettext("It is not published. Look at it and say whether it is right."),
            ),
            actions=(Action(gettext("Look at the change"), absolute(f"/{language}/agree/{token}")),),
            closing=(gettext("If you do nothing, it stays unpublished until a moderator has called you."),),
        )
    return post(session, letter, address, language, organization.id)


def post_claim(session: AnySession, organization: Organization, address: str, token: str, lang: str) -> OutboxMessage:
    """The link that proves that somebody reads mail at the organization's own address."""
    with in_language(lang):
        letter = Letter(
            kind="claim",
            subject=gettext("Your access to the record of %(name)s", name=organization.name),
            paragraphs=(
                gettext("Somebody says that they belong to %(name)s and gave this address.", name=organization.name),
                gettext("If that is you, open this link: it gives you access to your organization’s record."),
            ),
            actions=(Action(gettext("Yes, that is me"), absolute(f"/{lang}/claim/{token}")),),
            closing=(gettext("If it was not you, do nothing. The link stops working after three days."),),
        )
    return post(session, letter, address, lang, organization.id)


def post_access(session: AnySession, organization: Organization, address: str, lang: str) -> OutboxMessage:
    """Somebody who has an account already may edit one more record."""
    with in_language(lang):
        letter = Letter(
            kind="access",
            subject=gettext("Your access to the record of %(name)s", name=organization.name),
            paragraphs=(gettext("You can edit the record of %(name)s now. Sign in as usual.", name=organization.name),),
            actions=(Action(gettext("Sign in"), absolute(f"/{lang}/login")),),
        )
    return post(session, letter, address, lang, organization.id)
