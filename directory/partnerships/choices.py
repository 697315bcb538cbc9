"""What the closed lists of joint work are called, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from directory.partnerships.free_text import PersonalData
from directory.partnerships.models import (
    AgeGroup,
    Agreement,
    DeclineReason,
    Outcome,
    PartnershipState,
    ReferralChannel,
    ReferralState,
    Urgency,
)


def agreement_names() -> dict[str, str]:
    """What a partnership rests on."""
    return {
        Agreement.UNWRITTEN: gettext("Nothing in writing"),
        Agreement.LETTER: gettext("A letter or an e-mail"),
        Agreement.MEMORANDUM: gettext("A memorandum of understanding"),
        Agreement.CONTRACT: gettext("A contract"),
    }


def channel_names() -> dict[str, str]:
    """How people are referred."""
    return {
        ReferralChannel.DIRECTORY: gettext("Through this directory"),
        ReferralChannel.PHONE: gettext("By phone first"),
        ReferralChannel.EMAIL: gettext("By e-mail first"),
        ReferralChannel.IN_PERSON: gettext("In person"),
    }


def partnership_state_names() -> dict[str, str]:
    """Where a partnership stands."""
    return {
        PartnershipState.PROPOSED: gettext("Proposed"),
        PartnershipState.ACTIVE: gettext("Active"),
        PartnershipState.SUSPENDED: gettext("At rest"),
        PartnershipState.ENDED: gettext("Ended"),
        PartnershipState.DECLINED: gettext("Not accepted"),
    }


def event_names() -> dict[str, str]:
    """What happened to a partnership."""
    return {
        "propose": gettext("proposed"),
        "accept": gettext("accepted"),
        "decline": gettext("not accepted"),
        "withdraw": gettext("taken back"),
        "suspend": gettext("put at rest"),
        "resume": gettext("taken up again"),
        "end": gettext("ended"),
        "lapse": gettext("ended: its last day has passed"),
        "publish": gettext("made public"),
        "unpublish": gettext("not public any more"),
        "change": gettext("terms changed"),
        "name-people": gettext("focal points changed"),
    }


def referral_state_names() -> dict[str, str]:
    """Where a referral stands."""
    return {
        ReferralState.SENT: gettext("Waits for an answer"),
        ReferralState.ASKED: gettext("They ask something"),
        ReferralState.ACCEPTED: gettext("Accepted"),
        ReferralState.DECLINED: gettext("Not possible"),
        ReferralState.WITHDRAWN: gettext("Taken back"),
        ReferralState.CLOSED: gettext("Closed"),
    }


def age_names() -> dict[str, str]:
    """How old."""
    return {
        AgeGroup.BABY: gettext("0–2 years"),
        AgeGroup.CHILD: gettext("3–11 years"),
        AgeGroup.ADOLESCENT: gettext("12–17 years"),
        AgeGroup.YOUNG: gettext("18–29 years"),
        AgeGroup.ADULT: gettext("30–59 years"),
        AgeGroup.OLDER: gettext("60 years or more"),
        AgeGroup.FAMILY: gettext("Family or group of several ages"),
        AgeGroup.UNKNOWN: gettext("Not known"),
    }


def urgency_names() -> dict[str, str]:
    """By when an answer is needed."""
    return {
        Urgency.NOW: gettext("Within the hour"),
        Urgency.TODAY: gettext("Today"),
        Urgency.WEEK: gettext("This week"),
    }


def decline_names() -> dict[str, str]:
    """Why not."""
    return {
        DeclineReason.FULL: gettext("We are full"),
        DeclineReason.NOT_OFFERED: gettext("We do not offer this"),
        DeclineReason.NOT_THIS_PERSON: gettext("Not for people in this situation"),
        DeclineReason.TOO_FAR: gettext("Too far away"),
        DeclineReason.CLOSED: gettext("We are closed for now"),
        DeclineReason.OTHER: gettext("Another reason"),
    }


def outcome_names() -> dict[str, str]:
    """What became of it."""
    return {
        Outcome.HELPED: gettext("Helped"),
        Outcome.PARTLY: gettext("Helped in part"),
        Outcome.DID_NOT_COME: gettext("The person did not come"),
        Outcome.REFERRED_ON: gettext("Referred to somebody else"),
        Outcome.NOT_NEEDED: gettext("No longer needed"),
        Outcome.UNKNOWN: gettext("Not known"),
    }


def answer_names() -> dict[str, str]:
    """How it was answered, for tables."""
    return {
        "accepted": gettext("accepted"),
        "declined": gettext("not possible"),
        "none": gettext("no answer"),
    }


def personal_data_names() -> dict[str, str]:
    """What a text seems to hold."""
    return {
        PersonalData.NAME: gettext("a person’s name"),
        PersonalData.NAME_LIST: gettext("a list of names"),
        PersonalData.PHONE: gettext("a phone number"),
        PersonalData.EMAIL: gettext("an e-mail address"),
        PersonalData.DOCUMENT: gettext("a document number"),
        PersonalData.BIRTH_DATE: gettext("a date of birth"),
    }
