"""What time it is. The clock is a parameter of the application, so that tests can let days pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from flask import current_app, has_app_context

CLOCK = "directory.clock"
"""Key in `app.extensions` of a function that returns the present instant; the machine's clock where it is missing."""


def now() -> datetime:
    """The present instant, in UTC; also what a row is dated with where nobody says when."""
    clock: Callable[[], datetime] | None = current_app.extensions.get(CLOCK) if has_app_context() else None
    return clock().astimezone(UTC) if clock else datetime.now(UTC)


def today() -> date:
    """The day on which freshness and availability are judged, by the server's zone."""
    return now().astimezone().date()
