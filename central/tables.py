"""The tables of the centre. `migrations/central` makes them; a test compares the two.

What a terminal's store has too is described there (`kiosk.store.tables`), with the same columns.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

from kiosk.store import tables

metadata = MetaData()


def _table(name: str, key: str, rest: str = "") -> Table:
    """`key` and `rest` name columns: `x` is a text, `x:n` a number, `x:b` bytes; `x?` may be NULL."""
    made: list[Column[Any]] = []
    for place, words in ((True, key), (False, rest)):
        for word in words.split():
            column, _, kind = word.rstrip("?").partition(":")
            type_ = {"": Text(), "n": Integer(), "b": LargeBinary()}[kind]
            made.append(Column(column, type_, primary_key=place, nullable=word.endswith("?")))  # type: ignore[arg-type]
    return Table(name, metadata, *made)


feed_counter = _table("feed_counter", "office stream", "number:n")
feed = _table("feed", "office stream number:n", "terminal first:n last:n mark:b?")
projected = _table("projected", "office stream", "number:n")
quarantine = _table(
    "quarantine",
    "office terminal stream sequence:n",
    "id act subject body:b salt:b reason slots:b at released?",
)
invitation = _table("invitation", "office secret:b", "name face departments expires terminal?")
operator = _table("operator", "office number", "verifier changed")
contact = _table("contact", "office terminal", "at skew:n program waiting:n? free:n?")
given = _table("given", "office terminal stream author number:n at until:n", "day:n")
blob_part = _table("blob_part", "office terminal name start:n", "data:b at")

SHARED = ("entry", "erasure", "head", "signed", "draft", "staff", "identity", "definition", "blob")
# what a backup holds; views are made anew, and what is half sent is sent again
KEPT: tuple[Table, ...] = (
    *(tables.metadata.tables[name] for name in SHARED),
    feed_counter, feed, quarantine, invitation, operator, contact, given,
)  # fmt: skip
