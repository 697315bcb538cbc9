"""Who may open which page: every route for every role, compared with a table that a person can read."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from directory.accounts.models import Role
from directory.accounts.policy import PERMISSIONS, ROUTES, GrantOf, Permission, Target, Viewer, allows, permission_for
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.identifiers import seed_uuid
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row
from tests.site import make_user, read, signed_in, visitor

TABLE = Path(__file__).parent / "permissions.txt"
COLUMNS = (
    "anyone", "editor", "officer-without-2nd", "officer", "liaison", "moderator-without-2nd", "moderator",
    "admin-without-2nd", "admin",
)  # fmt: skip
ARGUMENTS = {
    "slug": "casa-ejemplo", "code": "MX", "form": "json", "key": "casa-ejemplo", "lang": "es", "token": "x" * 43,
    "step": "essentials", "answer": "yes", "decision": "approve", "action": "resolve", "outcome": "confirmed",
    "deed": "confirm", "consulate": "hn-ejemplo",
}  # fmt: skip

JOINT = ("joint.", "joint_links.", "liaison.", "organization_side.", "network.", "answers.")
"""Blueprints whose buttons are named by the address; the first of them is tried."""


@pytest.fixture
def peopled(site: Flask, tmp_path: Path) -> dict[str, uuid.UUID | None]:
    """One person for each column."""
    with site.app_context():
        add_organizations(tmp_path, organization_row())
        add_consulates(tmp_path, consulate_row(host_country="MX", city="Tijuana", admin1="MX-BCN"))
    consulate_id = read(site, lambda: db.session.query(Consulate.id).scalar())
    ours = seed_uuid("organization/casa-ejemplo")
    people: dict[str, uuid.UUID | None] = {"anyone": None}
    people["editor"] = make_user(site, "e@x.example", Role.EDITOR, organization_id=ours, second_factor=False)
    for name, role, scope in (
        ("officer", Role.CONSULATE, {"consulate_id": consulate_id}),
        ("moderator", Role.MODERATOR, {}),
        ("admin", Role.ADMIN, {}),
    ):
        people[name] = make_user(site, f"{name}@x.example", role, **scope)
        people[f"{name}-without-2nd"] = make_user(site, f"{name}2@x.example", role, second_factor=False, **scope)
    people["liaison"] = make_user(site, "l@x.example", Role.CONSULATE, country="HN")
    return people


def rows(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every route."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found.append((rule.endpoint, method, adapter.build(rule.endpoint, _values(rule), method=method)))
    return sorted(set(found))


def _values(rule: Rule) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in rule.arguments:
        values[name] = uuid.UUID(int=0) if name.endswith("_id") else ARGUMENTS[name]
    if rule.endpoint.startswith("api.consulate"):
        values["key"] = "hn-ejemplo"
    if "consulates/<slug>" in rule.rule:
        values["slug"] = "hn-ejemplo"
    if "countries/<code>" in rule.rule and "workspace" in rule.rule:
        values["code"] = "HN"
    for name in set(values) & {"action", "answer"} if rule.endpoint.startswith(JOINT) else ():
        values[name] = rule.rule.split("<any(")[-1].split(f"):{name}>")[0].split(", ")[0]
    return values


def _is_denied(app: Flask, user_id: uuid.UUID | None, method: str, address: str) -> bool:
    client = signed_in(app, user_id) if user_id else visitor(app)
    response = client.open(address, method=method)
    to = response.headers.get("Location", "")
    if response.status_code == 302 and ("/login" in to or "/tf-setup" in to) and "/tf-setup" not in address:
        return True
    return response.status_code in (401, 403)


def test_every_route_for_every_role(site: Flask, peopled: dict[str, uuid.UUID | None]) -> None:
    """To see the table anew: delete it and run this test twice."""
    site.config["WTF_CSRF_ENABLED"] = False
    lines = [f"{'route':<42}{'method':<8}" + "  ".join(COLUMNS)]
    for endpoint, method, address in rows(site):
        if permission_for(endpoint) in (Permission.READ, Permission.SIGN_IN):
            assert not _is_denied(site, None, method, address) or endpoint.startswith("security."), endpoint
            continue
        cells = [("-" if _is_denied(site, peopled[name], method, address) else "yes").ljust(len(name))
                 for name in COLUMNS]  # fmt: skip
        lines.append(f"{endpoint:<42}{method:<8}" + "  ".join(cells).rstrip())
    if not TABLE.exists():
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pytest.fail("the table was missing and is written now: read it")
    assert lines == TABLE.read_text(encoding="utf-8").splitlines()


def test_every_route_names_a_permission(site: Flask) -> None:
    """A view that asks no policy is denied; the cure is a line in accounts/policy.py."""
    endpoints = {rule.endpoint for rule in site.url_map.iter_rules()}
    assert {item for item in endpoints if permission_for(item) is None} == set()
    assert set(ROUTES) - endpoints == set(), "exemptions that are no longer needed"


def test_what_is_not_named_is_denied() -> None:
    admin = Viewer(uuid.uuid4(), (GrantOf(Role.ADMIN),), has_second_factor=True)
    assert set(PERMISSIONS) == set(Permission)
    assert not allows(admin, "fly")  # type: ignore[arg-type]
    assert permission_for("nowhere.nothing") is None


def test_scopes_hold() -> None:
    """A moderator of Mexico, a liaison of Honduras and an editor have no say elsewhere."""
    mexico = Viewer(uuid.uuid4(), (GrantOf(Role.MODERATOR, country="MX"),), has_second_factor=True)
    assert allows(mexico, Permission.MODERATE, Target(countries=frozenset({"MX", "US"})))
    assert not allows(mexico, Permission.MODERATE, Target(countries=frozenset({"US"})))
    liaison = Viewer(uuid.uuid4(), (GrantOf(Role.CONSULATE, country="HN"),), has_second_factor=True)
    assert allows(liaison, Permission.MANAGE_PEOPLE, Target(sending_country="HN"))
    assert not allows(liaison, Permission.MANAGE_PEOPLE, Target(sending_country="GT"))
    mine, other = uuid.uuid4(), uuid.uuid4()
    editor = Viewer(uuid.uuid4(), (GrantOf(Role.EDITOR, organization_id=mine),))
    assert allows(editor, Permission.EDIT_RECORD, Target(organization_id=mine))
    assert not allows(editor, Permission.EDIT_RECORD, Target(organization_id=other))


def test_only_a_second_factor_opens_moderation() -> None:
    for role in (Role.ADMIN, Role.MODERATOR):
        without = Viewer(uuid.uuid4(), (GrantOf(role),))
        assert not allows(without, Permission.MODERATE)
        assert not allows(without, Permission.READ_WORKSPACE)
    officer = Viewer(uuid.uuid4(), (GrantOf(Role.CONSULATE, consulate_id=uuid.uuid4()),))
    assert allows(officer, Permission.READ_WORKSPACE)
    assert not allows(officer, Permission.WORK)
