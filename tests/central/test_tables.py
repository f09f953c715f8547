"""The migrations make the tables that `tables.py` describes, in both databases alike."""

from __future__ import annotations

from sqlalchemy import NullPool, create_engine, inspect

from central import tables
from central.centre import Centre
from central.database import SQLITE
from kiosk.store import tables as terminals

SEARCH = {"search_fresh", "search_text"}  # each database finds by its own means
SENDING = {"cursor", "acknowledged", "set_aside"}  # only a terminal sends


def test_migrations_and_tables_agree(centre: Centre) -> None:
    url = centre.database.url
    if url.startswith(SQLITE):  # a plain one reads the file, too, while nobody writes
        centre.close()
    engine = create_engine(url, poolclass=NullPool)
    found = inspect(engine)
    described = {
        name: table
        for name, table in {**terminals.metadata.tables, **tables.metadata.tables}.items()
        if name not in SEARCH | SENDING
    }
    made = {name for name in found.get_table_names() if not name.startswith(("search_", "alembic"))}
    assert made == set(described)
    for name, table in described.items():
        columns = [(column["name"], column["nullable"]) for column in found.get_columns(name)]
        assert columns == [(column.name, column.nullable) for column in table.columns], name
        keys = found.get_pk_constraint(name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key.columns], name
    engine.dispose()


def test_every_table_is_in_a_backup_or_can_be_made_anew() -> None:
    kept = {table.name for table in tables.KEPT}
    every = set(terminals.metadata.tables) | set(tables.metadata.tables)
    anew = {name for name in every if name.startswith(("view_", "search_"))} | {"projected", "blob_part"}
    assert every == kept | anew | SENDING


def test_the_office_stands_first_in_the_keys_of_the_journal_and_of_the_exchange() -> None:
    """And in no other, as docs/central.md says: there one database holds one office."""
    every = {**terminals.metadata.tables, **tables.metadata.tables}
    keys = {name: [c.name for c in table.primary_key.columns] for name, table in every.items()}
    first = {name for name, key in keys.items() if key[0] == "office"} - SENDING
    assert first == {*tables.metadata.tables, "entry", "head", "signed"}
    assert [name for name in every.keys() - first - SENDING if "office" in keys[name]] == []
