"""The JSON interface and its OpenAPI document. `make_flask` makes the application that `bind` gives the routes to."""

from directory.api.application import bind, make_flask

__all__ = ["bind", "make_flask"]
