"""What an entry rests on is one row for each entry that it cites; the next start makes the views anew."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("DROP TABLE view_rest")
    op.execute(
        "CREATE TABLE view_rest ("
        "cited TEXT NOT NULL, entry TEXT NOT NULL, decides INTEGER NOT NULL, registers BLOB NOT NULL, "
        "PRIMARY KEY (cited, entry)) WITHOUT ROWID"
    )
