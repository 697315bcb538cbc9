"""Letters between a consulate and an organization. They name need and code; the rest is behind a link."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from flask_babel import gettext

from directory.consulates.naming import NameOf
from directory.database import AnySession
from directory.mail.letters import Action, Letter, absolute, in_language, post
from directory.mail.models import OutboxMessage
from directory.organizations.models import Organization
from directory.partnerships.models import Partnership
from directory.partnerships.reach import Reader


def post_proposal(
    session: AnySession, reader: Reader, organization: Organization, consulate: NameOf, token: str, *, again: bool
) -> OutboxMessage:
    """A consulate would like to work with the organization, or on other terms than before."""
    lang = reader.language
    with in_language(lang):
        text = (
            gettext("%(consulate)s has changed what you agreed on. Please look at it: it waits for your answer.",
                    consulate=consulate(lang))
            if again
            else gettext("%(consulate)s proposes to work with %(name)s for people who need protection.",
                         consulate=consulate(lang), name=organization.name)
        )  # fmt: skip
        letter = Letter(
            kind="partnership",
            subject=gettext("%(consulate)s proposes to work together", consulate=consulate(lang)),
            paragraphs=(
                text,
                gettext("You decide: accept it or not, and whether everyone may know. You need no account."),
            ),
            actions=(Action(gettext("Look at it and answer"), absolute(f"/{lang}/partnership/{token}")),),
            closing=(gettext("Keep this link to yourself: whoever has it answers for you."),),
        )
    return post(session, letter, reader.email, lang, organization.id)


def post_proposal_to_consulate(session: AnySession, reader: Reader, organization: Organization, path: str) -> None:
    """An organization would like to work with the consulate."""
    lang = reader.language
    with in_language(lang):
        letter = Letter(
            kind="partnership",
            subject=gettext("%(name)s proposes to work together", name=organization.name),
            paragraphs=(gettext("%(name)s proposes a partnership to your consulate.", name=organization.name),),
            actions=(Action(gettext("Look at it and answer"), absolute(f"/{lang}{path}")),),
        )
    post(session, letter, reader.email, lang)


def post_partnership_news(
    session: AnySession, reader: Reader, organization: Organization, news: str, path: str
) -> None:
    """To the consulate: the organization answered, suspended or ended."""
    lang = reader.language
    with in_language(lang):
        sentences = {
            "accept": gettext("%(name)s accepted. You are partners now.", name=organization.name),
            "decline": gettext("%(name)s does not accept the proposal.", name=organization.name),
            "suspend": gettext("%(name)s lets the partnership rest for now.", name=organization.name),
            "resume": gettext("%(name)s takes the partnership up again.", name=organization.name),
            "end": gettext("%(name)s ended the partnership.", name=organization.name),
            "gone": gettext(
                "%(name)s is not in the directory any more. The partnership ended.", name=organization.name
            ),
            "lapse": gettext("The partnership with %(name)s ended: its last day has passed.", name=organization.name),
        }
        letter = Letter(
            kind="partnership",
            subject=gettext("Partnership with %(name)s", name=organization.name),
            paragraphs=(sentences[news],),
            actions=(Action(gettext("See the partnership"), absolute(f"/{lang}{path}")),),
        )
    post(session, letter, reader.email, lang)


def post_news_to_organization(
    session: AnySession, reader: Reader, organization: Organization, consulate: NameOf, news: str, token: str
) -> None:
    """To the organization: the consulate answered, suspended or ended."""
    lang = reader.language
    with in_language(lang):
        name = consulate(lang)
        sentences = {
            "accept": gettext("%(consulate)s accepted your proposal. You are partners now.", consulate=name),
            "noted": gettext(
                "An officer of %(consulate)s noted that you agreed on the phone. Is that right? Look at what was "
                "noted, and end it with the link if it is not.",
                consulate=name,
            ),
            "last-day": gettext("%(consulate)s changed the last day of the partnership.", consulate=name),
            "decline": gettext("%(consulate)s does not accept your proposal for now.", consulate=name),
            "withdraw": gettext("%(consulate)s took its proposal back.", consulate=name),
            "suspend": gettext("%(consulate)s lets the partnership rest for now.", consulate=name),
            "resume": gettext("%(consulate)s takes the partnership up again.", consulate=name),
            "end": gettext("%(consulate)s ended the partnership.", consulate=name),
        }
        letter = Letter(
            kind="partnership",
            subject=gettext("Partnership with %(name)s", name=name),
            paragraphs=(sentences[news],),
            actions=(Action(gettext("See the partnership"), absolute(f"/{lang}/partnership/{token}")),),
        )
    post(session, letter, reader.email, lang, organization.id)


def post_ending(session: AnySession, reader: Reader, partnership: Partnership, name: str, address: str) -> None:
    """The last day of a partnership is near."""
    lang = reader.language
    last_day: date | None = partnership.valid_until
    with in_language(lang):
        day = format_date(last_day, format="long", locale=lang) if last_day else ""
        letter = Letter(
            kind="partnership-ending",
            subject=gettext("Partnership with %(name)s: it ends on %(day)s", name=name, day=day),
            paragraphs=(
                gettext("What you agreed on with %(name)s holds until %(day)s.", name=name, day=day),
                gettext("The consulate can extend it; if nobody does, it ends by itself."),
            ),
            actions=(Action(gettext("See the partnership"), address),),
        )
    post(session, letter, reader.email, lang)
