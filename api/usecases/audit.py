"""Write an audit entry into the transaction of the deed it tells of."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from api.store.models import AuditEntry


def record(session: Session, by: str, action: str, subject: str | None = None, **detail: Any) -> None:
    """Note who (a pseudonym) did what to which row. ``detail`` must hold no personal data."""
    session.add(AuditEntry(by=by, action=action, subject=subject, detail=detail))
