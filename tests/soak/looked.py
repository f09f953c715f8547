"""What is looked at of one terminal when everything is mended: a part of what its process can be told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from kiosk.model.file import CaseFile
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.rebuild import rebuild
from kiosk.store.staff import LEASE_OVER
from tests.actions.test_asking import contents
from tests.office import EMPLOYER, LODGING, PERSON, Office
from tests.store.compared import erase, views

DOCTORS = (b'"NOT_YET"', b'"pregnancy"')  # stand in what a doctor wrote and, but for packs, nowhere else

NAMES = (
    PERSON["person.name"], PERSON["person.name_native"], PERSON["person.name_zh"], EMPLOYER["guarantor.name"],
    EMPLOYER["guarantor.representative_name"], LODGING["lodging.host_id"],
)  # fmt: skip
# what stands in entries about a person, and in nothing that a self-service terminal may hear: the names of
# entries and subjects, numbers of documents and phones, names, and what a doctor wrote
OF_OTHERS = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\bMM\d{7}\b|\+86138\d{8}|"
    + b"|".join(re.escape(str(name).encode()) for name in NAMES)
    + b"|"
    + b"|".join(map(re.escape, DOCTORS))
)
POISONED = ("case:poison", "case:newer")  # which no program wrote


class Looked:
    """A terminal at rest. Everything here only reads, but that views are rebuilt and payload is erased."""

    office: Office

    def code(self) -> str:
        return self.office.desk.terminal.code

    def names(self) -> set[str]:
        """Its code, and those it had before its disk was put back or copied."""
        with self.office.store.read() as connection:
            former = remembered.keys_of(connection, "former/")
        return {self.code(), *(key.removeprefix("former/") for key in former)}

    def entries(self) -> dict[str, str]:
        """Every entry here by id: its place in its stream."""
        with self.office.store.read() as connection:
            return {
                row.id: f"{row.terminal}/{row.stream}/{row.sequence}" for _, row in journal.rows(connection)
            }

    def blobs(self) -> tuple[set[str], set[str]]:
        """The blobs that entries here speak of, and those that are here, whole."""
        with self.office.store.read() as connection:
            cited = remembered.cited([row for _, row in journal.rows(connection)])
            here = connection.execute("SELECT name, data FROM blob").fetchall()
        return cited, {name for name, data in here if hashlib.sha256(data).hexdigest() == name}

    def doctors_words(self) -> list[str]:
        """The tables of this store in which a doctor's words stand."""
        tables = contents(self.office.store)
        del tables["definition"]
        return [
            name
            for name, rows in tables.items()
            if any(word in as_bytes(cell) for row in rows for cell in row for word in DOCTORS)
        ]

    def words_of_others(self) -> set[str]:
        """What stands here, but for office packs, and in no terminal that knows of nobody's case."""
        tables = contents(self.office.store)
        del tables["definition"]
        cells = (as_bytes(cell) for rows in tables.values() for row in rows for cell in row)
        return words_of_others(b"\n".join(cells))

    def left_of(self, subject: str, word: str) -> list[str]:
        with self.office.store.read() as connection:
            return left_in(connection, contents(self.office.store), subject, word)

    def erase(self, subject: str) -> list[str]:
        """Ids of the entries whose payload is gone."""
        with self.office.store.write() as connection:
            found = erase(connection, subject)
        rebuild(self.office.store)
        assert self.office.store.checkpoint()
        return found

    def shown(self) -> dict[str, list[tuple[object, ...]]]:
        return views(self.office.store)

    def findings(self) -> list[str]:
        """What does not hold: chains, and views that a rebuild would make otherwise."""
        with self.office.store.read() as connection:
            found = [str(text) for text in journal.verify(connection)]
        before = views(self.office.store)
        rebuild(self.office.store)
        after = views(self.office.store)
        return found + [
            f"view_{name} is not what a rebuild makes" for name in before if before[name] != after[name]
        ]

    def staff(self) -> set[str]:
        """Who may sign in here."""
        with self.office.store.read() as connection:
            return {number for (number,) in connection.execute("SELECT number FROM staff")}

    def out(self) -> set[str]:
        """Numbers of those who may do nothing here any more because their lease is over."""
        clerks = self.office.everybody()
        return {one.number for one in clerks if self.office.desk.why_out(one) == LEASE_OVER}

    def pack(self) -> int:
        """The version of the office pack that is worked by here."""
        return self.office.desk.pack.office.version

    def closed_cases(self) -> list[str]:
        """The cases that can only be looked at here, for want of their definitions."""
        with self.office.store.read() as connection:
            cases = [case for (case,) in connection.execute("SELECT case_id FROM view_case")]
            files = [SqlMemory(connection).file(case) for case in cases if case not in POISONED]
        return [file.case for file in files if self._is_closed(file)]

    def _is_closed(self, file: CaseFile) -> bool:
        return self.office.desk.terminal.definitions_of(file).closed is not None


def words_of_others(data: bytes) -> set[str]:
    return {found.decode() for found in OF_OTHERS.findall(data)}


def left_in(
    connection: Connection, tables: Mapping[str, Sequence[tuple[object, ...]]], subject: str, word: str
) -> list[str]:
    """The tables with a word of a subject that was erased, and how many entries of it have payload."""
    found = [
        name
        for name, rows in sorted(tables.items())
        if any(word.encode() in as_bytes(cell) for row in rows for cell in row)
    ]
    (count,) = connection.execute(
        "SELECT count(*) FROM entry WHERE subject = ? AND (body IS NOT NULL OR salt IS NOT NULL)", (subject,)
    ).fetchone()
    return found + [f"{count} entries"] * bool(count)


def as_bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()
