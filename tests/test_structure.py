"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from flask import Flask

from tests.catalogues import problems

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "directory"
MAY_COMMIT = {
    "exchange/load.py", "operations/prepare.py", "operations/housekeeping.py", "database.py", "mail/postman.py",
    "api/referrals.py", "operations/backups/restore.py",
}  # fmt: skip
"""Batches of an import, a restore, threads that work beside the requests, and the views of the case registers'
interface; everything else leaves the commit to the page or the command."""


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


def imports(path: Path, modules: Collection[str]) -> set[str]:
    """The modules of ours that a file needs, for types alone too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (parts & set(modules)) or {node.module}
    return found & set(modules)


def modules_of(package: Path) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    return {
        ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
        if "migrations" not in path.parts
    }


def circles(needs: Mapping[str, Collection[str]]) -> list[str]:
    """What needs itself, in however many steps."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(needs[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += needs[name]
        return seen

    return [name for name in needs if name in reached(name)]


def test_the_rule_knows_a_circle_when_it_sees_one() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == ["a", "b", "c"]


def test_no_two_files_need_each_other() -> None:
    modules = modules_of(PACKAGE)
    assert circles({name: imports(path, modules) for name, path in modules.items()}) == []


DOORS = ("web", "api", "operations", "cli", "serve.py")


def knows_requests(source: str) -> list[str]:
    """What a module takes of the request, of forms, or of pages."""
    tree = ast.parse(source)
    taken = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask.globals")
        for alias in node.names
    ]
    packages = [
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    ]  # fmt: skip
    return [
        *{"request", "session", "render_template", "redirect", "url_for", "flash", "Blueprint"}.intersection(taken),
        *{"wtforms", "flask_wtf"}.intersection(packages),
    ]


def test_the_rule_knows_a_request_when_it_sees_one() -> None:
    assert knows_requests("from flask import g, request") == ["request"]
    assert knows_requests("from wtforms.fields import Field\nimport flask_wtf") != []
    assert knows_requests("from flask import current_app, g") == []


def test_below_the_doors_nobody_knows_a_request_a_form_or_a_page() -> None:
    offenders = {
        path.relative_to(PACKAGE).as_posix(): found
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in (*DOORS, "migrations", "extensions.py")
        and (found := knows_requests(path.read_text(encoding="utf-8")))
    }
    assert offenders == {}


def test_forms_offer_choices_as_wtforms_wants_them() -> None:
    """A tuple as a choice stops working with WTForms 3.4; `options` makes what it takes."""
    offenders = []
    for path in (PACKAGE / "web").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_set = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(".choices")
            if is_set or (isinstance(node, ast.keyword) and node.arg == "choices"):
                value = ast.unparse(node.value)  # type: ignore[attr-defined]
                if value != "[]" and not value.startswith("options(") and not value.endswith(".choices"):
                    offenders.append(f"{path.name}:{node.value.lineno}")  # type: ignore[attr-defined]
    assert offenders == []


MAX_LINES = 300


def test_no_file_holds_two_ideas() -> None:
    """A file past 300 lines is two files, or is named here with its reason."""
    assert {
        name: count
        for name, path in modules_of(PACKAGE).items()
        if (count := path.read_text(encoding="utf-8").count("\n")) > MAX_LINES
    } == {}


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


def test_the_page_on_architecture_names_every_folder_and_none_that_is_not_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {name.rstrip("/") for name in re.findall(r"`((?:[a-z_]+/)+)`", page)}
    folders = {
        path.relative_to(ROOT).as_posix()
        for top in ("directory", "directory/web", "")
        for path in (ROOT / top).iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and path.name not in ("var", "dist")
    }
    assert {name for name in named if "<" not in name and not (ROOT / name).is_dir()} <= {
        "web", "search", "templates/security",
    } | {name for name in named if (PACKAGE / name).is_dir() or (ROOT / "templates" / name).is_dir()}  # fmt: skip
    assert folders - named == set()
