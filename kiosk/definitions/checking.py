"""The parts that all checks of a pack share."""

from __future__ import annotations

import re
from collections.abc import Collection

from kiosk.definitions.findings import Report
from kiosk.model.forms import FieldDefinition
from kiosk.model.office import OfficePack
from kiosk.model.text import Text, say
from kiosk.model.workflow import Paper

KEY = re.compile("[a-z][a-z0-9_]*")


class Check:
    """Looks at one pack and adds findings to its report."""

    def __init__(self, pack: OfficePack, report: Report) -> None:
        self.pack = pack
        self.report = report
        self.fields = {field.key: field for form in pack.forms.values() for field in form.fields}

    def known(
        self, thing: object, path: tuple[str | int, ...], what: Text, name: str, known: Collection[str]
    ) -> None:
        """A finding where `name`, which stands under `path` of `thing`, is not among the known ones."""
        if name not in known:
            self.report.unknown(self.report.place(thing, *path), what, name, known)

    def key(self, thing: object, path: tuple[str | int, ...], key: str) -> None:
        """A finding where a key is not one word of small letters: it stands in the journal for ever."""
        if not KEY.fullmatch(key):
            self.report.add(
                self.report.place(thing, *path),
                say("The key “{key}” is not made of small letters, digits and _.", key=key),
                say("Write it like “room_number”: it stands in the journal for ever."),
            )

    def each(
        self, thing: object, key: str, what: Text, found: Collection[str], known: Collection[str]
    ) -> None:
        for number, name in enumerate(found):
            self.known(thing, (key, number), what, name, known)

    def shown(self, thing: FieldDefinition | Paper) -> None:
        """`show_when` names a field and codes of its list."""
        for key, values in thing.show_when.items():
            self.known(thing, ("show_when", key), say("field"), key, self.fields)
            if key in self.fields and self.fields[key].codes in self.pack.codes:
                for value in values:
                    codes = self.pack.codes[self.fields[key].codes]
                    self.known(thing, ("show_when", key), say("code"), value, codes)
