"""Effects: what an action writes besides its stage. Named by a workflow, pure, one function each.

An effect gets the case file, what was asked and the terminal's mint (numbers, chance); it returns
values by "subject.register". Where `FRESH` names it, the subject is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from kiosk.model.ask import Ask
from kiosk.model.calendar import add_months, add_working_days
from kiosk.model.entries import Json
from kiosk.model.file import CaseFile
from kiosk.model.guards import confirmed_values

Writes = dict[str, Json]


class Mint(Protocol):
    """What only the terminal can give: numbers unique by construction, and chance."""

    def number(self, letter: str) -> str: ...
    def chance(self, length: int) -> str: ...


Effect = Callable[[CaseFile, Ask, Mint], Writes]

# How a case ends by an effect: whoever asks a workflow alone which action ends it so, reads it here.
ENDS: Mapping[str, str] = {
    "hand_over": "ended",
    "end_case": "ended",
    "refuse_case": "refused",
    "withdraw_case": "withdrawn",
}


def open_lodging(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    if file.peek("lodging.receipt_number") or "lodging" not in file.subjects:
        return {}
    return {"lodging.receipt_number": mint.number("L"), "lodging.status": "open"}


def order_health(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    """The laboratory number is random: it tells nobody who the tube belongs to."""
    return {"health.order_number": mint.number("H"), "health.laboratory_number": mint.chance(7)}


def issue_clearance(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    """What the office sees of a health check: valid, from, until, certificate number."""
    months = ask.pack.office.limits["T8_health_valid_months"]
    return {
        "clearance.status": "valid",
        "clearance.valid_from": ask.today.isoformat(),
        "clearance.valid_to": add_months(ask.today, months).isoformat(),
        "clearance.certificate_number": mint.number("T"),
        "clearance.doctor": ask.operator,
    }


def sign_guarantee(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {
        "guarantee.number": file.peek("guarantee.number") or mint.number("G"),
        "guarantee.status": "in_force",
        "guarantee.scope": "guarantee_scope",
    }


def confirm_guarantee(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"guarantee.confirmed": confirmed_values(file)}


def register_work(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"guarantee.work_registration_number": mint.number("W")}


def withdraw_guarantee(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"guarantee.status": "withdrawn"}


def receive_application(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    """The receipt and the day by which must be decided, in Chinese working days."""
    decide_by = add_working_days(ask.today, ask.profile.decide_working_days, ask.pack.calendar)
    return {
        "case.receipt_number": file.peek("case.receipt_number") or mint.number("R"),
        "case.accepted_at": ask.now.isoformat(timespec="seconds"),
        "case.accepted_by": ask.operator,
        "case.accepted_stage": ask.stage.key if ask.stage else "",
        "case.decide_by": decide_by.isoformat(),
    }


def issue_permit(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    deliver_by = ask.today + timedelta(days=ask.profile.deliver_days)
    return {
        "permit.number": mint.number("P"),
        "permit.profile": ask.profile.key,
        "permit.status": "approved",
        "permit.decided_by": ask.operator,
        "permit.decided_at": ask.now.isoformat(timespec="seconds"),
        "permit.deliver_by": deliver_by.isoformat(),
        "permit.fee": ask.profile.fee,
    }


def take_back(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    """The slip may already be printed: its number is void for ever."""
    return {"permit.status": "void"}


def void_permit(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"permit.status": "void"}


def hand_over(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {
        "permit.status": "active",
        "permit.handed_over_at": ask.now.isoformat(timespec="seconds"),
        "case.status": ENDS["hand_over"],
    }


def end_case(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"case.status": ENDS["end_case"]}


def refuse_case(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    return {"case.status": ENDS["refuse_case"]}


def withdraw_case(file: CaseFile, ask: Ask, mint: Mint) -> Writes:
    """A permit that was approved and not handed over ends with its case."""
    void = {"permit.status": "void"} if file.peek("permit.status") == "approved" else {}
    return {"case.status": ENDS["withdraw_case"], **void}


EFFECTS: Mapping[str, Effect] = {
    effect.__name__: effect
    for effect in (
        open_lodging, order_health, issue_clearance, sign_guarantee, confirm_guarantee, register_work,
        withdraw_guarantee, receive_application, issue_permit, take_back, void_permit, hand_over,
        end_case, refuse_case, withdraw_case,
    )
}  # fmt: skip

FRESH: Mapping[str, str] = {
    "order_health": "health",
    "issue_clearance": "clearance",
    "issue_permit": "permit",
}
