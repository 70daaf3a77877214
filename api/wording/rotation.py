"""What a reassignment or rotation would break, and why a rotation cannot be."""

from __future__ import annotations

ROTATION: dict[str, tuple[str, ...]] = {}
