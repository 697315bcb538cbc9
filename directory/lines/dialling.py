"""Whether a printed number can be dialled from where it says, and what a telephone must dial."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from directory.lines.models import LineChannel
from directory.phones import valid_number

_SHORT = re.compile(r"[*#]?[0-9]{2,6}#?")
_DIALLED = re.compile(r"[+*#]?[0-9][0-9\s().\-]*#?")
_EMAIL = re.compile(r"[^@\s<>()?&%#/]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LOCAL_DIGITS = range(7, 16)
_ABROAD_IS_DEAF = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }
)


class Undialled(enum.StrEnum):
    """Why a number cannot be used."""

    NOT_A_NUMBER = "not-a-number"
    NOT_FROM_THERE = "not-from-there"
    NEEDS_A_PLACE = "needs-a-place"
    NOT_AN_ADDRESS = "not-an-address"


class CannotBeDialled(ValueError):
    """A number that does not answer from where it is said to."""

    def __init__(self, reason: Undialled) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True)
class Dialled:
    """`number` in E.164 or None, and what a telephone dials (None for an address of e-mail)."""

    number: str | None
    dial: str | None


def read_number(printed: str, channel: LineChannel, country: str | None, reach: Sequence[str]) -> Dialled:
    """The number of a line. `reach`: country and subdivision codes from where it can be dialled; none: not said.

    A short number answers in its own country only, a toll-free one where its country code is dialled at home.
    Raises CannotBeDialled.
    """
    if channel == LineChannel.EMAIL:
        if not _EMAIL.fullmatch(printed):
            raise CannotBeDialled(Undialled.NOT_AN_ADDRESS)
        return Dialled(None, None)
    spoken = printed.split(",", 1)[0].strip()  # `079, option 1`
    if not _DIALLED.fullmatch(spoken):
        raise CannotBeDialled(Undialled.NOT_A_NUMBER)
    digits = re.sub(r"[\s().\-]", "", spoken)
    regions = tuple(dict.fromkeys(code[:2] for code in reach))
    if _SHORT.fullmatch(digits):
        return _short(digits, channel, country, regions)
    number = next(filter(None, (valid_number(spoken, region) for region in (*regions, country))), None)
    if number is None:
        return _local(digits, channel, country, regions)
    callers = regions or ((country,) if country else ())
    is_free = phonenumbers.number_type(number) in _ABROAD_IS_DEAF
    if is_free:
        _check_reach(number, callers)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if is_free and len(callers) == 1:
        # A free number is dialled as people of the country dial it: many networks do not know it with `+`.
        return Dialled(e164, phonenumbers.format_number_for_mobile_dialing(number, callers[0], False) or e164)
    return Dialled(e164, e164)


def _short(digits: str, channel: LineChannel, country: str | None, regions: tuple[str, ...]) -> Dialled:
    if channel == LineChannel.WHATSAPP:
        raise CannotBeDialled(Undialled.NOT_A_NUMBER)
    if not regions or country is None:
        raise CannotBeDialled(Undialled.NEEDS_A_PLACE)
    if set(regions) != {country}:
        raise CannotBeDialled(Undialled.NOT_FROM_THERE)
    return Dialled(None, digits)


def _local(digits: str, channel: LineChannel, country: str | None, regions: tuple[str, ...]) -> Dialled:
    """A number that no plan of numbers knows, as some countries' free ones: dialled as printed, at home."""
    if channel == LineChannel.WHATSAPP or digits.startswith("+") or len(digits) not in _LOCAL_DIGITS:
        raise CannotBeDialled(Undialled.NOT_A_NUMBER)
    if country is None or set(regions) != {country}:
        raise CannotBeDialled(Undialled.NOT_FROM_THERE if regions else Undialled.NEEDS_A_PLACE)
    return Dialled(None, digits)


def _check_reach(number: phonenumbers.PhoneNumber, callers: tuple[str, ...]) -> None:
    if not callers:
        raise CannotBeDialled(Undialled.NEEDS_A_PLACE)
    if any(phonenumbers.country_code_for_region(region) != number.country_code for region in callers):
        raise CannotBeDialled(Undialled.NOT_FROM_THERE)
