"""The person's own screen: a second window of the counter, in his language, large and calm."""

from kiosk.ui.person.window import PersonWindow

__all__ = ["PersonWindow"]
