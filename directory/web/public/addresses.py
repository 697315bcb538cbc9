"""The addresses of a search page: the same search with something changed, written many times a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from directory.search.parameters import SearchParameters
from directory.web.public.picks import PARAMETER, Picks, read_picks

_SAFE = "!$'()*,/:;?@"
"""What werkzeug leaves as it is in a query string."""


class Addresses:
    """Writes the address of a search with some parameters replaced; the page begins anew unless it is given.

    Only parameters of a search, and what was picked for a handout, are carried along: `url_for` takes `_scheme`,
    `lang` and others as its own, and takes long, so it is asked once for each endpoint.
    """

    def __init__(self, arguments: MultiDict[str, str]) -> None:
        self.picks: Picks = read_picks(arguments)
        kept = {
            name: arguments.getlist(name)
            for name in SearchParameters.model_fields
            if name != "page" and name in arguments
        }
        kept[PARAMETER] = list(self.picks.keys)
        self._kept = {name: _encoded(name, values) for name, values in kept.items() if values}
        self._paths: dict[str, str] = {}

    def __call__(self, endpoint: str = "results.search", /, **changes: Any) -> str:
        """The address; None drops a parameter."""
        parts = [text for name, text in self._kept.items() if name not in changes]
        parts += [_encoded(name, _listed(value)) for name, value in changes.items() if value is not None]
        query = "&".join(filter(None, parts))
        if endpoint not in self._paths:
            self._paths[endpoint] = url_for(endpoint)
        return f"{self._paths[endpoint]}?{query}" if query else self._paths[endpoint]


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _encoded(name: str, values: list[str]) -> str:
    return urlencode([(name, value) for value in values], safe=_SAFE)
