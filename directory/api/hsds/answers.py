"""How the HSDS interface answers: pages in its envelope, lines, one record; to GET with a validator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response, g, json, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.accounts.throttle import throttle
from directory.api.export_files import gathered, hand_out, last_change, text_of
from directory.api.hsds.parameters import Paged
from directory.api.responses import base_url, open_to_all
from directory.changes.models import Entity
from directory.exchange.hsds.models import HsdsModel
from directory.extensions import db
from directory.publication.validator import feed_etag

NDJSON = "application/x-ndjson; charset=utf-8"
Make = Callable[[Sequence[Any]], Iterable[HsdsModel]]


def listed(query: Paged, found: Sequence[Any], make: Make) -> WerkzeugResponse:
    """The page of a list that was asked for, or all of it as lines."""
    if query.format == "ndjson":
        return _ndjson(query, found, make)
    first = (query.page - 1) * query.per_page
    contents = [_plain(item) for item in make(found[first : first + query.per_page])]
    return answer(page(contents, query.page, query.per_page, len(found)))


def page(contents: list[Any], number: int, size: int, total: int) -> dict[str, Any]:
    """The envelope of the specification around the contents of a page."""
    pages = -(-total // size)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _ndjson(query: Paged, found: Sequence[Any], make: Make) -> WerkzeugResponse:
    """All of it: a file that is made once where nothing narrows the list, else gathered before it is sent."""
    flags = [name for name in ("full", "full_service") if getattr(query, name, False)]
    name = "-".join(["hsds", request.path.rsplit("/", 1)[-1], *flags]) + ".ndjson"
    write = text_of(lambda: (_line(item) for item in make(found)))
    told = query.model_dump(exclude={"page", "per_page", "format", "full", "full_service"}, exclude_defaults=True)
    if not told:
        tag = feed_etag(db.session, base_url(), name)
        return hand_out(name, tag, NDJSON, last_change(Entity.ORGANIZATION), write)
    throttle("export", request.remote_addr)
    sent = send_file(gathered(write), NDJSON, download_name=name, conditional=False, etag=False)
    return open_to_all(sent, "en", g.entity_tag)


def _line(item: HsdsModel) -> str:
    return item.model_dump_json(exclude_none=True) + "\n"


def _plain(item: HsdsModel) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude_none=True)


def one(made: Iterator[HsdsModel]) -> WerkzeugResponse:
    """One record. Raises NotFound."""
    item = next(made, None)
    if item is None:
        raise NotFound("There is no record with this id.")
    return answer(_plain(item))


def answer(body: Any) -> WerkzeugResponse:
    """A body that anyone may read from anywhere; what was asked by POST is kept by nobody."""
    response = Response(json.dumps(body), content_type="application/json")
    if request.method == "POST":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-store"
        return response
    return open_to_all(response, "en", g.entity_tag)
