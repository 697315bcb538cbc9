"""The published criteria: who is listed and who is not. Every rejection cites one of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext


@dataclass(frozen=True)
class Criterion:
    """One rule: its anchor on the criteria page and its text in the language of the page."""

    key: str
    text: str


def listed() -> list[Criterion]:
    """Who is listed."""
    return [
        Criterion("civil-society", gettext("Civil society organizations: not part of a government, not for profit.")),
        Criterion(
            "helps-migrants",
            gettext("They help migrants, refugees, returned people or their families in one of the eleven countries."),
        ),
        Criterion(
            "sourced",
            gettext(
                "There is at least one published source, or the organization itself, that says what they do and where."
            ),
        ),
        Criterion(
            "never-charges",
            gettext(
                "They never charge for a place, a form or a referral. "
                "A fee for a legal service must be low, written down and told beforehand."
            ),
        ),
    ]


def not_listed() -> list[Criterion]:
    """Who is not listed."""
    return [
        Criterion("sells-services", gettext("Notaries, agencies and “consultants” who sell immigration services.")),
        Criterion(
            "asks-for-favours",
            gettext("Anyone who asks for money, documents or favours to put a person on a list."),
        ),
        Criterion("other-purpose", gettext("Political parties, recruiters and lenders.")),
        Criterion("asked-not-to-be", gettext("Organizations that ask not to be listed.")),
        Criterion("could-not-confirm", gettext("Anyone who could not be reached to confirm that the record is true.")),
        Criterion("already-listed", gettext("A record that is in the directory already.")),
    ]


def all_criteria() -> list[Criterion]:
    """Every criterion, as a rejection may cite it."""
    return [*listed(), *not_listed()]


def refusals() -> list[Criterion]:
    """The same as reasons for a refusal, the usual ones first, as a moderator presses them."""
    return [
        Criterion("already-listed", gettext("It is in the directory already.")),
        Criterion("could-not-confirm", gettext("Nobody could be reached who confirms it.")),
        Criterion(
            "helps-migrants", gettext("It does not help migrants, refugees or returned people in our countries.")
        ),
        Criterion("sourced", gettext("No source says what it does and where.")),
        Criterion("civil-society", gettext("It is a part of a government, or works for profit.")),
        Criterion("never-charges", gettext("It charges for a place, a form or a referral.")),
        Criterion("sells-services", gettext("It sells immigration services.")),
        Criterion("asks-for-favours", gettext("Somebody asks for money, documents or favours in its name.")),
        Criterion("other-purpose", gettext("It serves a party, recruits workers or lends money.")),
        Criterion("asked-not-to-be", gettext("It asked not to be listed.")),
    ]


def criterion(key: str) -> Criterion:
    """A criterion by key. Raises LookupError."""
    for item in all_criteria():
        if item.key == key:
            return item
    raise LookupError(key)
