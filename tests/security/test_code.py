"""What no file does: run what was sent, write markup past the escaping, draw secrets from a guessable source.

The linter's security rules (flake8-bandit) find most of it, in `make check`; here stands that they are on, and each
exemption from them with its reason.
"""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXEMPT = {
    ("accounts/policy.py", "S105"): "names of permissions, no passwords",
    ("cli/serving.py", "S603"): "its own `init`, with an option or none",
    ("operations/backups/copies.py", "S603"): "PostgreSQL's commands, with an address and paths of our own",
    ("operations/backups/handover.py", "S608"): "the epoch in it is a number of ours",
    ("web/display.py", "S704"): "pictures that segno and ourselves draw, of addresses of our own",
    ("web/paper/handout.py", "S704"): "a template made it",
    ("web/public/picks.py", "S704"): "it was escaped before; links in it are made longer",
}
NEVER = {
    "request.values": "says not where a parameter came from",
    "render_template_string": "a template out of what was sent",
    "from_string": "a template out of what was sent",
    "import pickle": "runs what it reads", "import marshal": "runs what it reads",
    "import shelve": "runs what it reads",
    "import yaml": "a parser nobody needs", "import random": "can be guessed: `secrets` cannot",
    "shell=True": "a shell", "import lxml": "reads entities", "xml.sax": "reads entities", "minidom": "reads entities",
    "autoescape=False": "markup past the escaping", "verify=False": "a certificate of anybody",
    "_create_unverified_context": "a certificate of anybody", "CERT_NONE": "a certificate of anybody",
    "debug=True": "a debugger on the network",
}  # fmt: skip
NEVER_IN_BROWSERS = (
    "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "postMessage",
    "sessionStorage", "indexedDB", "document.cookie", "serviceWorker", "WebSocket", "EventSource", "importScripts",
    "__proto__",
)  # fmt: skip


def sources() -> dict[str, str]:
    """Every file of the program, by its path below `directory/`."""
    folder = ROOT / "directory"
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}


def test_the_linters_rules_of_security_are_on_and_each_exemption_has_a_reason() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert not [rule for rule in lint["ignore"] if re.match(r"S\d", rule)]
    assert not [files for files in lint["per-file-ignores"] if files.startswith("directory")]
    found = {
        (name, rule)
        for name, text in sources().items()
        for noted in re.findall(r"#\s*noqa:([^#(\n]*)", text)
        for rule in re.findall(r"\bS\d+", noted)
    }
    assert found == set(EXEMPT)
    assert not [name for name, text in sources().items() if re.search(r"#\s*(ruff:\s*noqa|noqa\s*$)", text, re.M)]


@pytest.mark.parametrize("word", NEVER)
def test_no_file_does(word: str) -> None:
    assert [name for name, text in sources().items() if word in text] == [], NEVER[word]


def test_no_module_of_another_language_is_ours() -> None:
    assert [
        path for path in (ROOT / "directory").rglob("*") if path.suffix in (".c", ".cpp", ".pyx", ".so", ".rs")
    ] == []


def test_templates_escape_but_for_plain_text() -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*")}
    assert len(pages) > 80
    assert [path for path, text in pages.items() if re.search(r"\|\s*safe\b|Markup\(", text)] == []
    assert [path.name for path, text in pages.items() if "autoescape" in text] == ["letter.txt"]


@pytest.mark.parametrize("word", NEVER_IN_BROWSERS)
def test_no_script_of_ours_does(word: str) -> None:
    scripts = list((ROOT / "static").rglob("*.js"))
    assert len(scripts) > 8
    assert [path.name for path in scripts if word in path.read_text(encoding="utf-8")] == []


def test_no_script_of_ours_names_another_host() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.js")]
    assert {found for text in texts for found in re.findall(r"https?://[\w.]+", text)} <= {"http://www.w3.org"}


def test_browsers_store_one_choice_and_nothing_of_anybody() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.js")}
    assert [name for name, text in kept.items() if "localStorage" in text] == ["queue.js"]
    assert set(re.findall(r"localStorage\.setItem\(([^)]*)\)", kept["queue.js"])) == {'OFF, "1"'}


def test_programs_are_run_without_a_shell_and_without_what_was_sent() -> None:
    calls = [
        (name, ast.unparse(node.args[0]))
        for name, text in sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess.")
    ]
    assert sorted(calls) == [
        ("cli/serving.py", "[sys.executable, '-m', 'directory', 'init', *without]"),
        ("operations/backups/copies.py", "[program, *where, *arguments]"),
    ]


def test_every_part_is_named_with_its_version() -> None:
    """The inventory of others' code: what is installed here stands in constraints.txt, to the version."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    named = {plain(line.split("==")[0]): line.split("==")[1] for line in lines if line and not line.startswith("#")}
    own = {"cso-directory", "pip", "setuptools", "wheel"}
    installed = {plain(part.name): part.version for part in metadata.distributions()}
    assert {
        name: version for name, version in installed.items() if name not in own and named.get(name) != version
    } == {}


def plain(name: str) -> str:
    """A name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
