"""The whole story in a real browser: register on a phone, go on from the letter, be confirmed, published and found."""

from __future__ import annotations

import email
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from directory import create_app
from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.extensions import db
from directory.mail.postman import carry_one
from directory.operations.prepare import prepare
from directory.organizations.models import Organization
from directory.places.models import Place, PlaceKind, PlaceName
from directory.search import follower
from directory.settings import Settings
from tests.browser.axe import examined_page, faults
from tests.client import CheckingClient
from tests.databases import drop_database, new_database
from tests.site import (
    PASSWORD,
    Clock,
    database,
    letters,
    link_in,
    make_user,
    one_time_code,
    read,
    register,
    send,
    signed_in,
    visitor,
)
from tests.test_commands import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WEDNESDAY = datetime(2026, 11, 25, 18, tzinfo=UTC)
PHONE = {"width": 360, "height": 780}


@dataclass
class Served:
    """A server in this process whose clock stands still until it is moved."""

    app: Flask
    address: str
    clock: Clock

    def letter(self, word: str) -> str:
        """Carry the mail out and return the first link that holds a word in the newest letter with one."""
        with self.app.app_context():
            while carry_one(db.session):
                pass
            db.session.remove()
        folder: Path = self.app.extensions["directory.settings"].data_dir / "outbox"
        for path in sorted(folder.iterdir(), key=lambda item: item.stat().st_mtime, reverse=True):
            body = email.message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
            for part in (body.get_content() if body else "").split():
                if word in part:
                    return part
        raise AssertionError(f"no letter with {word}")

    def code(self, address: str) -> str:
        """The code on the phone of somebody."""
        return one_time_code(self.app, address)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server over a small SQLite database; the parts of the story run on both in tests/registration."""
    url = new_database("sqlite", tmp_path)
    port = free_port()
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    address = f"http://127.0.0.1:{port}"
    app = create_app(Settings(data_dir=data_dir, database_url=url, secret_key="for tests", base_url=address))
    app.test_client_class = CheckingClient
    app.config.update(SIGN_IN_FLOOR_S=0, UNDO_S=0)
    prepare(app, with_seeds=False)
    with database(app):
        db.session.add(Place(id="t-tijuana", kind=PlaceKind.TOWN, name="Tijuana", country="MX", admin1="MX-BCN",
                             latitude=32.5, longitude=-117.0, timezone="America/Tijuana"))  # fmt: skip
        db.session.flush()
        db.session.add(PlaceName(place_id="t-tijuana", folded="tijuana", name="Tijuana"))
    clock = Clock(app, WEDNESDAY, runs=True)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    following = follower.start(app)
    yield Served(app, address, clock)
    following.stop()
    server.shutdown()
    thread.join()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    drop_database(url)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small screen that fails on script errors and on violations of the content security policy."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)
    yield page
    context.close()
    assert problems == []


def fill_essentials(page: Page, name: str, email_address: str, phone: str = "664 123 4567") -> None:
    """What an NGO types."""
    page.get_by_label("Nombre de la organización").fill(name)
    page.get_by_label("País").select_option("MX")
    page.get_by_label("Ciudad o localidad").fill("Tijuana")
    page.get_by_label("Albergue", exact=True).check()
    page.get_by_label("Correo electrónico").fill(email_address)
    page.get_by_label("Teléfono o WhatsApp").fill(phone)
    page.get_by_label("Protegida: solo se muestra la ciudad").check()
    page.get_by_label("Represento a esta organización").check()
    page.wait_for_timeout(3_000)


def sign_in(page: Page, served: Served, address: str) -> None:
    """With password and code, as a moderator does."""
    page.goto(f"{served.address}/es/login")
    page.get_by_label("Correo electrónico").fill(address)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.get_by_label("Seis dígitos").fill(served.code(address))
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url(re.compile(r"/es/(workspace|moderation)/"))  # each at the desk of their work


def test_from_a_phone_to_the_search(browser: Browser, phone: Page, served: Served) -> None:
    make_user(served.app, "m@x.example", Role.MODERATOR, password=True)
    phone.goto(f"{served.address}/es/register")
    phone.get_by_label("Nombre de la organización").fill("Casa de la Luz Ficticia")
    phone.get_by_label("Correo electrónico").fill("luz@casa-luz.example.org")
    phone.wait_for_timeout(3_000)  # nobody fills a form faster
    phone.get_by_role("button", name="Guardar y continuar después").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Casa de la Luz Ficticia")
    phone.context.close()

    second = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    second.goto(served.letter("/register/d/"))
    second.get_by_role("link", name="Continuar").first.click()
    assert second.get_by_label("Nombre de la organización").input_value() == "Casa de la Luz Ficticia"
    fill_essentials(second, "Casa de la Luz Ficticia", "luz@casa-luz.example.org")
    second.get_by_role("button", name="Registrar").click()
    second.goto(served.letter("/confirm/"))
    second.get_by_role("button", name="Confirmar").click()
    second.context.close()

    desk = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(desk, served, "m@x.example")
    desk.goto(f"{served.address}/es/moderation/queue")
    desk.get_by_role("link", name="Casa de la Luz Ficticia").focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Aprobar y publicar").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/queue?undo=*")
    found = wait_until_found(served, "casa luz ficticia")
    assert found == ["Casa de la Luz Ficticia"]

    other = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    other.goto(f"{served.address}/es/register")
    other.get_by_label("Nombre de la organización").press_sequentially("Casa de la Lus Ficticia", delay=10)
    expect(other.locator("[data-similar] a")).to_contain_text("Casa de la Luz Ficticia")
    other.context.close()

    owner = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    owner.goto(served.letter("/manage/"))
    owner.get_by_label("Lleno").check(force=True)
    owner.get_by_role("button", name="vie, 27").click()
    owner.goto(f"{served.address}/es/organizations/casa-de-la-luz-ficticia")
    expect(owner.locator(".now")).to_contain_text("27 de noviembre")
    served.clock.pass_days(3)
    owner.reload()
    expect(owner.locator(".now")).not_to_contain_text("27 de noviembre")
    owner.context.close()
    desk.context.close()


def wait_until_found(served: Served, words: str) -> list[str]:
    """What a search finds as soon as it finds anything; the follower looks every 250 ms."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        answer = visitor(served.app).get("/api/v1/search", query_string={"q": words}).get_json()
        if answer and answer.get("results"):
            return [item["name"] for item in answer["results"]]
        time.sleep(0.05)
    return []


def test_without_javascript_and_without_an_email(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{served.address}/es/register")
    fill_essentials(page, "Comedor Ficticio", "", "664 765 4321")
    page.get_by_label("Teléfono o WhatsApp").fill("12")
    page.get_by_role("button", name="Registrar").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.get_by_label("Nombre de la organización").input_value() == "Comedor Ficticio"
    page.get_by_label("Teléfono o WhatsApp").fill("664 765 4321")
    page.get_by_role("button", name="Registrar").click()
    expect(page.locator(".state")).to_contain_text("llam")
    context.close()
    make_user(served.app, "m@x.example", Role.MODERATOR, password=True)
    desk = browser.new_context().new_page()
    sign_in(desk, served, "m@x.example")
    desk.goto(f"{served.address}/es/moderation/queue?state=to-call")
    desk.get_by_role("link", name="Comedor Ficticio").click()
    desk.get_by_label("Por llamada").check()
    desk.get_by_role("button", name="Lo confirmaron").click()
    desk.get_by_role("button", name="Aprobar y publicar").click()
    desk.wait_for_url("**/queue?undo=*")
    assert wait_until_found(served, "comedor ficticio") == ["Comedor Ficticio"]
    desk.context.close()


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_axe_finds_nothing_on_the_new_pages(browser: Browser, served: Served, language: str) -> None:
    app = served.app
    app.config["MIN_FILL_S"] = 0
    client = visitor(app)
    draft = register(client).replace("/es/", f"/{language}/")
    confirm = link_in(letters(app, "confirm-submission")[0], "/confirm/").replace("/es/", f"/{language}/")
    send(client, confirm)
    admin_id = make_user(app, "a@x.example", Role.ADMIN)
    admin = signed_in(app, admin_id)
    submission = admin.get("/es/moderation/queue").get_data(as_text=True).split("/moderation/submissions/")[1][:36]
    address = f"/es/moderation/submissions/{submission}"
    send(admin, address, {"version": 1}, to=f"{address}/approve")
    slug = "casa-de-la-luz-ficticia"
    send(admin, "/es/moderation/calls", to="/es/moderation/calls")
    send(admin, f"/es/organizations/{slug}/report", {"kind": "no-answer"})
    manage = link_in(letters(app, "approved")[0], "/manage/").replace("/es/", f"/{language}/")
    second = register(visitor(app), name="Otra Casa").replace("/es/", f"/{language}/")
    waiting = admin.get("/es/moderation/queue").get_data(as_text=True).split("/moderation/submissions/")[1][:36]
    with database(app):
        organization = db.session.scalars(select(Organization.id).order_by(Organization.created_at)).first()
        key = make_link(db.session, LinkPurpose.KEY, served.clock.at, organization_id=organization)
    open_pages = [
        f"/{language}/key/{key}",
        f"/{language}/register", f"/{language}/login", f"/{language}/reset", draft, second,
        *(f"{second}/{step}" for step in ("essentials", "services", "people", "places", "about")), manage,
        f"/{language}/organizations/{slug}", f"/{language}/organizations/{slug}/report",
        f"/{language}/organizations/{slug}/claim", f"/{language}/criteria",
        f"/{language}/search/not-understood?q=xyzzyo",
    ]  # fmt: skip
    work_pages = [
        f"/{language}/{path}"
        for path in (
            "account", "people", "tf-setup", "mf-recovery-codes", "change", "workspace/", "workspace/registrations",
            "workspace/register",
            f"workspace/submissions/{waiting}", f"workspace/organizations/{slug}/availability", "moderation/",
            "moderation/queue", f"moderation/submissions/{waiting}", f"moderation/submissions/{submission}",
            f"moderation/organizations/{slug}", "moderation/calls", "moderation/freshness",
            "moderation/first-verification?country=MX", "moderation/words", "moderation/words/new",
            "moderation/words/try?q=albergue+en+Tijuana+xyzzyo", "workspace/region/needs",
            f"organizations/{slug}/manage",
        )
    ]  # fmt: skip
    cookie = admin.get_cookie("session")
    assert cookie
    page = examined_page(browser)
    for path in open_pages:
        check(page, served.address + path)
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": served.address}])
    for path in work_pages:
        check(page, served.address + path)
    page.context.close()
    assert read(app, lambda: db.session.get_one(User, admin_id)) is not None


def check(page: Page, address: str) -> None:
    """The page is there, and nothing is wrong with it."""
    assert list(faults(page, address, status=200)) == []
