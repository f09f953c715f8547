"""The sharing log counts the days on which the centre ran; by them it is forgotten, not by a clock."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    number = {"sqlite": "INTEGER", "postgresql": "BIGINT"}[op.get_context().dialect.name]
    op.execute(f"ALTER TABLE given ADD COLUMN day {number} NOT NULL DEFAULT 0")
