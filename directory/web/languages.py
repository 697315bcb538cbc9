"""Blueprints whose addresses begin with a language: `/es/…`, `/en/…`, `/fr/…`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from directory.settings import LANGUAGES

URL_PREFIX = f"/<any({', '.join(LANGUAGES)}):lang>"


def page_blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint that keeps the language of the address in `g.lang` and gives it to every link."""
    blueprint = Blueprint(name, import_name, url_prefix=URL_PREFIX)

    @blueprint.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", None)

    @blueprint.url_defaults
    def give_language(_endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", g.get("lang"))

    return blueprint
