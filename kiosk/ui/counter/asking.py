"""What the clerk's window asks of the person's own screen, and what comes back from there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from kiosk.model.case import ActionView, CaseView
from kiosk.model.text import Text, say
from kiosk.ui.counter.strip import Strip
from kiosk.ui.person import PersonWindow

ANSWERS: dict[str, tuple[Text, str]] = {
    "notice": (say("The person has acknowledged the notice."), "done"),
    "right": (say("The person says that the application is right."), "done"),
    "wrong": (say("The person says that something in the application is wrong. Ask what."), "warning"),
    "confirmed": (say("The person has confirmed employer and work."), "done"),
    "not_confirmed": (
        say("The person does not confirm this. Ask again alone, without the employer."),
        "warning",
    ),
}


class Asking(QObject):
    """Shows pages on the person's screen; the person presses there, nobody for him."""

    told = Signal(object, str)  # a Text for the status bar, its state

    def __init__(self, person: PersonWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._person = person

    def notice(self, view: CaseView) -> None:
        """The notice; once it is acknowledged, the application read back."""
        self._person.show_beside()
        if view.facts.get("case.notice_acknowledged"):
            self._person.show_application(view.case)
            self.told.emit(say("The person reads the application on their screen."), "")
        else:
            self._person.show_notice(view.case)
            self.told.emit(say("The person reads the notice on their screen."), "")

    def confirmation(self, view: CaseView, action: ActionView, strip: Strip) -> None:
        """Only the person himself confirms, and only while nobody looks over his shoulder."""

        def go_on() -> None:
            strip.dismiss()
            self._person.show_beside()
            self._person.show_confirmation(view.case, action.stage, action.key)
            self.told.emit(say("The person answers on their own screen."), "")

        text = say("The representative does not look at the person's screen now.")
        strip.tell(text, "warning", (say("That is so"), go_on), focus=True)

    def answered(self, how: str, strip: Strip) -> None:
        """`how` is a word of `PersonWindow.done`."""
        text, state = ANSWERS[how]
        self.told.emit(text, state)
        if state == "warning":
            strip.tell(text, state)
