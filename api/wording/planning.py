"""Why a visit was left out, why a team was not offered, why a plan failed."""

from __future__ import annotations

from api.wording.words import n

PLANNING: dict[str, tuple[str, ...]] = {
    "no_village": (n("The village of this household is not known. Name it in Villages or in the ledger."),),
    "no_territory": (n("The village belongs to no territory, so no team comes there."),),
    "alone": (n("The team has fewer people than the policy asks for; nobody works alone."),),
    "start_without_place": (n("The branch has no place on the map, so no route can start there."),),
    "nobody_knows_the_territory": (n("Nobody in the team knows the territory or has its leader's handover notes."),),
    "solver_timed_out": (n("The planner took too long and was ended. Try again, or plan fewer territories at once."),),
    "solver_crashed": (n("The planner ended unexpectedly. The plan was not stored; try again."),),
    "plan_rejected": (n("The plan broke a rule when it was checked, so it was not stored. Please report this."),),
    "worker_lost": (n("The background worker stopped while this plan was drawn up. Ask for it again."),),
    "unexpected": (n("Something went wrong on our side. The plan was not stored; try again."),),
}
