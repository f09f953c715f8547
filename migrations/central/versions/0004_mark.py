"""Each line of a feed has a mark drawn by chance: it proves that a terminal heard of that very line."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    binary = {"sqlite": "BLOB", "postgresql": "BYTEA"}[op.get_context().dialect.name]
    op.execute(f"ALTER TABLE feed ADD COLUMN mark {binary}")
