"""List, create and change households, and disclose what is masked to who says why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, not_, or_, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import invalid, not_found
from api.store.columns import now
from api.store.models import Account, Branch, Household, Obligor, Village
from api.usecases import audit, rows
from api.usecases.context import rules, store, today, vault
from api.usecases.doubt_places import lock_villages, weigh_places
from api.usecases.household_facts import account_facts
from api.usecases.keep_villages import match_key
from api.usecases.village_places import show_on_phones, village_precision
from api.usecases.withdraw import withdraw_unfit
from api.vault import mask_name
from routing.households import household_keys
from routing.visits import is_eligible
from schemas.households import CLASSES

_BATCH = 500


def list_households(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the households of the actor's area, names masked."""
    mine = select(Household).where(Household.branch_id.in_(actor.branches), Household.merged_into_id.is_(None))
    wanted = _filtered(mine, query)
    with store().read() as session:
        if query["eligible"] is None:
            found, following = rows.page(session, wanted, Household.id, query["limit"], query["cursor"])
            return {"items": _described(session, [row[0] for row in found]), "next": following}
        return _page_of_eligible(session, wanted, query)


def one_household(actor: Actor, household_id: str) -> Household:
    """Return a household of the actor's area with its accounts. Raises 404."""
    with store().read() as session:
        household = rows.in_area(session.get(Household, household_id), actor)
        return _described(session, [household])[0]


def create_household(actor: Actor, new: dict[str, Any]) -> Household:
    """Create a household by hand. Raises 409 if the village has one of that name and door, 422."""
    rows.check_place(new["lat"], new["lon"])
    _check_profile(new["availability"])
    with store().write() as session:
        rows.referenced(session, Branch, new["branch"], actor, "branch")
        village = _village(session, actor, new["branch"], new["village"])
        household = Household(
            branch_id=new["branch"], village_id=village.id, name=new["name"], door=new["door"],
            lat=new["lat"], lon=new["lon"], availability=new["availability"],
            match_key=_key(new["name"], village, new["door"]),
        )  # fmt: skip
        _note_source(household)
        _note_precision(session, household)
        session.add(household)
        detail = _("The village already has a household of that name and door.")
        rows.flush(session, "household-exists", detail, "name")
        audit.record(session, actor.pseudonym, "household.created", household.id)
        return _described(session, [household])[0]


def change_household(actor: Actor, household_id: str, change: dict[str, Any], version: int) -> Household:
    """Change a household that still has ``version``. Raises 404, 412, 422."""
    change = dict(change)
    if "availability" in change:
        _check_profile(change["availability"])
    with store().write() as session:
        household = _held(session, actor, household_id, change)
        if household.merged_into_id is not None:
            # It is another household's door now; what is changed here would hold nowhere.
            raise not_found()
        rows.expect_version(household, version)
        named, lived_in = sorted(change), household.village_id
        if "village" in change:
            household.village_id = _village(session, actor, household.branch_id, change.pop("village")).id
        if "paused" in change and change["paused"] != household.paused:
            household.paused_at = now() if change["paused"] is not None else None
        for name, value in change.items():
            setattr(household, name, value)
        rows.check_place(household.lat, household.lon)
        if {"lat", "lon"} & set(named):
            _note_source(household)
        if {"lat", "lon", "village"} & set(named):
            _note_precision(session, household)
            weigh_places(session, household.branch_id, [lived_in, household.village_id])
        session.flush()
        if {"village", "paused"} & set(named):
            withdraw_unfit(session, today())
        if {"lat", "lon", "village"} & set(named):
            show_on_phones(session, [lived_in, household.village_id])
        audit.record(session, actor.pseudonym, "household.changed", household.id, fields=named)
        return _described(session, [household])[0]


def disclose(actor: Actor, household_id: str, reason: str) -> dict[str, Any]:
    """Return names and numbers of a household's people in clear, and note who read them and why. Raises 404."""
    with store().write() as session:
        household: Household = rows.in_area(session.get(Household, household_id), actor)
        query = select(Obligor).where(Obligor.household_id == household.id).order_by(Obligor.id)
        people = [
            {"name": row.name, "phone": _open(row.phone_sealed), "id_number": _open(row.id_number_sealed)}
            for row in session.scalars(query)
        ]
        audit.record(session, actor.pseudonym, "household.disclosed", household.id, reason=reason)
        return {
            "household": household.id,
            "name": household.name,
            "door": household.door,
            "phones": list(dict.fromkeys(one["phone"] for one in people if one["phone"])),
            "id_numbers": list(dict.fromkeys(one["id_number"] for one in people if one["id_number"])),
            "obligors": people,
        }


def _held(session: Session, actor: Actor, household_id: str, change: dict[str, Any]) -> Household:
    """Return a household that nobody else changes meanwhile, with the villages whose places are to be weighed."""
    if {"lat", "lon", "village"} & change.keys():
        seen: Household = rows.in_area(session.get(Household, household_id), actor)
        lock_villages(session, Village.id.in_([seen.village_id, change.get("village")]))
    found = session.get(Household, household_id, with_for_update={"key_share": True}, populate_existing=True)
    household: Household = rows.in_area(found, actor)
    return household


def _filtered(wanted: Select[Any], query: dict[str, Any]) -> Select[Any]:
    if query["branch"]:
        wanted = wanted.where(Household.branch_id == query["branch"])
    if query["village"]:
        wanted = wanted.where(Household.village_id == query["village"])
    if query["territory"]:
        inside = select(Village.id).where(Village.territory_id == query["territory"])
        wanted = wanted.where(Household.village_id.in_(inside))
    if query["missing_place"] is not None:
        placed = select(Village.id).where(Village.id == Household.village_id, Village.lat.is_not(None)).exists()
        missing = and_(Household.lat.is_(None), not_(placed))
        wanted = wanted.where(missing if query["missing_place"] else not_(missing))
    if query["paused"] is not None:
        wanted = wanted.where(Household.paused.is_not(None) if query["paused"] else Household.paused.is_(None))
    if query["q"]:
        obligor = select(Obligor.id).where(
            Obligor.household_id == Household.id, Obligor.name.startswith(query["q"], autoescape=True)
        )
        wanted = wanted.where(or_(Household.name.startswith(query["q"], autoescape=True), obligor.exists()))
    if query["class_"]:
        worse = CLASSES[CLASSES.index(query["class_"]) + 1 :]
        wanted = wanted.where(_has_class([query["class_"]]), not_(_has_class(worse)))
    return wanted


def _has_class(classes: Sequence[str]):  # type: ignore[no-untyped-def]
    query = select(Account.id).where(
        Account.household_id == Household.id, Account.status == "active", Account.five_tier_class.in_(classes)
    )
    return query.exists()


def _page_of_eligible(session: Session, wanted: Select[Any], query: dict[str, Any]) -> dict[str, Any]:
    """Return a page filtered by the rule itself, which is data and lives in routing, not in SQL."""
    items: list[Any] = []
    cursor, following = query["cursor"], None
    while True:
        found, following = rows.page(session, wanted, Household.id, _BATCH, cursor)
        batch = _described(session, [row[0] for row in found])
        items += [one for one in batch if one.eligible == query["eligible"]]
        if len(items) > query["limit"]:
            return {"items": items[: query["limit"]], "next": rows.cursor_after(items[query["limit"] - 1].id)}
        if following is None:
            return {"items": items, "next": None}
        cursor = following


def _described(session: Session, households: list[Any]) -> list[Any]:
    """Give each household what its schema shows of its accounts, and its masked name."""
    ids = [household.id for household in households]
    accounts: dict[str, list[Any]] = {id_: [] for id_ in ids}
    query = select(Account).where(Account.household_id.in_(ids), Account.status != "closed").order_by(Account.id)
    for row in session.scalars(query):
        row.loan_masked = "…" + row.loan_number[-4:]  # type: ignore[attr-defined]
        accounts[row.household_id].append(row)
    for household in households:
        mine = accounts[household.id]
        active = [row for row in mine if row.status == "active"]
        classes = [row.five_tier_class for row in active if row.five_tier_class in CLASSES]
        household.accounts, household.accounts_count = mine, len(mine)
        household.outstanding = sum((row.outstanding for row in active), Decimal("0.00"))
        household.worst_class = max(classes, key=CLASSES.index, default=None)
        household.eligible = any(is_eligible(account_facts(row), rules(), today()) for row in active)
        household.name_masked = mask_name(household.name)
    return households


def _key(name: str, village: Village, door: str) -> str:
    """Return the key under which the next ledger finds the household again."""
    keys = household_keys(name, None, match_key(village), door)
    if not keys:
        raise invalid("name", "no-name", _("This name has nothing that can be read."))
    return keys[0]


def _village(session: Session, actor: Actor, branch_id: str, village_id: str) -> Village:
    village = rows.referenced(session, Village, village_id, actor, "village")
    if village.branch_id != branch_id:
        raise invalid("village", "other-branch", _("This village belongs to another branch than the household."))
    return village


def _check_profile(name: str) -> None:
    known = rules().availability.by_name
    if name not in known:
        detail = _("There is no profile %(name)s; there are: %(known)s.", name=name, known=", ".join(sorted(known)))
        raise invalid("availability", "unknown-profile", detail)


def _note_source(household: Household) -> None:
    household.place_source = None if household.lat is None else "hand"


def _note_precision(session: Session, household: Household) -> None:
    village = session.get(Village, household.village_id) if household.village_id is not None else None
    if household.lat is not None:
        household.precision, household.datum = "door", "wgs84"
    else:
        household.precision = village_precision(village)
        household.datum = None


def _open(sealed: bytes | None) -> str | None:
    return None if sealed is None else vault().open(sealed)
