"""Ledgers as lenders send them: CSV and XLSX in, typed rows and their problems out.

    with open_ledger(stream, "ledger.xlsx") as ledger:
        for row in ledger.rows():
            ...

Nothing here stores anything or speaks any language: problems are codes and facts.
"""

from schemas.ledger.coordinates import Area
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.reading import LedgerFile, LedgerOptions, open_ledger
from schemas.ledger.refusals import LedgerRefused, Notice, RowProblem
from schemas.ledger.rows import LedgerGuarantor, LedgerRow, LoanValues

__all__ = [
    "Area",
    "LedgerColumn",
    "LedgerFile",
    "LedgerGuarantor",
    "LedgerLimits",
    "LedgerOptions",
    "LedgerRefused",
    "LedgerRow",
    "LoanValues",
    "Notice",
    "RowProblem",
    "open_ledger",
]
