"""Joint attention in a real browser, on the seed data: partner, refer, answer, close, count, hand out, print."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from directory import create_app
from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.extensions import db
from directory.organizations.models import Organization
from directory.partnerships.models import Partnership
from directory.referrals.models import Referral
from directory.search import follower
from directory.settings import LANGUAGES, Settings
from tests.browser.axe import examined_page
from tests.browser.test_registration_story import Served, check, sign_in
from tests.client import CheckingClient
from tests.site import Clock, database, letters, link_in, make_user, read, send, signed_in, visitor
from tests.test_commands import free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
WEDNESDAY = datetime(2026, 11, 25, 18, tzinfo=UTC)
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}
SHELTER, LAWYERS = "catholic-charities-of-the-rio-grande-valley", "annunciation-house"
MESSAGE = "Llega hoy a las 18:30 en autobús, necesita cama."


@dataclass
class Story:
    """A server over a copy of the seed data, and the people of the story."""

    served: Served
    people: dict[str, UUID]
    browser: Browser

    @property
    def app(self) -> Flask:
        """The application behind the server."""
        return self.served.app

    def at(self, path: str) -> str:
        """A full address."""
        return self.served.address + path

    def context(self, who: str | None = None, *, phone: bool = False, scripts: bool = True) -> BrowserContext:
        """A browser of somebody who is signed in, or of nobody."""
        made = self.browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale="es",
        )
        if who:
            cookie = signed_in(self.app, self.people[who]).get_cookie("session")
            assert cookie
            made.add_cookies([{"name": "session", "value": cookie.value, "url": self.served.address}])
        return made

    def page(self, who: str | None = None, *, phone: bool = False, scripts: bool = True) -> Page:
        """One page of such a browser."""
        return self.context(who, phone=phone, scripts=scripts).new_page()

    def link(self, kind: str, word: str) -> str:
        """The link of the newest letter of a kind, in Spanish."""
        return re.sub(r"^/(en|fr)/", "/es/", link_in(letters(self.app, kind)[-1], word))


@pytest.fixture
def story(browser: Browser, seeded_place: tuple[Path, str], tmp_path: Path) -> Iterator[Story]:
    """Three consulates, a liaison and two organizations of the seed data."""
    data_dir, url = seeded_place
    copy = tmp_path / "data"
    shutil.copytree(data_dir, copy, ignore=shutil.ignore_patterns("*.sqlite3*", "static"))
    with (
        sqlite3.connect(url.removeprefix("sqlite:///")) as source,
        sqlite3.connect(tmp_path / "story.sqlite3") as target,
    ):
        source.backup(target)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(
        Settings(
            data_dir=copy, database_url=f"sqlite:///{tmp_path}/story.sqlite3", secret_key="for tests", base_url=address
        )
    )
    app.test_client_class = CheckingClient
    app.config.update(SIGN_IN_FLOOR_S=0, MIN_FILL_S=0, UNDO_S=0)
    clock = Clock(app, WEDNESDAY)

    def ids() -> dict[str, UUID]:
        slugs = ("hn-mcallen", "gt-mcallen", "hn-houston")
        return {slug: (find_by_slug(db.session, Entity.CONSULATE, slug) or (UUID(int=0),))[0] for slug in slugs}

    consulates = read(app, ids)
    people = {
        slug: make_user(
            app, f"{slug}@x.example", Role.CONSULATE, consulate_id=consulate_id, password=slug == "hn-mcallen"
        )
        for slug, consulate_id in consulates.items()
    }
    people["liaison"] = make_user(app, "liaison@x.example", Role.CONSULATE, country="HN")
    with database(app):
        for slug, email in ((SHELTER, "casa@casa.example.org"), (LAWYERS, "hola@lawyers.example.org")):
            found = find_by_slug(db.session, Entity.ORGANIZATION, slug)
            assert found
            db.session.get_one(Organization, found[0]).email = email
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    following = follower.start(app)
    yield Story(Served(app, address, clock), people, browser)
    following.stop()
    server.shutdown()
    thread.join()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_from_a_proposal_to_the_figures(story: Story) -> None:
    served = story.served
    officer = story.browser.new_context(viewport=DESK, locale="es").new_page()  # type: ignore[arg-type]
    sign_in(officer, served, "hn-mcallen@x.example")

    # Partner: proposed from the page of the organization, accepted by its link on a phone without JavaScript.
    officer.goto(story.at(f"/es/organizations/{SHELTER}"))
    officer.get_by_role("link", name="Canalizar, proponer, notas").click()
    officer.get_by_role("link", name="Proponer una alianza").click()
    officer.get_by_label("Albergue", exact=True).check()
    officer.get_by_label("Acordado de antemano para emergencias").check()
    officer.get_by_text("Punto focal 1", exact=True).click()
    officer.get_by_label("Nombre").first.fill("Rosa Ficticia")
    officer.get_by_role("button", name="Proponer").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("Catholic Charities")
    house = story.page(phone=True, scripts=False)
    house.goto(story.at(story.link("partnership", "/partnership/")))
    expect(house.locator("main")).to_contain_text("Rosa Ficticia")
    house.get_by_label("Todo el mundo puede saber que trabajamos en conjunto").check()
    house.get_by_role("button", name="Sí, aceptamos").click()
    expect(house.locator(".notice-flash")).to_be_visible()

    # The public sees the partner, and nothing else of it.
    stranger = story.page(phone=True)
    stranger.goto(story.at("/es/consulates/hn-mcallen"))
    expect(stranger.locator("#partners + p + .rows")).to_contain_text("Catholic Charities")
    stranger.goto(story.at("/es/search?consulate=hn-mcallen&partner=1"))
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("1 organización")
    expect(stranger.locator(".badge-partner")).to_contain_text("Consulado de Honduras en McAllen")

    # Refer: from the search result, in one screen.
    officer.goto(story.at("/es/search?consulate=hn-mcallen&area=shelter"))
    expect(officer.locator(".cards > li").first).to_contain_text("Catholic Charities")
    officer.get_by_role("link", name=re.compile(r"Canalizar\s*:\s*Catholic Charities")).click()
    expect(officer.get_by_label("Qué se necesita")).to_have_value("shelter")
    officer.get_by_label("Hoy", exact=True).check()
    officer.get_by_label("12–17 años").check()
    officer.get_by_label("Situación").select_option("unaccompanied-children")
    officer.get_by_label("Dónde está la persona").fill("McAllen, Texas")
    officer.get_by_role("textbox", name="Mensaje").fill("Se llama Kevin Muestra, tel. 956 686 0123")
    officer.get_by_label("La persona fue informada y está de acuerdo").check()
    officer.get_by_role("button", name="Enviar la canalización").click()
    expect(officer.locator(".error-summary")).to_contain_text("un número de teléfono")
    officer.get_by_role("textbox", name="Mensaje").fill(MESSAGE)
    officer.get_by_role("button", name="Enviar la canalización").click()
    heading = officer.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Canalización")
    reference = (heading.text_content() or "").split()[-1]
    referral_page = officer.url

    # Answer: a question, then yes.
    link = story.at(story.link("referral", "/referral/"))
    house.goto(link)
    expect(house.locator("main")).to_contain_text(MESSAGE)
    house.get_by_text("Tenemos una pregunta").click()
    house.get_by_role("textbox", name="Mensaje").first.fill("¿Viaja sola?")
    house.get_by_role("button", name="Preguntar").click()
    officer.reload()
    expect(officer.locator(".talk")).to_contain_text("¿Viaja sola?")
    officer.get_by_role("textbox", name="Mensaje").fill("Sí, viaja sola.")
    officer.get_by_role("button", name="Responder").click()
    house.goto(link)
    house.get_by_role("button", name="Sí, podemos").click()
    expect(house.locator(".notice-flash")).to_be_visible()

    # The officer rotates: the successor takes over what is open.
    second = story.page("hn-mcallen")
    second.goto(referral_page)
    liaison = story.page("liaison")
    liaison.goto(story.at("/es/people"))
    row = liaison.locator("main").get_by_text("hn-mcallen@x.example")
    expect(row.first).to_be_visible()
    former = story.people["hn-mcallen"]
    send(signed_in(story.app, story.people["liaison"]), "/es/people", {"email": "sucesora@x.example"},
         to=f"/es/people/{former}/replace")  # fmt: skip
    assert second.goto(referral_page).status in (200, 403)  # type: ignore[union-attr]
    expect(second.get_by_role("heading", level=1)).not_to_contain_text(reference)
    successor_id = read(
        story.app, lambda: db.session.scalars(select(User.id).where(User.email == "sucesora@x.example")).one()
    )
    with database(story.app):
        user = db.session.get_one(User, successor_id)
        user.tf_primary_method, user.tf_totp_secret = "authenticator", "{}"
    story.people["successor"] = successor_id
    successor = story.page("successor")
    successor.goto(story.at("/es/workspace/"))
    expect(successor.locator("main")).to_contain_text(reference)
    assert read(story.app, lambda: db.session.scalars(select(Referral.assigned_to)).one()) == successor_id

    # Close, and count.
    successor.goto(referral_page)
    successor.get_by_label("Recibió ayuda", exact=True).check()
    successor.get_by_role("button", name="Cerrar la canalización").click()
    successor.goto(story.at("/es/workspace/consulates/hn-mcallen/statistics"))
    expect(successor.locator(".glance").first).to_contain_text("100 %")
    successor.goto(story.at("/es/workspace/consulates/hn-mcallen/coverage"))
    expect(successor.locator(".matrix")).to_contain_text("Albergue")
    liaison.goto(story.at("/es/workspace/countries/HN/statistics"))
    expect(liaison.locator("main")).to_contain_text("Consulado de Honduras en McAllen")

    # Hand out, and print.
    successor.goto(story.at("/es/search?consulate=hn-mcallen&area=shelter"))
    successor.get_by_role("link", name=re.compile(r"Agregar a la hoja\s*:\s*Catholic Charities")).click()
    successor.get_by_role("link", name="Preparar la hoja").click()
    expect(successor.get_by_role("link", name="WhatsApp")).to_have_attribute(
        "href", re.compile(r"^https://wa\.me/\?text=")
    )
    pdf = successor.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    successor.goto(story.at("/es/consulates/hn-mcallen/guide/progress"))
    successor.get_by_role("button", name="Crear el PDF").click()
    successor.wait_for_selector("a[href$='guide.pdf']", timeout=60_000)
    assert successor.request.get(story.at("/es/consulates/hn-mcallen/guide.pdf")).body().startswith(b"%PDF")

    # Whoever is outside sees nothing of it that is not public.
    stranger.goto(referral_page)
    expect(stranger.get_by_role("heading", level=1)).not_to_contain_text(reference)
    for who in ("gt-mcallen", "hn-houston"):
        assert story.page(who).goto(referral_page).status == 403  # type: ignore[union-attr]
    for path in (f"/es/organizations/{SHELTER}", "/es/consulates/hn-mcallen", f"/api/v1/organizations/{SHELTER}",
                 "/api/v1/consulates/hn-mcallen", "/api/v1/changes?limit=1000"):  # fmt: skip
        text = visitor(story.app).get(path).get_data(as_text=True)
        assert not [word for word in (reference, MESSAGE, "Rosa Ficticia", "¿Viaja sola?") if word in text], path


def test_a_referral_is_four_taps_and_ends_with_a_number(story: Story) -> None:
    four = story.page("hn-mcallen", phone=True)
    four.goto(story.at("/es/search?q=albergue para familias mam McAllen"))
    four.get_by_role("link", name=re.compile(r"Canalizar\s*:\s*Catholic Charities of the Rio")).click()
    expect(four.locator(".to")).to_contain_text("McAllen, Texas")
    expect(four.get_by_label("Qué se necesita")).to_have_value("shelter")
    expect(four.get_by_label("Situación")).to_have_value("families")
    expect(four.locator("#spoken")).to_have_value("mam")
    expect(four.get_by_label("Dónde está la persona")).to_have_value(re.compile("^McAllen, Texas"))
    four.get_by_label("Familia o grupo de varias edades").check()
    four.get_by_label("La persona fue informada y está de acuerdo").check()
    four.get_by_role("button", name="Enviar la canalización").click()
    expect(four.get_by_role("heading", level=1)).to_contain_text("Canalización")
    expect(four.locator(".facts-call")).to_contain_text("Llámeles")


def test_full_until_friday_a_new_phone_and_the_sheet_of_a_meeting(story: Story) -> None:
    with database(story.app):
        found = find_by_slug(db.session, Entity.ORGANIZATION, SHELTER)
        assert found
        key = make_link(db.session, LinkPurpose.MANAGE, story.served.clock.at, organization_id=found[0])
    house = story.page(phone=True)
    house.goto(story.at(f"/es/manage/{key}"))  # one tap: the link
    house.get_by_label("Lleno", exact=True).check()
    friday = house.get_by_role("button", name=re.compile("^vie"))
    expect(friday).to_be_in_viewport()
    friday.click()
    expect(house.locator(".saved")).to_contain_text("Lleno")
    expect(house.locator("button[aria-current=true]")).to_have_text(re.compile("^vie"))
    house.goto(story.at(f"/es/manage/{key}"))
    house.get_by_label("Otro número").fill("956 686 0199")
    house.get_by_role("button", name="Guardar los teléfonos").click()
    expect(house.locator("section.state")).to_contain_text("c…@casa.example.org")

    officer = story.page("hn-mcallen", phone=True)
    officer.goto(story.at("/es/workspace/"))
    officer.get_by_text("Más", exact=True).click()
    officer.get_by_role("link", name="Cobertura y vacíos", exact=True).first.click()
    expect(officer.locator(".say li").first).to_be_visible()
    pdf = officer.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) >= 1


def test_an_organization_proposes_and_is_vouched_for(story: Story) -> None:
    with database(story.app):
        found = find_by_slug(db.session, Entity.ORGANIZATION, LAWYERS)
        assert found
        key = make_link(db.session, LinkPurpose.MANAGE, story.served.clock.at, organization_id=found[0])
    house = story.page(phone=True)
    house.goto(story.at(f"/es/manage/{key}"))
    house.get_by_role("link", name="Trabajo con consulados").click()
    house.get_by_label("A qué consulado").select_option("gt-mcallen")
    house.get_by_role("button", name="Proponer").click()
    expect(house.locator(".notice-flash")).to_be_visible()
    guatemala = story.page("gt-mcallen")
    guatemala.goto(story.at("/es/workspace/"))
    guatemala.get_by_role("link", name="Annunciation House").click()
    guatemala.get_by_role("button", name="Aceptar").click()
    expect(guatemala.locator(".badge-ok").first).to_contain_text("Activa")
    guatemala.goto(story.at(f"/es/workspace/organizations/{LAWYERS}"))
    guatemala.get_by_role("button", name="Ya trabajamos con ellos").click()
    honduras = story.page("hn-mcallen")
    honduras.goto(story.at(f"/es/workspace/organizations/{LAWYERS}"))
    expect(honduras.locator("main")).to_contain_text("Consulado de Guatemala en McAllen")
    stranger = story.page()
    stranger.goto(story.at(f"/es/organizations/{LAWYERS}"))
    expect(stranger.locator("main")).not_to_contain_text("Ya trabajamos con ellos")
    house.goto(story.at(f"/es/manage/{key}/joint"))
    house.get_by_role("button", name="Mostrar a todo el mundo").click()
    stranger.reload()
    expect(stranger.locator("main")).to_contain_text("Ya trabajamos con ellos")


def test_which_consulate_without_javascript(story: Story) -> None:
    page = story.page(phone=True, scripts=False)
    page.goto(story.at("/es/consulates"))
    page.get_by_label("Mi país").select_option("GT")
    page.get_by_label("Dónde estoy").fill("Boston, Massachusetts")
    page.get_by_role("button", name="Buscar mi consulado").click()
    expect(page.locator(".cards > li").first).to_contain_text("Providence")
    expect(page.locator(".cards > li").first).to_contain_text("Atiende este lugar")


def joint_pages(story: Story) -> tuple[list[str], list[str], list[str]]:
    """Public pages, pages of an officer, and pages of a liaison, each with something on it."""
    officer = signed_in(story.app, story.people["hn-mcallen"])
    base = "/es/workspace/consulates/hn-mcallen"
    terms = {"agreement": "letter", "channel": "directory", "people-0-name": "Rosa Ficticia", "message": "Hola"}
    send(officer, f"{base}/partnerships/new?organization={SHELTER}", terms)
    proposal = story.link("partnership", "/partnership/")
    need = {"need": "shelter", "urgency": "today", "age_group": "family", "is_consented": "y", "message": MESSAGE}
    send(officer, f"{base}/referrals/new?organization={SHELTER}", need)
    page = f"/es/workspace/organizations/{SHELTER}"
    send(officer, page, {"consulate": "hn-mcallen", "audience": "network", "text": "Contestan por la mañana."},
         to=f"{page}/notes")  # fmt: skip
    with database(story.app):
        found = find_by_slug(db.session, Entity.ORGANIZATION, SHELTER)
        assert found
        key = make_link(db.session, LinkPurpose.MANAGE, story.served.clock.at, organization_id=found[0])
        partnership = db.session.scalars(select(Partnership.id)).one()
        referral = db.session.scalars(select(Referral.id)).one()
    public = [
        "/es/consulates/find", "/es/consulates/find?sending=HN&place=Harlingen, Texas",
        "/es/consulates/find?sending=HN&place=Guadalupe", proposal, story.link("referral", "/referral/"),
        f"/es/manage/{key}/joint", f"/es/handout?pick={SHELTER}&also=en", "/es/handout",
        "/es/consulates/hn-mcallen/guide", "/es/consulates/hn-mcallen/guide/progress",
        f"/es/search?consulate=hn-mcallen&pick={SHELTER}",
    ]  # fmt: skip
    desk = [
        f"{base}/{rest}"
        for rest in (
            "", "referrals", f"referrals/{referral}", f"referrals/new?organization={SHELTER}", "partnerships",
            f"partnerships/{partnership}", f"partnerships/{partnership}/terms",
            f"partnerships/new?organization={LAWYERS}", "coverage", "statistics", "jurisdiction", "contacts", "mobile",
            "tokens",
        )
    ]  # fmt: skip
    desk += [page, "/es/workspace/region/coverage", "/es/workspace/region/statistics",
             "/es/workspace/countries/HN/sharing"]  # fmt: skip
    liaison = [
        "/es/workspace/", "/es/workspace/countries/HN/assistance", "/es/workspace/countries/HN/statistics",
        "/es/workspace/countries/HN/coverage?host=US",
    ]  # fmt: skip
    return public, desk, liaison


def test_axe_finds_nothing_on_the_pages_of_joint_work(story: Story) -> None:
    public, desk, liaison = joint_pages(story)
    for language in LANGUAGES:
        for who, paths in ((None, public), ("hn-mcallen", desk), ("liaison", liaison)):
            page = examined_page(story.browser)
            if who:
                cookie = signed_in(story.app, story.people[who]).get_cookie("session")
                assert cookie
                page.context.add_cookies([{"name": "session", "value": cookie.value, "url": story.served.address}])
            for path in paths:
                check(page, story.at(re.sub("^/es/", f"/{language}/", path)))
            page.context.close()
    assert json.loads(visitor(story.app).get("/api/v1/consulates/hn-mcallen").get_data())["partners"] == []
