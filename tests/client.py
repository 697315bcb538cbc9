"""A test client whose `page` also checks what every page must be: one h1, title, language, valid HTML, labels."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_X = "{http://www.w3.org/1999/xhtml}"
_ALLOWED_ERRORS = frozenset({"unexpected-null-character"})


class CheckingClient(FlaskClient):
    """`page(path)` gets a page and checks it; opt-outs are named arguments."""

    def page(self, path: str, *, status: int = 200, title_is_h1: bool = True, **kwargs: Any) -> ElementTree.Element:
        """The parsed page at `path` after all checks."""
        response = self.get(path, **kwargs)
        assert response.status_code == status, f"{path}: {response.status_code}"
        assert response.mimetype == "text/html"
        _check_headers(response, path)
        root = parse(response.get_data(as_text=True), path)
        _check_structure(root, path, title_is_h1)
        _check_forms(root, path)
        return root


def parse(html: str, path: str) -> ElementTree.Element:
    """The document, which must be valid HTML."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    root: ElementTree.Element = parser.parse(html)
    errors = [name for _, name, _ in parser.errors if name not in _ALLOWED_ERRORS]
    assert not errors, f"{path}: {errors[:5]}"
    return root


def text_of(element: ElementTree.Element) -> str:
    """The text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def find_all(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    """All elements of a kind."""
    return list(root.iter(f"{_X}{tag}"))


def _check_headers(response: TestResponse, path: str) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def _check_structure(root: ElementTree.Element, path: str, title_is_h1: bool) -> None:
    lang = root.get("lang")
    assert lang in ("es", "en", "fr"), path
    if path[1:3] in ("es", "en", "fr") and path[3:4] in ("/", ""):
        assert lang == path[1:3]
    headings = find_all(root, "h1")
    assert len(headings) == 1, f"{path}: {len(headings)} h1"
    if title_is_h1:
        title = text_of(find_all(root, "title")[0])
        assert title.startswith(text_of(headings[0])), f"{path}: {title!r}"
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1], f"{path}: duplicate ids"
    for element in root.iter():
        assert "style" not in element.attrib, f"{path}: inline style"
        assert not [name for name in element.attrib if name.startswith("on")], f"{path}: inline handler"
        references = (element.get("aria-labelledby") or element.get("for") or "").split()
        assert all(reference in ids for reference in references), f"{path}: {references} does not exist"
    for script in find_all(root, "script"):
        assert script.get("src") or script.get("type") == "application/ld+json", f"{path}: inline script"


def _check_forms(root: ElementTree.Element, path: str) -> None:
    labelled = {label.get("for") for label in find_all(root, "label")}
    inside = {id(field) for label in find_all(root, "label") for field in label.iter()}
    for form in find_all(root, "form"):
        assert form.get("action"), f"{path}: a form without action"
        assert (form.get("method") or "").lower() in ("get", "post")
    for name in ("input", "select", "textarea"):
        for field in find_all(root, name):
            is_hidden = field.get("type") in ("hidden", "submit")
            assert is_hidden or field.get("id") in labelled or id(field) in inside, f"{path}: unlabelled {name}"


class LinkCollector(HTMLParser):
    """Collects what a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, styles, images and icons."""
        values = dict(attrs)
        if values.get("type") == "application/ld+json":
            return
        if tag in ("script", "img", "iframe", "source", "use"):
            self.loads.append(values.get("src") or values.get("href") or "")
        elif tag == "link" and values.get("rel") in ("stylesheet", "icon", "preload"):
            self.loads.append(values.get("href") or "")


def form_values(form: ElementTree.Element) -> dict[str, str]:
    """What a form would send as it is: fields, the chosen option or the first, ticked boxes."""
    values: dict[str, str] = {}
    for field in find_all(form, "input"):
        if field.get("type") in ("checkbox", "radio") and field.get("checked") is None:
            continue
        values[field.get("name", "")] = field.get("value", "")
    for field in find_all(form, "textarea"):
        values[field.get("name", "")] = (field.text or "").strip()
    for field in find_all(form, "select"):
        options = find_all(field, "option")
        chosen = next((item for item in options if item.get("selected") is not None), options[0])
        values[field.get("name", "")] = chosen.get("value", "")
    return values


def with_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """The elements below one that have a class, in document order."""
    return [item for item in root.iter() if name in (item.get("class") or "").split()]
