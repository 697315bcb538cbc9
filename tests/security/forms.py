"""The links and forms of a page, as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class PageForm:
    """A form: where it goes, how, what it holds, and which of its fields a person types into."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    """Names of all fields that anybody can fill with anything: choices too, since only browsers keep to them."""
    is_upload: bool = False


class PageParts(HTMLParser):
    """Reads a page; `links` are paths of this site, `forms` its forms."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: list[str] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(urlsplit(given["href"]).path)
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = PageForm(
                action, given.get("method", "get").upper(), is_upload="multipart" in given.get("enctype", "")
            )
            self.forms.append(self._form)
        elif self._form is not None and given.get("name"):
            self._field(tag, given["name"], given)
        elif tag == "option" and self._form is not None and self._select and self._is_chosen(given):
            self._form.values[self._select] = given.get("value", "")

    def _is_chosen(self, given: dict[str, str]) -> bool:
        assert self._form is not None
        return "selected" in given or not self._form.values.get(self._select or "")

    def _field(self, tag: str, name: str, given: dict[str, str]) -> None:
        assert self._form is not None
        kind = given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
        elif tag == "button" or kind in ("submit", "image"):
            self._form.values.setdefault(name, given.get("value", ""))
            return
        elif kind not in ("checkbox", "radio") or "checked" in given or kind == "radio":
            self._form.values.setdefault(name, given.get("value", ""))
        if "csrf_token" not in name:
            self._form.typed.append(name)

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._textarea:
            self._form.values[self._textarea] = self._form.values.get(self._textarea, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None
