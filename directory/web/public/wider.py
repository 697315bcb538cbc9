"""Where filters, quotes and exclusions leave nothing: the nearest wider searches that find something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from directory.clock import today
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.web.public.addresses import Addresses

MAX_WIDER = 4


@dataclass(frozen=True)
class Wider:
    """A wider search that finds something: in words, its address, and how many it finds."""

    kind: str
    value: str
    url: str
    total: int


def wider_searches(query: SearchQuery, address: Addresses) -> list[Wider]:
    """The nearest wider searches that find something: without one filter, the whole country."""
    candidates: list[tuple[str, str, SearchQuery, str]] = []
    if query.admin1:
        countries = tuple(dict.fromkeys(code[:2] for code in query.admin1))
        wider = replace(query, admin1=(), country=countries)
        candidates.append(("country", countries[0], wider, address(admin1=None, country=list(countries))))
    for name in query.filters():
        dropped = ("near", "within") if name == "near" else (name,)
        candidates.append(("filter", name, _without(query, dropped), address(**dict.fromkeys(dropped))))
    found = [Wider(kind, value, url, execute(wider, today()).total) for kind, value, wider, url in candidates]
    return sorted((item for item in found if item.total), key=lambda item: item.total)[:MAX_WIDER]


def _without(query: SearchQuery, names: tuple[str, ...]) -> SearchQuery:
    nothing: dict[str, Any] = {"available": False, "partner": False, "near": None, "within": None}
    changes = {"within_km" if name == "within" else name: nothing.get(name, ()) for name in names}
    return replace(query, **changes)
