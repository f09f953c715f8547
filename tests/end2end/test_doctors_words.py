"""What a doctor wrote is nowhere but at the health post: no file and no traffic of anybody else has it.

The words are looked for as they were typed, in everything that is on the disks (also in the doctor's own
raw files, which are encrypted), in what the others' stores hold when they are read with their keys, and in
all that went over the others' lines, as it was before it was encrypted.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import zstandard

from kiosk.actions import asking
from kiosk.actions.exchange import Exchange
from kiosk.actions.unsent import export_unsent
from kiosk.definitions import read_pack
from kiosk.model.office import OfficePack
from kiosk.settings import sample_pack_folder
from kiosk.store.backup import backup
from kiosk.store.keys import new_recovery
from tests import running
from tests.actions.test_asking import contents
from tests.office import CHECK, PERSON, Office
from tests.running import Running, meet

# The sample office asks its doctor no free text. Another office may: one line, and a longer one.
FREE = """
      - {key: health.remarks, type: long_text, label: Symptoms the person told, by: doctor, privacy: P3}
      - {key: health.finding, type: text, label: Checks done, by: doctor, privacy: P3}
"""
CONCLUSION = "FIT_WITH_FOLLOW_UP"  # a code of the pack, too: not looked for in the pack itself


class Words:
    """Makes words that stand nowhere else, and remembers them."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def __call__(self) -> str:
        self.all.append(f"zyxwhusten{len(self.all)}qu")
        return self.all[-1]

    def found_in(self, data: bytes) -> list[str]:
        lower = data.lower()
        return [word for word in self.all if any(word.encode(way) in lower for way in ("utf-8", "utf-16-le"))]


class Recorded(httpx.BaseTransport):
    """Keeps what goes over a line, both ways, inflated."""

    def __init__(self, inner: httpx.BaseTransport, traffic: list[tuple[str, bytes]]) -> None:
        self.inner, self.traffic = inner, traffic

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        for headers, content in ((request.headers, request.read()), (answer.headers, answer.content)):
            said = b"".join(name + b": " + value for name, value in headers.raw)
            self.traffic.append((str(request.url), said + _inflated(content)))
        return answer

    def close(self) -> None:
        self.inner.close()


def _inflated(content: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError:
        return content


class Terminal:
    """A desk, its exchange, and everything that went over its line."""

    def __init__(self, office: Office, exchange: Exchange) -> None:
        self.office, self.exchange = office, exchange
        self.traffic: list[tuple[str, bytes]] = []
        http = exchange.client._http
        http._transport = Recorded(http._transport, self.traffic)

    @property
    def folder(self) -> Path:
        return self.office.path.parent

    def rows(self) -> bytes:
        """All that its store holds, decrypted, but for the pack."""
        tables = contents(self.office.store)
        del tables["definition"]
        pieces = [cell for rows in tables.values() for row in rows for cell in row]
        return b"\0".join(piece if isinstance(piece, bytes) else str(piece).encode() for piece in pieces)


@pytest.fixture
def pack(tmp_path: Path) -> OfficePack:
    folder = tmp_path / "pack"
    for part in ("workflows", "forms", "assets"):
        without = shutil.ignore_patterns("fonts", "*.ttf")
        shutil.copytree(sample_pack_folder() / part, folder / part, ignore=without)
    form = folder / "forms" / "health_check.yaml"
    form.write_text(form.read_text("utf-8") + FREE, "utf-8")
    return read_pack(folder)


@pytest.fixture
def terminal(
    tmp_path: Path, log: Path, pack: OfficePack, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Terminal]]:
    """Makes a terminal of some departments, or of the face `selfservice`."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    monkeypatch.setattr(running, "sample_pack", lambda: pack)
    centre = Running(tmp_path / "centre")
    made: list[Terminal] = []

    def make(name: str, *departments: str, face: str = "counter") -> Terminal:
        folder = tmp_path / name
        folder.mkdir()
        office = Office(folder, clock=centre.clock, pack=pack)
        made.append(Terminal(office, centre.joined(office, *departments, face=face)))
        return made[-1]

    yield make
    for one in made:
        one.exchange.client.close()
        one.office.close()
    centre.end()


def examined(office: Office, case: str, word: Words) -> None:
    """A doctor's work on a case, with a word of his in every place that takes one."""
    desk, doctor = office.desk, office.doctor
    desk.save_draft(doctor, f"{case}/health_check", {"health.remarks": word(), "health.finding": word()})
    said = {"health.remarks": f"{word()} {word()}", "health.finding": word()}
    desk.record(doctor, case, said, reason=word())
    unfit = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["fever"]}
    desk.perform(doctor, case, "health", "not_yet", answers=unfit, reason=word(), note=word())
    desk.perform(doctor, case, "health", "retest", reason=word(), note=word())
    desk.record(doctor, case, {"health.remarks": word()}, reason=word())  # changed: the old one is kept, too
    fit = CHECK | {"health.conclusion": CONCLUSION, "health.follow_up_date": "2026-04-01"}
    desk.perform(doctor, case, "health", "clear", answers=fit, reason=word(), note=word())
    desk.find(doctor, word())


def test_a_doctors_words_are_nowhere_else(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    window, post = terminal("window", "reception", "labour"), terminal("post", "health_post")
    police, colleague = terminal("police", "police"), terminal("colleague", "health_post")
    hall = terminal("hall", face="selfservice")
    everybody = (window, post, police, colleague, hall)
    others = (window, police, hall)
    word = Words()
    case = window.office.worker("registered")
    window.office.order_health(case)
    meet(*(one.exchange for one in everybody))
    post.exchange.lists()
    examined(post.office, case, word)
    export_unsent(post.office.store, post.folder / "unsent")
    for _ in range(2):
        for one in everybody:
            meet(one.exchange)
            one.exchange.lists()
            one.exchange.blobs()
    for office in (window.office, police.office):
        assert office.state(case, "health") == "valid"
        office.desk.case(office.supervisor, case)
        assert office.desk.find(office.supervisor, "ma ma san")
        assert not any(office.desk.find(office.supervisor, said) for said in word.all)
    number = window.office.desk.case(window.office.supervisor, case, opened=False).number
    terminal_ = hall.office.desk.terminal
    birth_date = str(PERSON["person.birth_date"])
    answer = asking.ask(hall.exchange.client, terminal_.office, number, birth_date, hall.office.desk.today())
    assert "Valid" in {stage.word for stage in answer.stages}
    for one in everybody:
        backup(one.office.store, one.folder / "backup", new_recovery()[1])

    for one in (post, colleague):  # he wrote them, and they got there
        assert len(word.found_in(one.rows())) > 8
        assert CONCLUSION.encode() in one.rows()
    assert word.found_in(b"".join(content for _, content in colleague.traffic))
    for one in others:
        assert word.found_in(one.rows()) == []
        assert CONCLUSION.encode() not in one.rows()
        assert len(one.traffic) > 8
        for url, content in one.traffic:
            assert word.found_in(content) == [], url
            assert CONCLUSION.encode() not in content or url.endswith("/v1/pack")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"store.db", "backup", "unsent", "kiosk.log"} <= {path.name for path in files}
    at_the_centre = tmp_path / "centre"  # which is not encrypted: a disk for an authority that may read it
    for path in files:
        if at_the_centre not in path.parents:
            assert word.found_in(path.read_bytes()) == [], path
