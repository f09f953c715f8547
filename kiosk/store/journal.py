"""The journal in the store: appending acts, walking chains, reading what was written.

How rows are chained stands in `kiosk.model.chain`. The SQL here is understood by SQLite and PostgreSQL
alike, for the central system keeps the same journal.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import astuple, replace

from kiosk.errors import Refused
from kiosk.model.chain import START, Head, Row, chain, commit_to
from kiosk.model.entries import ACCESS, Entry, decode, encode
from kiosk.model.text import Text, say
from kiosk.store import many
from kiosk.store.database import Connection
from kiosk.store.files import private

LARGEST = 4_000_000  # bytes of one entry; a dormitory of 5,000 fits
ERASED = say("What was written of this was erased. Nothing more is written of it.")


COLUMNS = "office, terminal, stream, sequence, id, act, subject, body, salt, commitment, previous, hash"


def append(connection: Connection, act: Sequence[Entry]) -> tuple[Entry, ...]:
    """Writes an act of this terminal: numbers and chains its entries, and returns them as written.

    Raises Refused for what is too much, and for a subject that was erased here.
    """
    if not erased(connection).isdisjoint(entry.subject for entry in act):
        raise Refused(ERASED)
    sizes = Counter(entry.stream for entry in act)
    written = []
    for stream, size in sizes.items():
        first = next(entry for entry in act if entry.stream == stream)
        sequence, previous = head(connection, first.office, first.terminal, stream)
        rows = []
        for entry in act:
            if entry.stream != stream:
                continue
            sequence += 1
            entry = replace(entry, sequence=sequence, act_size=size)
            body, salt = encode(entry), secrets.token_bytes(16)
            if len(body) > LARGEST:
                raise Refused(say("This is too much for one entry. Do it in smaller parts."))
            commitment = commit_to(salt, body)
            hashed = chain(previous, sequence, commitment)
            rows.append(
                Row(
                    entry.office, entry.terminal, stream, sequence, entry.id, entry.act, entry.subject,
                    body, salt, commitment, previous, hashed,
                )
            )  # fmt: skip
            previous = hashed
            written.append(decode(body))  # what could not be read again would be lost
        insert(connection, rows)
        set_head(connection, Head(first.office, first.terminal, stream, sequence, previous))
    return tuple(written)


def insert(connection: Connection, rows: Iterable[Row]) -> None:
    """Writes rows as they are; their stream's head is the caller's business."""
    many.insert(connection, f"INSERT INTO entry ({COLUMNS}) VALUES ...", map(astuple, rows))


def known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Of these ids those that entries here have."""
    return {id_ for (id_,) in many.ask(connection, "SELECT id FROM entry WHERE id IN (...)", ids)}


def erased(connection: Connection) -> set[str]:
    """The subjects of which no payload is kept here any more, whenever it comes."""
    return {subject for (subject,) in connection.execute("SELECT subject FROM erasure")}


def without_payload(row: Row) -> Row:
    """What is left of a row whose subject was erased: its place in the chain, and what it was called."""
    return replace(row, body=None, salt=None)


def fill(connection: Connection, rows: Iterable[Row]) -> None:
    """Gives rows that were held back their payload."""
    connection.executemany(
        "UPDATE entry SET id = ?, act = ?, subject = ?, body = ?, salt = ? "
        "WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
        [
            (
                row.id, row.act, row.subject, row.body, row.salt,
                row.office, row.terminal, row.stream, row.sequence,
            )
            for row in rows
        ],
    )  # fmt: skip


def set_head(connection: Connection, head: Head) -> None:
    """The stream has grown; what was signed of it is older now."""
    connection.execute(
        "INSERT INTO head (office, terminal, stream, sequence, hash) VALUES (?,?,?,?,?) "
        "ON CONFLICT (office, terminal, stream) "
        "DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, signature = NULL",
        (head.office, head.terminal, head.stream, head.sequence, head.hash),
    )


def head(connection: Connection, office: str, terminal: str, stream: str) -> tuple[int, bytes]:
    """(sequence, hash) of a stream's last entry; (0, zeros) of an empty one."""
    row = connection.execute(
        "SELECT sequence, hash FROM head WHERE office = ? AND terminal = ? AND stream = ?",
        (office, terminal, stream),
    ).fetchone()
    return (row[0], row[1]) if row else (0, START)


def keep_signature(connection: Connection, head: Head) -> None:
    """Keeps what the author of a stream signed of it, where the stream has that entry here."""
    at = (head.office, head.terminal, head.stream, head.sequence, head.hash)
    where = "office = ? AND terminal = ? AND stream = ? AND sequence = ? AND hash = ?"
    connection.execute(f"UPDATE head SET signature = ? WHERE {where}", (head.signature, *at))
    connection.execute(
        "INSERT INTO signed (office, terminal, stream, sequence, signature) "
        f"SELECT office, terminal, stream, sequence, ? FROM entry WHERE {where} ON CONFLICT DO NOTHING",
        (head.signature, *at),
    )


def signed_ends(connection: Connection, place: tuple[str, str, str], after: int, limit: int) -> list[Head]:
    """What the author signed of a stream after a sequence: all within `limit` rows, else the next one.

    Rows that end with one of these are proven to be his own.
    """
    select = (
        "SELECT sequence, hash, signature FROM signed JOIN entry USING (office, terminal, stream, sequence) "
        "WHERE office = ? AND terminal = ? AND stream = ? AND sequence > ?"
    )
    near = connection.execute(
        f"{select} AND sequence <= ? ORDER BY sequence", (*place, after, after + limit)
    ).fetchall()
    found = near or connection.execute(f"{select} ORDER BY sequence LIMIT 1", (*place, after)).fetchall()
    return [Head(*place, *values) for values in found]


def last_entries(connection: Connection) -> list[Entry]:
    """The last entry of each stream, those that were not erased; found by their places, one by one.

    A join of heads and entries reads as if it did the same; SQLite walks all entries for it.
    """
    places = connection.execute("SELECT office, terminal, stream, sequence FROM head").fetchall()
    found = (
        connection.execute(
            "SELECT body FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?", place
        ).fetchone()
        for place in places
    )
    return [decode(row[0]) for row in found if row and row[0] is not None]


def rows(connection: Connection, after: int = 0) -> Iterator[tuple[int, Row]]:
    """(arrival number, row) of every entry in the order of arrival here."""
    cursor = connection.execute(
        f"SELECT rowid, {COLUMNS} FROM entry WHERE rowid > ? ORDER BY rowid", (after,)
    )
    for arrival, *values in cursor:
        yield arrival, Row(*values)


def of_subjects(connection: Connection, subjects: Sequence[str], *, openings: bool = False) -> list[Entry]:
    """The entries about some subjects, or those that say who opened them, in the order of hybrid time."""
    marks = ",".join("?" * len(subjects))
    which = "=" if openings else "<>"
    cursor = connection.execute(
        f"SELECT body FROM entry WHERE subject IN ({marks}) AND stream {which} ? AND body IS NOT NULL",
        (*subjects, ACCESS),
    )
    return sorted((decode(body) for (body,) in cursor), key=lambda entry: (entry.time, entry.id))


def of_ids(connection: Connection, ids: Iterable[str]) -> list[Entry]:
    """Entries by id, those that were not erased."""
    found = []
    for entry in ids:
        row = connection.execute("SELECT body FROM entry WHERE id = ?", (entry,)).fetchone()
        if row and row[0]:
            found.append(decode(row[0]))
    return found


def entry_of(row: Row) -> Entry | None:
    """The entry in a row; None where payload and columns are not those its author committed to."""
    if not isinstance(row.body, bytes) or commit_to(row.salt or b"", row.body) != row.commitment:
        return None
    entry = row.entry
    is_same = entry is not None and (  # asked of every row that arrives: nothing is built for it
        entry.id == row.id
        and entry.sequence == row.sequence
        and entry.act == row.act
        and entry.subject == row.subject
        and entry.stream == row.stream
        and entry.terminal == row.terminal
        and entry.office == row.office
    )
    return entry if is_same else None


def verify(connection: Connection) -> list[Text]:
    """Walks every chain; returns what does not hold, empty when all does."""
    findings: list[Text] = []
    last: dict[tuple[str, str, str], tuple[int, bytes]] = {}
    cursor = connection.execute(f"SELECT {COLUMNS} FROM entry ORDER BY office, terminal, stream, sequence")
    for values in cursor:
        row = Row(*values)
        stream = (row.office, row.terminal, row.stream)
        sequence, previous = last.get(stream, (0, START))
        place = {"stream": "/".join(stream), "sequence": row.sequence}
        if row.sequence != sequence + 1:
            findings.append(say("{stream}: entry {sequence} does not follow the one before.", **place))
        if row.previous != previous or chain(previous, row.sequence, row.commitment) != row.hash:
            findings.append(say("{stream}: the chain breaks at entry {sequence}.", **place))
        if row.body is not None and entry_of(row) is None:
            findings.append(say("{stream}: entry {sequence} was changed.", **place))
        last[stream] = (row.sequence, row.hash)
    heads = connection.execute("SELECT office, terminal, stream, sequence, hash FROM head").fetchall()
    for office, terminal, name, sequence, hashed in heads:
        if last.pop((office, terminal, name), (0, START)) != (sequence, hashed):
            findings.append(
                say("{stream}: the head does not match the last entry.", stream=f"{office}/{terminal}/{name}")
            )
    findings += [say("{stream}: has no head.", stream="/".join(stream)) for stream in last]
    return findings


def export(connection: Connection, file: Path) -> int:
    """Writes every entry as a line of JSON: its place in the chain, and the bytes its author wrote.

    The file is its owner's alone: what was entered stands in it unencrypted.
    """
    count = 0
    beside = file.with_name(file.name + ".part")
    beside.unlink(missing_ok=True)
    with open(beside, "wb", opener=private) as out:
        for _, row in rows(connection):
            place = {
                "stream": f"{row.office}/{row.terminal}/{row.stream}",
                "sequence": row.sequence,
                "previous": row.previous.hex(),
                "commitment": row.commitment.hex(),
                "salt": row.salt.hex() if row.salt else None,
                "hash": row.hash.hex(),
                "entry": msgspec.Raw(row.body) if row.body is not None else None,
            }
            out.write(msgspec.json.encode(place) + b"\n")
            count += 1
    beside.replace(file)
    return count
