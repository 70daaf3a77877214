"""How large a ledger may be, in bytes, rows and columns. What is over a limit is refused, never cut."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerLimits:
    """``bytes``: the file; ``columns`` and ``rows``: the table; ``empty_rows``: without a break.

    ``line``: characters of one record of a CSV. The rest guards workbooks, which are archives:
    ``unpacked`` bytes in all, ``strings`` bytes of shared strings, ``other_part`` bytes of any part
    that is not a sheet, ``ratio`` of unpacked to packed bytes (of parts over ``ratio_from`` bytes),
    ``parts`` of the archive, ``sheets`` looked at.
    """

    bytes: int = 50_000_000
    columns: int = 256
    rows: int = 300_000
    empty_rows: int = 50_000
    line: int = 500_000
    unpacked: int = 600_000_000
    strings: int = 80_000_000
    other_part: int = 20_000_000
    ratio: int = 250
    ratio_from: int = 2_000_000
    parts: int = 2_000
    sheets: int = 30
