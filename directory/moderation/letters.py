"""Letters about decisions, and the yearly question whether a record is still right."""

from __future__ import annotations

from flask_babel import gettext

from directory.database import AnySession
from directory.mail.letters import Action, Letter, absolute, in_language, post
from directory.mail.models import OutboxMessage
from directory.moderation.criteria import criterion
from directory.organizations.models import Organization
from directory.registration.models import Submission
from directory.registration.submissions import request_number


def post_approved(
    session: AnySession, submission: Submission, organization: Organization, slug: str, manage_token: str | None
) -> OutboxMessage | None:
    """The record is public, and here is its key."""
    if not submission.email:
        return None
    lang = submission.language
    with in_language(lang):
        actions = [Action(gettext("See the page"), absolute(f"/{lang}/organizations/{slug}"))]
        paragraphs = [gettext("%(name)s is in the directory now, as you wrote it.", name=organization.name)]
        if manage_token:
            actions.append(Action(gettext("Open my record"), absolute(f"/{lang}/manage/{manage_token}")))
            paragraphs.append(
                gettext(
                    "With the second link you say in two taps whether you can take someone, and correct your record."
                )
            )
        letter = Letter(
            kind="approved",
            subject=gettext("%(name)s: published", name=organization.name),
            paragraphs=tuple(paragraphs),
            actions=tuple(actions),
            closing=(gettext("Keep the second link to yourself: whoever has it can change your record."),)
            if manage_token
            else (),
        )
    return post(session, letter, submission.email, lang, organization.id)


def post_returned(session: AnySession, submission: Submission, token: str) -> OutboxMessage | None:
    """Something is missing: what, and where to mend it."""
    if not submission.email:
        return None
    lang = submission.language
    name = str(submission.data.get("name") or "")
    with in_language(lang):
        letter = Letter(
            kind="returned",
            subject=gettext("%(name)s: one more thing", name=name),
            paragraphs=(
                gettext("We looked at what you wrote about %(name)s. Before it can be published:", name=name),
                submission.decision_note or "",
            ),
            actions=(Action(gettext("Mend it"), absolute(f"/{lang}/register/d/{token}")),),
            closing=(gettext("Everything you wrote is kept."),),
        )
    return post(session, letter, submission.email, lang, submission.organization_id)


def post_rejected(session: AnySession, submission: Submission) -> OutboxMessage | None:
    """Not published: because of which criterion, and how to appeal."""
    if not submission.email:
        return None
    lang = submission.language
    name = str(submission.data.get("name") or "")
    with in_language(lang):
        rule = criterion(submission.criterion or "")
        paragraphs = [
            gettext("We looked at what you sent about %(name)s. It is not published, by this rule:", name=name),
            f"“{rule.text}”",
        ]
        if submission.decision_note:
            paragraphs.append(submission.decision_note)
        paragraphs.append(
            gettext(
                "You can appeal within 30 days: the criteria page says how. Somebody who did not take this decision "
                "looks at it again. Give this number: %(number)s.",
                number=request_number(submission.id),
            )
        )
        letter = Letter(
            kind="rejected",
            subject=gettext("%(name)s: not published", name=name),
            paragraphs=tuple(paragraphs),
            actions=(Action(gettext("The criteria and how to appeal"), absolute(f"/{lang}/criteria#{rule.key}")),),
        )
    return post(session, letter, submission.email, lang, submission.organization_id)


def post_merged(session: AnySession, submission: Submission, slug: str) -> OutboxMessage | None:
    """What was sent became a part of a record that exists."""
    if not submission.email:
        return None
    lang = submission.language
    with in_language(lang):
        letter = Letter(
            kind="merged",
            subject=gettext("Your organization was in the directory already"),
            paragraphs=(
                gettext("We found a record of the same organization and put into it what you wrote and it lacked."),
                gettext("If it is not the same one, answer through the page: “suggest a change”."),
            ),
            actions=(Action(gettext("See the page"), absolute(f"/{lang}/organizations/{slug}")),),
        )
    return post(session, letter, submission.email, lang, submission.organization_id)


def post_still_right(
    session: AnySession, organization: Organization, address: str, token: str, lang: str
) -> OutboxMessage:
    """The question that keeps a record true."""
    with in_language(lang):
        letter = Letter(
            kind="still-right",
            subject=gettext("Is the record of %(name)s still right?", name=organization.name),
            paragraphs=(
                gettext("Consulates send people to you by what this directory says. Please look at it: one minute."),
            ),
            actions=(
                Action(gettext("Look and say: still right"), absolute(f"/{lang}/still-right/{token}")),
                Action(gettext("Look and correct something"), absolute(f"/{lang}/still-right/{token}#edit")),
            ),
            closing=(gettext("If nobody answers, the record stays, marked as not confirmed, and somebody calls you."),),
        )
    return post(session, letter, address, lang, organization.id)
