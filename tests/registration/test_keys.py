"""An organization without e-mail gets its key after a call, once, and renews it by a call."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask

from directory.accounts.models import Role
from directory.clock import today
from directory.extensions import db
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import suspend_contacts, verify
from tests.client import CheckingClient, find_all
from tests.registration.test_changes import organization
from tests.site import Clock, database, hidden_fields, make_user, read, send, signed_in, visitor

__all__ = ["organization"]
RECORD = "/es/moderation/organizations/casa-ejemplo"


@pytest.fixture
def clock(site: Flask) -> Clock:
    return Clock(site)


@pytest.fixture
def moderator(site: Flask, clock: Clock) -> CheckingClient:
    return signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))


def spoken_to(app: Flask, organization: uuid.UUID, method: VerificationMethod = VerificationMethod.CALL) -> None:
    """Somebody called, today."""
    with database(app):
        row = db.session.get_one(Organization, organization)
        row.email = None
        verify(db.session, row, method, "test", today())


def key_of(moderator: CheckingClient) -> str:
    """Have a key shown; its path."""
    page = send(moderator, RECORD, to=f"{RECORD}/key")
    assert page.status_code == 200, page.headers.get("Location")
    return re.search(r"/es/key/[\w-]+", page.get_data(as_text=True))[0]  # type: ignore[index]


def test_from_the_call_to_full_until_friday(
    site: Flask, clock: Clock, moderator: CheckingClient, organization: uuid.UUID
) -> None:
    spoken_to(site, organization)
    page = send(moderator, RECORD, to=f"{RECORD}/key").get_data(as_text=True)
    assert "https://wa.me/526646825180?text=" in page and "<svg" in page
    link = re.search(r"/es/key/[\w-]+", page)[0]  # type: ignore[index]
    phone = visitor(site)
    assert "Casa Ejemplo" in phone.get(link).get_data(as_text=True)
    assert visitor(site).get(link).status_code == 200, "a preview of the message uses nothing up"
    own = send(phone, link).headers["Location"]
    assert own.startswith("/es/manage/")
    services = [item.get("value") for item in find_all(phone.page(own), "input") if item.get("name") == "services"]
    friday = clock.at.date() + timedelta(days=3)
    answer = send(phone, own, {"state": "full", "until": friday.isoformat(), "services": services},
                  to=f"{own}/availability")  # fmt: skip
    assert answer.status_code == 303
    shown = visitor(site).get("/api/v1/organizations/casa-ejemplo").get_json()
    assert shown["services"][0]["availability"]["state"] == "full"
    again = visitor(site).get(link)
    assert again.status_code == 404 and "se usó" in again.get_data(as_text=True)
    assert visitor(site).get(own).status_code == 200, "the page that was kept still works"


def test_a_key_that_is_too_old_or_replaced_opens_nothing(
    site: Flask, clock: Clock, moderator: CheckingClient, organization: uuid.UUID
) -> None:
    spoken_to(site, organization)
    first = key_of(moderator)
    second = key_of(moderator)
    assert [visitor(site).get(link).status_code for link in (first, second)] == [404, 200]
    clock.pass_days(15)
    assert visitor(site).get(second).status_code == 404


def test_two_who_press_at_once_get_one_page(site: Flask, moderator: CheckingClient, organization: uuid.UUID) -> None:
    spoken_to(site, organization)
    link = key_of(moderator)
    one, two = visitor(site), visitor(site)
    tokens = [
        re.search(r'name="csrf_token" value="([^"]+)"', c.get(link).get_data(as_text=True))[1] for c in (one, two)
    ]  # type: ignore[index]
    codes = sorted(c.post(link, data={"csrf_token": t}).status_code for c, t in zip((one, two), tokens, strict=True))
    assert codes == [303, 404]


@pytest.mark.parametrize("why", ["never", "mail", "long ago", "doubted"])
def test_nobody_gets_a_key_without_having_been_spoken_to(
    site: Flask, clock: Clock, moderator: CheckingClient, organization: uuid.UUID, why: str
) -> None:
    if why != "never":
        spoken_to(site, organization, VerificationMethod.EMAIL if why == "mail" else VerificationMethod.CALL)
    if why == "doubted":
        with database(site):
            suspend_contacts(db.session, db.session.get_one(Organization, organization), None, "test", clock.at)
    if why == "long ago":
        clock.pass_days(31)
        moderator = signed_in(site, make_user(site, "n@x.example", Role.MODERATOR))
    answer = send(moderator, RECORD, to=f"{RECORD}/key")
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/casa-ejemplo")


def test_still_right_by_a_key_is_no_confirmation_by_mail(
    site: Flask, moderator: CheckingClient, organization: uuid.UUID
) -> None:
    spoken_to(site, organization)
    link = key_of(moderator)
    phone = visitor(site)
    own = send(phone, link).headers["Location"]
    send(phone, own, to=f"{own}/right")
    method = read(site, lambda: db.session.get_one(Organization, organization).verification_method)
    assert method == VerificationMethod.ACCOUNT


def test_suspending_kills_the_key(site: Flask, moderator: CheckingClient, organization: uuid.UUID) -> None:
    spoken_to(site, organization)
    link = key_of(moderator)
    send(moderator, RECORD, to=f"{RECORD}/suspend")
    assert visitor(site).get(link).status_code == 404


def test_only_a_moderator_of_the_country_gives_keys(site: Flask, organization: uuid.UUID) -> None:
    spoken_to(site, organization)
    for email, role, country in (("a@x.example", Role.MODERATOR, "GT"), ("b@x.example", Role.CONSULATE, "HN")):
        client = signed_in(site, make_user(site, email, role, country=country))
        token = hidden_fields(client.get("/es/account").get_data(as_text=True))
        assert client.post(f"{RECORD}/key", data=token).status_code == 403
        assert client.get(f"{RECORD}/key").status_code == 403


def test_the_list_of_calls_offers_the_key_where_there_is_no_mail(
    site: Flask, moderator: CheckingClient, organization: uuid.UUID
) -> None:
    with database(site):
        db.session.get_one(Organization, organization).email = None
    calls = "/es/moderation/calls"
    send(moderator, calls)
    answer = send(moderator, calls, to=f"{calls}/{organization}/confirmed")
    assert answer.headers["Location"].endswith("key=casa-ejemplo")
    assert f"{RECORD}/key" in moderator.get(answer.headers["Location"]).get_data(as_text=True)
    assert read(site, lambda: db.session.get_one(Organization, organization).verified_on) == today()
