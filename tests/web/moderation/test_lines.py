"""Moderators keep the help lines: call and confirm, change, add, take off."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.extensions import db
from directory.lines.models import HelpLine
from tests.client import CheckingClient, find_all, form_values
from tests.factories import add_lines, line_row
from tests.site import hidden_fields, make_user, read, send, signed_in

LINES = "/en/moderation/lines"
MX = {"line_key": "mx-ejemplo", "country": "MX", "name": "Línea de México", "number": "800 911 2000", "from": "MX"}


@pytest.fixture
def moderator(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_lines(tmp_path, line_row(), line_row(**MX))
    return signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))


def ids(site: Flask) -> dict[str, str]:
    return read(site, lambda: {row.source_key: str(row.id) for row in db.session.scalars(select(HelpLine))})


def form_of(client: CheckingClient, address: str) -> dict[str, str]:
    """What the page's form would send as it is."""
    page = client.page(address, title_is_h1=False)
    (form,) = (item for item in find_all(page, "form") if item.get("class") == "form")
    return form_values(form)


def test_a_number_is_changed_and_shown_at_once(site: Flask, moderator: CheckingClient) -> None:
    address = f"{LINES}/{ids(site)['us-ejemplo']}"
    answer = moderator.post(address, data=form_of(moderator, address) | {"text": "1-888-373-7888"})
    assert answer.status_code == 303
    page = moderator.get("/es/countries/US").get_data(as_text=True)
    assert "1-888-373-7888" in page
    assert "1-800-799-7233" not in page


def test_a_call_confirms_it(site: Flask, moderator: CheckingClient) -> None:
    line_id = ids(site)["us-ejemplo"]
    answer = send(moderator, f"{LINES}/{line_id}", {"version": "1"}, to=f"{LINES}/{line_id}/confirm")
    assert answer.status_code == 303
    assert "Confirmado el" in moderator.get("/es/countries/US").get_data(as_text=True)


def test_one_that_is_taken_off_is_nowhere_and_can_come_back(site: Flask, moderator: CheckingClient) -> None:
    line_id = ids(site)["us-ejemplo"]
    send(moderator, f"{LINES}/{line_id}", {"version": "1"}, to=f"{LINES}/{line_id}/remove")
    moderator.get(LINES)  # which tells what was done
    for address in ("/es/countries/US", "/api/v1/lines?all=1", "/export/lines.csv"):
        assert "Línea Ejemplo" not in moderator.get(address).get_data(as_text=True), address
    assert f"{LINES}/{line_id}" in moderator.get(LINES).get_data(as_text=True), "it can be found again"
    send(moderator, f"{LINES}/{line_id}", {"version": "2"}, to=f"{LINES}/{line_id}/restore")
    assert "Línea Ejemplo" in moderator.get("/export/lines.csv").get_data(as_text=True)


def test_the_second_of_two_moderators_loses_nothing(site: Flask, moderator: CheckingClient) -> None:
    address = f"{LINES}/{ids(site)['us-ejemplo']}"
    mine = form_of(moderator, address)
    assert moderator.post(address, data=mine | {"name": "Una"}).status_code == 303
    answer = moderator.post(address, data=mine | {"name": "Otra"})
    assert answer.status_code == 409
    assert 'value="Otra"' in answer.get_data(as_text=True)
    assert moderator.post(f"{address}/confirm", data=mine).status_code == 409
    assert moderator.post(address, data=mine | {"version": "9" * 5000}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": ""}, "Write the number."),
        ({"text": "   "}, "Write the number."),
        ({"text": "\0"}, "Write the number."),
        ({"source_name": " "}, "Write who says so."),
        ({"hours": "Mo 08:00-09:00", "hours_zone": "localtime"}, "no such time zone"),
        ({"source_name": ""}, "Write who says so."),
        ({"text": "911", "reach": "CA"}, "works in its own country only"),
        ({"text": "911", "reach": ""}, "say from where it can be dialled"),
        ({"text": "nobody knows"}, "No telephone can dial this."),
        ({"reach": "US ZZ"}, "ZZ"),
        ({"languages": "es spanish"}, "spanish"),
        ({"hours": "always"}, "Hours are written"),
        ({"hours_zone": "Mars"}, "no such time zone"),
        ({"source_date": "2026-13"}, "Write a year"),
        ({"channel": "email"}, "not an e-mail address"),
        ({"kind": "friendship"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(
    site: Flask, moderator: CheckingClient, changes: dict[str, str], told: str
) -> None:
    address = f"{LINES}/{ids(site)['us-ejemplo']}"
    answer = moderator.post(address, data=form_of(moderator, address) | {"name": "Dicha"} | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert 'value="Dicha"' in page


def test_a_line_is_added(site: Flask, moderator: CheckingClient) -> None:
    new = {"name": "Línea Nueva", "kind": "protection", "whose": "HN", "channel": "voice", "text": "+504 3221-7309",
           "source_name": "A fictional call", "source_date": "2026-11"}  # fmt: skip
    answer = moderator.post(f"{LINES}/new", data=form_of(moderator, f"{LINES}/new") | new)
    assert answer.status_code == 303
    (line,) = moderator.get("/api/v1/lines?sending=HN").get_json()["results"]
    assert (line["name"], line["number"], line["country"]) == ("Línea Nueva", "+50432217309", None)


def test_a_country_s_moderator_keeps_that_country_s_lines(site: Flask, moderator: CheckingClient) -> None:
    own = signed_in(site, make_user(site, "mx@x.example", Role.MODERATOR, country="MX"))
    page = own.get(LINES).get_data(as_text=True)
    assert "Línea de México" in page
    assert "Línea Ejemplo" not in page
    foreign = f"{LINES}/{ids(site)['us-ejemplo']}"
    assert own.get(foreign).status_code == 403
    mine = f"{LINES}/{ids(site)['mx-ejemplo']}"
    assert own.post(mine, data=form_of(own, mine) | {"whose": "US", "reach": "US", "text": "911"}).status_code == 422
    hidden = hidden_fields(own.get(mine).get_data(as_text=True))
    assert own.post(f"{foreign}/confirm", data=hidden).status_code == 403


def test_nobody_else_sees_them(site: Flask, moderator: CheckingClient) -> None:
    assert site.test_client().get(LINES).status_code in (302, 303)
