"""The office, its permits, forms, translations and calendar: what must agree between their files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from kiosk import __version__
from kiosk.definitions.checking import Check
from kiosk.definitions.lines import Place
from kiosk.definitions.pinning import CODE_LISTS
from kiosk.definitions.wording import texts_of
from kiosk.model import names
from kiosk.model.checks import WITH_KEY
from kiosk.model.fields import FIELD_TYPES, OPTIONS
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.office import PermitProfile
from kiosk.model.text import say

# Numbers that rules read. Some are left to the office by law: the program has no default for any.
LIMITS = frozenset(
    {
        "T1_accommodation_hours", "T2_national_apply_days_from_entry", "T3_return_notice_days",
        "T6_renew_before_days", "T7_change_days", "T8_health_valid_months", "T10_reconsideration_days",
        "T15_employer_change_grace_days", "T16_return_lapse_days", "T17_service_target_days",
    }
)  # fmt: skip
# Texts that slips and screens print whatever the track.
TEXTS = frozenset(
    {
        "application_true", "guarantee_scope", "missing_once", "permit_move", "progress_not_a_permit",
        "receipt_stay", "remedy_guarantee", "remedy_health", "remedy_permit_border",
        "remedy_permit_national", "remedy_registration",
    }
)  # fmt: skip
# Roles that no workflow need name: the person himself, the program, and who settles what is contested.
ROLES = frozenset({"applicant", "system", "supervisor"})
PRIVACY = frozenset({"N", "P1", "P2", "P3"})
NEEDS_CODES = frozenset({"choice", "choices", "address"})
OFFICE_CODE = re.compile(r"[A-Z0-9]{4}")


def _number(version: str) -> tuple[int, ...]:
    """ "0.2.1" as what can be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


class OfficeCheck(Check):
    """Everything but the workflows."""

    def run(self) -> None:
        self.office()
        for profile in self.pack.profiles.values():
            self.profile(profile)
        for form in self.pack.forms.values():
            for field in form.fields:
                self.field(field)
        if "notice" in self.pack.forms:
            self.notice(self.pack.forms["notice"])

    def notice(self, form: FormDefinition) -> None:
        """What is ticked there is written in the person's own name, which the central system asks of `by`."""
        for field in form.fields:
            if field.type == "boolean" and (field.by, field.subject) != ("applicant", "case"):
                self.report.add(
                    self.report.place(field, "key"),
                    say("What is ticked in the notice the person says himself, and of his case."),
                    say("Write “key: case.…” and “by: applicant”."),
                )

    def office(self) -> None:
        office = self.pack.office
        for key in sorted(LIMITS - office.limits.keys()):
            self.report.add(
                self.report.place(office, "limits"),
                say("The number “{key}” is not set. The program has no value of its own for it.", key=key),
                say("Add “{key}: …” with the number of this office.", key=key),
            )
        for key in sorted(TEXTS - office.texts.keys()):
            self.report.add(
                self.report.place(office.texts),
                say("The text “{key}” is missing; a slip or a screen prints it.", key=key),
                say("Add “{key}: …” with the text of this office.", key=key),
            )
        if not OFFICE_CODE.fullmatch(office.code):
            self.report.add(
                self.report.place(office, "code"),
                say("The code of the office must be four capital letters or digits."),
                say("Write for example “code: RL01”."),
            )
        if office.version < 1:
            self.report.add(
                self.report.place(office, "version"),
                say("The number “{key}” must be greater than zero.", key="version"),
                say("Write 1; each pack that the central system gives out has a greater one."),
            )
        if _number(office.program) > _number(__version__):
            self.report.add(
                self.report.place(office, "program"),
                say("This pack needs version {version} of the program.", version=office.program),
                say("Update the program: this is {version}.", version=__version__),
            )
        for key in sorted(ROLES - office.roles.keys()):
            self.report.add(
                self.report.place(office, "roles"),
                say("The role “{role}” is missing; the program itself uses it.", role=key),
                say("Add “{role}: …” with its name.", role=key),
            )
        for key in sorted(set(CODE_LISTS) - self.pack.codes.keys()):
            self.report.add(
                Place("assets/codes", 0),
                say("The code list “{key}” is missing; the program itself offers it.", key=key),
                say("Copy assets/codes/{key}.yaml from the sample pack and change it.", key=key),
            )

    def profile(self, profile: PermitProfile) -> None:
        codes = self.pack.codes
        self.each(profile, "bounds", say("field"), profile.bounds, self.fields)
        self.each(
            profile, "document_types", say("code"), profile.document_types, codes.get("document_types", {})
        )
        self.each(profile, "areas", say("code"), profile.areas, codes.get("areas", {}))
        self.each(profile, "kinds", say("code"), profile.kinds, codes.get("permit_kinds", {}))
        for key in ("max_days", "decide_working_days", "deliver_days"):
            if getattr(profile, key) <= 0:
                self.report.add(
                    self.report.place(profile, key),
                    say("The number “{key}” must be greater than zero.", key=key),
                    say("Write the number of this office."),
                )

    def field(self, field: FieldDefinition) -> None:
        self.known(field, ("type",), say("field type"), field.type, names.FIELD_TYPE_NAMES)
        self.known(field, ("key",), say("subject"), field.subject, names.SUBJECT_NAMES)
        self.key(field, ("key",), field.register)
        self.known(field, ("by",), say("role"), field.by, self.pack.office.roles)
        self.known(field, ("privacy",), say("privacy class"), field.privacy, PRIVACY)
        if field.codes:
            self.known(field, ("codes",), say("code list"), field.codes, self.pack.codes)
        elif field.type in NEEDS_CODES:
            self.report.add(
                self.report.place(field),
                say("A field of type “{type}” needs a code list.", type=field.type),
                say("Add “codes: …” with the name of a file in assets/codes."),
            )
        self.options(field)
        if field.check:
            self.check(field)
        if field.propose:
            self.known(field, ("propose",), say("proposal"), field.propose, names.PROPOSAL_NAMES)
        self.shown(field)

    def options(self, field: FieldDefinition) -> None:
        """Each type has options of its own: numbers and switches."""
        if field.type not in FIELD_TYPES:
            return
        known = FIELD_TYPES[field.type].options
        for name, value in field.options.items():
            self.known(field, ("options", name), say("option"), name, known)
            if name in known and type(value) is not OPTIONS[name]:
                number = OPTIONS[name] is int
                self.report.add(
                    self.report.place(field, "options", name),
                    say("The option “{name}” does not fit.", name=name),
                    say("Write a whole number.") if number else say("Write true or false."),
                )

    def check(self, field: FieldDefinition) -> None:
        """A check by its name, with another field's key where it takes one: "not_before:case.entry_date"."""
        name, colon, other = field.check.partition(":")
        self.known(field, ("check",), say("check"), name, names.CHECK_NAMES)
        if colon:
            self.known(field, ("check",), say("field"), other, self.fields)
        if name in names.CHECK_NAMES and bool(colon) != (name in WITH_KEY):
            self.report.add(
                self.report.place(field, "check"),
                say(
                    "The check “{name}” is written with a field where it takes none, or without one.",
                    name=name,
                ),
                say("Write “check: {name}”.", name=f"{name}:case.entry_date" if name in WITH_KEY else name),
            )

    def translations(self, translated: Mapping[str, frozenset[str]]) -> None:
        """`translated` holds the sentences that each language has a translation of."""
        for language in self.pack.office.languages:
            if language == "en":
                continue
            if not translated.get(language):
                self.report.add(
                    self.report.place(self.pack.office, "languages"),
                    say("There are no translations for “{language}”.", language=language),
                    say("Add assets/translations/{language}.po, or remove the language.", language=language),
                )
                continue
            first = dict(reversed(list(texts_of(self.pack, self.report))))
            for msgid in first.keys() - translated[language]:
                self.report.add(
                    first[msgid],
                    say("“{text}” has no translation in {language}.", text=msgid, language=language),
                    say("Add it to assets/translations/{language}.po.", language=language),
                )

    def calendar(self, today: date) -> None:
        for year in sorted({today.year, today.year + 1} - self.pack.calendar.years):
            self.report.add(
                Place("assets/calendars", 0),
                say("There is no holiday calendar for {year}.", year=year),
                say("Add a file with the State Council's notice for {year}.", year=year),
            )
