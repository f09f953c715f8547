"""Finds a subject by any part of its names or numbers, in any script, without SQLite's own idea of words.

Every text is folded (case, diacritics, full-width forms, spaces and common Burmese spellings do not
matter) and leaves *grams*: triples of neighbouring characters, pairs where the script is not Latin
(two Chinese characters are a name), and the first letters of each word. FTS5 keeps only which
subject has which gram (`detail=none`: a third of the size and of the time of phrases); whether the
grams really stand side by side is then looked up in the folded text itself.

What is written goes to `search_fresh` first and is scanned there; only every `BATCH` subjects does
it move into FTS5, because a transaction that touches FTS5 costs three times one that does not.
Rank is simple: words that begin with what was typed come first, and newer before older.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import Protocol, TypeGuard, runtime_checkable

from kiosk.store import many
from kiosk.store.database import Connection

BATCH = 64  # subjects that are scanned rather than looked up
LONGEST_QUERY = 100  # characters; more are passed over
FIRST = "‹"  # stands before the first letters of a word

Fits = Callable[[str], bool]


@runtime_checkable
class Finder(Protocol):
    """A connection to a database without FTS5, which keeps texts and grams by its own means."""

    def make_findable(self, subject: str, folded: str, grams: Sequence[str]) -> None: ...
    def candidates(self, grams: Sequence[str]) -> Iterable[tuple[str, str]]:
        """(subject, folded texts) of all that have every gram, the newest first."""

    def forget(self, subject: str) -> None: ...
    def forget_all(self) -> None: ...


_FINDERS: dict[type, bool] = {}


def _is_finder(connection: object) -> TypeGuard[Finder]:
    """Noted for each kind of connection: to compare one with a protocol takes longer than to write a row."""
    kind = type(connection)
    if kind not in _FINDERS:
        _FINDERS[kind] = issubclass(kind, Finder)
    return _FINDERS[kind]


def index(connection: Connection, texts: Mapping[str, Sequence[str]]) -> None:
    """Makes each subject findable by its texts, and by these alone. Part of the writer's transaction."""
    keep(connection, texts)
    if _is_finder(connection):
        return
    if connection.execute("SELECT count(*) FROM search_fresh").fetchone()[0] >= BATCH:
        absorb(connection)


def keep(connection: Connection, texts: Mapping[str, Sequence[str]]) -> None:
    """As `index`, where many come at once: the next `index` or `absorb` moves them into FTS5."""
    folded = {subject: "\n".join(filter(None, map(fold, lines))) for subject, lines in texts.items()}
    if _is_finder(connection):
        for subject, lines in folded.items():
            connection.make_findable(subject, lines, sorted(_grams(lines)))
        return
    many.insert(
        connection,
        "INSERT OR REPLACE INTO search_fresh (subject, folded) VALUES ...",
        list(folded.items()),
    )


def forget(connection: Connection, subject: str) -> None:
    """Leaves nothing of the subject's texts in the tables; `Store.checkpoint` then empties the log too."""
    if _is_finder(connection):
        connection.forget(subject)
        return
    connection.execute("DELETE FROM search_fresh WHERE subject = ?", (subject,))
    row = connection.execute(
        "DELETE FROM search_text WHERE subject = ? RETURNING id, folded", (subject,)
    ).fetchone()
    if row:
        _change(connection, row[0], removed=_grams(row[1]))


def clear(connection: Connection) -> None:
    """Forgets everything, before a rebuild."""
    if _is_finder(connection):
        connection.forget_all()
        return
    connection.execute("DELETE FROM search_fresh")
    connection.execute("DELETE FROM search_text")
    connection.execute("INSERT INTO search_gram (search_gram) VALUES ('delete-all')")


def absorb(connection: Connection) -> None:
    """Moves what is fresh into FTS5: of a subject known before, only the grams that differ."""
    fresh = connection.execute(
        """
        SELECT id, subject, search_text.folded, search_fresh.folded
        FROM search_fresh LEFT JOIN search_text USING (subject)
        ORDER BY id IS NULL, id, search_fresh.rowid -- FTS5 is quickest in the order of its row numbers
        """
    ).fetchall()
    connection.execute("DELETE FROM search_fresh")
    for number, subject, before, after in fresh:
        (number,) = connection.execute(
            """
            INSERT INTO search_text (id, subject, folded) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET folded = excluded.folded RETURNING id
            """,
            (number, subject, after),
        ).fetchone()
        old, new = _grams(before or ""), _grams(after)
        _change(connection, number, removed=old - new, added=new - old)


def fill(connection: Connection, texts: Iterable[Sequence[object]]) -> None:
    """Takes over texts of another store, (id, subject, folded), where no such ids are yet."""
    for number, subject, folded in texts:
        connection.execute(
            "INSERT INTO search_text (id, subject, folded) VALUES (?, ?, ?)", (number, subject, folded)
        )
        _change(connection, int(str(number)), removed=set(), added=_grams(str(folded)))


def _change(connection: Connection, number: int, removed: Set[str], added: Set[str] | None = None) -> None:
    """FTS5 keeps no texts and no positions, so that single grams of a row can be taken out and put in."""
    if removed:
        connection.execute(
            "INSERT INTO search_gram (search_gram, rowid, grams) VALUES ('delete', ?, ?)",
            (number, " ".join(removed)),
        )
    if added is not None:  # always together with a removal, or FTS5 would count fewer rows than there are
        connection.execute("INSERT INTO search_gram (rowid, grams) VALUES (?, ?)", (number, " ".join(added)))


def search(connection: Connection, text: str, limit: int = 20, kind: str = "") -> list[str]:
    """Subjects (of one kind) with every word of `text` somewhere in their texts, the likeliest first."""
    words = fold(text[:LONGEST_QUERY]).split()
    found: dict[str, None] = {}
    for grams, fits in _passes(words):
        for subject, folded in _candidates(connection, grams):
            if subject.startswith(kind) and fits(folded):
                found[subject] = None
                if len(found) >= limit:
                    return list(found)
        if found and _is_number(words):
            break  # typed as it is printed: its pieces, which many numbers share, tell nothing more
    return list(found)


def _candidates(connection: Connection, grams: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(subject, folded texts), newest first: all that are fresh, then those that have all the grams."""
    if _is_finder(connection):
        yield from connection.candidates(list(dict.fromkeys(grams)))
        return
    yield from connection.execute("SELECT subject, folded FROM search_fresh ORDER BY rowid DESC").fetchall()
    yield from connection.execute(
        """
        SELECT subject, folded
        FROM search_gram CROSS JOIN search_text ON id = search_gram.rowid -- in this order, nothing is sorted
        WHERE search_gram MATCH ? AND subject NOT IN (SELECT subject FROM search_fresh)
        ORDER BY search_gram.rowid DESC
        """,
        (" ".join(f'"{gram}"' for gram in dict.fromkeys(grams)),),
    )


def _passes(words: list[str]) -> Iterator[tuple[list[str], Fits]]:
    """From the likeliest reading of a query to the widest: grams to look up, and the test of a candidate."""
    if not words:
        return
    joined = "".join(words)
    # the name may be stored without the spaces that were typed, or with others
    as_one = _inside(joined), lambda folded: _contains(folded, joined)
    if _is_number(words):
        yield as_one
    yield (
        [gram for word in words for gram in (FIRST + word[:3], *_triples(word, step=3))],
        lambda folded: all(f" {word}" in f"\n{folded}".replace("\n", " ") for word in words),
    )
    yield (
        [gram for word in words for gram in _inside(word)],
        lambda folded: all(_contains(folded, word) for word in words),
    )
    if len(words) > 1 and not _is_number(words):
        yield as_one


def _is_number(words: list[str]) -> bool:
    """A number with its dashes or spaces."""
    return len(words) > 1 and any(character.isdigit() for word in words for character in word)


def _contains(folded: str, part: str) -> bool:
    if _is_short(part):
        return f" {part}" in f"\n{folded}".replace("\n", " ")
    return part in folded.replace(" ", "")


def _inside(part: str) -> list[str]:
    """Grams of every text that `_contains` the part."""
    if _is_short(part):
        return [FIRST + part]
    return [part] if len(part) == 2 else _triples(part, step=3)


def _is_short(part: str) -> bool:
    """Too short to be looked for inside a word: one character, or two Latin letters."""
    return len(part) == 1 or (len(part) == 2 and part.isascii())


def _triples(part: str, step: int = 1) -> list[str]:
    """Triples that cover the part; those a step apart and the last one are enough to sort out candidates."""
    last = len(part) - 3
    return [part[at : at + 3] for at in (*range(0, last, step), last)] if last >= 0 else []


def _grams(folded: str) -> Set[str]:
    grams: set[str] = set()
    for line in folded.split("\n"):
        for word in line.split():
            grams |= {FIRST + word[:1], FIRST + word[:2], FIRST + word[:3]}
        joined = line.replace(" ", "")
        grams |= {pair for pair in map("".join, pairwise(joined)) if not pair.isascii()}
        grams.update(_triples(joined))
    return grams


# --- folding ---------------------------------------------------------------------------------------


class _Folding(dict[int, str]):
    """Character by character; filled as characters are met. The exceptions stand in EXCEPTIONS."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Nd":
            folded = str(unicodedata.decimal(character))  # digits of every script
        elif "\u0300" <= character <= "\u036f":
            folded = ""  # diacritics of Latin, Greek and Cyrillic; the marks of other scripts are letters
        elif category[0] in "LMN":
            folded = character
        else:
            folded = " "
        self[code] = folded
        return folded


EXCEPTIONS = {
    # letters that do not decompose
    "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i",
    # Burmese written both ways: stacked or with asat, tall or round aa, letter wa or digit zero, nnya or u
    "\u1039": "\u103a", "\u102b": "\u102c", "\u101d": "0", "\u1009": "\u1025",
    # joiners and word breaks that nobody sees
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\u00ad": "",
}  # fmt: skip
_folding = _Folding({ord(character): folded for character, folded in EXCEPTIONS.items()})


def fold(text: str) -> str:
    """The text as it is compared: words of folded letters and digits, one space between them."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_folding)
    folded = folded.replace("\u102f\u102d", "\u102d\u102f")  # Burmese i and u typed in the other order
    folded = re.sub("\u103a+", "\u103a", folded)  # kinzi: asat and stacking sign have become one
    return " ".join(folded.split())
