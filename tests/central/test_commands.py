"""The commands, as an administrator types them, beside a server that runs."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.entries import Write
from kiosk.sync.invitation import read_invitation
from tests.central.machine import Town, entry
from tests.central.typed import run


def test_a_terminal_is_invited_listed_and_revoked(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "terminals", "list")
    assert "No terminal" in said
    assert "--address" in run(
        capsys, "terminals", "invite", "--name", "x", "--departments", "police", status=2
    )
    words = (
        "--name",
        "Desk 1",
        "--departments",
        "reception,police,reception",
        "--address",
        at.server.address,
    )
    assert "central system of office RL01. It invites nobody to RL02." in run(
        capsys, "terminals", "invite", "--office", "RL02", *words, status=2
    )
    said = run(capsys, "terminals", "invite", "--office", "rl01", *words)
    (text,) = re.findall(r"^KIOSK-INVITE\S+$", said, re.MULTILINE)
    assert "█" in said
    invitation = read_invitation(text)
    assert invitation.address == at.server.address
    assert "Desk 1  [reception police]  " in run(capsys, "terminals", "list")
    desk = at.machine("AAAA")
    assert "AAAA" in run(capsys, "terminals", "list")
    run(capsys, "terminals", "revoke", "aaaa")
    assert len(desk.send(entry()).set_aside) == 1  # the server noticed
    assert "revoked" in run(capsys, "terminals", "list")
    assert "no terminal ZZZZ" in run(capsys, "terminals", "revoke", "zzzz", status=2)
    said = run(capsys, "terminals", "revoke", "desk aaaa", status=2)
    assert said == "central: A terminal is named by its code. That of desk AAAA is AAAA.\n"
    said = run(capsys, "terminals", "invite", *words, "--name", "", status=2)
    assert said == "central: A terminal needs a name, of up to 60 characters.\n"
    said = run(capsys, "terminals", "invite", *words, "--name", "a\nb", status=2)
    assert said.startswith("central: There is an invisible control character (U+000A) in the text;")


def test_an_invitation_that_nobody_used_is_listed_and_withdrawn(
    at: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    invite = ("terminals", "invite", "--departments", "police", "--address", at.server.address)
    marks = []
    for name in ("Window 1", "Window 2"):
        said = run(capsys, *invite, "--name", name)
        marks += re.findall(r"central terminals withdraw (\w{8})\n", said)
    first, second = marks
    secret = read_invitation(re.findall(r"^KIOSK-INVITE\S+$", said, re.MULTILINE)[0]).secret
    listed = run(capsys, "terminals", "list")
    assert re.search(rf"invited {first}  counter      Window 1  \[police\]  good until 20\S+ \S+\n", listed)
    assert "Window 1 is withdrawn" in run(capsys, "terminals", "withdraw", first)
    listed = run(capsys, "terminals", "list")
    assert first not in listed
    assert second in listed
    assert f"No invitation {first} is open" in run(capsys, "terminals", "withdraw", first, status=2)
    stranger = at.stranger("AAAA")
    run(capsys, "terminals", "withdraw", second.upper())
    answer = stranger.http.post("/v1/enrol", json=at.asked(stranger, secret))
    assert (answer.status_code, answer.json()["kind"]) == (403, "invitation")
    at.machine("BBBB")
    assert "invited" not in run(capsys, "terminals", "list")  # it was used


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Say --departments: reception, health_post, labour, police\n"),
        (
            ("--departments", "market"),
            "The departments of this office are: reception, health_post, labour, police\n",
        ),
        (
            ("--face", "selfservice", "--departments", "police"),
            "A self-service terminal belongs to no department. Leave out --departments.",
        ),
    ],
)
def test_which_departments_an_invitation_needs_is_said(
    at: Town, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    invite = ("terminals", "invite", "--name", "x", "--address", at.server.address)
    assert says in run(capsys, *invite, *words, status=2)


def test_a_line_of_successors_is_listed_and_revoked(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = at.machine("AAAA"), at.machine("BBBB")
    key = Ed25519PrivateKey.generate()
    asked = at.asked(new, "", code="CCCC", key=key.public_key().public_bytes_raw().hex())
    asked["proof"] = key.sign(b"RL01/AAAA").hex()
    assert old.call("POST", "/v1/successor", json.dumps(asked).encode()).is_success
    assert "successor of AAAA" in run(capsys, "terminals", "list")
    assert "with: CCCC. Say --line" in run(capsys, "terminals", "revoke", "aaaa", status=2)
    assert run(capsys, "terminals", "revoke", "aaaa", "--line").count("is revoked") == 2
    run(capsys, "terminals", "revoke", "bbbb")


def test_what_is_held_back_is_listed_and_released(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing" in run(capsys, "quarantine", "list")
    desk, other = at.machine("AAAA"), at.machine("BBBB")
    desk.send(entry(), entry(role="police"))
    said = run(capsys, "quarantine", "list")
    assert said.startswith("AAAA/office/2 ")
    assert "nobody acts as “Police officer”" in said
    pulled, _ = other.pull()
    run(capsys, "quarantine", "release", "AAAA/office/2")
    assert [row.sequence for row in other.pull(pulled.cursor)[1] if row.stream == "office"] == [2]
    assert "Nothing" in run(capsys, "quarantine", "list")
    assert re.search(
        r"AAAA/office/2 .*; released \S+ by admin", run(capsys, "quarantine", "list", "--released")
    )
    assert "Nothing is held back there" in run(capsys, "quarantine", "release", "AAAA/office/2", status=2)
    for place in ("AAAA/office", "x"):
        said = run(capsys, "quarantine", "release", place, status=2)
        assert "TERMINAL/STREAM/NUMBER[-NUMBER]" in said


def test_what_was_mended_since_is_told_from_what_needs_somebody(
    at: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, wrong = at.machine("AAAA"), entry(role="police")
    desk.send(wrong, entry(role="police"))
    mend = {register: Write("mended", (wrong.id,)) for register in wrong.writes}
    desk.send(entry(subject=wrong.subject, writes=mend))
    at.centre.projector.catch_up()
    first, second = run(capsys, "quarantine", "list").splitlines()
    assert first.endswith("; mended since by its author's terminal")
    assert "mended" not in second


def test_operators_come_and_go(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at.machine("AAAA")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\nshort\n"))
    run(capsys, "operators", "add", "r001", "--name", "Li", "--roles", "reception")
    assert "R001  Li  [reception]" in run(capsys, "operators", "list")
    run(capsys, "operators", "passphrase", "r001")
    run(capsys, "operators", "passphrase", "r001", status=2)
    run(capsys, "operators", "dismiss", "R001")
    assert "dismissed" in run(capsys, "operators", "list")
    assert [row.subject for row in desk.pull()[1]].count("operator:R001") == 3


def test_who_is_an_operator_is_changed_and_not_added_again(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    add = ("operators", "add", "r001", "--name", "Li", "--roles", "reception")
    run(capsys, *add, "--lease-days", "3")
    said = run(capsys, *add, status=2)
    assert "R001 is there: Li. Say “change” instead of “add”." in said
    said = run(capsys, "operators", "change", "r001", "--roles", "labour,police")
    known = "R001  Li  [labour police]  3 days without the centre  passphrase given by admin, "
    assert said.startswith(known)
    said = run(capsys, "operators", "change", "r001", status=2)
    assert said == "central: Say what to change: --name, --roles or --lease-days.\n"
    run(capsys, "operators", "dismiss", "r001")
    dismissed = "R001 was dismissed. “central operators add” appoints him anew."
    assert dismissed in run(capsys, "operators", "change", "r001", "--name", "Wang", status=2)
    assert dismissed in run(capsys, "operators", "dismiss", "r001", status=2)
    assert "There is no staff number R002." in run(capsys, "operators", "dismiss", "r002", status=2)
    run(capsys, *add)
    assert "R001  Li  [reception]  14 days" in run(capsys, "operators", "list")


def test_it_is_said_when_the_last_supervisor_goes(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    for number in ("S001", "S002"):
        run(capsys, "operators", "add", number, "--name", "Li", "--roles", "supervisor", "police")
    assert run(capsys, "operators", "dismiss", "S001") == "S001 is dismissed.\n"
    assert "No supervisor is left: " in run(capsys, "operators", "change", "S002", "--roles", "police")
    assert "No supervisor is left: " in run(capsys, "operators", "dismiss", "S002")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("P-police_officer", "--name", "Li"), "of A to Z, 0 to 9 and the hyphen."),
        (("R001", "--name", "L\ti"), "There is an invisible control character (U+0009) in the text;"),
        (("R001", "--name", " "), "An operator needs a name, of up to 60 characters."),
        (("R001", "--name", "Li", "--lease-days", "99999"), "A lease lasts from 1 to 90 days."),
    ],
)
def test_what_is_wrong_with_an_operator_is_said(
    at: Town,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\n"))
    assert says in run(capsys, "operators", "add", *words, "--roles", "police", status=2)


def test_who_set_a_passphrase_and_where_is_listed(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at.machine("AAAA")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    said = run(capsys, "operators", "add", "r001", "--name", "Li", "--roles", "reception")
    assert "asked to choose one of his own" in said
    (one,) = at.lists(desk)["staff"]
    assert one["given"]
    said = run(capsys, "operators", "passphrase", "r001", "--lasting")
    assert "his own" not in said
    (one,) = at.lists(desk)["staff"]
    assert not one["given"]
    listed = run(capsys, "operators", "list")
    assert "passphrase given by admin, 20" in listed
    assert listed.endswith(", lasting\n")
    asked = {"number": "R001", "old": "another passphrase", "new": "known to me alone"}
    desk.call("POST", "/v1/passphrase", msgspec.json.encode(asked)).raise_for_status()
    listed = run(capsys, "operators", "list")
    assert "passphrase his own, 20" in listed
    assert listed.endswith(" at AAAA\n")


@pytest.mark.parametrize(("again", "status"), [(b"a long passphrase\n", 0), (b"a lonh passphrase\n", 2)])
def test_who_types_a_passphrase_is_asked_twice(at: Town, again: bytes, status: int) -> None:
    command = [sys.executable, "-m", "central", "operators", "add", "R001", "--name", "Li"]
    ours, its = os.openpty()
    with subprocess.Popen(
        [*command, "--roles", "reception"], stdin=its, stdout=its, stderr=its, start_new_session=True
    ) as asking:
        said = b""
        for question, answer in ((b"characters): ", b"a long passphrase\n"), (b"Once more: ", again)):
            while question not in said:
                said += os.read(ours, 4096)
            os.write(ours, answer)
        os.close(its)
        assert asking.wait(60) == status
    os.close(ours)
    with at.centre.database.read() as connection:
        assert ("R001" in at.centre.registry(connection).operators) is (status == 0)


def test_the_journal_is_verified_and_views_made_anew(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    at.machine("AAAA").send(entry(), entry())
    assert "Entries: 3. Findings: 0." in run(capsys, "journal", "verify")
    run(capsys, "journal", "rebuild")
    with at.centre.database.write() as connection:
        connection.execute("UPDATE head SET sequence = 1 WHERE terminal = 'AAAA'")
    assert "Findings: 1." in run(capsys, "journal", "verify", status=1)
