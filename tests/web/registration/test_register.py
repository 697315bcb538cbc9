"""Registering on one screen, going on later, confirming by letter, call or visit; nothing typed is ever lost."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.extensions import db
from directory.organizations.models import VerificationMethod
from directory.registration.models import Submission, SubmissionState
from tests.client import find_all, form_values, parse, text_of
from tests.factories import add_consulates, consulate_row
from tests.site import (
    ESSENTIALS,
    Clock,
    hidden_fields,
    letters,
    link_in,
    make_user,
    read,
    register,
    send,
    signed_in,
    visitor,
)


def only_submission(app: Flask) -> Submission:
    """The one submission there is."""

    def ask() -> Submission:
        found = db.session.scalars(select(Submission)).one()
        db.session.expunge(found)
        return found

    return read(app, ask)


def test_one_screen_is_enough(site: Flask) -> None:
    browser = visitor(site)
    browser.page("/es/register")
    draft = register(browser)
    browser.page(draft)
    found = only_submission(site)
    assert found.state == SubmissionState.UNCONFIRMED
    assert found.data["phones"][0]["number"] == "+526641234567"
    place = next(iter(found.data["locations"].values()))
    assert (place["place_id"], place["admin1"], place["visibility"]) == ("t-tijuana", "MX-BCN", "city_only")
    assert set(found.data["services"]) == {"basic-needs", "housing"} or len(found.data["services"]) >= 1


def test_the_letter_confirms_and_only_a_post_does(site: Flask) -> None:
    register(visitor(site))
    link = link_in(letters(site, "confirm-submission")[0], "/confirm/")
    browser = visitor(site)
    browser.page(link)
    browser.get(link)
    assert only_submission(site).state == SubmissionState.UNCONFIRMED, "a mail scanner follows links"
    answer = send(browser, link)
    assert answer.status_code == 303
    found = only_submission(site)
    assert (found.state, found.confirmation_method) == (SubmissionState.PENDING, VerificationMethod.EMAIL)
    again = visitor(site).get(link)
    assert again.status_code == 404, "single use"
    assert "enlace" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "..."}, "name"),
        ({"country": ""}, "country"),
        ({"country": "FR"}, "country"),
        ({"city": "  "}, "city"),
        ({"areas": []}, "areas"),
        ({"areas": ["flying"]}, "areas"),
        ({"email": "luz@"}, "email"),
        ({"phone": "123"}, "phone"),
        ({"email": "", "phone": ""}, "email"),
        ({"visibility": ""}, "visibility"),
        ({"visibility": "hidden"}, "visibility"),
        ({"consent": ""}, "consent"),
        ({"company": "Robots Inc"}, "company"),
        ({"name": "x" * 201}, "name"),
        ({"opened": "forged"}, "opened"),
        ({"csrf_token": "stale"}, "csrf_token"),
    ],
)
def test_an_error_keeps_everything_that_was_typed(site: Flask, change: dict[str, str], field: str) -> None:
    browser = visitor(site)
    answer = send(browser, "/es/register", {**ESSENTIALS, **change})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    for name, value in {**ESSENTIALS, **change}.items():
        if name in ("address", "phone", "email", "name", "city") and value.strip(" ."):
            assert value in page, name
    if field not in ("opened", "csrf_token"):
        assert f'href="#{field}"' in page
    assert read(site, lambda: db.session.scalars(select(Submission)).all()) == []
    if field in ("opened", "csrf_token"):
        fresh = hidden_fields(page)
        assert browser.post("/es/register", data={**ESSENTIALS, **fresh}).status_code == 303, "the second try passes"


def test_a_robot_that_fills_forms_in_no_time_is_asked_again(site: Flask) -> None:
    site.config["MIN_FILL_S"] = 3600
    answer = send(visitor(site), "/es/register", ESSENTIALS)
    assert answer.status_code == 422
    assert ESSENTIALS["address"] in answer.get_data(as_text=True)


def test_too_many_registrations_from_one_address_wait(site: Flask) -> None:
    answers = [send(visitor(site), "/es/register", {**ESSENTIALS, "name": ""}).status_code for _ in range(11)]
    assert answers[:10] == [422] * 10
    assert answers[10] == 429


def test_a_town_of_which_there_are_several_is_asked_for(site: Flask) -> None:
    from directory.places.models import Place, PlaceKind, PlaceName
    from tests.site import database

    with database(site):
        for key, admin1 in (("t-gz", "MX-ZAC"), ("t-gn", "MX-NLE")):
            db.session.add(Place(id=key, kind=PlaceKind.TOWN, name="Guadalupe", country="MX", admin1=admin1))
            db.session.flush()
            db.session.add(PlaceName(place_id=key, folded="guadalupe", name="Guadalupe"))
    browser = visitor(site)
    answer = send(browser, "/es/register", {**ESSENTIALS, "city": "Guadalupe"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Zacatecas" in page and "Nuevo León" in page
    fresh = hidden_fields(page)
    assert (
        browser.post("/es/register", data={**ESSENTIALS, **fresh, "city": "Guadalupe", "place": "t-gz"}).status_code
        == 303
    )
    place = next(iter(only_submission(site).data["locations"].values()))
    assert (place["city"], place["admin1"]) == ("Guadalupe", "MX-ZAC")


@pytest.mark.parametrize(
    ("typed", "admin1"), [("Tijuana, Baja California", "MX-BCN"), ("tijuana", "MX-BCN"), ("Tijuana B.C.", "MX-BCN")]
)
def test_a_place_is_found_as_it_is_typed(site: Flask, typed: str, admin1: str | None) -> None:
    register(visitor(site), city=typed)
    place = next(iter(only_submission(site).data["locations"].values()))
    assert place["admin1"] == admin1
    assert place["city"] == "Tijuana"


def offered(page: str, name: str) -> list[str]:
    """The values that the fields of a name have on a page."""
    return [str(field.get("value")) for field in parse(page, name).iter() if field.get("name") == name]


@pytest.mark.parametrize(
    ("typed", "towns"),
    [
        ("Tijuanna", ["t-tijuana", "as-typed:tijuanna"]),
        ("Rancho Nuevo", ["as-typed:rancho nuevo"]),
        ("Xyzzy", ["as-typed:xyzzy"]),
    ],
)
def test_a_town_that_is_not_known_is_asked_about_and_let_through(site: Flask, typed: str, towns: list[str]) -> None:
    browser = visitor(site)
    answer = send(browser, "/es/register", {**ESSENTIALS, "city": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "No conocemos ninguna localidad con ese nombre en México" in page
    assert offered(page, "place") == towns
    fields = {**ESSENTIALS, **hidden_fields(page), "city": typed}
    kept = browser.post("/es/register", data={**fields, "place": towns[-1]})
    assert kept.status_code == 303
    place = next(iter(only_submission(site).data["locations"].values()))
    assert (place["city"], place["place_id"]) == (typed, None)
    # Who comes back is not asked again.
    again = f"{kept.headers['Location']}/essentials"
    assert send(browser, again, {**ESSENTIALS, "city": typed}).status_code == 303


def test_an_answer_to_one_town_answers_no_other(site: Flask) -> None:
    browser = visitor(site)
    page = send(browser, "/es/register", {**ESSENTIALS, "city": "Xyzzy"}).get_data(as_text=True)
    fields = {**ESSENTIALS, **hidden_fields(page), "place": "as-typed:xyzzy", "city": "Tijuanna"}
    asked = browser.post("/es/register", data=fields)
    assert asked.status_code == 422
    assert offered(asked.get_data(as_text=True), "place") == ["t-tijuana", "as-typed:tijuanna"]


def test_a_further_place_asks_the_same(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    page = browser.get(f"{draft}/places").get_data(as_text=True)
    typed = {
        "places-0-key": offered(page, "places-0-key")[0], "places-0-country": "MX",
        "places-0-city": "Tijuana, Baja California", "places-0-visibility": "public",
        "places-1-country": "MX", "places-1-city": "Tijuanna", "places-1-visibility": "public",
    }  # fmt: skip
    asked = browser.post(f"{draft}/places", data={**hidden_fields(page), **typed})
    assert asked.status_code == 422
    page = asked.get_data(as_text=True)
    assert offered(page, "places-1-place") == ["t-tijuana", "as-typed:tijuanna"]
    sent = {**hidden_fields(page), **typed, "places-1-place": "t-tijuana"}
    assert browser.post(f"{draft}/places", data=sent).status_code == 303
    places = only_submission(site).data["locations"].values()
    assert [place["place_id"] for place in places] == ["t-tijuana", "t-tijuana"]


def test_go_on_later_from_the_letter_for_thirty_days(site: Flask) -> None:
    clock = Clock(site)
    browser = visitor(site)
    answer = send(browser, "/es/register", {"name": "Casa a medias", "email": "m@casa.example.org", "action": "later"})
    assert answer.status_code == 303, "an e-mail is enough"
    link = link_in(letters(site, "draft")[0], "/register/d/")
    clock.pass_days(29)
    elsewhere = visitor(site)
    page = elsewhere.page(f"{link}/essentials")
    assert "Casa a medias" in {element.get("value") for element in page.iter()}
    answer = send(elsewhere, f"{link}/essentials", {**ESSENTIALS, "email": "m@casa.example.org"})
    assert answer.status_code == 303
    assert only_submission(site).state == SubmissionState.UNCONFIRMED
    clock.pass_days(2)
    assert visitor(site).get(link).status_code == 404


def test_later_without_an_address_says_what_is_missing(site: Flask) -> None:
    answer = send(visitor(site), "/es/register", {"name": "Casa a medias", "action": "later"})
    assert answer.status_code == 422
    assert "Casa a medias" in answer.get_data(as_text=True)


def test_every_step_is_saved_and_read_back(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    steps = {
        "services": {
            "housing_access": "call_first", "housing_cost": "Gratis", "housing_hours-0-opens_at": "09:00",
            "housing_hours-0-closes_at": "17:00", "housing_documents": "Ninguno",
        },
        "people": {"populations": ["families", "women"], "languages": ["es", "mam"], "nationalities": []},
        "about": {
            "summary": "Albergue para familias.", "summary_language": "es", "website": "WWW.Casa-Luz.example.org/",
            "urls": "facebook.com/casaluz\nhttps://instagram.com/casaluz", "acronym": "CL", "year_founded": "1998",
            "other_names": "Casa Luz", "legal_status": "A.C.",
        },
    }  # fmt: skip
    groups = list(only_submission(site).data["services"])
    steps["services"] = {key.replace("housing", groups[0], 1): value for key, value in steps["services"].items()}
    for step, data in steps.items():
        answer = send(browser, f"{draft}/{step}", data)
        assert answer.status_code == 303, (step, answer.get_data(as_text=True))
        browser.page(f"{draft}/{step}")
    data = only_submission(site).data
    assert data["website"] == "https://www.casa-luz.example.org"
    assert data["urls"] == ["https://facebook.com/casaluz", "https://instagram.com/casaluz"]
    assert data["languages"] == ["es", "mam"]
    service = data["services"][groups[0]]
    assert (service["access"], service["cost"]) == ("call_first", {"es": "Gratis"})
    assert service["schedule"] == [{"weekday": 1, "opens_at": "09:00", "closes_at": "17:00"}]
    assert data["summary"] == {"es": "Albergue para familias."}


def test_bad_values_in_a_step_keep_what_was_typed(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    answer = send(browser, f"{draft}/about", {"website": "not an address", "year_founded": "19x", "acronym": "CL"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "not an address" in page and "CL" in page
    group = next(iter(only_submission(site).data["services"]))
    answer = send(browser, f"{draft}/services", {f"{group}_hours-2-opens_at": "09:00", f"{group}_cost": "Gratis"})
    assert answer.status_code == 422
    assert "Gratis" in answer.get_data(as_text=True)


def test_places_are_added_and_taken_off(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    page = browser.get(f"{draft}/places").get_data(as_text=True)
    import re

    key = re.search(r'name="places-0-key"[^>]*value="([^"]+)"', page)
    assert key
    first = {"places-0-key": key.group(1), "places-0-country": "MX", "places-0-city": "Tijuana",
             "places-0-visibility": "city_only", "places-0-address": "Calle Secreta 5"}  # fmt: skip
    second = {"places-1-country": "US", "places-1-city": "McAllen", "places-1-visibility": "public",
              "places-1-phone": "956 555 0100", "places-1-address": "1 Main St"}  # fmt: skip
    assert send(browser, f"{draft}/places", {**first, **second}).status_code == 303
    places = list(only_submission(site).data["locations"].values())
    assert [(item["city"], item["visibility"]) for item in places] == [("Tijuana", "city_only"), ("McAllen", "public")]
    assert places[0]["address"] == "Calle Secreta 5"
    assert places[1]["phones"][0]["number"] == "+19565550100"


def test_a_second_tab_loses_nothing(site: Flask) -> None:
    """Two tabs open the same step. Different fields become one; the same field is shown to both."""
    browser = visitor(site)
    draft = register(browser)
    one = hidden_fields(browser.get(f"{draft}/about").get_data(as_text=True))
    two = hidden_fields(browser.get(f"{draft}/about").get_data(as_text=True))
    browser.post(f"{draft}/about", data={**one, "acronym": "CL", "summary_language": "es"})
    browser.post(f"{draft}/about", data={**two, "website": "casa-luz.example.org", "summary_language": "es"})
    data = only_submission(site).data
    assert (data["acronym"], data["website"]) == ("CL", "https://casa-luz.example.org")
    three = {**two, "acronym": "LUZ", "website": "casa-luz.example.org", "summary_language": "es"}
    answer = browser.post(f"{draft}/about", data=three)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "CL" in page and "LUZ" in page, "both see both"
    fresh = hidden_fields(page)
    assert browser.post(f"{draft}/about", data={**three, **fresh}).status_code == 303
    assert only_submission(site).data["acronym"] == "LUZ"


def test_without_an_email_somebody_calls(site: Flask, tmp_path) -> None:
    with site.app_context():
        add_consulates(tmp_path, consulate_row(host_country="MX", city="Tijuana", admin1="MX-BCN"))
    register(visitor(site), email="")
    found = only_submission(site)
    assert (found.state, found.phone) == (SubmissionState.TO_CALL, "+526641234567")
    assert letters(site) == []
    officer = signed_in(site, make_user(site, "o@x.example", Role.CONSULATE, country="HN"))
    page = officer.page("/es/workspace/registrations")
    assert "Casa de la Luz" in text_of(page)
    address = f"/es/workspace/submissions/{found.id}"
    assert "Calle Secreta" not in officer.get(address).get_data(as_text=True)
    assert "wa.me/526641234567" in officer.get(address).get_data(as_text=True)
    answer = send(officer, address, {"method": "whatsapp", "on": "2026-01-05"}, to=f"{address}/confirm")
    assert answer.status_code == 303
    found = only_submission(site)
    assert (found.state, found.confirmation_method) == (SubmissionState.PENDING, VerificationMethod.CALL)
    assert "2026-01-05" in (found.note or "")


def test_a_day_that_has_not_come_is_no_confirmation(site: Flask) -> None:
    register(visitor(site), email="")
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    address = f"/es/moderation/submissions/{only_submission(site).id}"
    answer = send(moderator, address, {"method": "call", "on": "2999-01-01"}, to=f"{address}/confirm")
    assert answer.status_code == 422


def test_a_visitor_confirms_in_the_street_with_a_link(site: Flask) -> None:
    register(visitor(site), email="")
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    address = f"/es/moderation/submissions/{only_submission(site).id}"
    page = send(moderator, address, {"visitor": "Hermana Rosa"}, to=f"{address}/visit-link").get_data(as_text=True)
    link = "/es/visit/" + page.split("/es/visit/")[1].split('"')[0]
    street = visitor(site)
    street.page(link)
    assert send(street, link, {"method": "visit", "on": "2026-01-05"}).status_code == 200
    found = only_submission(site)
    assert (found.state, found.confirmation_method) == (SubmissionState.PENDING, VerificationMethod.VISIT)
    assert found.confirmed_by == "visitor:Hermana Rosa"
    assert street.get(link).status_code == 404


def test_an_officer_registers_for_an_organization(site: Flask) -> None:
    officer = signed_in(site, make_user(site, "o@x.example", Role.CONSULATE, country="HN"))
    officer.page("/es/workspace/register")
    answer = send(officer, "/es/workspace/register", {**ESSENTIALS, "email": "", "method": "visit", "on": "2026-01-05"})
    assert answer.status_code == 303
    found = only_submission(site)
    assert (found.state, found.confirmation_method) == (SubmissionState.PENDING, VerificationMethod.VISIT)


def test_likely_duplicates_are_shown_while_the_name_is_typed(site: Flask, tmp_path) -> None:
    from tests.factories import add_organizations, organization_row

    with site.app_context():
        add_organizations(tmp_path, organization_row(name="Casa del Migrante San Judas Ficticio"))
    found = visitor(site).get("/es/register/similar?name=casa migrante san judas fict&country=MX")
    assert "Casa del Migrante San Judas Ficticio" in found.get_data(as_text=True)
    assert visitor(site).get("/es/register/similar?name=").get_data(as_text=True).strip() == ""
    towns = visitor(site).get("/es/register/places?country=MX&q=tij").get_json()
    assert towns == ["Tijuana, Baja California"]


def test_nothing_of_a_registration_is_public_before_a_decision(site: Flask) -> None:
    register(visitor(site))
    assert read(site, lambda: find_by_slug(db.session, Entity.ORGANIZATION, "casa-de-la-luz-ficticia")) is None
    assert visitor(site).get("/api/v1/organizations/casa-de-la-luz-ficticia").status_code == 404


def test_pages_under_a_link_stay_in_no_cache(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    assert browser.get(draft).headers["Cache-Control"] == "no-store"


def test_taking_it_back(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    assert send(browser, draft, to=f"{draft}/withdraw").status_code == 303
    assert only_submission(site).state == SubmissionState.WITHDRAWN
    browser.page(draft)
    assert send(browser, draft + "/about", {"acronym": "X"}).status_code == 303
    assert only_submission(site).data["acronym"] is None


def week_rows(group: str) -> dict[str, str]:
    """The rows of a week as a browser sends them: all of them, blank."""
    names = ("opens_at", "closes_at", "opens_again_at", "closes_again_at")
    return {f"{group}_hours-{row}-{name}": "" for row in range(7) for name in names}


def test_two_spans_a_day_are_kept_and_shown_again(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    (group,) = only_submission(site).data["services"]
    day = f"{group}_hours-0"
    spans = week_rows(group) | {f"{day}-opens_at": "09:00", f"{day}-closes_at": "13:00",
             f"{day}-opens_again_at": "15:00", f"{day}-closes_again_at": "18:00",
             f"{group}_hours-6-opens_at": "00:00", f"{group}_hours-6-closes_at": "00:00"}  # fmt: skip
    assert send(browser, f"{draft}/services", spans).status_code == 303
    kept = only_submission(site).data["services"][group]["schedule"]
    said = [(hours["weekday"], hours["opens_at"], hours["closes_at"]) for hours in kept]
    assert said == [(1, "09:00", "13:00"), (1, "15:00", "18:00"), (7, "00:00", "00:00")]
    # Saving what the page shows loses nothing.
    shown = form_values(next(
        form for form in find_all(browser.page(f"{draft}/services"), "form") if form.get("method") == "post"
    ))  # fmt: skip
    assert browser.post(f"{draft}/services", data=shown).status_code == 303
    assert only_submission(site).data["services"][group]["schedule"] == kept


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"opens_at": "09:00"}, "Escriba las dos horas"),
        ({"opens_at": "09:00", "closes_at": "09:00"}, "De 00:00 a 00:00 quiere decir día y noche"),
        ({"opens_again_at": "15:00", "closes_again_at": "18:00"}, "El segundo horario empieza después"),
        ({"opens_at": "09:00", "closes_at": "16:00", "opens_again_at": "15:00", "closes_again_at": "18:00"},
         "El segundo horario empieza después"),
        ({"opens_at": "08:00", "closes_at": "12:00", "opens_again_at": "13:00", "closes_again_at": "09:00"},
         "El segundo horario empieza después"),
        ({"opens_at": "22:00", "closes_at": "06:00", "opens_again_at": "23:00", "closes_again_at": "23:30"},
         "El segundo horario empieza después"),
        ({"opens_at": "09:00", "closes_at": "13:00", "opens_again_at": "15:00"}, "Escriba las dos horas"),
    ],
)  # fmt: skip
def test_the_summary_of_faults_names_the_day_in_words(site: Flask, hours: dict[str, str], said: str) -> None:
    browser = visitor(site)
    draft = register(browser)
    (group,) = only_submission(site).data["services"]
    typed = week_rows(group) | {f"{group}_hours-1-{name}": value for name, value in hours.items()}
    answer = send(browser, f"{draft}/services", typed)
    assert answer.status_code == 422
    page = parse(answer.get_data(as_text=True), "services")
    (summary,) = [text_of(item) for item in page.iter() if "error-summary" in (item.get("class") or "")]
    assert "Horario semanal · Martes" in summary and summary.count(said) == 1
    assert "hours" not in summary
    ids = {item.get("id") for item in page.iter()}
    links = [item.get("href") for item in page.iter() if (item.get("href") or "").startswith(f"#{group}")]
    assert links and {link[1:] for link in links if link} <= ids, "each leads to its field"
