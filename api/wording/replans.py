"""Why a visit changed when the rest of a day was planned again (codes of routing.replan_reasons)."""

from __future__ import annotations

from api.wording.words import n

REPLANS: dict[str, tuple[str, ...]] = {
    "change_urgent": (n("It was asked for and must be made."),),
    "change_room": (n("There is room for it now."),),
    "change_team_gone": (n("%(team)s goes no further today."),),
    "change_team_late": (n("%(team)s has no time left for it."),),
    "change_worth_more": (n("More of the day can be done this way."),),
    "change_order": (n("In this order more can be done, or the same with less travel."),),
    "change_later": (n("%(by_seconds)s later."),),
    "change_earlier": (n("%(by_seconds)s earlier."),),
    "change_fell_away": (n("No visit is wanted there any more."),),
    "change_own_team": (n("%(team)s can no longer make it, and it was to stay with that team."),),
}
