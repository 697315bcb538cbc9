"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from tests.catalogues import problems

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "directory"
MAY_COMMIT = {
    "exchange/load.py", "operations/prepare.py", "operations/housekeeping.py", "database.py", "mail/postman.py",
    "api/referrals.py",
}  # fmt: skip
"""Batches of an import, threads that work beside the requests, and the views of the case registers' interface;
everything else leaves the commit to the page or the command."""


def commits(source: str) -> list[int]:
    """The lines on which a module commits a session."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "session" in ast.unparse(node.func.value)
    ]


def test_the_rule_knows_a_commit_when_it_sees_one() -> None:
    assert commits("db.session.commit()") == [1]
    assert commits("repository.commit()\nsession.flush()") == []


def test_functions_that_change_state_never_commit() -> None:
    offenders = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        and path.relative_to(PACKAGE).as_posix() not in MAY_COMMIT
        and path.relative_to(PACKAGE).parts[0] not in ("web", "cli")
        for line in commits(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_every_string_is_translated() -> None:
    assert problems() == []


def test_no_route_disappears_without_a_decision(app: Flask) -> None:
    """tests/routes.txt is the list; a route that goes away needs a redirect or a decision first."""
    known = (ROOT / "tests" / "routes.txt").read_text(encoding="utf-8").splitlines()
    routes = sorted({f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}"
                     for rule in app.url_map.iter_rules()})  # fmt: skip
    assert routes == known, "update tests/routes.txt after deciding what happens to old addresses"


@pytest.mark.parametrize("name", ["templates", "static", "seed_data"])
def test_resources_are_found(name: str) -> None:
    from directory.settings import resource_dir

    assert resource_dir(name).is_dir()
