"""What a stranger, an impostor or a careless colleague might try, and must not succeed in."""

from __future__ import annotations

import io
import threading
import time
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import AccessLink, Grant, LinkPurpose, Role, SignIn, User
from directory.clock import now, today
from directory.extensions import db
from directory.moderation.decide import reject
from directory.moderation.history import restore
from directory.moderation.merging import ContactsSuspended, merge_records
from directory.organizations.edit import record_data
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import protect_address
from directory.organizations.verify import suspend_contacts
from directory.publication.organizations import public_organizations
from directory.registration.models import Report, ReportKind, Submission, SubmissionState
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.site import (
    ESSENTIALS,
    Clock,
    database,
    hidden_fields,
    letters,
    link_in,
    make_user,
    organization_id,
    read,
    register,
    send,
    signed_in,
    visitor,
)

STREET = "Calle Secreta 9"


@pytest.fixture
def shelter(site: Flask, tmp_path: Path) -> uuid.UUID:
    """A protected shelter with a public office and a hidden house."""
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(name="Refugio Escondido Ficticio", email="refugio@refugio.example.org",
                             location_city="McAllen", location_country="US", location_admin1="US-TX"),
            organization_row(location_key="casa-ejemplo/p", visibility="city_only", address=STREET,
                             phones="664 682 5180"),
            organization_row(location_key="casa-ejemplo/h", visibility="hidden", address="Calle Oculta 1",
                             location_city="Mexico City", location_admin1="MX-CMX",
                             location_email="ana@oculto-privado.example.org"),
            organization_row(organization_key="dos", location_key="dos/1", name="Casa Dos", location_city="Tijuana"),
        )  # fmt: skip
    return read(site, lambda: organization_id("Refugio Escondido Ficticio"))


def manage_page(app: Flask, organization: uuid.UUID) -> str:
    with database(app):
        token = make_link(
            db.session, LinkPurpose.MANAGE, now(), organization_id=organization, email="refugio@refugio.example.org"
        )
    return f"/es/manage/{token}"


def places_form(page: str, **changes: str) -> dict[str, str]:
    """What the places step shows, as a browser would send it back."""
    import html
    import re

    found: dict[str, str] = {}
    for name, value in re.findall(r'<input[^>]*name="(places-\d+-\w+)"[^>]*?value="([^"]*)"', page):
        if not name.endswith(("areas", "remove")):
            found[name] = html.unescape(value)
    for select_name, body in re.findall(r'<select[^>]*name="(places-\d+-\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[select_name] = chosen.group(1) if chosen else ""
    return {**found, **changes}


def test_a_strangers_suggestion_asks_the_record_nothing(site: Flask, shelter: uuid.UUID) -> None:
    """No street in an answer, and no difference between a right guess and a wrong one."""
    answers = []
    for guess in (STREET, "Otra Calle 5"):
        stranger = visitor(site)
        page = "/es/organizations/refugio-escondido-ficticio/suggest"
        draft = send(stranger, page).headers["Location"]
        form = places_form(stranger.get(f"{draft}/places").get_data(as_text=True))
        number = next(name.split("-")[1] for name, value in form.items() if value == "city_only")
        send(stranger, f"{draft}/places", {**form, f"places-{number}-address": guess})
        answer = send(stranger, draft, to=f"{draft}/submit")
        text = answer.get_data(as_text=True) + stranger.get(draft).get_data(as_text=True)
        assert STREET not in text or guess == STREET
        answers.append(answer.status_code)
    assert answers[0] == answers[1] == 303
    states = read(site, lambda: set(db.session.scalars(select(Submission.state))))
    assert states == {SubmissionState.PENDING}


def test_a_merge_opens_nothing_that_is_protected(site: Flask, shelter: uuid.UUID) -> None:
    with database(site):
        kept = db.session.get_one(Organization, organization_id("Casa Dos"))
        merge_records(
            db.session, kept, db.session.get_one(Organization, shelter), vocabulary(db.session), "test", now()
        )
    record = visitor(site).get("/api/v1/organizations/casa-dos").get_json()
    assert STREET not in str(record)
    assert "oculto-privado" not in str(record)
    assert sorted(place["visibility"] for place in record["locations"]) == ["city_only", "public", "public"]


def test_a_merge_moves_reports_and_editors_and_no_link(site: Flask, shelter: uuid.UUID) -> None:
    page = manage_page(site, shelter)
    make_user(site, "e@x.example", Role.EDITOR, organization_id=shelter, second_factor=False)
    with database(site):
        db.session.add(Report(organization_id=shelter, kind=ReportKind.CLOSED))
        kept = db.session.get_one(Organization, organization_id("Casa Dos"))
        merge_records(
            db.session, kept, db.session.get_one(Organization, shelter), vocabulary(db.session), "test", now()
        )
        kept_id = kept.id
    assert visitor(site).get(page).status_code == 404, "who holds a link to a doubtful twin must not edit the other"
    assert read(site, lambda: set(db.session.scalars(select(Grant.organization_id)))) == {kept_id}
    assert read(site, lambda: set(db.session.scalars(select(Report.organization_id)))) == {kept_id}


def test_suspended_contacts_flow_nowhere(site: Flask, shelter: uuid.UUID) -> None:
    with database(site):
        row = db.session.get_one(Organization, shelter)
        suspend_contacts(db.session, row, None, "test", now())
        kept = db.session.get_one(Organization, organization_id("Casa Dos"))
        with pytest.raises(ContactsSuspended):
            merge_records(db.session, kept, row, vocabulary(db.session), "test", now())


def test_a_hidden_places_city_and_domain_are_nowhere(site: Flask, shelter: uuid.UUID) -> None:
    for address in (
        "/es/register/similar?name=Refugio+Escondido+Ficticio",
        "/es/organizations/refugio-escondido-ficticio/claim",
    ):
        text = visitor(site).get(address).get_data(as_text=True)
        assert "Mexico City" not in text and "oculto-privado" not in text


def test_restoring_keeps_what_is_protected_now(site: Flask, shelter: uuid.UUID) -> None:
    with database(site):
        place = db.session.scalars(
            select(Location).where(Location.organization_id == shelter, Location.visibility == Visibility.PUBLIC)
        ).one()
        protect_address(db.session, place, Visibility.CITY_ONLY, "test")
    with database(site):
        row = db.session.get_one(Organization, shelter)
        restore(db.session, row, 1, vocabulary(db.session), "test")
    shown = read(site, lambda: public_organizations(db.session, [shelter], now())[0].locations)
    assert {place.visibility for place in shown} == {"city_only"}


def test_a_place_that_goes_with_its_phone_waits_as_a_whole(site: Flask, shelter: uuid.UUID) -> None:
    browser, page = visitor(site), manage_page(site, shelter)
    draft = send(browser, page, to=f"{page}/edit").headers["Location"]
    form = places_form(browser.get(f"{draft}/places").get_data(as_text=True))
    number = next(name.split("-")[1] for name, value in form.items() if value == "city_only")
    send(browser, f"{draft}/places", {**form, f"places-{number}-remove": "y"})
    send(browser, draft, to=f"{draft}/submit")
    data = read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))
    assert STREET in {place.address for place in data.locations.values()}


def test_texts_do_not_carry_contacts_past_the_old_channel(site: Flask, shelter: uuid.UUID) -> None:
    browser, page = visitor(site), manage_page(site, shelter)
    services = read(site, lambda: [str(row.id) for row in db.session.get_one(Organization, shelter).services])
    for note in ("Deposite 500 en CLABE 032180000118359719", "tel 664 999 8877", "escriba a ayuda@evil.example"):
        data = {"services": services, "state": "open", "until": "open-ended", "note": note}
        assert send(browser, page, data, to=f"{page}/availability").status_code == 422
    draft = send(browser, page, to=f"{page}/edit").headers["Location"]
    group = next(iter(read(site, lambda: record_data(db.session, shelter, vocabulary(db.session))).services))
    send(browser, f"{draft}/services", {f"{group}_documents": "Llame al 664 999 8877 o www.evil.example"})
    send(browser, draft, to=f"{draft}/submit")
    data = read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))
    assert data.services[group].documents_required == {}


def test_suspending_stops_an_impostor_who_is_inside(site: Flask, shelter: uuid.UUID) -> None:
    browser, page = visitor(site), manage_page(site, shelter)
    draft = send(browser, page, to=f"{page}/edit").headers["Location"]
    editor = signed_in(site, make_user(site, "e@x.example", Role.EDITOR, organization_id=shelter, second_factor=False))
    with database(site):
        suspend_contacts(db.session, db.session.get_one(Organization, shelter), None, "test", now())
    send(browser, f"{draft}/about", {"summary": "Somos otros.", "summary_language": "es"})
    send(browser, draft, to=f"{draft}/submit")
    assert read(site, lambda: record_data(db.session, shelter, vocabulary(db.session))).summary == {}
    assert letters(site) == [], "nobody is asked whether the impostor is right"
    assert editor.get("/es/organizations/refugio-escondido-ficticio/manage").status_code == 403


def test_a_colleagues_draft_link_opens_nothing_without_them(site: Flask, shelter: uuid.UUID) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    page = "/es/moderation/organizations/refugio-escondido-ficticio"
    draft = send(moderator, page, to="/es/organizations/refugio-escondido-ficticio/edit").headers["Location"]
    moderator.page(draft)
    assert visitor(site).get(draft).status_code == 302
    other = signed_in(site, make_user(site, "n@x.example", Role.MODERATOR))
    assert other.get(draft).status_code == 403


def test_an_editor_with_a_consulate_grant_is_still_an_editor(site: Flask, shelter: uuid.UUID) -> None:
    user_id = make_user(site, "e@x.example", Role.EDITOR, organization_id=shelter, second_factor=False)
    make_user(site, "e@x.example", Role.CONSULATE, country="HN", second_factor=False)
    editor = signed_in(site, user_id)
    page = "/es/organizations/refugio-escondido-ficticio/manage"
    draft = send(editor, page, to="/es/organizations/refugio-escondido-ficticio/edit").headers["Location"]
    send(editor, f"{draft}/about", {"website": "https://evil.example", "summary_language": "es"})
    send(editor, draft, to=f"{draft}/submit")
    assert read(site, lambda: record_data(db.session, shelter, vocabulary(db.session))).website is None


def test_a_country_typed_by_a_stranger_moves_no_record(site: Flask, tmp_path: Path) -> None:
    """A change of a US record with MX typed into it is not for a moderator of Mexico."""
    with site.app_context():
        add_organizations(
            tmp_path, organization_row(name="Casa Texana", country="US", location_country="US", location_admin1="US-TX",
                                       location_city="McAllen"),
        )  # fmt: skip
    stranger = visitor(site)
    draft = send(stranger, "/es/organizations/casa-texana/suggest").headers["Location"]
    send(stranger, f"{draft}/essentials", {**ESSENTIALS, "name": "Casa Texana", "city": "Tijuana"})
    send(stranger, draft, to=f"{draft}/submit")
    found = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    mexico = signed_in(site, make_user(site, "x@x.example", Role.MODERATOR, country="MX"))
    assert mexico.get(f"/es/moderation/submissions/{found}").status_code == 403
    texas = signed_in(site, make_user(site, "t@x.example", Role.MODERATOR, country="US"))
    assert texas.get(f"/es/moderation/submissions/{found}").status_code == 200
    assert mexico.get("/es/workspace/organizations/casa-texana/availability").status_code == 403


def test_a_liaison_takes_over_nobody_elses_officers(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        add_consulates(tmp_path, consulate_row())
    theirs = make_user(site, "l@mx.example", Role.CONSULATE, country="MX")
    liaison = signed_in(site, make_user(site, "l@hn.example", Role.CONSULATE, country="HN"))
    send(liaison, "/es/people", {"email": "l@mx.example", "role": "liaison/HN", "language": "es"})
    send(liaison, "/es/people", {"email": "evil@hn.example"}, to=f"/es/people/{theirs}/replace")
    grants = read(site, lambda: [tuple(row) for row in db.session.execute(
        select(User.email, Grant.country).join(Grant).order_by(User.email))])  # fmt: skip
    assert sorted(grants) == [("evil@hn.example", "HN"), ("l@hn.example", "HN"), ("l@mx.example", "MX")], grants
    assert read(site, lambda: db.session.get_one(User, theirs).active)


def test_few_letters_a_day_go_to_a_stranger(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    for _ in range(9):
        send(browser, draft, to=f"{draft}/letter")
    assert len(letters(site, "confirm-submission")) <= 6
    for _ in range(5):
        send(browser, draft, to=f"{draft}/submit")
    assert len(letters(site, "confirm-submission")) <= 6


@pytest.mark.parametrize(
    "name", ["Casa http://evil.example", "Vea www.evil.example", "Llame al 664 123 4567", "a@evil.example"]
)
def test_a_name_carries_no_message(site: Flask, name: str) -> None:
    assert send(visitor(site), "/es/register", {**ESSENTIALS, "name": name}).status_code == 422


@pytest.mark.parametrize(
    "odd",
    [{"name": "x" * 300}, {"city": "y" * 200}, {"visibility": "zzz"}, {"country": "ZZZZ"}, {"phone": "9" * 500},
     {"areas": ["nothing"]}, {"place": "nowhere"}, {"address": "ñ" * 400}],
)  # fmt: skip
def test_saving_for_later_keeps_a_draft_that_opens(site: Flask, odd: dict[str, str]) -> None:
    browser = visitor(site)
    answer = send(browser, "/es/register", {**ESSENTIALS, **odd, "action": "later"})
    assert answer.status_code == 303
    browser.page(answer.headers["Location"])
    browser.page(f"{answer.headers['Location']}/essentials")


@pytest.mark.parametrize("trap", [{"company": "Robot"}, {"opened": "bad"}])
def test_robots_save_nothing_for_later_either(site: Flask, trap: dict[str, str]) -> None:
    assert send(visitor(site), "/es/register", {**ESSENTIALS, **trap, "action": "later"}).status_code == 422
    assert letters(site) == []


def test_who_confirmed_one_thing_did_not_confirm_another(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    send(visitor(site), link_in(letters(site, "confirm-submission")[0], "/confirm/"))
    send(browser, f"{draft}/essentials", {**ESSENTIALS, "name": "Otra Cosa", "email": "other@evil.example"})
    found = read(site, lambda: db.session.scalars(select(Submission)).one())
    assert (found.state, found.confirmed_at, found.email) == (SubmissionState.UNCONFIRMED, None, "other@evil.example")
    send(browser, f"{draft}/about", {"summary": "Deposite a la CLABE 032180000118359719", "summary_language": "es"})
    assert "money" in read(site, lambda: db.session.scalars(select(Submission.risks)).one())


def test_a_corrected_address_gets_the_letter(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser, email="luz@casa-lus.example.org")
    send(browser, f"{draft}/essentials", ESSENTIALS)
    newest = letters(site, "confirm-submission")[-1]
    assert newest.recipient == ESSENTIALS["email"]
    assert send(visitor(site), link_in(newest, "/confirm/")).status_code == 303
    old = letters(site, "confirm-submission")[0]
    assert visitor(site).get(link_in(old, "/confirm/")).status_code == 404


def test_a_rejected_claims_link_gives_nothing(site: Flask, shelter: uuid.UUID) -> None:
    page = "/es/organizations/refugio-escondido-ficticio/claim"
    send(visitor(site), page, {"email": "refugio@refugio.example.org"})
    link = link_in(letters(site, "claim")[0], "/claim/")
    with database(site):
        found = db.session.scalars(select(Submission)).one()
        reject(db.session, found, found.version, "could-not-confirm", None, "test", now())
    assert visitor(site).get(link).status_code == 404
    assert read(site, lambda: db.session.scalars(select(Grant)).all()) == []


def test_a_token_in_a_header_is_no_way_in(site: Flask) -> None:
    user_id = make_user(site, "a@x.example", Role.ADMIN)
    with site.app_context():
        token = db.session.get_one(User, user_id).get_auth_token()
        db.session.remove()
    for header in ("Authentication-Token", "Authorization"):
        assert visitor(site).get("/es/account", headers={header: token}).status_code == 302
    assert visitor(site).get(f"/es/account?auth_token={token}").status_code == 302


def test_signing_in_takes_forms_only(site: Flask) -> None:
    make_user(site, "a@x.example", Role.ADMIN)
    answer = visitor(site).post("/es/login", json={"email": "a@x.example", "password": "x"})
    assert answer.status_code == 415


def test_a_session_without_a_code_gains_nothing_when_one_is_set_up(site: Flask) -> None:
    user_id = make_user(site, "a@x.example", Role.ADMIN, second_factor=False)
    stolen = signed_in(site, user_id)
    make_user(site, "a@x.example", Role.ADMIN)
    assert stolen.get("/es/moderation/").status_code == 302
    assert read(site, lambda: db.session.scalars(select(SignIn.has_second_factor)).one()) is False


def test_forms_work_behind_tls_without_a_referer(site: Flask) -> None:
    browser = visitor(site)
    page = browser.get("/es/register", base_url="https://localhost").get_data(as_text=True)
    data = {**ESSENTIALS, **hidden_fields(page)}
    answer = browser.post("/es/register", data=data, base_url="https://localhost")
    assert answer.status_code == 303
    draft = answer.headers["Location"]
    page = browser.get(draft, base_url="https://localhost").get_data(as_text=True)
    token = hidden_fields(page)
    assert browser.post(f"{draft}/withdraw", data=token, base_url="https://localhost").status_code == 303


def test_letters_without_end_and_odd_signs_are_read(site: Flask, shelter: uuid.UUID) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    page = "/es/moderation/organizations/refugio-escondido-ficticio"
    assert send(moderator, page, {"note": "a\0b\ud7ff" + "x" * 5000}, to=f"{page}/suspend").status_code == 303
    assert moderator.get(f"{page}?older={'9' * 30}&newer=1").status_code == 200
    assert send(moderator, page, {"number": "9" * 30}, to=f"{page}/restore").status_code == 404


def test_two_moderators_at_once_decide_once(site: Flask) -> None:
    """Each waits for the other; the second one finds that it is decided."""
    register(visitor(site))
    send(visitor(site), link_in(letters(site, "confirm-submission")[0], "/confirm/"))
    found = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    address = f"/es/moderation/submissions/{found}"
    people = [signed_in(site, make_user(site, f"{name}@x.example", Role.MODERATOR)) for name in "abcd"]
    tokens = [hidden_fields(person.get(address).get_data(as_text=True)) for person in people]
    barrier = threading.Barrier(len(people))
    answers: list[int] = []

    def decide(number: int) -> None:
        barrier.wait()
        verb = ("approve", "reject")[number % 2]
        data = {**tokens[number], "version": 1, "criterion": "other-purpose"}
        answers.append(people[number].post(f"{address}/{verb}", data=data).status_code)

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * len(people)
    decided = letters(site, "approved") + letters(site, "rejected")
    assert len(decided) == 1, "one decision, one letter"
    published = read(site, lambda: len(db.session.scalars(select(Organization.id)).all()))
    assert published == len(letters(site, "approved"))


def test_many_tabs_at_once_lose_nothing(site: Flask) -> None:
    browser = visitor(site)
    draft = register(browser)
    fields = hidden_fields(browser.get(f"{draft}/about").get_data(as_text=True))
    values = ({"acronym": "AA"}, {"legal_status": "A.C."}, {"year_founded": "1998"})
    barrier = threading.Barrier(len(values))
    answers: list[int] = []
    cookie = browser.get_cookie("session")
    assert cookie

    def save(changes: dict[str, str]) -> None:
        tab = visitor(site)
        tab.set_cookie("session", cookie.value)
        barrier.wait()
        answers.append(tab.post(f"{draft}/about", data={**fields, "summary_language": "es", **changes}).status_code)

    threads = [threading.Thread(target=save, args=(changes,)) for changes in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * len(values)
    data = read(site, lambda: db.session.scalars(select(Submission.data)).one())
    assert (data["acronym"], data["legal_status"], data["year_founded"]) == ("AA", "A.C.", 1998)


def test_a_slow_sender_holds_no_lock(site: Flask) -> None:
    """The body is read to its end before the write transaction opens."""

    class Slow(io.BytesIO):
        """A body that is not sent before somebody else has written."""

        locked: list[bool] = []

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.wait()
            return super().readinto(buffer)

        def read(self, size: int | None = -1) -> bytes:
            self.wait()
            return super().read(size)

        def wait(self) -> None:
            if not self.locked:
                before = time.monotonic()
                with database(site):
                    db.session.add(AccessLink(digest=uuid.uuid4().hex, purpose=LinkPurpose.VISIT, expires_at=now(),
                                              submission_id=made))  # fmt: skip
                self.locked.append(time.monotonic() - before > 5)

    register(visitor(site))
    made = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    stream = Slow(b"a=bc")
    visitor(site).post("/es/confirm/" + "x" * 43, input_stream=stream, content_length=4,
                       content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert stream.locked == [False]


def test_time_is_a_parameter(site: Flask) -> None:
    clock = Clock(site)
    clock.pass_days(10)
    with site.app_context():
        assert (now() - clock.at).total_seconds() == 0
        assert today() == clock.at.astimezone().date()
