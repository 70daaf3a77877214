"""Compile the search now, so that no plan waits for it: ``python -m routing.solve.core.compile``.

Set-up does this; harmless where it was done before or where there is no numba.
"""

from __future__ import annotations

from routing.solve.core import compiled

if __name__ == "__main__":
    compiled()
