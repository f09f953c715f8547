"""An invitation is read however it was typed or scanned, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InvalidInput
from kiosk.sync.invitation import Invitation, read_invitation

PIN, SECRET = "A" * 26 + "2" * 26, "0123456789ABCDEFGHJKMNPQRS"


@pytest.mark.parametrize("address", ["centre.example:8443", "10.0.0.5:1", "[fe80::1]:8443"])
def test_an_invitation_is_read_back(address: str) -> None:
    made = Invitation(address, PIN, SECRET)
    assert read_invitation(str(made)) == made
    assert read_invitation(f"  {str(made).lower()}\n") == made
    assert made.url == f"https://{address}"


def test_it_may_be_broken_over_lines() -> None:
    text = str(Invitation("centre.example:8443", PIN, SECRET))
    assert str(read_invitation(text[:40] + "\n " + text[40:])) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KIOSK-INVITE/1/",
        f"KIOSK-INVITE/2/centre:8443/{PIN}/{SECRET}",
        f"KIOSK-INVITE/1/centre/{PIN}/{SECRET}",
        f"KIOSK-INVITE/1/centre:8443/{PIN[1:]}/{SECRET}",
        f"KIOSK-INVITE/1/centre:8443/{PIN}/{SECRET[1:]}",
        f"KIOSK-INVITE/1/centre:8443/{PIN}/{SECRET}0",
        f"KIOSK-INVITE/1/centre:8443/{PIN}/{'U' * 26}",
        f"KIOSK-INVITE/1/user@centre:8443/{PIN}/{SECRET}",
        f"KIOSK-INVITE/1/centre:8443/x/{PIN}/{SECRET}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_invitation(text)


@given(st.text())
def test_garbage_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="not an invitation"):
        read_invitation(text)
