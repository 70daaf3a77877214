"""How many steps a search may still make, by number or by the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Steps:
    """A budget of steps, bounded by a number, by a moment, or both, and by a wish to stop.

    Where only the number bounds it, what it yields does not depend on the machine.
    """

    def __init__(self, most: int, seconds: float | None, stopped: Callable[[], bool] | None = None) -> None:
        self.most = most
        self._seconds = seconds
        self._began = time.monotonic()
        self._stopped = stopped
        self.taken = 0
        #: How often the routes met on the way were packed anew.
        self.packings = 0

    @classmethod
    def of_number(cls, most: int) -> Steps:
        """Exactly ``most`` steps."""
        return cls(most, None)

    @property
    def timed(self) -> bool:
        """Whether the clock has a say."""
        return self._seconds is not None

    @property
    def seconds_left(self) -> float:
        """What the clock leaves; infinite where it has no say."""
        if self._seconds is None:
            return math.inf
        return max(0.0, self._began + self._seconds - time.monotonic())

    @property
    def spent(self) -> float:
        """How much of the budget is spent, 0…1."""
        by_number = self.taken / self.most
        if self._seconds is None:
            return min(1.0, by_number)
        return min(1.0, max(by_number, 1.0 - self.seconds_left / self._seconds))

    def take(self, wanted: int) -> int:
        """Take up to ``wanted`` steps; how many may be made now, 0 once the budget is spent."""
        if self.seconds_left <= 0.0 or (self._stopped is not None and self._stopped()):
            return 0
        granted = min(wanted, self.most - self.taken)
        self.taken += granted
        return granted
