"""A case opened and a list shown, against bare SELECTs of the rows they are read from."""

from __future__ import annotations

import random

from kiosk.store.memory import SqlMemory
from tests.bench.figures import Figure, Run, Spread, Target, in_turns
from tests.bench.filled import Filled

ROUNDS = 100
LINES = 200
CASE = Target("p95", 100)


def measure(filled: Filled) -> list[Figure]:
    return [_case(filled, "accepted"), _case(filled, "handed_over"), _list(filled)]


def _case(filled: Filled, state: str) -> Figure:
    """The page of a case as data; the entry that says who opened it is written beside."""
    office = filled.office
    cases = _cases(filled, state)

    def open_case(number: int) -> Run:
        return lambda: office.desk.case(office.police, cases[number % len(cases)])

    def bare(number: int) -> Run:
        case = cases[-1 - number % len(cases)]
        with office.store.read() as connection:
            subjects = list(SqlMemory(connection).file(case).subjects.values())
        marks = ",".join("?" * len(subjects))

        def select() -> None:
            with office.store.read() as connection:
                for table in ("view_state", "entry"):
                    connection.execute(
                        f"SELECT body FROM {table} WHERE subject IN ({marks})", subjects
                    ).fetchall()

        return select

    spans, bare_spans = in_turns(filled.rounds(ROUNDS), open_case, bare)
    what = "its states and entries selected"
    return Figure(f"case opened, {state}", Spread.ms(spans), "ms", what, Spread.ms(bare_spans), CASE)


def _cases(filled: Filled, state: str) -> list[str]:
    with filled.office.store.read() as connection:
        found = connection.execute(
            "SELECT case_id FROM view_case WHERE json_extract(CAST(body AS TEXT), '$.stages[3][1]') = ?",
            (state,),
        ).fetchall()
    return random.Random(1).sample([case for (case,) in found], min(ROUNDS, len(found)))


def _list(filled: Filled) -> Figure:
    office = filled.office

    def show(_: int) -> Run:
        return lambda: office.desk.work_list(office.labour, limit=LINES)

    def bare(number: int) -> Run:
        def select() -> None:
            with office.store.read() as connection:
                connection.execute("SELECT body FROM view_case LIMIT ? OFFSET ?", (LINES, number)).fetchall()

        return select

    spans, bare_spans = in_turns(filled.rounds(ROUNDS), show, bare)
    return Figure(
        f"work list of {LINES} lines", Spread.ms(spans), "ms", f"{LINES} rows selected", Spread.ms(bare_spans)
    )
