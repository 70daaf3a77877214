"""Read the outcomes that came in from phones, for the office."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from api.auth.actor import Actor
from api.store.models import Household, Outcome, OutcomeReview, Team, Village
from api.usecases import rows
from api.usecases.context import settings, store
from api.vault import mask_name
from api.wording.places import village_label


def list_outcomes(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the outcomes in the actor's area, each with the review that is open about it."""
    reported = aliased(Household)
    wanted = (
        select(Outcome, Household, Village, Team.name)
        .join(reported, reported.id == Outcome.household_id)
        # A household that was joined to another since is shown as the one door that it is.
        .join(Household, Household.id == func.coalesce(reported.merged_into_id, reported.id))
        .outerjoin(Village, Village.id == Household.village_id)
        .outerjoin(Team, Team.id == Outcome.team_id)
        .where(Household.branch_id.in_(actor.branches))
    )
    if query["date"] is not None:
        begins = datetime.combine(query["date"], time.min, settings().zone)
        ends = datetime.combine(query["date"] + timedelta(days=1), time.min, settings().zone)
        wanted = wanted.where(Outcome.server_time >= begins, Outcome.server_time < ends)
    with store().read() as session:
        found, following = rows.page(session, wanted, Outcome.id, query["limit"], query["cursor"])
        open_reviews = select(OutcomeReview.outcome_id, OutcomeReview.code).where(
            OutcomeReview.outcome_id.in_([row[0].id for row in found]), OutcomeReview.settled_at.is_(None)
        )
        reviews = dict(session.execute(open_reviews).all())
        return {
            "items": [_shown(row[0], row[1], row[2], row[3], reviews.get(row[0].id)) for row in found],
            "next": following,
        }


def _shown(
    outcome: Outcome, household: Household, village: Village | None, team_name: str | None, review: str | None
) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "household": household.id,
        "name": mask_name(household.name),
        "village": household.village_id,
        "village_name": village_label(village) or None,
        "team": outcome.team_id,
        "team_name": team_name,
        "stop": outcome.stop_id,
        "plan_version": outcome.plan_version,
        "kind": outcome.kind,
        "device_time": outcome.device_time,
        "server_time": outcome.server_time,
        "promise_on": outcome.promise_on,
        "promise_amount": outcome.promise_amount,
        "paid_amount": outcome.paid_amount,
        "review": review,
    }
