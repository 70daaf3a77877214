"""Why a visit is wanted or not (codes of routing.visits)."""

from __future__ import annotations

from api.wording.words import n

VISITS: dict[str, tuple[str, ...]] = {
    "promise_due": (
        n("A promise to pay %(amount)s fell due on %(on)s."),
        n("A promise to pay fell due on %(on)s."),
    ),
    "limitation_near": (n("The limitation period ends on %(on)s, in %(days)s days."),),
    "guarantee_near": (n("The guarantee period ends on %(on)s, in %(days)s days."),),
    "focus": (n("On the list of key debts."),),
    "never_visited": (n("Not visited so far."),),
    "cadence_due": (n("Last visited on %(last)s; a visit is due every %(days)s days."),),
    "cadence_coming": (n("Last visited on %(last)s; the next visit is due on %(due)s."),),
    "cadence_planned": (n("Due again %(days)s days after the visit planned for %(planned)s."),),
    "cadence_again": (n("Due again %(days)s days after the visit before it in this plan."),),
    "home_season": (n("Works far away and is home until %(until)s."), n("Works far away and is home now.")),
    "market_day": (n("Market day in this village: people come home after the market."),),
    "lapsed_approved": (n("The limitation period has ended; the legal role approved this visit."),),
    "limitation_unproven": (
        n(
            "The ledger says the limitation period runs until %(claimed)s; by the dates alone it ended on %(recomputed)s."
        ),
        n("The ledger says the limitation period runs until %(claimed)s; there is no evidence for it."),
    ),
    "guarantee_unproven": (n("The ledger says the guarantee runs until %(claimed)s; there is no evidence for it."),),
    "large_debt": (n("A large debt: %(outstanding)s outstanding."),),
    "non_performing": (n("%(outstanding)s outstanding, class: %(class)s."),),
    "class_from_overdue": (n("The ledger states no class; %(days)s days overdue make it %(class)s."),),
    "overdue_early": (n("%(days)s days overdue, %(outstanding)s outstanding."),),
    "guarantor": (n("Guarantor for %(outstanding)s."),),
    "paused": (n("Visits pause because of %(why)s, until a person has looked at it."),),
    "no_accounts": (n("Neither a debt nor a guarantee is known."),),
    "lapsed": (n("The limitation period ended on %(on)s."), n("The limitation period has ended.")),
    "account_in_court": (n("The case is before a court."),),
    "account_missing": (n("The loan is missing from the last complete ledger; somebody must say what happened."),),
    "guarantee_lapsed": (n("The guarantee ended on %(on)s."),),
    "guarantee_general": (n("A general guarantee: a matter for the legal role, not for a visit."),),
    "guarantee_unknown": (n("The guarantee's contract date or end is not known."),),
    "guarantor_too_early": (n("It is too early to call on the guarantor."),),
    "class_unknown": (n("Neither the class nor the days overdue are known."),),
    "nothing_owed": (n("Nothing is outstanding."),),
    "performing": (n("The loan is performing."),),
    "account_closed": (n("The account is closed."),),
    "no_door_visit": (n("This household's strategy sends nobody to the door."),),
    "promise_pending": (n("They promised to pay on %(on)s; wait for that day."),),
    "visited_recently": (n("Visited on %(last)s; not again before %(from)s."),),
    "visit_planned": (n("A visit is planned for %(on)s already; not again before %(from)s."),),
    "cap_week": (n("Already visited as often as a week allows (%(cap)s)."),),
    "cap_month": (n("Already visited as often as a month allows (%(cap)s)."),),
    "away": (n("Works far away, back %(back)s."), n("Works far away and is not home in this season.")),
    "blackout_day": (n("The policy allows no visits on that day."),),
    "closed_weekday": (n("The policy allows no visits on that day of the week."),),
    "no_contact_hours": (n("At home only outside the hours in which visits are allowed."),),
}

# Before the identity step a phone says why the team comes, but not what is owed.
FIELD_WORDING: dict[str, tuple[str, ...]] = {"promise_due": (n("A promise fell due on %(on)s."),)}
FIELD_CODES = frozenset(
    ("promise_due", "limitation_near", "guarantee_near", "focus", "never_visited", "cadence_due", "cadence_coming",
     "cadence_planned", "cadence_again", "home_season", "market_day", "lapsed_approved")
)  # fmt: skip
