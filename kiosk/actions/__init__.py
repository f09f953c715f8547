"""Actions: the only way anything is written. Screens and commands know `Desk` and nothing below it."""
