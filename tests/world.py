"""A small world of joint work: three consulates, a liaison, two organizations, all fictional."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.models import AuditEntry
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.partnerships.models import Partnership
from directory.referrals.models import Referral
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.site import Clock, letters, link_in, make_user, read, send, signed_in, visitor

SHELTER = "casa-ejemplo"
CLINIC = "clinica-ejemplo"
REFERRAL = {
    "need": "shelter", "urgency": "today", "age_group": "12-17", "population": "unaccompanied-children",
    "nationality": "HN", "spoken": "mam", "place": "McAllen", "message": "Llega hoy a las 18:30, necesita cama.",
    "is_consented": "y",
}  # fmt: skip
TERMS = {
    "agreement": "letter", "areas": ["shelter"], "channel": "directory", "is_for_emergencies": "y",
    "people-0-name": "Rosa Ficticia", "people-0-email": "rosa@consulado.example.org",
    "message": "Queremos trabajar con ustedes.", "private_note": "Nota propia del consulado",
}  # fmt: skip


@dataclass
class World:
    """An application with people in it."""

    app: Flask
    clock: Clock
    mcallen: CheckingClient
    """An officer of Honduras in McAllen."""
    other: CheckingClient
    """An officer of Guatemala in McAllen."""
    toronto: CheckingClient
    """An officer of Honduras in Toronto."""
    liaison: CheckingClient
    """The liaison of Honduras."""
    officer_id: uuid.UUID

    def desk(self, rest: str = "", consulate: str = "hn-mcallen") -> str:
        """An address of a consulate's workspace."""
        return f"/es/workspace/consulates/{consulate}/{rest}"

    def anyone(self) -> CheckingClient:
        """Somebody who is not signed in."""
        return visitor(self.app)

    def propose(self, client: CheckingClient | None = None, consulate: str = "hn-mcallen", **changes: Any) -> str:
        """Propose a partnership to the shelter; the address of its page."""
        page = self.desk(f"partnerships/new?organization={SHELTER}", consulate)
        answer = send(client or self.mcallen, page, {**TERMS, **changes})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return urlsplit(answer.headers["Location"]).path

    def partner(self, *, is_public: bool = True) -> str:
        """Propose, and accept by the link of the letter; the address of the partnership's page."""
        page = self.propose()
        link = link_in(letters(self.app, "partnership")[-1], "/partnership/")
        data = {"accept-people-0-name": "Ana Ejemplo", "accept-people-0-email": "ana@casa-ejemplo.example.org"}
        answer = self.by_link(link, "accept", data | ({"accept-is_public": "y"} if is_public else {}))
        assert answer.status_code == 303
        return page

    def by_link(self, link: str, action: str, data: dict[str, Any] | None = None) -> Any:
        """Open a link and press one of its buttons."""
        client = self.anyone()
        page = client.get(link)
        assert page.status_code == 200, (link, page.status_code)
        return client.post(f"{link}/{action}", data={**tokens(page.get_data(as_text=True)), **(data or {})})

    def refer(self, client: CheckingClient | None = None, consulate: str = "hn-mcallen", **changes: Any) -> str:
        """Refer somebody to the shelter; the address of the referral's page."""
        page = self.desk(f"referrals/new?organization={changes.pop('organization', SHELTER)}", consulate)
        answer = send(client or self.mcallen, page, {**REFERRAL, **changes})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return urlsplit(answer.headers["Location"]).path

    def referral_link(self) -> str:
        """The link of the newest letter with a referral."""
        return link_in(letters(self.app)[-1], "/referral/")

    def act(self, client: CheckingClient, page: str, action: str, data: dict[str, Any] | None = None) -> Any:
        """Press a button of a page."""
        return send(client, page, data, to=f"{page}/{action}")

    def referrals(self) -> list[Referral]:
        """All referrals, oldest first."""
        return list(
            read(self.app, lambda: _loose(db.session.scalars(select(Referral).order_by(Referral.sent_at)).all()))
        )

    def partnership(self) -> Partnership:
        """The only partnership."""
        return read(self.app, lambda: _loose([db.session.scalars(select(Partnership)).one()]))[0]  # type: ignore[no-any-return]

    def audit(self) -> list[AuditEntry]:
        """What was noted of who did what, oldest first."""
        return list(
            read(self.app, lambda: _loose(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()))
        )

    def search(self, **arguments: Any) -> Any:
        """What the API finds, after the index has followed."""
        self.follow()
        return self.anyone().get("/api/v1/search", query_string=arguments).get_json()

    def follow(self) -> None:
        """Bring the index in step."""
        read(self.app, lambda: synchronise(search_index(), db.session))


def _loose(rows: Any) -> list[Any]:
    found = list(rows)
    for row in found:
        db.session.expunge(row)
    return found


def tokens(page: str) -> dict[str, str]:
    """Every token of every form of a page."""
    found = re.findall(r'name="([^"]*csrf_token|version)" value="([^"]*)"', page)
    return dict(found)


def make_world(app: Flask, folder: Path) -> World:
    """Load records, invite people."""
    with app.app_context():
        add_organizations(
            folder,
            organization_row(
                country="US", location_country="US", location_admin1="US-TX", location_city="McAllen",
                email="casa@casa-ejemplo.example.org", phones="956 686 0123",
            ),
            organization_row(
                organization_key=CLINIC, name="Clínica Ejemplo", country="CA", location_key=f"{CLINIC}/toronto",
                location_country="CA", location_admin1="CA-ON", location_city="Toronto", service_areas="health-care",
                location_service_areas="health-care", phones="416 555 0199",
            ),
        )  # fmt: skip
        add_consulates(
            folder,
            consulate_row(consulate_key="hn-mcallen", jurisdiction="", jurisdiction_state=""),
            consulate_row(consulate_key="gt-mcallen", sending_country="GT"),
            consulate_row(consulate_key="hn-toronto", host_country="CA", city="Toronto", admin1="CA-ON"),
            consulate_row(consulate_key="hn-washington", kind="embassy", city="", admin1="", jurisdiction="US",
                          jurisdiction_state="known"),
        )  # fmt: skip
        db.session.remove()
    clock = Clock(app)
    ids = {name: seed_uuid(f"consulate/{name}") for name in ("hn-mcallen", "gt-mcallen", "hn-toronto")}
    assert set(read(app, lambda: set(db.session.scalars(select(Consulate.id))))) >= set(ids.values())
    people = {
        name: make_user(app, f"{name}@x.example", Role.CONSULATE, consulate_id=consulate_id)
        for name, consulate_id in ids.items()
    }
    liaison = make_user(app, "liaison@x.example", Role.CONSULATE, country="HN")
    return World(
        app,
        clock,
        signed_in(app, people["hn-mcallen"]),
        signed_in(app, people["gt-mcallen"]),
        signed_in(app, people["hn-toronto"]),
        signed_in(app, liaison),
        people["hn-mcallen"],
    )
