"""What the closed lists of referrals are called, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from directory.referrals.models import AgeGroup, DeclineReason, Outcome, ReferralState, Sentence, Urgency


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


def sentence_texts() -> dict[str, str]:
    """The fixed sentences, the most usual first."""
    return {
        Sentence.BED_TONIGHT: gettext("Needs a bed tonight."),
        Sentence.ON_THE_WAY: gettext("Is on the way to you."),
        Sentence.CALL_FIRST: gettext("Please call us before you say yes."),
        Sentence.SAFE_FOR_NOW: gettext("Is in a safe place for now."),
        Sentence.SMALL_CHILDREN: gettext("Small children come along."),
        Sentence.ALONE: gettext("Travels alone."),
        Sentence.INTERPRETER: gettext("Needs an interpreter."),
        Sentence.NO_PHONE: gettext("Has no phone: we pass on what you say."),
        Sentence.DATE_SOON: gettext("Has a date soon at a court or an authority."),
        Sentence.MEDICAL: gettext("Should be seen by a doctor soon."),
        Sentence.ACCOMPANIED: gettext("Somebody of the consulate comes along."),
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
