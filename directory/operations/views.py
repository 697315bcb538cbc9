"""Whether this process is alive, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response, json
from sqlalchemy.exc import SQLAlchemyError

from directory.changes.feed import feed_position
from directory.extensions import db
from directory.search.follower import search_index
from directory.search.marks import IndexMissing

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _answer(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and the index follows it; 503 with the reason where not."""
    try:
        position = feed_position(db.session)
        mark = search_index().current().mark
    except SQLAlchemyError:
        return _answer(503, {"status": "unavailable", "reason": "the database does not answer"})
    except IndexMissing:
        return _answer(503, {"status": "unavailable", "reason": "the index is being built"})
    if mark is None or mark.epoch != str(position.epoch):
        return _answer(503, {"status": "unavailable", "reason": "the index is being rebuilt"})
    behind = position.seq - mark.seq
    return _answer(200 if behind == 0 else 503, {"status": "ok" if behind == 0 else "behind", "behind": behind})


def _answer(status: int, body: dict[str, object]) -> Response:
    response = Response(json.dumps(body), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
