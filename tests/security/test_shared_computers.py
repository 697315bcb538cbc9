"""An office PC that several people use: what one saw while signed in, the next does not find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from directory.accounts.models import Role
from tests.client import CheckingClient
from tests.site import make_user, send, signed_in, visitor
from tests.world import World


def kept(client: CheckingClient, path: str) -> str:
    """What a browser is told about keeping a page."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    "path", ["/es/people", "/es/moderation/", "/es/moderation/organizations/casa-ejemplo", "/es/account", "/es/"]
)
def test_what_somebody_sees_who_is_signed_in_is_kept_nowhere(world: World, path: str) -> None:
    admin = signed_in(world.app, make_user(world.app, "a@x.example", Role.ADMIN))
    assert kept(admin, path) == "no-store"


def test_pages_that_ask_for_secrets_are_kept_nowhere(site: Flask) -> None:
    assert kept(visitor(site), "/es/login") == "no-store"


def test_open_pages_may_be_kept_by_who_is_nobody(world: World) -> None:
    assert "no-store" not in kept(world.anyone(), "/es/")
    assert "no-store" not in kept(world.anyone(), "/es/organizations/casa-ejemplo")


def test_open_data_may_be_kept_by_anybody(world: World) -> None:
    assert "no-store" not in kept(world.mcallen, "/api/v1/consulates")


def test_signing_out_empties_what_was_kept(world: World) -> None:
    answer = send(world.mcallen, "/es/account", to="/es/logout")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in world.anyone().get("/es/").headers


def test_a_time_that_is_over_empties_it_too(world: World) -> None:
    assert world.mcallen.get("/es/account").status_code == 200
    world.clock.at += timedelta(days=8)
    answer = world.mcallen.get("/es/account")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache"')
