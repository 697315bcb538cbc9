"""Pages of moderation: the queue, decisions, histories, calls, the state of countries."""

from directory.moderation.views import calls, records  # noqa: F401  (they add their routes to the blueprint)
from directory.moderation.views.queue import blueprint

__all__ = ["blueprint"]
