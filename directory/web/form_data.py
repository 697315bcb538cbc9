"""What forms send, cleaned once, before any form or page reads it."""

from __future__ import annotations

from typing import IO, Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser

from directory.text import clean


class CleanParser(FormDataParser):
    """A parser that gives only signs that are kept (`directory.text`). Names of fields and files stay as they came."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """The stream, the fields with each value cleaned, the files."""
        stream, fields, files = super().parse(stream, mimetype, content_length, options)
        return stream, self.cls((name, clean(value)) for name, value in fields.items(multi=True)), files


class CleanRequest(Request):
    """A request whose form is read by `CleanParser`. Addresses and bodies of JSON are left as they came."""

    form_data_parser_class = CleanParser

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as JSON. One that is nested deeper than anything we read is none: 400, or None where `silent`."""
        try:
            return super().get_json(force=force, silent=silent, cache=cache)
        except RecursionError:
            if silent:
                return None
            raise BadRequest("The body is nested too deeply.") from None
