"""Signs that look alike: one cleaner for what is kept, one form for what is compared."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from directory.changes.models import Slug
from directory.extensions import db
from directory.organizations.duplicates.names import read_name
from directory.organizations.models import Organization
from directory.personal_data.free_text import PersonalData, personal_data_in
from directory.places.names import fold
from directory.registration.models import Submission
from directory.search.engine.analysis import words
from directory.search.understanding.tokens import typed
from directory.text import APOSTROPHES, clean, clean_line, plain_sign, plain_signs
from tests.factories import add_organizations, organization_row
from tests.site import ESSENTIALS, database, read, send, visitor


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Casa\u00a0del\u00a0Migrante", "Casa del Migrante"),  # Word
        ("Casa\u202fdel\u2009Migrante", "Casa del Migrante"),  # French typography
        ("Centre\u3000d’accueil", "Centre d’accueil"),
        ("\ufeffAlbergue", "Albergue"),
        ("al\u00adber\u00adgue", "albergue"),
        ("Casa\u200b del\u200d Migrante", "Casa del Migrante"),
        ("\u202aPosada\u202c", "Posada"),  # WhatsApp, around a number
        ("Asesori\u0301a", "Asesoría"),
        ("refuge\x07s", "refuges"),
        ("uno\tdos", "uno dos"),
        ("uno\r\ndos\rtres\u2028cuatro\x85cinco", "uno\ndos\ntres\ncuatro\ncinco"),
        ("uno\x0bdos\x0ctres", "uno dos tres"),
        ("Foyer\ud800 Joie", "Foyer Joie"),
        ("👩\u200d👧 familia", "👩👧 familia"),
        ("Q’anjob’al", "Q’anjob’al"),
        ("", ""),
    ],
)
def test_what_is_pasted_is_kept_clean(pasted: str, kept: str) -> None:
    assert clean(pasted) == kept


@given(st.text())
def test_cleaning_leaves_nothing_unseen_and_changes_nothing_twice(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not {unicodedata.category(char) for char in once.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert once == unicodedata.normalize("NFC", once)
    assert clean_line(text) == clean_line(once)
    assert "\n" not in clean_line(text)


@given(st.text())
def test_signs_are_compared_one_by_one_too(text: str) -> None:
    assert len("".join(map(plain_sign, text))) == len(text)
    assert "".join(map(plain_sign, text)).replace("\u00ad", "") == plain_signs(text)


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_nine_apostrophes_are_one_everywhere(sign: str) -> None:
    assert words(f"K{sign}iche{sign}") == ["kiche"]
    assert words(f"d{sign}asile") == ["asile"]
    assert fold(f"Coeur d{sign}Alene") == "coeur dalene"
    assert [token.word for token in typed(f"habla q{sign}anjob{sign}al").tokens] == ["habla", "qanjobal"]
    assert read_name(f"L{sign}Abri").words == read_name("L'Abri").words
    assert personal_data_in(f"Llamar a María D{sign}Angelo Pérez") == (PersonalData.NAME,)


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_a_language_is_found_however_its_apostrophe_is_typed(seeded: Flask, sign: str) -> None:
    client = seeded.test_client()
    plain = client.get("/api/v1/search", query_string={"q": "K'iche'"}).json
    asked = client.get("/api/v1/search", query_string={"q": f"K{sign}iche{sign}"}).json
    assert asked["total"] == plain["total"] > 0
    assert [item["slug"] for item in asked["results"]] == [item["slug"] for item in plain["results"]]


@pytest.mark.parametrize("hidden", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\x07", "\u202c"])
def test_search_reads_past_what_nobody_sees(seeded: Flask, hidden: str) -> None:
    client = seeded.test_client()
    asked = client.get("/api/v1/search", query_string={"q": f"alber{hidden}gue Tijuana"}).json
    assert asked["total"] == client.get("/api/v1/search", query_string={"q": "albergue Tijuana"}).json["total"] > 0
    assert asked["understood"][0]["value"] == "shelter"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2003", "\u3000", "\t"])
def test_words_are_not_fused_by_a_form(site: Flask, space: str) -> None:
    browser = visitor(site)
    answer = send(browser, "/es/register", {**ESSENTIALS, "name": f"Casa{space}Luz{space}Ficticia", "action": "next"})
    assert answer.status_code == 303
    found = read(site, lambda: db.session.scalars(select(Submission)).one())
    assert found.data["name"] == "Casa Luz Ficticia"


def test_words_are_not_fused_by_an_import(site: Flask, tmp_path: Path) -> None:
    with database(site):
        add_organizations(tmp_path, organization_row(name="Casa\u00a0Fic\u00adticia del\u2009Sol"))
    assert read(site, lambda: db.session.scalars(select(Organization.name)).one()) == "Casa Ficticia del Sol"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Центр помощи беженцам", "tsentr-pomoshchi-bezhentsam"),
        ("難民支援協会", "nanminzhiyuanxiehui"),
        ("مركز اللاجئين", "mrkz-lljyyn"),
        ("난민 센터", "nanmin-senteo"),
        ("Κέντρο Προσφύγων", "kentro-prosfygon"),
        ("Œuvre d’entraide", "oeuvre-dentraide"),
        ("Straße der Hilfe", "strasse-der-hilfe"),
        ("Kʼicheʼ Winaq", "kiche-winaq"),
        ("Łódź Aid", "lodz-aid"),
        ("የስደተኞች ማዕከል", "yesdetenyoch-makel"),
    ],
)
def test_a_name_in_any_script_has_a_slug_of_its_own(site: Flask, tmp_path: Path, name: str, slug: str) -> None:
    with database(site):
        add_organizations(tmp_path, organization_row(name=name))
    assert slug_in(site) == slug


def test_a_name_of_signs_alone_is_called_by_its_id(site: Flask, tmp_path: Path) -> None:
    with database(site):
        add_organizations(tmp_path, organization_row(name="❤ ★"))
    assert slug_in(site) == str(read(site, lambda: db.session.scalars(select(Organization.id)).one()))


def slug_in(site: Flask) -> str:
    return str(read(site, lambda: db.session.scalars(select(Slug.slug).where(Slug.is_current)).one()))
