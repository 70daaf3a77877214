"""Why a visit was left out or is where it is, why a team was not offered, why a plan failed."""

from __future__ import annotations

from api.wording.words import n

PLANNING: dict[str, tuple[str, ...]] = {
    # routing.explain, left out: impossible
    "no_shift": (n("No team works here on that day."),),
    "shift_not_allowed": (
        n("No team of that day may go there: somebody in each of them granted a loan here or lives in this village."),
    ),
    "no_team_has_skill": (n("Nobody in a team that may go there can do what this visit asks for: %(skills)s."),),
    "no_shift_on_its_days": (n("Nobody works here on the days that suit this visit, %(from)s to %(until)s."),),
    "no_place": (n("Neither the door's place is known, nor its village's, nor its town's. Put the village on the map."),),
    "no_value": (n("The visit is worth nothing by the rules in force."),),
    "no_way": (n("No way there or back is known for any team that may go."),),
    "no_road": (n("The nearest road is %(metres)s m away; nobody is sent farther than %(limit_metres)s m on foot."),),
    "window_outside_shift": (
        n("The hours in which visits are allowed there, %(opens_at)s to %(closes_at)s, lie outside the teams' shifts."),
    ),
    "service_exceeds_shift": (n("The visit takes %(service_seconds)s, longer than any shift."),),
    "too_far": (n("The way there and back and the visit take %(needs_seconds)s; the shift has %(shift_seconds)s."),),
    "rest_does_not_fit": (
        n(
            "The rest of %(rest_seconds)s does not fit between %(earliest_at)s and %(latest_at)s, so the shift cannot go."
        ),
    ),
    "not_even_alone": (
        n("Even as the only visit of the day, the team would be back %(late_seconds)s late."),
        n("Even as the only visit of the day it cannot be made within its hours."),
    ),
    # routing.explain, left out: possible, but not in this plan
    "no_room": (
        n(
            "It does not fit beside the visits chosen: it was tried at %(spots)s places in the routes, and at the "
            "best of them the team would be %(late_seconds)s late."
        ),
        n("It does not fit beside the visits chosen: at all %(spots)s places in the routes its hours are missed."),
    ),
    "no_room_anywhere": (
        n("It does not fit beside the visits chosen: no route has a place for it that keeps its village in one run."),
    ),
    "overtime_too_dear": (
        n("It would take %(overtime_seconds)s of overtime, which costs more than the visit is worth."),
    ),
    "left_by_hand": (n("Whoever made this plan by hand left it out."),),
    # routing.relaxation: what would let it in, each alone
    "other_shift": (n("It could be made if %(team)s were allowed to go there."),),
    "without_skills": (n("%(team)s could make it if somebody in it could do this: %(skills)s."),),
    "other_hours": (n("It could be made by %(team)s if it were not bound to its hours."),),
    "longer_shift": (n("It could be made if the shift of %(team)s were %(need_seconds)s longer."),),
    "shorter_call": (n("%(team)s could make a visit of at most %(need_seconds)s there."),),
    "without_rest": (n("It could be made by %(team)s without the rest."),),
    # asked about, and not in the plan's problem
    "not_in_plan": (n("Its village belongs to no territory of this plan."),),
    "not_wanted": (n("No visit was due there when the plan was drawn up."),),
    # routing.check: rules that a plan made by hand may break
    "visited_twice": (n("This household stands in the plan %(times)s times."),),
    "skill_missing": (n("Nobody in %(team)s can do what this visit asks for: %(skill)s."),),
    "before_shift": (n("%(team)s would leave at %(starts_at)s, before its shift begins at %(shift_starts_at)s."),),
    "after_shift": (
        n("%(team)s would be back at %(ends_at)s, after its shift and any overtime end at %(shift_ends_at)s."),
    ),
    "outside_windows": (n("The team would arrive at %(arrives_at)s, outside the hours of this visit."),),
    "no_rest": (n("%(team)s has no rest."),),
    "rest_outside_bounds": (n("The rest of %(team)s would be at %(rest_at)s, outside the hours for it."),),
    "rest_during_call": (n("The rest of %(team)s would fall into a visit, at %(rest_at)s."),),
    "rest_over_start_or_end": (n("The rest of %(team)s would fall over the beginning or end of its route."),),
    "village_split": (n("A village would be visited in %(runs)s separate runs."),),
    "village_kept_whole": (n("It would fit only if a village were visited in two separate runs."),),
    # routing.explain, planned
    "must_be_made": (n("This visit must be made, so it comes before those that need not."),),
    "with_village": (n("The team is in this village for %(stops)s visits."),),
    "appointment": (n("Put into the hours asked for, %(opens_at)s to %(closes_at)s."),),
    "value_rank": (n("Number %(rank)s of %(of)s by value."),),
    # before the planner
    "by_town": (n("The village's place is not known: planned by the town of %(town)s."),),
    "no_village": (n("The village of this household is not known. Name it in Villages or in the ledger."),),
    "no_territory": (n("The village belongs to no territory, so no team comes there."),),
    "alone": (n("The team has fewer people than the policy asks for; nobody works alone."),),
    "start_without_place": (n("The branch has no place on the map, so no route can start there."),),
    "nobody_knows_the_territory": (n("Nobody in the team knows the territory or has its leader's handover notes."),),
    # the run as a whole
    "solver_timed_out": (n("The planner took too long and was ended. Try again, or plan fewer territories at once."),),
    "solver_crashed": (n("The planner ended unexpectedly. The plan was not stored; try again."),),
    "plan_rejected": (n("The plan broke a rule when it was checked, so it was not stored. Please report this."),),
    "worker_lost": (n("The background worker stopped while this plan was drawn up. Ask for it again."),),
    "unexpected": (n("Something went wrong on our side. The plan was not stored; try again."),),
}
