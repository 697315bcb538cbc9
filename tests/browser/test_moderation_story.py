"""Forty that wait: one key for each, taken back for ten seconds, never while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from directory.accounts.models import Role
from directory.extensions import db
from directory.operations.housekeeping import carry_out_one
from directory.organizations.models import VerificationMethod
from directory.organizations.record_data import LocationData, PhoneData, RecordData, ServiceData
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import begin, confirm, submit
from tests.browser.test_registration_story import Served, served
from tests.factories import add_organizations, organization_row
from tests.site import database, make_user, read, signed_in

__all__ = ["served"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FORTY = 40
WORDS = (
    "Sol", "Luna", "Mar", "Monte", "Valle", "Puente", "Faro", "Nube", "Pino", "Roble", "Lirio", "Jade", "Coral",
    "Trigo", "Brisa", "Ceiba", "Maiz", "Olivo", "Cedro", "Duna", "Sauce", "Delta", "Cielo", "Rocio", "Sierra", "Llano",
    "Arena", "Aurora", "Prisma", "Norte", "Oriente", "Barro", "Cumbre", "Isla", "Laguna", "Mirador", "Palma",
    "Quetzal", "Rumbo", "Umbral",
)  # fmt: skip


@pytest.fixture
def forty(served: Served, tmp_path: Path) -> Served:
    """Forty confirmed registrations, each of its own; the first may be a record that exists."""
    served.app.config["UNDO_S"] = 10
    with served.app.app_context():
        add_organizations(tmp_path, organization_row(name="Refugio Ficticio del Sol", phones="664 123 4500"))
        db.session.remove()
    with database(served.app):
        for number, word in enumerate(WORDS):
            place = LocationData(
                country="MX", admin1="MX-BCN", city="Tijuana", place_id="t-tijuana", areas=("shelter",)
            )
            phone = PhoneData(number=f"+5266412345{number:02}", text=f"664 123 45{number:02}")
            data = RecordData(
                name=f"Refugio Ficticio del {word}", country="MX", phones=(phone,),
                services={"basic-needs": ServiceData(areas=("shelter",))}, locations={f"{number:032x}": place},
            )  # fmt: skip
            at = served.clock.at
            found = begin(db.session, data, kind=SubmissionKind.NEW, origin=Origin.PUBLIC, language="es", now=at)
            submit(db.session, found, at)
            confirm(db.session, found, VerificationMethod.CALL, "test", at)
    return served


@pytest.fixture
def desk(browser: Browser, forty: Served) -> Iterator[Page]:
    """A moderator's browser."""
    cookie = signed_in(forty.app, make_user(forty.app, "m@x.example", Role.MODERATOR)).get_cookie("session")
    assert cookie
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": forty.address}])
    yield context.new_page()
    context.close()


def states(served: Served) -> list[SubmissionState]:
    return read(served.app, lambda: list(db.session.scalars(db.select(Submission.state))))


def test_forty_decisions_in_forty_five_keys(forty: Served, desk: Page) -> None:
    pressed = 0

    def press(key: str, ends: str | None = None) -> None:
        nonlocal pressed
        pressed += 1
        before = desk.url
        desk.keyboard.press(key)
        if ends is not None:
            desk.wait_for_function("before => location.href !== before", arg=before)

    desk.goto(f"{forty.address}/es/moderation/queue")
    expect(desk.locator("[data-rows] > li")).to_have_count(FORTY)
    row = desk.locator("[data-rows] > li").first
    for text in ("Tijuana", "Albergue", "+52664123", "desde hoy"):
        expect(row).to_contain_text(text)
    desk.get_by_role("link", name="Empezar por la primera").click()
    pressed += 1
    expect(desk.get_by_role("button", name="Fusionar con esta")).to_be_visible()
    press("d", "next")
    press("x")
    press("2", "next")
    for _ in range(FORTY - 2):
        press("a", "next")
    assert pressed <= 45
    expect(desk.get_by_role("heading", level=1)).to_have_text("Solicitudes")
    assert set(states(forty)) == {SubmissionState.PENDING}, "nobody is told within the ten seconds of the last"
    forty.clock.pass_days(1)
    read(forty.app, lambda: sum(1 for _ in iter(carry_out_one, False)))
    found = states(forty)
    ends = (SubmissionState.APPROVED, SubmissionState.MERGED, SubmissionState.REJECTED)
    assert [found.count(end) for end in ends] == [FORTY - 2, 1, 1]


def test_keys_do_nothing_while_somebody_types_or_holds_them_or_has_turned_them_off(forty: Served, desk: Page) -> None:
    desk.goto(f"{forty.address}/es/moderation/queue")
    desk.get_by_role("link", name="Empezar por la primera").click()
    page = desk.url
    desk.get_by_text("Devolver con una razón").or_(desk.get_by_text("Devolver", exact=True)).first.click()
    desk.locator("#return-note").fill("")
    desk.locator("#return-note").press_sequentially("axjd?")
    assert desk.url == page and desk.locator("#return-note").input_value() == "axjd?"
    desk.locator("h1").click()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.press("a")
    assert desk.url == page, "the list of keys is open"
    desk.get_by_label("Usar estas teclas en este dispositivo").uncheck()
    desk.get_by_role("button", name="Cerrar").click()
    desk.keyboard.press("a")
    desk.wait_for_timeout(200)
    assert desk.url == page, "they are turned off"
    desk.keyboard.press("?")
    desk.get_by_label("Usar estas teclas en este dispositivo").check()
    desk.get_by_role("button", name="Cerrar").click()
    for _ in range(5):
        desk.keyboard.down("j")  # held down: it repeats
    desk.keyboard.up("j")
    desk.wait_for_url(lambda url: url != page)
    expect(desk.locator(".queue-nav")).to_contain_text("2 de 40")


def test_undo_is_one_tap_and_no_script_is_needed(browser: Browser, forty: Served) -> None:
    cookie = signed_in(forty.app, make_user(forty.app, "n@x.example", Role.MODERATOR)).get_cookie("session")
    assert cookie
    context = browser.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False, locale="es")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": forty.address}])
    page = context.new_page()
    page.goto(f"{forty.address}/es/moderation/queue")
    page.get_by_role("link", name="Refugio Ficticio del Mar").click()
    page.get_by_role("button", name="Aprobar y publicar").click()
    expect(page.locator(".undo")).to_contain_text("Refugio Ficticio del Mar")
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Refugio Ficticio del Mar")
    expect(page.locator(".notice-flash")).to_contain_text("No se avisó a nadie")
    context.close()
