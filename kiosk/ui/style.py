"""The Qt style sheet. Names after $ stand in `theme.py`; role, kind and state are properties of widgets."""

from __future__ import annotations

import re
from string import Template

RULES = Template("""
* { font-size: ${body}px; color: $text; outline: none; }
QToolTip { background: $text; color: $surface; border: 0; padding: 8px; font-size: ${small}px; }

QLabel { background: transparent; }
QLabel[role="small"], QLabel[role="label"], QLabel[role="message"] { font-size: ${small}px; color: $second; }
QLabel[role="second"] { color: $second; }
QLabel[role="strong"] { font-weight: $strong; }
QLabel[role="lead"] { font-size: ${lead}px; font-weight: $strong; }
QLabel[role="title"] { font-size: ${title}px; font-weight: $strong; }
QLabel[role="display"] { font-size: ${display}px; font-weight: $strong; }
QLabel[role="tag"] {
    font-size: ${small}px; border-radius: 4px; padding: 0 6px; background: $hover; color: $second; }
QLabel[role="tag"][state="warning"] { background: $returned_soft; color: $returned; }
QLabel[role="tag"][state="error"] { background: $refused_soft; color: $refused; }
QLabel[role="tag"][state="done"] { background: $done_soft; color: $done; }
QLabel[role="tag"][state="accent"] { background: $accent_soft; color: $accent_dark; }
QLabel[role="tag"][state="contested"] { background: $contested_soft; color: $contested; }
QLabel[role="key"] {
    font-size: 13px; color: $second; background: $hover; border-radius: 4px; padding: 1px 6px; }
QLabel[role="touch"] { font-size: 42px; }
QLabel[role="public"] { font-size: 24px; }
QLabel[role="publicsmall"] { font-size: ${lead}px; color: $second; }
QLabel[state="error"] { color: $refused; }
QLabel[state="warning"] { color: $returned; }
QLabel[state="contested"] { color: $contested; }
QLabel[state="done"] { color: $done; }

QFrame[role="surface"] { background: $surface; border: 1px solid $hairline; border-radius: 8px; }
QFrame[role="panel"] { background: $surface; border: 0; border-left: 1px solid $hairline; }
QFrame[role="bar"] { background: $surface; border: 0; border-bottom: 1px solid $hairline; }
QFrame[role="foot"] { background: $surface; border: 0; border-top: 1px solid $hairline; }
QFrame[role="rail"] { background: $ground; border: 0; border-right: 1px solid $hairline; }
QFrame[role="line"] { background: $hairline; border: 0; max-height: 1px; min-height: 1px; }
QFrame[role="notice"] { background: $accent_soft; border: 0; border-radius: 8px; }
QFrame[role="notice"][state="warning"] { background: $returned_soft; }
QFrame[role="notice"][state="error"] { background: $refused_soft; }
QFrame[role="notice"][state="contested"] { background: $contested_soft; }

QLineEdit, QPlainTextEdit {
    background: $surface; border: 1px solid $border; border-radius: 4px; padding: 0 9px;
    selection-background-color: $accent; selection-color: $surface; }
QPlainTextEdit { padding: 4px 5px; }
QLineEdit:hover, QPlainTextEdit:hover { border-color: $text; }
QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid $accent; padding: 0 8px; }
QPlainTextEdit:focus { padding: 3px 4px; }
QLineEdit[state="fresh"] { background: $accent_soft; }
QLineEdit[state="error"] { border: 2px solid $refused; padding: 0 8px; background: $refused_soft; }
QPlainTextEdit[state="error"] { border: 2px solid $refused; padding: 3px 4px; background: $refused_soft; }
QLineEdit[state="warning"], QPlainTextEdit[state="warning"] { border-color: $returned; }
QLineEdit[state="contested"] { border: 2px solid $contested; padding: 0 8px; }
QLineEdit:read-only {
    background: transparent; border: 0; border-bottom: 1px solid $hairline; border-radius: 0; padding: 0; }
QLineEdit:read-only:focus { border-bottom: 2px solid $accent; padding: 0; }
QLineEdit[density="touch"] { font-size: 42px; border-radius: 8px; padding: 0 24px; }
QLineEdit[kind="scan"] {
    background: $ground; border: 1px solid $hairline; border-radius: 16px;
    padding: 4px 16px 0 36px; }
QLineEdit[kind="scan"]:focus {
    background: $surface; border: 2px solid $accent; padding: 4px 15px 0 35px; }

QPushButton {
    background: $surface; border: 1px solid $border; border-radius: 4px;
    padding: 0 16px; min-height: 34px; }
QPushButton:hover { background: $hover; border-color: $text; }
QPushButton:focus { border: 2px solid $accent; padding: 0 15px; min-height: 32px; }
QPushButton:pressed { background: $accent_soft; }
QPushButton[kind="primary"] {
    background: $accent; color: $surface; border-color: $accent; font-weight: $strong; padding: 0 24px; }
QPushButton[kind="primary"]:hover { background: $accent_dark; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 0 23px; }
QPushButton[measure="main"] { min-height: 46px; }
QPushButton[measure="main"]:focus { min-height: 44px; }
QPushButton[measure="tall"] { min-height: 54px; }
QPushButton[measure="tall"]:focus { min-height: 52px; }
QPushButton[kind="danger"] { color: $refused; border-color: $refused; }
QPushButton[kind="danger"]:hover { background: $refused_soft; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; padding: 0 9px; }
QPushButton[kind="quiet"][state="error"] { color: $refused; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; padding: 0 8px; }
QPushButton[kind="quiet"]:checked { background: $accent_soft; color: $accent_dark; font-weight: $strong; }
QPushButton:disabled, QPushButton[closed="true"] {
    color: $second; border-color: $hairline; background: $ground; font-weight: $regular; }
QPushButton[closed="true"]:focus { border-color: $second; }
QPushButton[kind="segment"] { padding: 0 8px; min-width: 40px; }
QPushButton[kind="segment"]:checked {
    background: $accent_soft; border-color: $accent; color: $accent_dark; font-weight: $strong; }
QPushButton[kind="option"] { text-align: left; padding: 0 12px; }
QPushButton[kind="option"]:checked {
    background: $accent_soft; border-color: $accent; color: $accent_dark; font-weight: $strong; }
QPushButton[density="touch"] {
    font-size: 42px; min-height: 96px; border-radius: 8px; padding: 0 40px; border-width: 2px; }
QPushButton[density="public"] {
    font-size: 24px; min-height: 64px; border-radius: 8px; padding: 0 32px; border-width: 2px; }
QPushButton[kind="rail"] {
    background: transparent; border: 0; border-radius: 4px; text-align: left;
    padding: 0 8px; min-height: 32px; }
QPushButton[kind="rail"]:hover { background: $hover; }
QPushButton[kind="rail"]:checked { background: $accent_soft; color: $accent_dark; font-weight: $strong; }
QPushButton[kind="rail"]:focus { border: 2px solid $accent; padding: 0 6px; min-height: 28px; }

QTableView, QListView { background: $surface; border: 0; }
QHeaderView, QHeaderView::section { background: $surface; border: 0; }
QHeaderView::section:first { padding-left: 16px; }
QHeaderView::section {
    color: $second; font-size: ${small}px; border-bottom: 1px solid $hairline; padding: 0 8px; }
QListWidget[role="choices"] {
    border: 1px solid $border; border-radius: 4px; padding: 3px; background: $surface; }
QListWidget[role="choices"]::item { padding: 0 8px; border-radius: 4px; }
QListWidget[role="choices"]::item:selected { background: $accent_soft; color: $accent_dark; }

QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: #C3CCCB; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 40px; }
QScrollBar::handle:horizontal { min-width: 40px; }
QScrollBar::handle:hover { background: $border; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QCheckBox { spacing: 8px; min-height: 32px; }
QCheckBox::indicator { width: 22px; height: 22px; }
""")

DOWN, LEAST = 4, 26  # px: how far Burmese text is let down, and what its letters need
# Buttons that bear the name of a language in its own script, whatever the language of the screen is.
NAMED = (("", 34), ('[kind="rail"]', 32), ('[measure="tall"]', 54), ('[measure="tall"]:focus', 52))


def own_names() -> str:
    """The rules for these buttons."""
    return "\n".join(
        f'QPushButton[script="{script}"]{which} {{ padding-top: {down}px; '
        f"min-height: {height - down}px; max-height: {height - down}px; }}"
        for script, down in (("my", DOWN), ("zh", 0), ("en", 0))
        for which, height in NAMED
    )


def for_burmese(rules: str) -> str:
    """The rules with the text of buttons let down, each button as high as in the other languages.

    The Burmese font has a line of twice its letters' height, and the letters stand high in it: the line may
    be higher than the room for it, for what is cut off is empty.
    """

    def let_down(rule: re.Match[str]) -> str:
        height = re.search(r"min-height: (\d+)px", rule[0])
        down = min(DOWN, int(height[1]) - LEAST) if height else DOWN
        made = re.sub(r"padding: 0 (\d+)px", rf"padding: {down}px \1px 0", rule[0])
        if not height:
            return made
        room = int(height[1]) - down
        return made.replace(height[0], f"min-height: {room}px; max-height: {room}px")

    return re.sub(r"^QPushButton[^{]*\{[^}]*\}", let_down, rules, flags=re.MULTILINE)
