"""Alembic's entry: the program hands over a connection that already stands in a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
