"""The page behind an organization's key: what is saved stays saved, each field by itself, and what waits says why."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask

from directory.extensions import db
from directory.organizations.edit import change_record, record_data
from directory.organizations.models import Organization, PhoneKind
from directory.organizations.record_data import PhoneData, RecordData
from directory.organizations.services import Schedule
from directory.registration.models import Submission, SubmissionState
from directory.vocabulary.catalogue import vocabulary
from tests.client import CheckingClient, find_all, form_values, text_of
from tests.registration.test_changes import ROW, key, organization, record, submissions
from tests.site import Clock, database, letters, link_in, read, send, visitor

__all__ = ["organization"]
NEW = "664 682 9999"


@pytest.fixture
def page(site: Flask, organization: uuid.UUID) -> str:
    """The path of the page."""
    return f"/es/manage/{key(site, organization)}"


def numbers(browser: CheckingClient, page: str) -> dict[str, str]:
    """The form with the numbers, as it stands."""
    form = next(item for item in find_all(browser.page(page), "form") if (item.get("action") or "").endswith("numbers"))
    return form_values(form)


def test_a_correction_is_there_when_the_link_is_opened_again(site: Flask, page: str, organization: uuid.UUID) -> None:
    first = visitor(site)
    draft = send(first, page, to=f"{page}/edit").headers["Location"]
    send(first, f"{draft}/about", {"acronym": "CE", "summary": "Casa para todas.", "summary_language": "es",
                                   "website": ROW["website"]})  # fmt: skip
    second = visitor(site)  # another day, another phone, the same link
    again = send(second, page, to=f"{page}/edit").headers["Location"]
    assert 'value="CE"' in second.get(f"{again}/about").get_data(as_text=True)
    assert len(submissions(site)) == 1
    send(second, again, to=f"{again}/submit")
    assert (record(site, organization).acronym, submissions(site)[0].state) == ("CE", SubmissionState.APPROVED)
    third = send(visitor(site), page, to=f"{page}/edit").headers["Location"]
    assert len(submissions(site)) == 2, "what was sent is over: a new correction begins"
    assert third != again


def test_another_address_does_not_see_the_draft(site: Flask, page: str, organization: uuid.UUID) -> None:
    send(visitor(site), page, to=f"{page}/edit")
    with database(site):
        db.session.query(Submission).update({"email": "someone@else.example.org"})
    send(visitor(site), page, to=f"{page}/edit")
    assert len(submissions(site)) == 2


def test_the_question_whether_it_is_right_may_be_opened_again(site: Flask, organization: uuid.UUID) -> None:
    from directory.accounts.links import make_link
    from directory.accounts.models import LinkPurpose
    from directory.clock import now

    with database(site):
        token = make_link(db.session, LinkPurpose.STILL_RIGHT, now(), organization_id=organization, email=ROW["email"])
    link = f"/es/still-right/{token}"
    send(visitor(site), link, to=f"{link}/edit")
    assert visitor(site).get(link).status_code == 200
    send(visitor(site), link, to=f"{link}/edit")
    assert len(submissions(site)) == 1


def test_sending_nothing_new_says_so_and_not_that_it_was_taken_back(site: Flask, page: str) -> None:
    browser = visitor(site)
    draft = send(browser, page, to=f"{page}/edit").headers["Location"]
    answer = send(browser, draft, to=f"{draft}/submit")
    assert "/organizations/" in answer.headers["Location"]
    shown = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Nada cambió" in shown and "retirada" not in shown


def test_a_new_number_is_one_field_and_waits_for_the_old_address(
    site: Flask, page: str, organization: uuid.UUID
) -> None:
    browser = visitor(site)
    values = numbers(browser, page)
    assert values["phone-rows-0-number"] == "+526646825180"
    values["phone-rows-0-number"] = NEW
    assert browser.post(f"{page}/numbers", data=values).status_code == 303
    assert record(site, organization).all_phones()[0].number == "+526646825180"
    shown = text_of(browser.page(page))
    assert "h…@casa-ejemplo.example.org" in shown and "Número de la solicitud" in shown
    assert "hola@casa-ejemplo.example.org" not in shown, "whoever holds a stolen link learns no address"
    agree = link_in(letters(site, "old-channel")[0], "/agree/")
    send(visitor(site), agree, to=f"{agree}/yes")
    assert record(site, organization).all_phones()[0].number == "+526646829999"
    assert "Número de la solicitud" not in text_of(browser.page(page))


def test_a_number_more_and_a_number_less(site: Flask, page: str, organization: uuid.UUID) -> None:
    browser = visitor(site)
    values = numbers(browser, page)
    values |= {"phone-rows-0-number": "", "phone-rows-1-number": NEW}
    browser.post(f"{page}/numbers", data=values)
    agree = link_in(letters(site, "old-channel")[0], "/agree/")
    send(visitor(site), agree, to=f"{agree}/yes")
    assert [phone.number for phone in record(site, organization).all_phones()] == ["+526646829999"]


@pytest.mark.parametrize("typed", ["12", "llámenos", "+52 1", "<b>664 682 9999</b>x"])
def test_what_cannot_be_dialled_is_said_beside_the_field(site: Flask, page: str, typed: str) -> None:
    browser = visitor(site)
    values = numbers(browser, page)
    values["phone-rows-0-number"] = typed
    answer = browser.post(f"{page}/numbers", data=values)
    assert answer.status_code == 422 and "phone-rows-0-number-error" in answer.get_data(as_text=True)
    assert submissions(site) == []


def test_the_kind_of_a_number_stays(site: Flask, page: str, organization: uuid.UUID) -> None:
    with database(site):
        data = record_data(db.session, organization, vocabulary(db.session))
        places = {
            place_id: place.model_copy(
                update={"phones": tuple(p.model_copy(update={"kind": PhoneKind.WHATSAPP}) for p in place.phones)}
            )
            for place_id, place in data.locations.items()
        }
        row = db.session.get_one(Organization, organization)
        change_record(
            db.session, row, data.model_copy(update={"locations": places}), vocabulary(db.session), "test", "edit"
        )
    browser = visitor(site)
    values = numbers(browser, page)
    browser.post(f"{page}/numbers", data={**values, "phone-rows-0-number": NEW})
    agree = link_in(letters(site, "old-channel")[0], "/agree/")
    send(visitor(site), agree, to=f"{agree}/yes")
    phone = record(site, organization).all_phones()[0]
    assert (phone.number, phone.kind) == ("+526646829999", PhoneKind.WHATSAPP)


def test_numbers_that_differ_by_extension_are_two(site: Flask, page: str, organization: uuid.UUID) -> None:
    with database(site):
        data = record_data(db.session, organization, vocabulary(db.session))
        phones = tuple(
            PhoneData(number="+526646820000", text="664 682 0000", extension=extension) for extension in ("101", "202")
        )
        row = db.session.get_one(Organization, organization)
        edited = data.model_copy(update={"phones": phones})
        change_record(db.session, row, edited, vocabulary(db.session), "test", "edit")
    browser = visitor(site)
    values = numbers(browser, page)
    assert values["phone-rows-0-number"].endswith("ext. 101")
    browser.post(f"{page}/numbers", data={**values, "phone-rows-0-number": ""})
    agree = link_in(letters(site, "old-channel")[0], "/agree/")
    send(visitor(site), agree, to=f"{agree}/yes")
    assert [phone.extension for phone in record(site, organization).phones] == ["202"]


def test_a_draft_that_was_there_answers_the_question_too(site: Flask, page: str, organization: uuid.UUID) -> None:
    from directory.accounts.links import make_link
    from directory.accounts.models import LinkPurpose
    from directory.clock import now

    send(visitor(site), page, to=f"{page}/edit")
    with database(site):
        token = make_link(db.session, LinkPurpose.STILL_RIGHT, now(), organization_id=organization, email=ROW["email"])
    link = f"/es/still-right/{token}"
    browser = visitor(site)
    draft = send(browser, link, to=f"{link}/edit").headers["Location"]
    send(browser, draft, to=f"{draft}/submit")
    assert read(site, lambda: db.session.get_one(Organization, organization).verified_on) is not None
    assert visitor(site).get(link).status_code == 404


def test_without_an_address_on_record_a_moderator_calls(site: Flask, page: str, organization: uuid.UUID) -> None:
    with database(site):
        db.session.get_one(Organization, organization).email = None
    browser = visitor(site)
    values = numbers(browser, page)
    browser.post(f"{page}/numbers", data={**values, "phone-rows-0-number": NEW})
    assert submissions(site)[0].state == SubmissionState.PENDING
    assert "espera una llamada" in text_of(browser.page(page))


def test_hours_are_public_at_once(site: Flask, page: str, organization: uuid.UUID) -> None:
    browser = visitor(site)
    hours = {"hours-days": ["1", "3"], "hours-opens_at": "09:00", "hours-closes_at": "17:30"}
    form = next(item for item in find_all(browser.page(page), "form") if (item.get("action") or "").endswith("hours"))
    token = {name: form_values(form)[name] for name in ("hours-csrf_token", "hours-known")}
    assert browser.post(f"{page}/hours", data={**token, **hours}).status_code == 303
    service = next(iter(record(site, organization).services.values()))
    assert [(item.weekday, item.opens_at, item.closes_at) for item in service.schedule] == [
        (1, "09:00", "17:30"), (3, "09:00", "17:30"),
    ]  # fmt: skip
    assert read(site, lambda: db.session.query(Schedule).count()) >= 2
    assert browser.post(f"{page}/hours", data={**token, **hours}).status_code == 422, "the hours changed meanwhile"
    form = next(item for item in find_all(browser.page(page), "form") if (item.get("action") or "").endswith("hours"))
    token = {name: form_values(form)[name] for name in ("hours-csrf_token", "hours-known")}
    for wrong in ({"hours-days": []}, {"hours-closes_at": "09:00"}, {"hours-opens_at": "nine"}, {"hours-days": ["8"]}):
        assert browser.post(f"{page}/hours", data={**token, **hours, **wrong}).status_code == 422


def test_what_was_saved_is_marked_and_only_today_only_where_it_is(site: Flask, page: str) -> None:
    clock = Clock(site)
    browser = visitor(site)
    friday = clock.at.date() + timedelta(days=(4 - clock.at.date().weekday()) % 7 or 7)
    plain = browser.get(page).get_data(as_text=True)
    assert 'aria-current="true"' not in plain.partition('id="now"')[2].partition("</form>")[0]
    services = [item.get("value") for item in find_all(browser.page(page), "input") if item.get("name") == "services"]
    send(browser, page, {"state": "full", "until": friday.isoformat(), "services": services},
         to=f"{page}/availability")  # fmt: skip
    root = browser.page(page)
    marked = [item for item in find_all(root, "button") if item.get("aria-current") == "true"]
    assert [item.get("value") for item in marked] == [friday.isoformat()]
    chosen = [
        item for item in find_all(root, "input") if item.get("name") == "state" and item.get("checked") is not None
    ]
    assert [item.get("value") for item in chosen] == ["full"]
    assert "solo hoy" not in text_of(root).partition("Hasta cuándo")[0]


def test_plain_hours_are_those_that_one_row_can_say() -> None:
    from directory.organizations.record_data import HoursData, ServiceData
    from directory.web.registration.manage_forms import plain_hours

    def record_with(*schedules: tuple[tuple[int, str, str], ...]) -> RecordData:
        services = {
            str(number): ServiceData(
                areas=(), schedule=tuple(HoursData(weekday=day, opens_at=a, closes_at=b) for day, a, b in schedule)
            )
            for number, schedule in enumerate(schedules)
        }
        return RecordData(services=services)

    assert plain_hours(record_with(())) == ()
    assert plain_hours(record_with(((1, "09:00", "17:00"), (2, "09:00", "17:00")))) is not None
    assert plain_hours(record_with(((1, "09:00", "17:00"), (2, "10:00", "17:00")))) is None
    assert plain_hours(record_with(((1, "09:00", "12:00"), (1, "14:00", "17:00")))) is None
    assert plain_hours(record_with(((1, "09:00", "17:00"),), ())) is None
