"""A store that has seen years of work: made once by cloning real cases, then used again by later runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import perf_counter

import msgspec

from kiosk.bootstrap import first_start
from kiosk.definitions import read_staff
from kiosk.demo.staff import employ
from kiosk.model.entries import Entry, decode
from kiosk.settings import Settings, migrations_folder, sample_pack_folder
from kiosk.store import journal, keys
from kiosk.store.database import Connection
from kiosk.store.rebuild import VERSION, rebuild
from tests.bench.cloning import Firm, Numbers, Template, Values, clone, template
from tests.office import MONDAY, Clock, Office

RECIPE = 1  # of what is written; another one makes a new store
UNDER_WAY = 200  # cases whose acts are mixed, as on the days of one week
CASES_OF_A_FIRM = 100

# How far the cases have come, the oldest first: (stage, share of all).
MIX = (("withdrawn", 0.7), ("handed_over", 0.08), ("cleared", 0.03), ("accepted", 0.03), ("registered", 0.16))
FIRM = "firm"
Templates = dict[str, Template]
Said = Callable[[str], object]


class Recipe(msgspec.Struct, frozen=True):
    """What a kept store was made by; `seconds` are those of its making."""

    made_by: str
    cases: int
    entries: int
    seconds: dict[str, float]


@dataclass
class Filled:
    """An office over a filled store."""

    office: Office
    folder: Path
    recipe: Recipe

    def rounds(self, most: int) -> int:
        """How often to measure: in a small store, which is only looked at in passing, less often."""
        return min(most, max(10, self.recipe.cases // 20))


def open_filled(folder: Path, cases: int, said: Said) -> Filled:
    """The kept store of so many cases; where there is none made by this recipe, a new one."""
    folder = folder / f"cases-{cases}"
    made = folder / "recipe.json"
    templates = _templates()
    digest = _digest(templates)
    recipe = msgspec.json.decode(made.read_bytes(), type=Recipe) if made.exists() else None
    if recipe is None or recipe.made_by != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        said(f"making a store of {cases:,} cases")
        recipe = _make(folder, cases, templates, digest)
        made.write_bytes(msgspec.json.encode(recipe))
        said(f"{recipe.entries:,} entries; seconds: {recipe.seconds}")
    return Filled(open_office(folder), folder, recipe)


def _digest(templates: Templates) -> str:
    """Changes with the recipe, the schema, the meaning of views, and what the desk writes."""
    digest = sha256(f"{RECIPE} {VERSION} {MIX}".encode())
    for file in sorted((migrations_folder() / "terminal" / "versions").glob("*.py")):
        digest.update(file.read_bytes())
    for name in sorted(templates):
        digest.update(templates[name].kept().encode())
    return digest.hexdigest()


def _make(folder: Path, cases: int, templates: Templates, digest: str) -> Recipe:
    """The folder becomes that of a terminal: `KIOSK_DATA=FOLDER kiosk run` opens it."""
    pack = sample_pack_folder()
    desk, _ = first_start(Settings(data=folder, logs=folder / "logs", slips=folder / "slips"), pack)
    employ(desk, read_staff(pack))
    desk.terminal.store.close()
    office = open_office(folder)
    start = perf_counter()
    with _not_flushing(office) as connection:
        entries = _write_journal(office, connection, cases, templates)
        written = perf_counter()
        rebuild(office.store)
    seconds = {"journal": round(written - start, 1), "views": round(perf_counter() - written, 1)}
    office.close()
    os.sync()  # what is measured next must not wait for what was written here
    return Recipe(digest, cases, entries, seconds)


def open_office(folder: Path) -> Office:
    key = keys.open_keys(folder, keys.provider_of("file", folder))
    return Office(folder, clock=Clock(MONDAY), key=key)


@contextmanager
def _not_flushing(office: Office) -> Iterator[Connection]:
    office.store.raw.execute("PRAGMA synchronous = OFF")
    yield office.store.raw
    office.store.raw.execute("PRAGMA synchronous = FULL")


def _write_journal(office: Office, connection: Connection, cases: int, templates: Templates) -> int:
    """Writes the entries of so many cases; the views come by a rebuild. Returns how many."""
    numbers = Numbers(office)
    written = 0
    firms, acts = _firms(templates[FIRM], numbers, 1 + cases // CASES_OF_A_FIRM)
    stages = iter([stage for stage, share in MIX for _ in range(round(cases * share))])
    for start in range(0, cases, UNDER_WAY):
        for number, stage in enumerate(islice(stages, UNDER_WAY), start):
            begins = MONDAY - timedelta(days=6 + (cases - number) * 200 / cases)
            made = templates[stage]
            employer = firms[number % len(firms)]
            acts += clone(made, Values(made.began, begins.date(), number, employer, numbers))
        acts.sort(key=lambda act: act[0].time)
        with office.store.write():
            for act in acts:
                journal.append(connection, act)
                written += len(act)
        acts = []
    numbers.keep(office)
    return written


def _templates() -> Templates:
    """A case for each stage of MIX, lived through at a real desk; and the employer of them all."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder), clock=Clock(MONDAY))
        office.worker("confirmed")  # from now on the employer is known
        known = [body for body in _bodies(office, 0) if decode(body).subject_kind == "guarantor"]
        found[FIRM] = template(known)
        for stage in dict.fromkeys(stage for stage, _ in MIX):
            after = len(office.journal())
            office.clock.forward(minutes=1)
            _live(office, stage)
            found[stage] = template(_bodies(office, after))
        office.close()
    return found


def _live(office: Office, stage: str) -> None:
    if stage == "withdrawn":
        case = office.register()
        office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")
    else:
        office.worker(stage)


def _bodies(office: Office, after: int) -> list[bytes]:
    with office.store.read() as connection:
        return [row.body for _, row in journal.rows(connection, after) if row.body is not None]


def _firms(made: Template, numbers: Numbers, count: int) -> tuple[list[Firm], list[list[Entry]]]:
    """Employers, and the acts that recorded them a year ago."""
    firms, acts = [], []
    for number in range(count):
        values = Values(made.began, MONDAY.date() - timedelta(days=365), number, Firm(number), numbers)
        acts += clone(made, values)
        firms.append(Firm(number, values.ids()))
    return firms, acts
