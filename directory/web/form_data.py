"""What forms send, cleaned once, before any form or page reads it."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

from directory.text import clean


class CleanRequest(Request):
    """A request whose form holds only signs that are kept (`directory.text`). Addresses are left as they came."""

    @cached_property
    def form(self) -> ImmutableMultiDict[str, str]:
        """The fields of the form, each value cleaned."""
        typed = super().form
        return ImmutableMultiDict((name, clean(value)) for name, value in typed.items(multi=True))
