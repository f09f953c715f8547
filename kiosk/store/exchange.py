"""What a terminal remembers of its exchange with the central system; what is held back: see `held`.

The journal itself is the outbox: of each own stream, whatever comes after `acknowledged`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from kiosk.model.chain import Head, Row
from kiosk.model.entries import Json
from kiosk.model.text import Text
from kiosk.store import many, receiving
from kiosk.store.database import Connection
from kiosk.store.journal import COLUMNS

# in the identity:
ACCOUNTS = "centre/accounts"  # that the centre has given out any: from then on it keeps them
GIVEN = "centre/given"  # JSON: whose passphrase somebody else knows
FORKED = "exchange/forked"  # to be put right at the next start
LAST = "exchange/last"  # ISO 8601
AGAIN = "exchange/again"  # JSON: numbers that a copy of this disk may have given, too
OFFSET = "exchange/offset"  # seconds that the centre's clock shows more than ours
REFUSED = "exchange/refused"  # why the centre gives this terminal nothing
UNPROVEN = "exchange/unproven"  # views came packed from the centre and are still to be compared


# --- identity: what is known of this terminal and of its centre ----------------------------------


def known(connection: Connection, key: str) -> bytes | None:
    row = connection.execute("SELECT value FROM identity WHERE key = ?", (key,)).fetchone()
    return bytes(row[0]) if row else None


def remember(connection: Connection, values: Mapping[str, bytes]) -> None:
    connection.executemany(
        "INSERT INTO identity (key, value) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )


def keys_of(connection: Connection, beginning: str) -> list[str]:
    """The keys that begin so."""
    rows = connection.execute(
        "SELECT key FROM identity WHERE substr(key, 1, ?) = ?", (len(beginning), beginning)
    )
    return [key for (key,) in rows.fetchall()]


def forget_keys(connection: Connection, keys: Iterable[str]) -> None:
    connection.executemany("DELETE FROM identity WHERE key = ?", [(key,) for key in keys])


def remember_once(connection: Connection, values: Mapping[str, bytes]) -> None:
    """What is known already stays as it is."""
    connection.executemany(
        "INSERT INTO identity (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", list(values.items())
    )


# --- streams -------------------------------------------------------------------------------------


def heads(connection: Connection) -> list[Head]:
    """Where every stream stands here, with its author's signature where that is known."""
    rows = connection.execute(
        "SELECT office, terminal, stream, sequence, hash, coalesce(signature, x'') FROM head"
    )
    return [Head(*values) for values in rows]


def rows_after(connection: Connection, head: Head, after: int) -> Iterator[Row]:
    """The rows of one stream after a sequence, up to its `head`, in their order."""
    cursor = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE office = ? AND terminal = ? AND stream = ? "
        "AND sequence > ? AND sequence <= ? ORDER BY sequence",
        (head.office, head.terminal, head.stream, after, head.sequence),
    )
    return (Row(*values) for values in cursor)


def lacking(connection: Connection) -> list[tuple[tuple[str, str, str], int]]:
    """Where a row is here without its payload that may still get it, in the order of streams."""
    rows = connection.execute(
        "SELECT office, terminal, stream, sequence FROM entry WHERE body IS NULL "
        "AND subject NOT IN (SELECT subject FROM erasure) ORDER BY office, terminal, stream, sequence"
    )
    return [((office, terminal, stream), sequence) for office, terminal, stream, sequence in rows]


def hash_at(connection: Connection, head: Head) -> bytes:
    """The hash that the stream of this head has here at the head's sequence; empty where it is shorter."""
    row = connection.execute(
        "SELECT hash FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
        (head.office, head.terminal, head.stream, head.sequence),
    ).fetchone()
    return bytes(row[0]) if row else b""


def first_of_act(connection: Connection, head: Head, sequence: int) -> int:
    """Where the act begins that an entry of this head's stream belongs to."""
    place = (head.office, head.terminal, head.stream)
    (first,) = connection.execute(
        "SELECT min(sequence) FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND act = "
        "(SELECT act FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?)",
        (*place, *place, sequence),
    ).fetchone()
    return int(first or sequence)


def replace_cursor(connection: Connection, cursor: Mapping[str, int]) -> None:
    """In another epoch the feeds' numbers mean something else, and some of them may be gone."""
    connection.execute("DELETE FROM cursor")
    receiving.set_cursor(connection, cursor)


def forget(connection: Connection) -> None:
    """Before a terminal joins a centre: what it knew of another one means nothing."""
    for table in ("cursor", "acknowledged", "set_aside"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM identity WHERE key GLOB 'centre/*' OR key GLOB 'exchange/*'")


def acknowledged(connection: Connection) -> dict[str, int]:
    """Up to which sequence each own stream is on the centre's disk."""
    return dict(connection.execute("SELECT stream, sequence FROM acknowledged").fetchall())


def acknowledge(connection: Connection, stream: str, sequence: int, at: datetime) -> None:
    connection.execute(
        "INSERT INTO acknowledged (stream, sequence, at) VALUES (?, ?, ?) "
        "ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, at = excluded.at",
        (stream, sequence, at.isoformat(timespec="seconds")),
    )


def note_exchange(connection: Connection, at: datetime, offset: timedelta) -> None:
    """The centre gave or took something; its clock shows so much more than ours."""
    seconds = round(offset.total_seconds())
    remember(connection, {LAST: at.isoformat(timespec="seconds").encode(), OFFSET: str(seconds).encode()})


def last_exchange(connection: Connection) -> datetime | None:
    """When the centre last gave or took something."""
    at = known(connection, LAST)
    return datetime.fromisoformat(at.decode()) if at else None


def clock_offset(connection: Connection) -> timedelta:
    """What the centre's clock showed more than ours at the last exchange."""
    return timedelta(seconds=int(known(connection, OFFSET) or b"0"))


def note_refusal(connection: Connection, reason: Text | None) -> None:
    """Why the centre gives this terminal nothing; None where it does."""
    if reason is None:
        forget_keys(connection, [REFUSED])
    else:
        remember(connection, {REFUSED: reason_bytes(reason)})


def refusal(connection: Connection) -> Text | None:
    """Why the centre gave this terminal nothing when it asked last; None where it did."""
    reason = known(connection, REFUSED)
    return reason_of(reason) if reason else None


def waiting(connection: Connection, office: str, terminal: str) -> int:
    """How many own entries the centre has not acknowledged."""
    (count,) = connection.execute(
        "SELECT coalesce(sum(head.sequence - coalesce(acknowledged.sequence, 0)), 0) "
        "FROM head LEFT JOIN acknowledged USING (stream) WHERE office = ? AND terminal = ?",
        (office, terminal),
    ).fetchone()
    return max(int(count), 0)


# --- numbers that two gave --------------------------------------------------------------------------


def watch(connection: Connection, numbers: Iterable[str]) -> None:
    """A copy of this disk may have given these numbers, too: sooner or later its entries arrive here."""
    _watch(connection, {*_watched(connection), *numbers})


def doubled(connection: Connection) -> tuple[str, ...]:
    """Those that stand in several cases by now, and that nobody has checked."""
    rows = many.ask(
        connection,
        "SELECT number FROM view_number WHERE number IN (...) GROUP BY number HAVING count(*) > 1",
        _watched(connection),
    )
    return tuple(sorted({number for (number,) in rows}))


def checked(connection: Connection, numbers: Collection[str]) -> None:
    """Somebody has looked after them."""
    _watch(connection, _watched(connection) - {*numbers})


def _watched(connection: Connection) -> set[str]:
    return set(msgspec.json.decode(known(connection, AGAIN) or b"[]"))


def _watch(connection: Connection, numbers: Collection[str]) -> None:
    if numbers:
        remember(connection, {AGAIN: msgspec.json.encode(sorted(numbers))})
    else:
        forget_keys(connection, [AGAIN])


# --- reasons, as they are kept ---------------------------------------------------------------------


def reason_bytes(reason: Text) -> bytes:
    return msgspec.json.encode([reason.template, {name: str(value) for name, value in reason.slots.items()}])


def reason_of(stored: bytes) -> Text:
    template, slots = msgspec.json.decode(stored, type=tuple[str, dict[str, str]])
    return Text(template, slots)


# --- blobs ---------------------------------------------------------------------------------------


def blobs_after(connection: Connection, number: int, limit: int) -> list[tuple[int, str]]:
    """(number, name) of the blobs here, in the order in which they came."""
    rows = connection.execute(
        "SELECT rowid, name FROM blob WHERE rowid > ? ORDER BY rowid LIMIT ?", (number, limit)
    )
    return rows.fetchall()


def blob(connection: Connection, name: str) -> bytes | None:
    """The ciphertext, as it travels."""
    row = connection.execute("SELECT data FROM blob WHERE name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else None


def keep_blob(connection: Connection, name: str, data: bytes) -> None:
    connection.execute(
        "INSERT INTO blob (name, data) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, data)
    )


def keep_blobs(connection: Connection, names: Collection[str]) -> None:
    """These alone stay."""
    here = connection.execute("SELECT name FROM blob").fetchall()
    connection.executemany("DELETE FROM blob WHERE name = ?", [row for row in here if row[0] not in names])


def absent(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of the blobs that are not here."""
    return [
        name
        for name in names
        if connection.execute("SELECT 1 FROM blob WHERE name = ?", (name,)).fetchone() is None
    ]


def cited(rows: Sequence[Row]) -> set[str]:
    """The blobs that rows of the journal speak of, wherever in a value they stand."""
    found: set[str] = set()
    for row in rows:
        if row.body is not None and b'"blob"' in row.body:
            _find_blobs(msgspec.json.decode(row.body), found)
    return found


def _find_blobs(value: Json, found: set[str]) -> None:
    if isinstance(value, dict):
        name = value.get("blob")
        if isinstance(name, str) and len(name) == 64 and set(name) <= set("0123456789abcdef"):
            found.add(name)
        for inner in value.values():
            _find_blobs(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _find_blobs(inner, found)


# --- staff ---------------------------------------------------------------------------------------


def keep_staff(
    connection: Connection,
    staff: Sequence[tuple[str, str, Sequence[str], str, datetime]],
) -> None:
    """The accounts the centre keeps: (number, name, roles, verifier, end of the lease).

    Whoever came from the centre before and is not among them is out. Accounts that were made at this
    terminal end with the first ones of the centre.
    """
    for number, name, roles, verifier, lease in staff:
        connection.execute(
            "INSERT INTO staff (number, name, roles, verifier, lease_until, failures) "
            "VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (number) DO UPDATE SET name = excluded.name, "
            "roles = excluded.roles, lease_until = excluded.lease_until, "
            # a new passphrase ends a lock-out, the same one does not
            "failures = CASE WHEN verifier = excluded.verifier THEN failures ELSE 0 END, "
            "locked_until = CASE WHEN verifier = excluded.verifier THEN locked_until END, "
            "verifier = excluded.verifier",
            (number, name, " ".join(roles), verifier, lease.isoformat(timespec="seconds")),
        )
    if staff:
        remember(connection, {ACCOUNTS: b"1"})
    here = connection.execute("SELECT number, lease_until FROM staff").fetchall()
    kept = {number for number, *_ in staff}
    out = [(number,) for number, lease in here if number not in kept and (lease or kept)]
    connection.executemany("DELETE FROM staff WHERE number = ?", out)
