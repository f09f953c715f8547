"""What a terminal tells of itself at each pull: how many entries wait there, the free room on its disk."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    number = {"sqlite": "INTEGER", "postgresql": "BIGINT"}[op.get_context().dialect.name]
    for column in ("waiting", "free"):
        op.execute(f"ALTER TABLE contact ADD COLUMN {column} {number}")
