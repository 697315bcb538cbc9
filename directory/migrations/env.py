"""Runs migrations on the application's own connection, on SQLite in batches."""

from alembic import context
from sqlalchemy import Connection

from directory.extensions import db


def run(connection: Connection) -> None:
    """Migrate over `connection`; the caller's transaction commits."""
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with db.engine.begin() as own:
        run(own)
