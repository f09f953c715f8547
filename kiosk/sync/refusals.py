"""No answer, or a refusal: what the client raises, in sentences that a person understands."""

from __future__ import annotations

import msgspec
from httpx import Response

from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.sync import protocol
from kiosk.sync.protocol import MEDIA_TYPE, Problem

REVOKED = say("This terminal was revoked. What is entered here is kept, but passed on to nobody.")
REASONS = {
    "unknown_terminal": say("The central system does not know this terminal."),
    "signature": say("The central system could not verify this terminal's signature."),
    "clock": say("This terminal's clock is wrong: the central system refuses what it sends. Set the clock."),
    "session": say("The central system was started anew. It will be tried again."),
    "replayed": say("The central system took this request for a repeated one."),
    "revoked": REVOKED,
    "too_old": protocol.TOO_OLD,
    "too_new": protocol.TOO_NEW,
    "not_yours": say("The central system does not give this to this terminal."),
    "gap": say("The central system misses earlier entries of this terminal."),
    "epoch": say("The central system was restored. It is given first what it lacks."),
    "ahead": say("The central system knows less than it told this terminal before. Both are compared."),
    "fork": say("The central system has other entries under this terminal's name."),
    "too_large": say("This is more than the central system takes at once."),
    "busy": say("The central system is busy at the moment. Nothing was lost; try again later."),
    "code_taken": say("Another terminal of this office has the same code."),
}


class Unreachable(KioskError):
    """No answer, or none that could be read: the line, the machine or the program at the other end."""

    def __init__(self) -> None:
        super().__init__(say("The central system cannot be reached."))


class Unanswered(KioskError):
    """What was asked for may have been done or not: the line broke before the answer."""

    def __init__(self) -> None:
        super().__init__(
            say(
                "No answer came: it is not known here which passphrase counts. When this terminal is "
                "connected again, sign in with the new one; if that is refused, the old one counts."
            )
        )


class WrongCentre(KioskError):
    """Somebody else answers where the invitation says that the central system is."""

    def __init__(self) -> None:
        super().__init__(
            say("The machine that answers is not the central system of this invitation. Nothing was sent.")
        )


class Refusal(KioskError):
    """The central system said no. `retry_after` is the time in seconds it asks to be left alone."""

    def __init__(self, problem: Problem, status: int, retry_after: float = 0.0) -> None:
        own = None if problem.kind == "busy" and problem.reason else REASONS.get(problem.kind)
        super().__init__(own or sentence(problem.reason, problem.slots))
        self.problem, self.status, self.retry_after = problem, status, retry_after


def refused(answer: Response) -> Refusal:
    """The refusal in an answer; one that is in no shape of ours is said by its status."""
    try:
        if answer.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            problem, _ = protocol.unpack(answer.content, Problem)
        else:
            problem = msgspec.json.decode(answer.content, type=Problem)
    except (KioskError, msgspec.MsgspecError):
        kinds = {413: "too_large", 429: "busy", 503: "busy"}
        problem = Problem(kinds.get(answer.status_code, "wrong"))
    after = answer.headers.get("Retry-After", "")
    return Refusal(problem, answer.status_code, float(after) if after.isascii() and after.isdigit() else 0.0)


def sentence(template: str, slots: dict[str, str]) -> Text:
    """A sentence that came over the wire; one that cannot be said is replaced."""
    text = Text(template, slots)
    try:
        said = str(text)
    except (LookupError, ValueError, AttributeError):
        said = ""
    return text if said else say("The central system refuses this.")
