"""Search finds every part that is long enough, in any script, and forgets what it is told to forget."""

from __future__ import annotations

import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.store import search
from kiosk.store.database import Connection, Store
from tests.store.compared import undone


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("search") / "store.db", secrets.token_bytes(32)) as opened:
        yield opened


FOUND = [
    ("Nguyễn Văn An", "nguyen"),
    ("Nguyễn Văn An", "NGUYỄN"),
    ("Nguyễn Văn An", "an nguyen"),
    ("Nguyễn Văn An", "van"),
    ("Nguyễn Văn An", "vananh"[:5]),
    ("Đặng Thị", "dang"),
    ("Søren Ægir", "soren aegir"),
    ("U Ba", "u"),
    ("U Ba", "ba"),
    ("Aung Min Htun", "aungmin"),
    ("AUNGMIN", "aung min"),
    ("O'Brien-Smith", "obrien"),
    ("O'Brien-Smith", "o’brien smith"),
    ("王小明", "小明"),
    ("王小明", "王小"),
    ("王小明", "王"),
    ("欧阳 娜娜", "阳娜"),
    ("李", "李"),
    ("အောင်မင်းထွန်း", "မင်း"),
    ("အောင်မင်းထွန်း", "အောင် ထွန်း"),
    ("အောင် မင်း", "အောင်မင်း"),
    ("မန္တလေး", "မန်တလေး"),
    ("မန်တလေး", "မန္တလေး"),
    ("ဝင်းဝင်း", "၀င်း၀င်း"),  # digits zero, as many keyboards have them, for the letter wa
    ("၁၂/မမန(နိုင်)၁၂၃၄၅၆", "123456"),
    ("M1234567", "m123"),
    ("M1234567", "4567"),
    ("RL-K7QF-000123-X", "000123"),
    ("RL-K7QF-000123-X", "rlk7qf000123x"),
    ("RL-K7QF-000123-X", "RL-K7QF-000123-X"),
    ("ＡＢＣ１２３", "abc123"),
]
NOT_FOUND = [
    ("Nguyễn Văn An", "nguyenx"),
    ("Nguyễn Văn An", "guy van xo"),
    ("王小明", "王明"),
    ("王小明", "明小"),
    ("Aung Min", "in"),  # two Latin letters only begin a word
    ("M1234567", "1235"),
    ("အောင်မင်း", "မောင်"),
    ("Aung Min", ""),
    ("Aung Min", " -- "),
    ("Aung Min", "😀"),
]


@pytest.mark.parametrize("absorbed", [False, True])
@pytest.mark.parametrize(("name", "query"), FOUND)
def test_found(shared: Store, name: str, query: str, absorbed: bool) -> None:
    assert found(shared, name, query, absorbed) == ["person:1"]


@pytest.mark.parametrize("absorbed", [False, True])
@pytest.mark.parametrize(("name", "query"), NOT_FOUND)
def test_not_found(shared: Store, name: str, query: str, absorbed: bool) -> None:
    assert found(shared, name, query, absorbed) == []


def found(shared: Store, name: str, query: str, absorbed: bool) -> list[str]:
    """What a query finds where one person has that name."""
    with undone(shared) as connection:
        search.index(connection, {"person:1": ["other words", name]})
        if absorbed:
            search.absorb(connection)
        return search.search(connection, query)


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=5)
LATIN = st.text("abcdefghijklmnopqrstuvwxyzABCđØéñüạễ '-", min_size=3, max_size=30)
INITIALS, MEDIALS, VOWELS = (
    "ကခဂငစဇညတထဒနပဖဗဘမယရလဝသဟအ",
    ["", "ျ", "ြ", "ွ", "ှ"],
    ["", "ာ", "ါ", "ိ", "ီ", "ု", "ူ", "ေ", "ို", "ော", "ံ"],
)
FINALS = ["", "်", "င်", "န်း", "က်", "မ္မ", "့", "း"]
SYLLABLE = st.tuples(*map(st.sampled_from, (INITIALS, MEDIALS, VOWELS, FINALS))).map("".join)
BURMESE = st.lists(SYLLABLE, min_size=2, max_size=6).map("".join)
NUMBER = st.text("ABCGMR0123456789-/", min_size=4, max_size=20)


def long_enough(part: str) -> bool:
    bare = search.fold(part).replace(" ", "")
    return len(bare) >= 3 or (len(bare) == 2 and not bare.isascii())


@given(
    data=st.data(),
    names=st.lists(HAN | LATIN | BURMESE | NUMBER, min_size=1, max_size=6),
    absorbed=st.integers(0, 6),
)
def test_any_part_of_a_name_finds_it(
    shared: Store, data: st.DataObject, names: list[str], absorbed: int
) -> None:
    names = [unicodedata.normalize("NFC", name) for name in names]
    with undone(shared) as connection:
        for number, name in enumerate(names):
            search.index(connection, {f"person:{number}": [name, "Z"]})
            if number + 1 == absorbed:
                search.absorb(connection)
        number = data.draw(st.integers(0, len(names) - 1))
        name = names[number]
        start = data.draw(st.integers(0, len(name) - 1))
        part = name[start : data.draw(st.integers(start + 1, len(name)))]
        if long_enough(part):
            assert f"person:{number}" in search.search(connection, part, limit=10), search.fold(part)


@given(
    names=st.lists(HAN | LATIN | BURMESE | NUMBER, min_size=1, max_size=6),
    query=HAN | LATIN | BURMESE | NUMBER,
)
def test_what_is_fresh_and_what_is_absorbed_are_found_alike(
    shared: Store, names: list[str], query: str
) -> None:
    with undone(shared) as connection:
        for number, name in enumerate(names):
            search.index(connection, {f"person:{number}": [name, query[1:]]})
        fresh = search.search(connection, query, limit=10)
        search.absorb(connection)
        assert search.search(connection, query, limit=10) == fresh


HOSTILE = [
    '"', "'; DROP TABLE entry; --", 'a" OR "b', "NEAR(a b)", "*", "aung*", "grams:aung", "^aung", "AND",
    "\0", "a\0b", "\ud800", "(" * 50, "<script>", "%", "_", "‹a", "x" * 10_000, "王" * 10_000,
]  # fmt: skip


@given(query=st.text() | st.sampled_from(HOSTILE))
@pytest.mark.parametrize("absorbed", [False, True])
def test_no_query_and_no_name_ever_raises(shared: Store, query: str, absorbed: bool) -> None:
    with undone(shared) as connection:
        search.index(connection, {"person:1": [query, "Aung"]})
        if absorbed:
            search.absorb(connection)
        search.search(connection, query)
        assert search.search(connection, "aung") == ["person:1"]
        search.forget(connection, "person:1")


def test_candidates_are_read_in_order_not_sorted(store: Store) -> None:
    steps: list[str] = []
    store.raw.execute("BEGIN")
    store.raw.set_trace_callback(steps.append)  # type: ignore[attr-defined]
    search.search(store.raw, "aung")
    store.raw.set_trace_callback(None)  # type: ignore[attr-defined]
    store.raw.execute("ROLLBACK")
    (statement,) = {step for step in steps if "CROSS JOIN" in step and "aun" in step and "‹" not in step}
    plan = [row[3] for row in store.raw.execute("EXPLAIN QUERY PLAN " + statement)]
    assert plan[0].startswith("SCAN search_gram VIRTUAL TABLE")
    assert not any("TEMP B-TREE" in step for step in plan)


def test_words_that_begin_so_come_first_then_the_newer(shared: Store) -> None:
    with undone(shared) as connection:
        for number, name in enumerate(["Tamin", "Min Min", "Aung Min", "Htamin", "Minh"]):
            search.index(connection, {f"person:{number}": [name]})
            if number == 2:
                search.absorb(connection)
        assert search.search(connection, "min") == [f"person:{number}" for number in (4, 2, 1, 3, 0)]
        assert search.search(connection, "min", limit=2) == ["person:4", "person:2"]


def test_a_subject_is_found_by_its_newest_texts_alone(shared: Store) -> None:
    with undone(shared) as connection:
        for texts in (["Aung Min"], ["Kyaw Zaw"], ["Kyaw Zaw", "RL-0001"]):
            search.index(connection, {"person:1": texts})
            assert search.search(connection, texts[0]) == ["person:1"]
            search.absorb(connection)
            assert search.search(connection, texts[0]) == ["person:1"]
        search.index(connection, {"person:1": ["Hla Hla"]})
        assert search.search(connection, "kyaw") == []
        assert search.search(connection, "aung") == []
        assert search.search(connection, "hla") == ["person:1"]


def test_many_subjects_are_absorbed_as_they_come(shared: Store) -> None:
    with undone(shared) as connection:
        for number in range(3 * search.BATCH):
            search.index(connection, {f"person:{number}": [f"Aung {number:04}"]})
        assert connection.execute("SELECT count(*) FROM search_fresh").fetchone()[0] < search.BATCH
        assert search.search(connection, "0001") == ["person:1"]
        assert len(search.search(connection, "aung", limit=1000)) == 3 * search.BATCH


def vocabulary(connection: Connection) -> Counter[str]:
    """How many rows FTS5 has for each gram."""
    connection.execute("CREATE VIRTUAL TABLE temp.grams USING fts5vocab(main, search_gram, row)")
    counted = Counter(dict(connection.execute("SELECT term, doc FROM temp.grams").fetchall()))
    connection.execute("DROP TABLE temp.grams")
    return counted


STEP = st.tuples(
    st.sampled_from(["index", "forget", "absorb"]),
    st.integers(0, 3),
    st.lists(HAN | LATIN | BURMESE, max_size=2),
)


@given(steps=st.lists(STEP, max_size=30))
def test_the_index_holds_the_grams_of_what_is_there_and_no_others(
    shared: Store, steps: list[tuple[str, int, list[str]]]
) -> None:
    kept: dict[str, list[str]] = {}
    with undone(shared) as connection:
        for what, number, texts in steps:
            subject = f"person:{number}"
            if what == "index":
                search.index(connection, {subject: texts})
                kept[subject] = texts
            elif what == "forget":
                search.forget(connection, subject)
                kept.pop(subject, None)
            else:
                search.absorb(connection)
        search.absorb(connection)
        assert (
            dict(connection.execute("SELECT subject, folded FROM search_text").fetchall()).keys()
            == kept.keys()
        )
        with_all = vocabulary(connection)
        search.clear(connection)
        for subject, texts in kept.items():
            search.index(connection, {subject: texts})
        search.absorb(connection)
        assert with_all == vocabulary(connection)


def test_what_is_forgotten_is_gone_from_the_pages_of_the_index(store: Store) -> None:
    with store.write() as connection:
        search.index(connection, {"person:1": ["Zyxwvut"]})
        search.absorb(connection)
    with store.write() as connection:
        assert any(b"zyx" in block for (block,) in connection.execute("SELECT block FROM search_gram_data"))
        search.index(connection, {"person:2": ["Other Name"]})
        search.forget(connection, "person:1")
        search.absorb(connection)
    with store.read() as connection:
        assert not any(
            b"yxw" in block for (block,) in connection.execute("SELECT block FROM search_gram_data")
        )
        assert search.search(connection, "zyxwvut") == []


def test_clearing_forgets_everything(shared: Store) -> None:
    with undone(shared) as connection:
        search.index(connection, {"person:1": ["Aung"]})
        search.absorb(connection)
        search.index(connection, {"person:2": ["Aung"]})
        search.clear(connection)
        assert search.search(connection, "aung") == []
        assert vocabulary(connection) == Counter()
