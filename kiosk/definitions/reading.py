"""Reads the files of an office pack into an `OfficePack`, noting what does not fit.

FOLDER/workflows/*.yaml          one track each
FOLDER/forms/*.yaml              one form each
FOLDER/assets/office.yaml        the office: names, numbers, departments, roles
FOLDER/assets/profiles.yaml      kinds of permit
FOLDER/assets/texts.yaml         texts by key
FOLDER/assets/codes/*.yaml       code lists; the file's name is the list's
FOLDER/assets/calendars/*.yaml   holidays, one year each
FOLDER/assets/translations/*.po  one language each
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from kiosk.definitions.building import Builder
from kiosk.definitions.catalogue import BadCatalogue, Message, read_catalogue, slots
from kiosk.definitions.findings import WARNING, Report, unreadable
from kiosk.definitions.lines import Mapped, Place, Unreadable, place_in, read_yaml
from kiosk.definitions.pinning import pin
from kiosk.model.forms import FormDefinition
from kiosk.model.office import Calendar, Code, Office, OfficePack, PermitProfile
from kiosk.model.text import Translator, say
from kiosk.model.workflow import TrackDefinition


class Holidays(msgspec.Struct, frozen=True):
    """Days off from one day to another, both counted; `from_` is written `from`."""

    from_: date
    to: date


class Year(msgspec.Struct, frozen=True):
    """One calendar file. `provisional`: the year's official notice was not out yet."""

    year: int
    source: str
    holidays: tuple[Holidays, ...]
    workdays: tuple[date, ...]
    provisional: bool = False


class Reading(msgspec.Struct, frozen=True):
    """A pack as far as it could be read, its translations entry by entry, and the findings so far."""

    pack: OfficePack | None
    messages: Mapping[str, tuple[Message, ...]]
    report: Report


def read_folder(folder: Path) -> Reading:
    """Reads everything; nothing is raised, the report says what is wrong."""
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = Report()
        self.build = Builder(self.report)

    def read(self) -> Reading:
        messages = {path.stem: self._messages(path) for path in self._files("assets/translations", "po")}
        office = self._office()
        tracks = {track.key: track for track in self._tracks()}
        forms = {form.key: form for form in self._forms()}
        codes = self._codes()
        profiles = self._profiles()
        calendar = self._calendar()
        if office is None:
            return Reading(None, messages, self.report)
        catalogues = {language: {m.msgid: m.msgstr for m in found} for language, found in messages.items()}
        pins = {key: pin(track, forms, codes) for key, track in tracks.items()}
        pack = OfficePack(
            office=office,
            tracks=tracks,
            forms=forms,
            codes=codes,
            profiles=profiles,
            calendar=calendar,
            translators={
                language: Translator(language, catalogues.get(language, {})) for language in office.languages
            },
            digests={key: digest for key, (digest, _) in pins.items()},
            sources=dict(pins.values()),
        )
        return Reading(pack, messages, self.report)

    def _files(self, folder: str, suffix: str) -> list[Path]:
        found = sorted((self.folder / folder).glob(f"*.{suffix}"))
        if not found:
            self.report.add(
                Place(folder, 0),
                say("There is no .{suffix} file here.", suffix=suffix),
                say("Copy this folder from the sample pack and change it."),
            )
        return found

    def _load(self, path: Path) -> Any:
        """The data of a file, or None with a finding."""
        name = path.relative_to(self.folder).as_posix()
        try:
            node = read_yaml(path, name)
            if node is not None:
                return node
            found = say("This file is empty."), say("Copy it from the sample pack, or remove it.")
            self.report.add(Place(name, 1), *found)
        except Unreadable as error:
            self.report.add(error.place, *unreadable(error))
        except FileNotFoundError:
            found = say("This file is missing."), say("Copy it from the sample pack and change it.")
            self.report.add(Place(name, 0), *found)
        except OSError as error:
            self.report.add(
                Place(name, 0),
                say("This file cannot be opened: {detail}.", detail=error.strerror or ""),
                say("Allow this program to read it."),
            )
        self.report.unread = True
        return None

    def _office(self) -> Office | None:
        name = "assets/office.yaml"
        node = self._load(self.folder / name)
        texts = self._texts()
        return self.build.make(Office, node, Place(name, 1), {"texts": texts}) if node is not None else None

    def _texts(self) -> dict[str, str]:
        node = self._load(self.folder / "assets/texts.yaml")
        if not isinstance(node, Mapped):
            return {}
        for key, value in node.items():
            if not isinstance(value, str):
                self.report.add(
                    place_in(node, [key]),
                    say("The text “{key}” is not a sentence.", key=key),
                    say("Put it in quotation marks."),
                )
        return self.report.keep({key: str(value) for key, value in node.items()}, node)

    def _tracks(self) -> Iterator[TrackDefinition]:
        yield from self._each("workflows", self.build.track)

    def _forms(self) -> Iterator[FormDefinition]:
        yield from self._each("forms", self.build.form)

    def _each(self, folder: str, make: Any) -> Iterator[Any]:
        """One object a file; the key must be the file's name, so that a key is found by its file."""
        for path in self._files(folder, "yaml"):
            node = self._load(path)
            name = path.relative_to(self.folder).as_posix()
            thing = make(node, Place(name, 1)) if node is not None else None
            if thing is None:
                continue
            if thing.key != path.stem:
                self.report.add(
                    self.report.place(thing, "key"),
                    say("The key “{key}” is not the file's name.", key=thing.key),
                    say("Write “key: {name}” or rename the file.", name=path.stem),
                )
            yield thing

    def _codes(self) -> dict[str, dict[str, Code]]:
        lists = {}
        for path in self._files("assets/codes", "yaml"):
            name = path.relative_to(self.folder).as_posix()
            lists[path.stem] = self.build.codes(self._load(path), Place(name, 1))
        return lists

    def _profiles(self) -> dict[str, PermitProfile]:
        name = "assets/profiles.yaml"
        node = self._load(self.folder / name)
        items = node.get("profiles") if isinstance(node, Mapped) else None
        made = self.build.each(items, Place(name, 1), lambda n, p: self.build.make(PermitProfile, n, p))
        self.build.once(say("permit profile"), made)
        return {profile.key: profile for profile in made}

    def _calendar(self) -> Calendar:
        years = [year for year in map(self._year, self._files("assets/calendars", "yaml")) if year]
        days = {
            item.from_ + timedelta(days=number)
            for year in years
            for item in year.holidays
            for number in range((item.to - item.from_).days + 1)
        }
        workdays = frozenset(day for year in years for day in year.workdays)
        return Calendar(frozenset(days) - workdays, workdays, frozenset(year.year for year in years))

    def _year(self, path: Path) -> Year | None:
        name = path.relative_to(self.folder).as_posix()
        node = self._load(path)
        if node is None:
            return None
        holidays = self.build.each(
            node.get("holidays") if isinstance(node, Mapped) else None,
            Place(name, 1),
            lambda n, p: self.build.make(Holidays, n, p),
        )
        year = self.build.make(Year, node, Place(name, 1), {"holidays": holidays})
        if year is None:
            return None
        for item in holidays:
            if item.from_ > item.to or {item.from_.year, item.to.year} != {year.year}:
                self.report.add(
                    self.report.place(item),
                    say("These days do not lie in {year}, or end before they begin.", year=year.year),
                    say("Write the first and the last day off, both in {year}.", year=year.year),
                )
        if year.provisional:
            self.report.add(
                self.report.place(year, "provisional"),
                say(
                    "The calendar of {year} is provisional: the official notice is not in it.", year=year.year
                ),
                say("Enter the State Council's notice when it is out, and remove “provisional”."),
                WARNING,
            )
        return year

    def _messages(self, path: Path) -> tuple[Message, ...]:
        name = path.relative_to(self.folder).as_posix()
        try:
            messages = read_catalogue(path)
        except BadCatalogue as error:
            self.report.add(
                Place(name, error.line),
                say("This line of the translations cannot be read."),
                say("Write msgid or msgstr and a text in quotation marks."),
            )
            self.report.unread = True
            return ()
        except (OSError, UnicodeDecodeError):
            self.report.add(Place(name, 0), say("This file is not UTF-8 text."), say("Save it as UTF-8."))
            self.report.unread = True
            return ()
        return tuple(message for message in messages if self._slots_agree(message, name))

    def _slots_agree(self, message: Message, name: str) -> bool:
        """A translation with another slot than its sentence would fail when it is said."""
        if "{" not in message.msgid and "{" not in message.msgstr and "}" not in message.msgstr:
            return True
        try:
            agree = not message.msgstr or slots(message.msgstr) == slots(message.msgid)
        except ValueError:
            agree = False
        if not agree:
            self.report.add(
                Place(name, message.line),
                say("The translation has other slots than its sentence."),
                say("Use exactly the words in curly brackets that the sentence has."),
            )
        return agree
