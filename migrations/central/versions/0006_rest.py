"""What an entry rests on is one row for each entry that it cites; the next start makes the views anew."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    number, data, end = ("INTEGER", "BLOB", "WITHOUT ROWID") if is_sqlite else ("BIGINT", "BYTEA", "")
    op.execute("DROP TABLE view_rest")
    op.execute(
        "CREATE TABLE view_rest ("
        f"cited TEXT NOT NULL, entry TEXT NOT NULL, decides {number} NOT NULL, registers {data} NOT NULL, "
        f"PRIMARY KEY (cited, entry)) {end}"
    )
