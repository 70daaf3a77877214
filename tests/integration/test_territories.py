"""Territories: their size and who works them today."""

from __future__ import annotations

from datetime import date, timedelta

from tests.factories import County


def test_a_territory_shows_its_size(county: County) -> None:
    """Villages, households, and households with a non-performing account; zero where there is nothing."""
    empty, full = county.territory(), county.territory()
    county.household(county.village(full))
    county.village(full)
    figures = {
        one["id"]: (one["villages"], one["households"], one["non_performing"])
        for one in county.coordinator.get("/api/v1/territories")["items"]
    }
    assert figures == {empty: (0, 0, 0), full: (2, 1, 0)}


def test_a_territory_shows_who_works_it_today(county: County) -> None:
    """The leader first, whoever was placed first; who starts later is not shown yet."""
    territory = county.territory()
    member, leader, later = county.person(), county.person(), county.person()
    tomorrow = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - a day after the county's today
    for place in (
        {"person": member, "role": "member"},
        {"person": leader, "role": "leader", "handover": True},
        {"person": later, "role": "member", "from": tomorrow},
    ):
        county.coordinator.post(
            "/api/v1/reassignments", {"places": [{"territory": territory, **place}], "reason": "Groups"}
        )
    group = county.coordinator.get(f"/api/v1/territories/{territory}")["group"]
    assert [(one["person"], one["role"], one["handover"]) for one in group] == [
        (leader, "leader", True),
        (member, "member", False),
    ]
    assert [one["to"] for one in group] == [None, None]
