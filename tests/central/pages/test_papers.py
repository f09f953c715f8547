"""Copies of papers that a browser sends: kept as a counter keeps them, or refused in words."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack
from io import BytesIO

import pytest
from PIL import Image

from central.centre import Centre
from central.pages.intake import EACH, LARGEST
from kiosk.model.entries import Entry, decode
from tests.capture.test_apart import bomb
from tests.central.pages.visitor import Enter, path_of
from tests.office import Clerks, portrait

LICENCE = ("guarantee", "business_licence")


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), "#dde4e2").save(out, kind)
    return out.getvalue()


KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "PDF": "application/pdf"}


def written(centre: Centre, case: str) -> list[Entry]:
    """The entries that tell of a copy, the last one last."""
    with centre.database.read() as connection:
        rows = connection.execute("SELECT body FROM entry WHERE subject = ? ORDER BY sequence", (case,))
        entries = [decode(bytes(body)) for (body,) in rows.fetchall()]
    return [entry for entry in entries if entry.kind == "paper_copied"]


class TestOnEachDatabase:
    @pytest.fixture
    def url(self, database_url: str) -> str:
        return database_url

    def test_a_copy_is_kept_as_a_counter_keeps_it(self, enter: Enter, clerks: Clerks, centre: Centre) -> None:
        case = clerks.worker("cleared")
        clerks.sign(case)
        clerks.desk.sight_paper(clerks.labour, case, *LICENCE)
        labour, police = enter("L001"), enter("P001")
        for kind, media in KINDS.items():
            file = picture(kind)
            answer = labour.attach(case, *LICENCE, file)
            assert answer.status_code == 303, labour.words
            assert answer.headers["location"] == path_of(case) + "#papers"
            labour.get(path_of(case))
            assert "Attached a copy of: Business licence" in labour.words
            shown = police.get(path_of(case, "papers", *LICENCE))
            assert (shown.content, shown.headers["content-type"]) == (file, media)
            entry = written(centre, case)[-1]
            assert (entry.actor, entry.role, entry.terminal) == ("L001", "labour", centre.code)
            held = entry.writes["paper.guarantee.business_licence"].value
            assert (held["sighted"], held["copy"]["type"]) == (True, media)
            with centre.database.read() as connection:
                (stored,) = connection.execute(
                    "SELECT data FROM blob WHERE name = ?", (held["copy"]["blob"],)
                ).fetchone()
            assert file[:16] not in bytes(stored)
        assert len(written(centre, case)) == len(KINDS)  # an earlier copy stays in the history


@pytest.fixture
def case(clerks: Clerks) -> str:
    return clerks.worker("confirmed")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "No file was chosen."),
        (b"<script>", "Only PDF, JPEG and PNG can be attached."),
        (picture("WEBP"), "Only PDF, JPEG and PNG can be attached."),
        (picture("JPEG")[:20], "This is no picture and no PDF that can be read"),
        (picture("PNG")[:60], "This is no picture and no PDF that can be read"),
        (b"%PDF-1.7 and no more", "This is no picture and no PDF that can be read"),
        (bomb(8_000, 8_000), "more than 40 million points"),
    ],
)
def test_what_is_no_copy_is_said_on_the_page(
    enter: Enter, centre: Centre, case: str, file: bytes, said: str
) -> None:
    labour = enter("L001")
    assert labour.attach(case, *LICENCE, file).status_code == 422
    assert said in labour.words
    assert 'role="alert"' in labour.page
    assert written(centre, case) == []


def test_what_takes_too_long_to_read_is_not_kept(
    enter: Enter, centre: Centre, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    labour = enter("L001")
    with monkeypatch.context() as hurry:
        hurry.setattr("kiosk.capture.apart.SECONDS", 0.001)  # in which no process has even begun
        assert labour.attach(case, *LICENCE, picture("PDF")).status_code == 422
    assert "This file cannot be read here. Take another picture of the paper." in labour.words
    assert written(centre, case) == []
    assert labour.attach(case, *LICENCE, picture("PDF")).status_code == 303


def test_what_is_too_large_is_not_taken(enter: Enter, centre: Centre, case: str) -> None:
    labour = enter("L001")
    assert labour.attach(case, *LICENCE, picture("JPEG") + bytes(LARGEST)).status_code == 413
    assert "What arrived is too large." in labour.words
    assert written(centre, case) == []


def test_a_paper_of_another_department_is_not_for_me(enter: Enter, centre: Centre, case: str) -> None:
    doctor, labour = enter("D001"), enter("L001")
    path = path_of(case, "papers", *LICENCE, "copy")
    assert doctor.get(path).status_code == 404  # a doctor sees no employer
    assert labour.get(path_of(case, "papers/permit/document_copy/copy")).status_code == 403
    labour.get(path)
    form = labour.hidden(labour.page)
    other = path_of(case, "papers/permit/document_copy/copy")
    assert labour.http.post(other, data=form, files={"copy": portrait()}).status_code == 403
    assert "belongs to another department" in labour.get(other).text
    for paper in ("guarantee_form", "nothing"):  # of the first no copy is asked
        assert labour.get(path_of(case, "papers/guarantee", paper, "copy")).status_code == 404
    assert written(centre, case) == []


def test_only_from_our_own_page(enter: Enter, centre: Centre, case: str) -> None:
    labour = enter("L001")
    path = path_of(case, "papers", *LICENCE, "copy")
    for form in ({}, {"token": "another"}):
        answer = labour.http.post(path, data=form, files={"copy": portrait()})
        assert answer.status_code == 403
        assert "This page is out of date." in answer.text
    assert written(centre, case) == []


def line_to(enter: Enter) -> ssl.SSLSocket:
    """To the server, for what no client sends."""
    host, _, port = enter.server.address.rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((host, int(port)), 30))


def test_who_is_not_signed_in_sends_no_byte(enter: Enter, case: str) -> None:
    head = (
        f"POST {path_of(case, 'papers', *LICENCE, 'copy')} HTTP/1.1\r\nHost: centre\r\n"
        "Expect: 100-continue\r\nContent-Length: 9000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with line_to(enter) as line:
        line.sendall(head.encode())
        answer = line.recv(1_000)
    assert answer.startswith(b"HTTP/1.1 303 ")  # and not 100: go on
    assert b"location: /sign-in" in answer


def test_one_person_leaves_places_to_others(enter: Enter, case: str) -> None:
    labour, reception = enter("L001"), enter("R001")
    path = path_of(case, "papers", *LICENCE, "copy")
    labour.get(path)
    sent = labour.http.build_request(
        "POST", path, data=labour.hidden(labour.page), files={"copy": ("scan", portrait())}
    )
    fields = {**sent.headers, "expect": "100-continue", "connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with ExitStack() as lines:
        slow = [lines.enter_context(line_to(enter)) for _ in range(EACH)]
        for line in slow:
            line.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())
            assert line.recv(1_000).startswith(b"HTTP/1.1 100 ")  # go on: this one is inside
        assert labour.attach(case, *LICENCE, portrait()).status_code == 429
        assert "Too many requests. Wait a moment, then try again." in labour.words
        assert reception.attach(case, *LICENCE, portrait()).status_code == 303
        for line in slow:
            line.sendall(sent.read())
            assert line.recv(1_000).startswith(b"HTTP/1.1 303 ")
    assert labour.attach(case, *LICENCE, portrait()).status_code == 303


def test_a_closed_case_takes_no_copy(enter: Enter, clerks: Clerks, centre: Centre, case: str) -> None:
    clerks.desk.perform(clerks.reception, case, "", "withdraw", reason="own_wish")
    labour = enter("L001")
    assert labour.attach(case, *LICENCE, portrait()).status_code == 422
    assert "This case is closed." in labour.words
    assert written(centre, case) == []


def test_the_copy_of_an_earlier_case_serves_again(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    answers, labour = clerks.person(), enter("L001")
    first = clerks.register(answers)
    clerks.sign(first)
    labour.attach(first, *LICENCE, portrait())
    clerks.desk.perform(clerks.reception, first, "", "withdraw", reason="own_wish")
    case, number = clerks.register(answers), clerks.view(first).number
    clerks.sign(case)
    path = path_of(case, "papers", *LICENCE, "copy")
    labour.get(path)
    assert f"Use the copy of {number}" in labour.words
    assert labour.send(path, reuse="1").status_code == 303
    values = [
        written(centre, one)[-1].writes["paper.guarantee.business_licence"].value for one in (first, case)
    ]
    assert values[0]["copy"] == values[1]["copy"]
    labour.get(path)
    assert "Use the copy of" not in labour.words
    assert "A copy is attached already." in labour.words
