"""Numbers as they are printed, and from where they answer."""

from __future__ import annotations

import pytest

from directory.lines.dialling import CannotBeDialled, Undialled, read_number
from directory.lines.hours import BadHours, Opening, read_hours
from directory.lines.models import LineChannel

VOICE, WHATSAPP, TEXT, EMAIL = LineChannel.VOICE, LineChannel.WHATSAPP, LineChannel.TEXT, LineChannel.EMAIL


@pytest.mark.parametrize(
    ("printed", "channel", "country", "reach", "number", "dial"),
    [
        ("911", VOICE, "US", ["US"], None, "911"),
        ("110", VOICE, "GT", ["GT"], None, "110"),
        ("*212", VOICE, "DO", ["DO"], None, "*212"),
        ("699#", VOICE, "US", ["US"], None, "699#"),
        ("079, opción 1", VOICE, "MX", ["MX"], None, "079"),
        ("211", VOICE, "CA", ["CA-QC"], None, "211"),
        ("1-800-799-7233", VOICE, "US", ["US"], "+18007997233", "+18007997233"),
        ("1-800-422-4453", VOICE, "CA", ["US", "CA"], "+18004224453", "+18004224453"),
        ("800 911 2000", VOICE, "MX", ["MX"], "+528009112000", "8009112000"),
        ("2288-0188", VOICE, "SV", ["SV"], "+50322880188", "+50322880188"),
        ("8989-1147", WHATSAPP, "CR", ["CR"], "+50689891147", "+50689891147"),
        ("+504 8833-8635", WHATSAPP, None, [], "+50488338635", "+50488338635"),
        ("001 520 623 7874", VOICE, None, ["MX"], "+15206237874", "+15206237874"),
        ("+1 520-623-7874", VOICE, None, ["US", "CA"], "+15206237874", "+15206237874"),
        ("+507 504-9514", VOICE, None, [], "+5075049514", "+5075049514"),
        ("0-800-292-9688", VOICE, "BZ", ["BZ"], "+50108002929688", "08002929688"),
        ("0800-12", VOICE, "NI", ["NI"], None, "080012"),
        ("cecodi@mire.gob.pa", EMAIL, None, [], None, None),
    ],
)
def test_a_number_is_read_as_a_telephone_dials_it(
    printed: str, channel: LineChannel, country: str | None, reach: list[str], number: str | None, dial: str | None
) -> None:
    read = read_number(printed, channel, country, reach)
    assert (read.number, read.dial) == (number, dial)


@pytest.mark.parametrize(
    ("printed", "channel", "country", "reach", "reason"),
    [
        ("110", VOICE, "GT", ["HN"], Undialled.NOT_FROM_THERE),
        ("911", VOICE, "US", ["US", "CA"], Undialled.NOT_FROM_THERE),
        ("911", VOICE, None, ["US"], Undialled.NEEDS_A_PLACE),
        ("911", VOICE, "US", [], Undialled.NEEDS_A_PLACE),
        ("911", WHATSAPP, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("+1 888-301-1130", VOICE, None, ["SV"], Undialled.NOT_FROM_THERE),
        ("+1 888-301-1130", VOICE, None, [], Undialled.NEEDS_A_PLACE),
        ("800 911 2000", VOICE, "MX", ["MX", "US"], Undialled.NOT_FROM_THERE),
        ("0-800-292-9688", VOICE, "BZ", ["GT"], Undialled.NOT_FROM_THERE),
        ("call us", VOICE, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("1-800-A-WAY-OUT", VOICE, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("+1 23", VOICE, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("javascript:1", VOICE, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("", VOICE, "US", ["US"], Undialled.NOT_A_NUMBER),
        ("nobody", EMAIL, None, [], Undialled.NOT_AN_ADDRESS),
    ],
)
def test_what_does_not_answer_from_there_is_refused(
    printed: str, channel: LineChannel, country: str | None, reach: list[str], reason: Undialled
) -> None:
    with pytest.raises(CannotBeDialled) as refused:
        read_number(printed, channel, country, reach)
    assert refused.value.reason == reason


def test_hours_are_a_small_part_of_opening_hours() -> None:
    assert read_hours("24/7") == ()
    assert read_hours("Mo-Fr 08:00-16:00; Sa 09:00-12:30") == (
        Opening(0, 4, "08:00", "16:00"),
        Opening(5, 5, "09:00", "12:30"),
    )


@pytest.mark.parametrize("text", ["24 h", "Mon-Fri 8-16", "Mo 16:00-08:00", "Mo 08:00-25:00", "Mo 08:70-09:00", ""])
def test_other_hours_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        read_hours(text)
