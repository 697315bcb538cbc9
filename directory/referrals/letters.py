"""Letters about referrals: to the organization that is asked, and to the consulate that asked."""

from __future__ import annotations

from flask_babel import gettext

from directory.consulates.naming import NameOf
from directory.database import AnySession
from directory.mail.letters import Action, Letter, absolute, in_language, post
from directory.organizations.models import Organization
from directory.partnerships.reach import Reader
from directory.referrals.models import Referral, Urgency


def urgency_name(urgency: Urgency) -> str:
    """By when, in the language of the moment."""
    names = {
        Urgency.NOW: gettext("within the hour"),
        Urgency.TODAY: gettext("today"),
        Urgency.WEEK: gettext("this week"),
    }
    return str(names[urgency])


def post_referral(
    session: AnySession,
    reader: Reader,
    organization: Organization,
    referral: Referral,
    consulate: NameOf,
    need: NameOf,
    token: str,
    *,
    office: str | None = None,
    is_reminder: bool = False,
) -> None:
    """A consulate asks the organization, or its office in a town, to take somebody on."""
    lang = reader.language
    with in_language(lang):
        urgency = urgency_name(referral.urgency)
        lead = (
            gettext("%(consulate)s still waits for your answer: %(need)s, %(urgency)s.",
                    consulate=consulate(lang), need=need(lang), urgency=urgency)
            if is_reminder
            else gettext("%(consulate)s asks whether you can help: %(need)s, %(urgency)s.",
                         consulate=consulate(lang), need=need(lang), urgency=urgency)
        )  # fmt: skip
        asked = (gettext("It is for your office in %(place)s.", place=office),) if office else ()
        letter = Letter(
            kind="referral-reminder" if is_reminder else "referral",
            subject=gettext("Referral %(reference)s: %(need)s", reference=referral.reference, need=need(lang)),
            paragraphs=(lead, *asked, gettext("Say yes, no or ask, with one tap. You need no account.")),
            actions=(Action(gettext("Open and answer"), absolute(f"/{lang}/referral/{token}")),),
            closing=(
                gettext("Never write names, phones or document numbers of people into an e-mail or into the answer."),
            ),
        )
    post(session, letter, reader.email, lang, organization.id)


def post_reply(
    session: AnySession, reader: Reader, organization: Organization, referral: Referral, consulate: NameOf, token: str
) -> None:
    """The consulate answered a question."""
    lang = reader.language
    with in_language(lang):
        letter = Letter(
            kind="referral",
            subject=gettext("Referral %(reference)s: an answer to your question", reference=referral.reference),
            paragraphs=(gettext("%(consulate)s has answered.", consulate=consulate(lang)),),
            actions=(Action(gettext("Open and answer"), absolute(f"/{lang}/referral/{token}")),),
        )
    post(session, letter, reader.email, lang, organization.id)


def post_answer(
    session: AnySession, reader: Reader, organization: Organization, referral: Referral, news: str, path: str
) -> None:
    """To the consulate: accepted, declined, asked, or nobody answered."""
    lang = reader.language
    with in_language(lang):
        sentences = {
            "accept": gettext("%(name)s said yes.", name=organization.name),
            "decline": gettext("%(name)s cannot this time.", name=organization.name),
            "ask": gettext("%(name)s wants to know more before it answers.", name=organization.name),
            "close": gettext("%(name)s told what became of it.", name=organization.name),
            "silent": gettext(
                "%(name)s has not answered yet. Call them, or refer the person to somebody else.",
                name=organization.name,
            ),
            "gone": gettext(
                "%(name)s is not in the directory any more. Refer the person to somebody else.", name=organization.name
            ),
            "abandoned": gettext("%(name)s never answered. The referral is taken back.", name=organization.name),
            "unfinished": gettext(
                "%(name)s said yes a month ago. What became of it? Close the referral with one tap.",
                name=organization.name,
            ),
        }
        letter = Letter(
            kind="referral-answer",
            subject=gettext("Referral %(reference)s: %(news)s", reference=referral.reference, news=sentences[news]),
            paragraphs=(sentences[news],),
            actions=(Action(gettext("Open the referral"), absolute(f"/{lang}{path}")),),
        )
    post(session, letter, reader.email, lang)
