"""Telephone numbers as their sources print them."""

from __future__ import annotations

import csv
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.phones import MAX_TEXT, ParsedPhone, display_phone, parse_phones, phone_note, short_code
from directory.settings import resource_dir

PRINTED = [
    # Two in one cell, joined by anything.
    ("(664) 6825180 / (664) 3827685", "MX", ["+526646825180", "+526643827685"]),
    ("+502 2337-4909; +502 2366-4215", "GT", ["+50223374909", "+50223664215"]),
    ("809-586-4204,809-586-8023", "DO", ["+18095864204", "+18095868023"]),
    ("514-523-4567 | 514-523-4568", "CA", ["+15145234567", "+15145234568"]),
    ("2238-5114 y 2236-9320", "HN", ["+50422385114", "+50422369320"]),
    ("514-523-4567 & 514-523-4568", "CA", ["+15145234567", "+15145234568"]),
    ("2238-5114 o 2236-9320", "HN", ["+50422385114", "+50422369320"]),
    ("250-624-9498 or 1-800-808-3988", "CA", ["+12506249498", "+18008083988"]),
    ("514-523-4567 ou 514-523-4568", "CA", ["+15145234567", "+15145234568"]),
    ("664 682 5180\n664 382 7685", "MX", ["+526646825180", "+526643827685"]),
    ("664 682 5180 (español) 664 682 5181 (inglés)", "MX", ["+526646825180", "+526646825181"]),
    ("(686)554-5364, (686)554-6045, +52 686 554 5364", "MX", ["+526865545364", "+526865546045"]),
    # The next line of the same house, in short.
    ("501 802-2543/2371", "BZ", ["+5018022543", "+5018022371"]),
    ("2337-4909 / 10", "GT", ["+50223374909", "+50223374910"]),
    ("(55) 5523 9992 y 5523 9993", "MX", ["+525555239992", "+525555239993"]),
    # What follows a number and is none.
    ("55 1234 5678, 24 horas", "MX", ["+525512345678"]),
    ("2232-1234 o 911", "HN", ["+50422321234"]),
    ("2232-1234 / 911", "HN", ["+50422321234"]),
    ("2232-1234, 8-16", "HN", ["+50422321234"]),
    ("2232-1234, 10-12", "HN", ["+50422321234"]),
    ("2232-1234, 365 días", "HN", ["+50422321234"]),
    ("2232-1234, 20 personas", "HN", ["+50422321234"]),
    ("(202) 456-1111 or 211", "US", ["+12024561111"]),
    ("(202) 456-1111, 1600 Pennsylvania Ave", "US", ["+12024561111"]),
    ("55 1234 5678 ext 12, 24 horas", "MX", ["+525512345678"]),
    ("2232-1234 x 24 horas", "HN", ["+50422321234"]),
    # Mexico before 2019.
    ("52 1 55 1234 5678", "MX", ["+525512345678"]),
    ("5215512345678", "US", ["+525512345678"]),
    ("01 (664) 683-0575", "MX", ["+526646830575"]),
    ("+52 1 664 682 5180", "MX", ["+526646825180"]),
    ("+52 1 (664) 682-5180", "US", ["+526646825180"]),
    ("+52 044 664 682 5180", "MX", ["+526646825180"]),
    ("044 55 5523 9992", "MX", ["+525555239992"]),
    ("045 664 682 5180", "MX", ["+526646825180"]),
    # From abroad, and of another country than the office's.
    ("011 502 2337-4909", "US", ["+50223374909"]),
    ("00 502 2337-4909", "MX", ["+50223374909"]),
    ("+1 301-985-8164", "GT", ["+13019858164"]),
    ("52 664 682 5180", "US", ["+526646825180"]),
    ("504 2238-5114", "SV", ["+50422385114"]),
    ("(503) 2232-1234", "GT", ["+50322321234"]),
    # Spelt in letters.
    ("1-800-GO-FEDEX", "US", ["+18004633339"]),
    ("1-888-373-7888 (1-888-3737-ICE)", "US", ["+18883737888", "+18883737423"]),
    ("1-877-565-HELLO", "CA", ["+18775654355"]),
    ("(800) 555-HELP", "US", ["+18005554357"]),
    # Words and hours around it.
    ("24/7 664 682 5180", "MX", ["+526646825180"]),
    ("lun–vie 9–5 664 682 5180", "MX", ["+526646825180"]),
    ("664 682 5180 8:00-15:00", "MX", ["+526646825180"]),
    ("Tel. 2233 4455", "CR", ["+50622334455"]),
    ("1-888-373-7888 or text 233733", "US", ["+18883737888"]),
    ("\u202a+1\u00a0902\u2011429\u20112480\u202c", "CA", ["+19024292480"]),
    # What is no number stays, beside those that are.
    ("(213) 928 2917 / 477 775 0485", "MX", [None, "+524777750485"]),
    ("(213) 928 2917 / 477 775 0485", "US", ["+12139282917", None]),
    ("1-800-668-5950 or 613-632-0179 for headquarters", "CA", ["+18006685950", "+16136320179"]),
    ("55-23-99-92", "MX", [None]),
    ("", "US", []),
    ("call us", "US", [None]),
]


@pytest.mark.parametrize(("printed", "country", "numbers"), PRINTED)
def test_numbers_are_found_as_they_are_printed(printed: str, country: str, numbers: list[str | None]) -> None:
    assert [phone.number for phone in parse_phones(printed, country)] == numbers


@pytest.mark.parametrize(("printed", "country"), [row[:2] for row in PRINTED])
def test_what_is_kept_of_a_number_leads_to_it_again(printed: str, country: str) -> None:
    for phone in parse_phones(printed, country):
        again = parse_phones(phone.text, country)
        assert [(item.number, item.extension) for item in again] == [(phone.number, phone.extension)]


@pytest.mark.parametrize(
    ("printed", "country", "extensions"),
    [
        ("403-346-8818 ext. 228", "CA", ["228"]),
        ("(718) 739-4100 (Ext. 225)", "US", ["225"]),
        ("514 523-4567 poste 22", "CA", ["22"]),
        ("514 523-4567, poste 0022", "CA", ["0022"]),
        ("55 5523 9992 extensión 123", "MX", ["123"]),
        ("55 5523 9992 int. 123", "MX", ["123"]),
        ("2233 4455 anexo 12", "CR", ["12"]),
        ("2233 4455 local 12", "CR", ["12"]),
        ("55 5523 9992 #123", "MX", ["123"]),
        ("416-252-6471 x280", "CA", ["280"]),
        ("416-252-6471 ext. 280 or 283", "CA", ["280", "283"]),
        ("(416) 864-0515 ext. 221, 222 / 223", "CA", ["221", "222", "223"]),
    ],
)
def test_an_extension_by_any_name(printed: str, country: str, extensions: list[str]) -> None:
    found = parse_phones(printed, country)
    assert [phone.extension for phone in found] == extensions
    assert len({phone.number for phone in found}) == 1


@pytest.mark.parametrize(
    ("printed", "country", "notes"),
    [
        ("613-632-0179 for headquarters", "CA", ["for headquarters"]),
        ("664 682 5180 (español)", "MX", ["español"]),
        ("español: 664 682 5180 / inglés: 664 682 5181", "MX", ["español", "inglés"]),
        ("664 682 5180 (español) 664 682 5181 (inglés)", "MX", ["español", "inglés"]),
        ("Mon–Fri 9–5: 416-252-6471", "CA", ["Mon–Fri 9–5"]),
        ("1-888-373-7888 or text 233733", "US", ["or text 233733"]),
        ("705-495-8931 or toll-free 1-877-495-8931", "CA", [None, "toll-free"]),
        ("+1 809-567-7775 (dial 0, Duty Officer)", "DO", ["dial 0, Duty Officer"]),
        ("+504 2238-5114; +504 2236-9320 ext. 4100 (embassy)", "HN", [None, "embassy"]),
        ("appels à frais virés: 514 523-4567", "CA", ["appels à frais virés"]),
        ("01 (664) 683-0575", "MX", [None]),
    ],
)
def test_words_around_a_number_are_its_note(printed: str, country: str, notes: list[str | None]) -> None:
    found = parse_phones(printed, country)
    assert [phone.note for phone in found] == notes
    assert [phone_note(phone.number or "", phone.text) for phone in found] == notes


@pytest.mark.parametrize(
    ("printed", "channel"),
    [("Fax: 664 682 5181", "fax"), ("664 682 5181 (WhatsApp)", "whatsapp"), ("Whats App 664 682 5181", "whatsapp"),
     ("télécopieur 514 523-4567", "fax"), ("Tel/Fax 664 682 5181", "voice"), ("664 682 5181", "voice")],
)  # fmt: skip
def test_a_fax_is_no_telephone(printed: str, channel: str) -> None:
    assert [phone.channel for phone in parse_phones(printed, "CA" if "514" in printed else "MX")] == [channel]


@pytest.mark.parametrize(
    ("printed", "country", "dialled"),
    [("911", "MX", "911"), ("2-1-1", "CA", "211"), ("*611", "US", "*611"), ("1 1 2", "CR", "112"), ("089", "MX", "089"),
     ("283", "CA", None), ("2371", "BZ", None), ("664", "MX", None), ("call 911", "US", None), ("", "US", None)],
)  # fmt: skip
def test_short_numbers_are_dialled_where_they_answer(printed: str, country: str, dialled: str | None) -> None:
    assert short_code(printed, country) == dialled


def test_a_hostile_text_is_read_in_no_time() -> None:
    began = time.process_time()
    for printed in ("55 1234 5678" + " " * 100_000 + "x", "01." * 50_000, "+52" * 50_000, "1-800-" + "A-" * 50_000):
        parse_phones(printed, "MX")
    assert time.process_time() - began < 5, "minutes, if it grew with the square"


@given(st.text(max_size=200), st.sampled_from(["MX", "US", "GT", "CA"]))
def test_any_text_is_read(text: str, country: str) -> None:
    for phone in parse_phones(text, country):
        assert 0 < len(phone.text) <= MAX_TEXT
        assert phone.number is None or phone.number.startswith("+")


def test_what_cannot_be_parsed_is_kept_as_text() -> None:
    assert parse_phones("ask at the parish", "MX") == [ParsedPhone(None, "ask at the parish")]


def test_a_number_is_shown_with_its_country_code() -> None:
    assert display_phone("+526646825180").startswith("+52 ")


def test_nearly_all_numbers_of_the_seed_data_parse() -> None:
    with (resource_dir("seed_data") / "organizations.csv").open(encoding="utf-8", newline="") as file:
        cells = [(row["phones"], row["location_country"]) for row in csv.DictReader(file) if row["phones"]]
    whole = [all(phone.number for phone in parse_phones(cell, country)) for cell, country in cells]
    assert len(cells) == 2096
    assert sum(whole) >= 2085
