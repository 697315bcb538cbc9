"""Pages of a consulate's own record, and the page that answers which consulate covers a place."""

from directory.consulates.views import contacts, jurisdiction, mobile, tokens  # noqa: F401  (they add their routes)
from directory.consulates.views.desk import blueprint
from directory.consulates.views.finder import blueprint as finder

__all__ = ["blueprint", "finder"]
