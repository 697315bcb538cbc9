"""Setting a pocket guide as PDF with WeasyPrint, a few organizations at a time, so that progress can be told.

Needs the optional extra `pdf`: import this module through `directory.web.guide_jobs.pdf_module`.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import render_template
from markupsafe import Markup
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from directory.mail.letters import absolute
from directory.settings import resource_dir
from directory.web.display import quick_qr
from directory.web.paper.guide import Entry, Guide

CHUNK = 40
"""Organizations that are set at once. A chunk's last page is set again with the next: fewer chunks, less of that."""
STYLES = ("tokens.css", "guide.css")
_STYLE, _CODE = "style:", "qr:"
_RUNNING_HEAD = (
    "@page :first { @top-left { content: string(running, start) } @bottom-right { content: counter(page) } }"
)
"""What the cover hides, the first page of a chunk shows."""
_once = threading.Lock()
_known: list[tuple[FontConfiguration, list[CSS]]] = []
Report = Callable[[int, int], None]

for _noisy in ("weasyprint", "fontTools"):
    # They name each rule that is for screens, each page and each font.
    logging.getLogger(_noisy).setLevel(logging.ERROR)


class OwnFiles(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """Gives WeasyPrint our own style sheets and the QR codes that it draws, and nothing else: no network, no file."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002
        """A style sheet by name (`style:guide.css`) or a QR code (`qr:https://…`). Raises PermissionError for the rest.

        The codes are images here: WeasyPrint takes 20 ms to draw one as SVG.
        """
        if url.startswith(_STYLE) and url.removeprefix(_STYLE) in STYLES:
            content = (resource_dir("static") / "css" / url.removeprefix(_STYLE)).read_bytes()
            return URLFetcherResponse(url, content, {"Content-Type": "text/css"})
        if url.startswith(_CODE):
            return URLFetcherResponse(url, _png(url.removeprefix(_CODE)), {"Content-Type": "image/png"})
        raise PermissionError(f"a guide loads nothing but its style sheets and codes, not {url[:80]}")


def _png(address: str) -> bytes:
    """A QR code with four points a module, so that a viewer that smooths images leaves its edges sharp."""
    bits = [bytes(0 if dark else 255 for dark in row) for row in quick_qr(address).matrix_iter(border=2)]
    size = len(bits)
    image = Image.frombytes("L", (size, size), b"".join(bits))
    file = BytesIO()
    image.resize((4 * size, 4 * size), Image.Resampling.NEAREST).convert("1").save(file, "png")
    return file.getvalue()


def _code(address: str) -> Markup:
    return Markup('<img class="guide-qr" src="{}" alt="">').format(_CODE + address)


def _styles() -> tuple[FontConfiguration, list[CSS]]:
    """Fonts and style sheets, read once a process."""
    with _once:
        if not _known:
            fonts = FontConfiguration()
            sheets = [CSS(url=_STYLE + name, url_fetcher=OwnFiles(), font_config=fonts) for name in STYLES]
            _known.append((fonts, sheets))
        return _known[0]


@dataclass
class _Setter:
    """Sets the pages of one guide and remembers on which page each place begins."""

    guide: Guide
    pages: list[Any] = field(default_factory=list)
    page_of: dict[str, int] = field(default_factory=dict)
    images: dict[str, Any] = field(default_factory=dict)
    """What WeasyPrint has read of the codes, so that each is read once."""

    def front(self) -> Any:
        """Cover and index, with the page numbers that are known."""
        return self._set(None, 1)

    def entries(self, first_page: int, report: Report) -> None:
        """Set all entries; `report` hears how many stand on finished pages."""
        entries, total = self.guide.entries, len(self.guide.entries)
        start = stop = 0
        while start < total:
            stop = min(stop + CHUNK, total)
            document = self._set(entries[start:stop], first_page + len(self.pages))
            finished, start = _finished(document.pages, start, stop, total)
            for page in finished:
                number = first_page + len(self.pages)
                self.page_of |= {anchor: number for anchor in page.anchors if anchor not in self.page_of}
                self.pages.append(page)
            report(start, total)

    def _set(self, entries: tuple[Entry, ...] | None, first_page: int) -> Any:
        html = render_template(
            "paper/guide_pdf.html",
            guide=self.guide,
            entries=entries,
            pages=self.page_of,
            address=consulate_address(self.guide),
            code=_code,
        )
        fonts, sheets = _styles()
        fetcher = OwnFiles()
        numbering = f"@page :first {{ counter-reset: page {first_page} }}"
        if entries is not None:
            numbering += _RUNNING_HEAD
        extra = CSS(string=numbering, url_fetcher=fetcher)
        return HTML(string=html, url_fetcher=fetcher, base_url="about:blank").render(
            font_config=fonts, stylesheets=[*sheets, extra], cache=self.images
        )


def _finished(pages: list[Any], start: int, stop: int, total: int) -> tuple[list[Any], int]:
    """The pages of a chunk that stay, and where the next chunk begins: with what stands on this one's last page.

    So nothing tells where a chunk ends: its last page, which may be half empty, is set again and filled.
    """
    if stop == total:
        return pages, total
    begun = [number for number in range(start, stop) if f"entry-{number + 1}" in pages[-1].anchors]
    return (pages[:-1], begun[0]) if begun else (pages, stop)


def consulate_address(guide: Guide) -> str:
    """Where the consulate's page is."""
    return absolute(f"/{guide.language}/consulates/{guide.consulate.slug}")


def make_pdf(guide: Guide, report: Report) -> bytes:
    """The guide as PDF. `report` hears (done, total) organizations; all are done when the file is.

    Needs an application context and the guide's language.
    """
    setter = _Setter(guide)
    total = max(1, len(guide.entries))
    with _rare_collections():
        blank = setter.front()
        setter.entries(len(blank.pages) + 1, lambda done, _: report(min(done, total - 1), total))
        front = setter.front()
        content: bytes = front.copy([*front.pages, *setter.pages]).write_pdf()
    report(total, total)
    return content


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage less often: among the many boxes of a page that takes a quarter of the time and finds little."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)
