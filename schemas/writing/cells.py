"""What may stand in a cell, and what keeps text a text.

A spreadsheet computes a text that begins like a formula (CWE-1236): such text is marked, in a workbook by the
cell's own mark of a leading apostrophe, in CSV by the apostrophe itself, which our readers take off again.
Numbers are numbers: a negative debt is never marked.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

Value = str | int | float | Decimal | date | None
"""A moment (datetime) is written as text with its zone: a spreadsheet has none."""

# The typographic minus and the full-width signs are read as the plain ones by some spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "−", "＝", "＋", "－", "＠")
MARK = "'"


def begins_formula(text: str) -> bool:
    """Say whether a spreadsheet might compute this text."""
    return not text[:1].isalnum() and text.lstrip(" ").startswith(FORMULA)


def marked(text: str) -> str:
    """Return a text as CSV may hold it."""
    return MARK + text if begins_formula(text) else text


def unmarked(text: str) -> str:
    """Return a text without the apostrophe that :func:`marked` put before it."""
    return text[1:] if text.startswith(MARK) and begins_formula(text[1:]) else text


def readable(sign: str) -> str:
    """Return what stands for a character that cannot be written, so that a person can find out which it was."""
    return f"[U+{ord(sign):04X}]"
