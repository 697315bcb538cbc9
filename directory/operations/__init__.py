"""What runs beside the pages: health, housekeeping, making an installation ready."""

from flask import Flask

from directory.operations import views


def bind(app: Flask) -> None:
    """Register the routes that a watchdog asks."""
    app.register_blueprint(views.blueprint)
