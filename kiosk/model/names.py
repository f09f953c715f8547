"""The names an office pack may use; `check-office` refuses any other."""

from __future__ import annotations

from kiosk.model.checks import CHECKS, WITH_KEY
from kiosk.model.effects import EFFECTS
from kiosk.model.entries import SUBJECTS
from kiosk.model.fields import FIELD_TYPES
from kiosk.model.guards import GUARDS
from kiosk.model.proposals import PROPOSALS

GUARD_NAMES = frozenset(GUARDS)
EFFECT_NAMES = frozenset(EFFECTS)
CHECK_NAMES = frozenset(CHECKS) | frozenset(WITH_KEY)  # the latter as NAME:KEY
FIELD_TYPE_NAMES = frozenset(FIELD_TYPES)
PROPOSAL_NAMES = frozenset(PROPOSALS) | {"last"}
SLIP_NAMES = frozenset(
    {
        "application_form", "opinions", "receipt", "progress", "health_certificate", "missing",
        "refusal", "permit", "guarantee",
    }
)  # fmt: skip
LIGHTS = frozenset(
    {"not_open", "mine", "elsewhere", "returned", "done", "refused", "expired", "contested", "down"}
)
ROLES = frozenset({"reception", "doctor", "labour", "police", "market", "supervisor", "applicant", "system"})
ACTION_KINDS = frozenset({"advance", "return", "refuse", "private", "undo"})
SUBJECT_NAMES = frozenset(SUBJECTS)
