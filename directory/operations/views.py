"""Whether this process is alive, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response, json
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from directory.changes.feed import feed_position
from directory.changes.models import Change
from directory.clock import now
from directory.extensions import db
from directory.search.follower import search_index
from directory.search.marks import IndexMissing

MAX_LAG_S = 30
"""While people write the index is always a little behind: that is no reason to send nobody here."""

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _answer(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and the index follows it within half a minute; 503 with the reason where not.

    `behind`: changes that the index does not have yet; `lag_s`: how long the oldest of them has waited.
    """
    try:
        position = feed_position(db.session)
        mark = search_index().current().mark
    except SQLAlchemyError:
        return _answer(503, {"status": "unavailable", "reason": "the database does not answer"})
    except IndexMissing:
        return _answer(503, {"status": "unavailable", "reason": "the index is being built"})
    if mark is None or mark.epoch != str(position.epoch):
        return _answer(503, {"status": "unavailable", "reason": "the index is being rebuilt"})
    behind = max(0, position.seq - mark.seq)
    lag_s = _lag_s(mark.seq) if behind else 0.0
    is_late = lag_s > MAX_LAG_S
    told: dict[str, object] = {"status": "behind" if is_late else "ok", "behind": behind, "lag_s": round(lag_s, 3)}
    return _answer(503 if is_late else 200, told)


def _lag_s(since: int) -> float:
    oldest = db.session.scalar(select(func.min(Change.at)).where(Change.seq > since))
    return max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


def _answer(status: int, body: dict[str, object]) -> Response:
    response = Response(json.dumps(body), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
