"""The register in figures, and coverage with its gaps."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from flask import Flask

from directory.accounts.models import Role
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.organizations.freshness import Freshness
from directory.referrals.models import AgeGroup, Outcome, Referral, ReferralState, Urgency
from directory.statistics.coverage import Figure, matrix, offers
from directory.vocabulary.catalogue import vocabulary
from tests.client import text_of
from tests.site import database, make_user, read, signed_in
from tests.world import SHELTER, World

MAY = datetime(2026, 5, 15, 12, tzinfo=UTC)


def add(world: World, consulate: str, need: str, count: int, answer: str = "accepted", at: datetime = MAY) -> None:
    """Referrals of the past, each answered after two hours."""
    with database(world.app):
        for number in range(count):
            state = {
                "accepted": ReferralState.CLOSED,
                "declined": ReferralState.DECLINED,
                "none": ReferralState.WITHDRAWN,
            }
            db.session.add(
                Referral(
                    reference=f"{consulate[:5]}{need[:2]}{answer[0]}{number:03d}"[:12],
                    consulate_id=seed_uuid(f"consulate/{consulate}"),
                    organization_id=seed_uuid(f"organization/{SHELTER}"),
                    state=state[answer], need=need, age_group=AgeGroup.ADULT, urgency=Urgency.WEEK, is_consented=True,
                    sent_at=at, answered_at=None if answer == "none" else at + timedelta(hours=2 + number % 3),
                    outcome=Outcome.HELPED if answer == "accepted" else None,
                    decline_reason="full" if answer == "declined" else None, closed_at=at + timedelta(days=1),
                )
            )  # fmt: skip


def rows(world: World, client: object, path: str) -> list[list[str]]:
    """The lines of a CSV."""
    answer = client.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == 200, path
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_a_consulate_sees_its_own_figures(world: World) -> None:
    add(world, "hn-mcallen", "shelter", 6)
    add(world, "hn-mcallen", "shelter", 2, "declined")
    add(world, "hn-mcallen", "food", 1, "none")
    add(world, "hn-toronto", "shelter", 9)
    page = world.desk("statistics?since=2026-05&until=2026-06")
    shown = text_of(world.mcallen.page(page))
    assert "75 %" in shown, "six of eight that were answered"
    found = rows(world, world.mcallen, world.desk("statistics.csv?since=2026-05&until=2026-06"))
    total = found[-1]
    assert total[2:6] == ["9", "6", "2", "1"] and total[6] == "3.0"
    shelter = next(row for row in found if row[1] == "Albergue")
    assert shelter[2:6] == ["8", "6", "2", "0"] and shelter[7] == "6"
    only = rows(world, world.mcallen, world.desk("statistics.csv?since=2026-05&until=2026-06&need=food"))
    assert only[-1][2] == "1"
    assert rows(world, world.mcallen, world.desk("statistics.csv?since=2026-06&until=2026-06"))[-1][2] == "0"
    for bad in ("since=2026-13", "since=x", "since=2026-08&until=2026-07", "since=2000-01&until=2026-01", "need=bed"):
        assert world.mcallen.get(world.desk(f"statistics?{bad}")).status_code == 400


def test_a_country_sees_all_its_consulates_and_no_other(world: World) -> None:
    add(world, "hn-mcallen", "shelter", 2)
    add(world, "hn-toronto", "shelter", 3)
    add(world, "gt-mcallen", "shelter", 4)
    path = "/es/workspace/countries/HN/statistics"
    world.liaison.page(f"{path}?since=2026-05&until=2026-05")
    found = rows(world, world.liaison, f"{path}.csv?since=2026-05&until=2026-05")
    assert found[-1][2] == "5"
    assert {row[1]: row[2] for row in found if row[0] == "Por consulado"} == {
        "Consulado de Honduras en McAllen": "2", "Consulado de Honduras en Toronto": "3",
    }  # fmt: skip
    assert world.mcallen.get(path).status_code == 403, "an officer does not read a sister consulate's figures"
    assert world.liaison.get("/es/workspace/countries/GT/statistics").status_code == 403


def test_the_region_sees_sums_without_small_numbers(world: World) -> None:
    add(world, "hn-mcallen", "shelter", 20)
    add(world, "gt-mcallen", "shelter", 30)
    add(world, "hn-mcallen", "food", 3)
    add(world, "hn-mcallen", "legal-aid", 12)
    add(world, "gt-mcallen", "legal-aid", 2)
    path = "/es/workspace/region/statistics"
    for client in (world.mcallen, world.other, world.liaison):
        client.page(f"{path}?quarter=2026-Q2")
    found = {row[0]: row[1:] for row in rows(world, world.mcallen, f"{path}.csv?quarter=2026-Q2")}
    assert found["Albergue"][0] == "50"
    assert found["Alimentación"][0] == "reservado", "three are too few"
    assert found["Asesoría jurídica"][0] == "reservado", "Honduras would see that Guatemala had two"
    assert world.anyone().get(path).status_code == 302
    editor = make_user(world.app, "e@x.example", Role.EDITOR, organization_id=seed_uuid(f"organization/{SHELTER}"))
    assert signed_in(world.app, editor).get(path).status_code == 403


def test_the_region_knows_only_quarters_that_are_final(world: World) -> None:
    world.clock.set(datetime(2026, 11, 24, 12, tzinfo=UTC))
    for bad in ("2026-Q3", "2026-Q4", "2027-Q1", "2026-07", "2026-Q5", "x"):
        assert world.mcallen.get(f"/es/workspace/region/statistics?quarter={bad}").status_code == 400
    shown = text_of(world.mcallen.page("/es/workspace/region/statistics"))
    assert "2026-Q2" in shown and "2026-Q3" not in shown, "somebody may still answer what was sent in September"
    add(world, "hn-mcallen", "shelter", 30)
    path = "/es/workspace/region/statistics?quarter=2026-Q2"
    outcomes = "Resultado de las aceptadas"
    assert outcomes not in text_of(world.mcallen.page(path)), "what became of them is not settled yet"
    world.clock.set(datetime(2027, 3, 2, 12, tzinfo=UTC))
    assert outcomes in text_of(world.mcallen.page(path))


def test_gaps_stand_out(world: World) -> None:
    world.follow()
    shown = world.mcallen.get(world.desk("coverage")).get_data(as_text=True)
    assert 'class="cell-thin"' in shown and 'class="cell-empty"' in shown
    assert "Empleo" in shown
    for show in ("open", "fresh", "partner", "stale"):
        world.mcallen.page(world.desk(f"coverage?show={show}"))
    assert world.mcallen.get(world.desk("coverage?show=all")).status_code == 400
    for page in ("countries/HN/coverage?host=US", "countries/HN/coverage?host=CA", "region/coverage"):
        world.liaison.page(f"/es/workspace/{page}")
    assert world.liaison.get("/es/workspace/countries/HN/coverage?host=PA").status_code == 404


def test_each_cell_counts_organizations_by_figure(world: World, site: Flask) -> None:
    shelter = seed_uuid(f"organization/{SHELTER}")

    def ask() -> tuple[int, ...]:
        terms = vocabulary(db.session)
        found = offers(db.session, terms, ["US"], world.clock.at.date())
        table = matrix(found, terms, ["US-TX"], lambda spot: spot.admin1, {shelter: Freshness.VERIFIED}, {shelter})
        assert table.gaps("US-TX") == [slug for slug in terms.areas if slug not in ("shelter", "food")]
        assert table.thin("US-TX") == []
        return tuple(table.count("shelter", "US-TX", figure) for figure in Figure)

    assert read(site, ask) == (1, 0, 1, 1, 0)
