"""What a reassignment or rotation would break, and why a rotation cannot be (codes of routing.rotation)."""

from __future__ import annotations

from api.wording.words import n

ROTATION: dict[str, tuple[str, ...]] = {
    "leader": (
        n(
            "%(people)s does not know enough of %(territories)s to lead it: %(knows_percent)s%%, %(needed_percent)s%% is needed."
        ),
        n("%(territories)s has no leader who knows it."),
    ),
    "people_min": (
        n("%(territories)s has %(people)s people; at least %(people_min)s are needed."),
        n("There are too few people for %(territories)s."),
    ),
    "people_max": (
        n("%(territories)s has %(people)s people; at most %(people_max)s are wanted."),
        n("There are too many people for %(territories)s."),
    ),
    "skill": (n("Nobody in the group of %(territories)s has the skill “%(skill)s”."),),
    "apart": (n("%(people)s are to be kept apart, but both are in %(territories)s."),),
    "cool_off": (
        n(
            "%(people)s was in %(territories)s %(periods_ago)s periods ago; the cool-off is %(cool_off_periods)s periods."
        ),
        n("%(people)s may not return to %(territories)s yet (cool-off)."),
    ),
    "conflict": (
        n(
            "%(people)s granted or lives beside %(percent)s%% of the accounts of %(territories)s; %(max_percent)s%% is the limit."
        ),
        n("%(people)s has a conflict of interest in too much of %(territories)s."),
    ),
    "commute": (
        n("%(people)s would need %(minutes)s minutes to %(territories)s; %(max_minutes)s is the limit."),
        n("%(territories)s is too far from the home of %(people)s."),
    ),
    "banned": (n("%(territories)s is closed to %(people)s."),),
    "leave": (n("%(people)s is away for most of the period."),),
    "unplaced": (n("%(people)s would have no place."),),
    "person_twice": (n("%(people)s would have two places at once."),),
    "person_unknown": (n("Somebody placed is not known."),),
    "territory_unknown": (n("A territory is not known."),),
    "granted_loans": (n("%(people)s granted %(accounts)s loans in %(territories)s; another team visits those."),),
    "home_village": (
        n("%(people)s lives in %(territories)s, beside %(accounts)s accounts; another team visits those."),
    ),
    "blocked_households": (
        n(
            "%(territories)s has only one team, so %(accounts)s accounts that %(people)s may not visit are visited by nobody."
        ),
    ),
    "commute_unknown": (n("How far %(territories)s is from the home of %(people)s is not known."),),
    "leave_part": (n("%(people)s is away for %(away_percent)s%% of the period."),),
    "repeat": (n("%(people)s has worked in %(territories)s before."),),
    "leader_unfamiliar": (n("The leader of %(territories)s would no longer know most of it."),),
    "teams_given_up": (n("On %(count)s days a team does not go out, because one person would be left alone."),),
}
