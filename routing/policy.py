"""Conduct policies: when a lender may call at a door, with how many people, under which duties.

A policy is data (``data/policies/*.toml``), one file a jurisdiction, chosen per lender. Hours, days
and team size are enforced by the planner; ``duties`` are codes shown to the team and checked where
they are done:

=============================== =============================================================
duty                            the team or office must
=============================== =============================================================
show_identity                   show a work card before anything is said
verify_identity_first           know who is at the door before a debt is mentioned
consent_to_enter                ask before entering a home or place of work
debtor_or_guarantor_only        speak to the debtor, or to a guarantor within the contract
third_party_locate_only         ask others only where an unreachable debtor is; disclose nothing
nothing_in_public               say and show nothing before neighbours or in public
sealed_notice                   hand a notice to a relative in a sealed envelope only
leave_when_asked                leave at once when asked to
minor_alone_leave               leave when a minor is alone at home
no_threats_no_shaming           neither threaten nor shame
no_visit_at_sad_or_glad_events  stay away at bereavement, calamity, wedding, festival
chosen_place_first              try the borrower's chosen place, then home, then work
registered_address_only         call at the billing address or domicile only, else with consent
known_inconvenience             honour times and places known to be inconvenient
honour_contact_requests         honour when, where and how the borrower asks to be met
notice_of_first_visit           announce a first visit in time
no_visit_if_vulnerable          not visit who is known or suspected to be particularly vulnerable
publish_agents                  publish the list of agents and notify a change in writing
central_place_first             microfinance: meet at a central place; home after two no-shows
vary_cash_routes                vary the route when cash is carried
=============================== =============================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from routing.problem import Reason, TimeWindow
from routing.rulefile import BINDINGS, STATUSES, Table

DUTIES = (
    "show_identity", "verify_identity_first", "consent_to_enter", "debtor_or_guarantor_only",
    "third_party_locate_only", "nothing_in_public", "sealed_notice", "leave_when_asked",
    "minor_alone_leave", "no_threats_no_shaming", "no_visit_at_sad_or_glad_events", "chosen_place_first",
    "registered_address_only", "known_inconvenience", "honour_contact_requests", "notice_of_first_visit",
    "no_visit_if_vulnerable", "publish_agents", "central_place_first", "vary_cash_routes",
)  # fmt: skip

WHOLE_DAY = (TimeWindow(0, 86_399),)


@dataclass(frozen=True, slots=True)
class Duty:
    """A rule of conduct that people keep: its code, how far it binds, where it is written."""

    code: str
    binding: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The conduct rules of one jurisdiction.

    ``hours`` are the hours in which a call may be going on, ``weekdays`` ISO days, ``blackout`` days
    without any visit (festivals, national holidays: the lender fills them in), ``min_people`` the
    smallest team.
    """

    name: str
    hours: tuple[TimeWindow, ...]
    weekdays: frozenset[int]
    blackout: frozenset[date]
    min_people: int
    duties: tuple[Duty, ...]


def closed_reason(policy: Policy, on: date) -> Reason | None:
    """Why the policy allows no call at all on ``on``; None if it allows some.

    Codes: ``blackout_day`` {on}, ``closed_weekday`` {weekday}.
    """
    if on in policy.blackout:
        return Reason("blackout_day", {"on": on.isoformat()})
    if on.isoweekday() not in policy.weekdays:
        return Reason("closed_weekday", {"weekday": on.isoweekday()})
    return None


def contact_windows(
    policy: Policy, on: date, at_home: Iterable[TimeWindow] = WHOLE_DAY, service: int = 0
) -> tuple[TimeWindow, ...]:
    """When a call of ``service`` seconds may *begin* on ``on``; ``()``: not at all that day.

    Seconds since local midnight. A call must end within the policy's hours, so those close early by
    its length; ``at_home`` (when somebody is expected there) binds the beginning only.
    """
    if closed_reason(policy, on) is not None:
        return ()
    begin = [(span.open, span.close - service) for span in policy.hours]
    found = [
        TimeWindow(max(open_, home.open), min(close, home.close))
        for open_, close in begin
        for home in at_home
        if max(open_, home.open) <= min(close, home.close)
    ]
    return tuple(sorted(found, key=lambda span: (span.open, span.close)))


def read_policy(table: Table, name: str) -> Policy:
    """A policy from its rule file. Raises :class:`routing.rulefile.RulesError`."""
    contact, team = table.table("contact"), table.table("team")
    _origin(contact)
    _origin(team)
    policy = Policy(
        name=name,
        hours=contact.windows("hours"),
        weekdays=contact.weekdays("weekdays"),
        blackout=contact.days("blackout"),
        min_people=team.whole("min_people", 2, 4),
        duties=tuple(_read_duty(item) for item in table.list_of_tables("duty")),
    )
    if not policy.hours:
        raise contact.error("hours", "allows no hour at all")
    contact.done()
    team.done()
    return policy


def _origin(table: Table) -> tuple[str, str, str]:
    return table.text("binding", BINDINGS), table.text("source"), table.text("status", STATUSES)


def _read_duty(table: Table) -> Duty:
    duty = Duty(table.text("code", DUTIES), *_origin(table))
    table.done()
    return duty
