"""Reception registers a worker: the notice on his screen, his document, his portrait."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.demo.counter import CONTROL, MOST_FIELDS, Counter
from kiosk.demo.people import Worker, portrait

Key = Qt.Key
DIGITS = {"zh": Key.Key_1, "my": Key.Key_2, "en": Key.Key_3}


class Reception(Counter):
    """Where a case begins."""

    def register(self, worker: Worker) -> str:
        """Reception registers a worker; returns the case. A passport is scanned, a border pass typed."""
        hands, window = self.hands, self.window
        self.sit("R001")
        self._home()
        folder = self.inbox
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{worker.document_number}.jpg").write_bytes(portrait(worker))
        hands.begin("register with MRZ" if worker.mrz else "register without MRZ")
        hands.press(DIGITS[worker.language])
        bench = self.bench
        hands.until(lambda: bench.in_case, "no new case")
        hands.press(Key.Key_F8)
        self._person_reads_the_notice()
        hands.front(window)
        if worker.mrz:
            hands.scan(worker.mrz)
            hands.wait(200)
            self._look("scanned")
            hands.press(Key.Key_Return)
        else:
            self._type_border_pass(worker)
        hands.press(Key.Key_1)  # entered yesterday; stay, port and purpose are proposed, no phone
        hands.press(Key.Key_F6)
        accept = hands.find(window, "sheet.accept")  # once it may be pressed, the picture is there
        hands.until(accept.hasFocus, "the portrait does not wait for Enter")
        self._look("portrait")
        hands.press(Key.Key_Return)
        hands.until(lambda: not self._sheets("portrait"), "the portrait stays open")
        hands.wait(50)
        self._look("registration")
        hands.press(Key.Key_Return, CONTROL)  # takes what is proposed, too
        hands.begin("")
        self.last_document = "passport" if worker.mrz else "border_pass"
        case = self._case_of(worker)
        hands.until(lambda: self._state(case, "registration") == "done", "the worker is not registered")
        self.window.background.wait()
        hands.settle()
        return case

    def _person_reads_the_notice(self) -> None:
        person = self.person
        self.hands.until(
            lambda: bool(self._buttons(person, "person.next")), "no notice on the person's screen"
        )
        self._look("person-notice", person)
        for name in ("person.next", "person.understood"):
            while self._buttons(person, name):
                if name == "person.understood":
                    self._look("person-notice-end", person)
                self.hands.click(person, name)

    def _type_border_pass(self, worker: Worker) -> None:
        """The usual case in Ruili: no zone to read, so the pass is typed; proposals are taken by Enter.

        What is chosen by a digit and a date of eight digits go on by themselves.
        """
        typed = {
            "person.document_type": "1",
            "person.document_number": worker.document_number,
            "person.document_expiry": f"{worker.expiry:%Y%m%d}",
            "person.name": worker.name,
            "person.sex": worker.sex,
            "person.birth_date": f"{worker.birth:%Y%m%d}",
        }
        if self.last_document == "border_pass":
            del typed["person.document_type"]  # this window's last is proposed
        for _ in range(MOST_FIELDS):
            if self._focus().startswith("case.entry_date"):
                return
            here = self._focus()
            self.hands.type(typed.get(here.removesuffix(".input"), ""))
            if self._focus() == here:
                self.hands.press(Key.Key_Return)
        raise self.hands.stuck(f"typing the border pass ends at {self._focus()}")

    def _case_of(self, worker: Worker) -> str:
        found: list[str] = []

        def look() -> bool:
            person = self.desk.find_person(worker.document_number)
            found[:] = [row.case for row in person.cases] if person else []
            return bool(found)

        self.hands.until(look, "the worker was not registered")
        return found[0]
