"""What the rules of planning need to know of households: debts, guarantees, calls, promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.columns import now
from api.store.models import Account, Guarantee, Household, Obligor, Village
from api.store.portions import portions
from api.usecases.calls import calls_at
from api.usecases.published import published_elsewhere
from routing import problem as planning
from routing.debts import AccountFacts, Availability, GuaranteeFacts, HouseholdFacts
from routing.market_days import MarketDays
from routing.period import Period


def household_facts(
    session: Session, households: Sequence[Household], period: Period, zone: ZoneInfo
) -> dict[str, HouseholdFacts]:
    """Return what the rules need to know of each household: its debts, guarantees, visits and promises.

    Visits that a plan of this period would take the place of are not among them.
    """
    found: dict[str, HouseholdFacts] = {}
    for some in portions(households):
        found |= _facts_of(session, some, period, zone)
    return found


def _facts_of(
    session: Session, households: Sequence[Household], period: Period, zone: ZoneInfo
) -> dict[str, HouseholdFacts]:
    ids = [household.id for household in households]
    markets = _market_dates(session, households, period)
    accounts = _accounts(session, ids)
    guarantees = _guarantees(session, ids)
    visits, promises = _calls(session, ids, zone)
    expected: dict[str, set[date]] = defaultdict(set)
    for household_id, day in published_elsewhere(session, ids, period, now(), zone):
        expected[household_id].add(day)
    return {
        household.id: HouseholdFacts(
            id=household.id,
            village=household.village_id,
            place=place(household.lat, household.lon),
            accounts=tuple(accounts[household.id]),
            guarantees=tuple(guarantees[household.id]),
            visits=tuple(sorted(visits[household.id] | expected[household.id])),
            expected=frozenset(expected[household.id] - visits[household.id]),
            promise_due=promises[household.id][0] if household.id in promises else None,
            promise_amount=promises[household.id][1] if household.id in promises else None,
            paused=household.paused,
            availability=Availability(
                household.availability, market_dates=markets.get(household.village_id or "", frozenset())
            ),
            focus=household.focus,
        )
        for household in households
    }


def _market_dates(session: Session, households: Iterable[Household], period: Period) -> dict[str, frozenset[date]]:
    """Return the days of the period on which each village goes to market, where that is known."""
    ids = {household.village_id for household in households if household.village_id is not None}
    query = select(Village.id, Village.market_days).where(Village.id.in_(ids), Village.market_days.is_not(None))
    return {
        village_id: MarketDays(said["cycle"], frozenset(said["days"])).among(period.days)
        for village_id, said in session.execute(query)
        if said is not None
    }


def account_facts(row: Account) -> AccountFacts:
    """Return an account as the rules know it."""
    kinds = {"guarantee": "guarantee", "mortgage": "mortgage", "pledge": "pledge", "credit": "none"}
    return AccountFacts(
        id=row.id,
        outstanding=row.outstanding,
        five_tier=row.five_tier_class,  # type: ignore[arg-type]
        overdue_days=row.overdue_days,
        due_date=row.due_date,
        loan_date=row.loan_date,
        last_collection=row.last_collection_date,
        claimed_limitation=row.claimed_limitation,
        status=row.status,  # type: ignore[arg-type]
        security=kinds.get(row.guarantee_kind or "", "unknown"),  # type: ignore[arg-type]
    )


def _accounts(session: Session, households: list[str]) -> dict[str, list[AccountFacts]]:
    found: dict[str, list[AccountFacts]] = defaultdict(list)
    for row in session.scalars(select(Account).where(Account.household_id.in_(households)).order_by(Account.id)):
        found[row.household_id].append(account_facts(row))
    return found


def _guarantees(session: Session, households: list[str]) -> dict[str, list[GuaranteeFacts]]:
    found: dict[str, list[GuaranteeFacts]] = defaultdict(list)
    query = (
        select(Guarantee, Obligor.household_id, Account)
        .join(Obligor, Obligor.id == Guarantee.obligor_id)
        .join(Account, Account.id == Guarantee.account_id)
        .where(Obligor.household_id.in_(households))
        .order_by(Guarantee.id)
    )
    for guarantee, household_id, account in session.execute(query):
        found[household_id].append(
            GuaranteeFacts(guarantee.id, account_facts(account), kind=guarantee.kind or "unstated")  # type: ignore[arg-type]
        )
    return found


def _calls(session: Session, households: list[str], zone: ZoneInfo):  # type: ignore[no-untyped-def]
    """Return the days each household was called on, and its open promise (day, amount)."""
    visits: dict[str, set[date]] = defaultdict(set)
    promises: dict[str, tuple[date | None, Decimal | None]] = {}
    for door, moment, row in calls_at(session, households):
        visits[door].add(moment.astimezone(zone).date())
        if row.kind == "promise":
            promises[door] = (row.promise_on, row.promise_amount)
        elif row.kind == "paid":
            promises.pop(door, None)
    return visits, promises


def place(lat: float | None, lon: float | None) -> planning.Place | None:
    """Return a place where both coordinates are known."""
    return None if lat is None or lon is None else planning.Place(lat, lon)
