"""What the closed lists of joint work are called, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from directory.partnerships.models import Agreement, PartnershipState, ReferralChannel


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
