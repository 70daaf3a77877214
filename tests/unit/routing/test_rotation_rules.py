"""Each hard rule of rotation binds the proposal, and is named with its period where it cannot hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.rotation import Conflict, PastPlace, RotationInfeasible, RotationProblem, RotationProposal, RuleFact
from routing.rotation.propose import propose
from tests.unit.routing.rotation_cases import person, rules, territories, two_by_two, with_person


def groups(proposal: RotationProposal, period: int = 0) -> dict[str, set[str]]:
    """Who works where."""
    return {g.territory: set(g.people) for g in proposal.periods[period].groups}


def leaders(proposal: RotationProposal, period: int = 0) -> dict[str, str]:
    """Who leads where."""
    return {g.territory: g.leader for g in proposal.periods[period].groups}


def refused(problem: RotationProblem, periods: int = 1) -> RotationInfeasible:
    """The explanation why there is no rotation."""
    with pytest.raises(RotationInfeasible) as caught:
        propose(problem, periods=periods)
    assert caught.value.minimal
    return caught.value


def codes(found: tuple[RuleFact, ...]) -> list[str]:
    """Codes only."""
    return [fact.code for fact in found]


def test_each_territory_has_one_leader_who_knows_it() -> None:
    """The leader knows at least the share of the territory's households that the rules ask for."""
    proposal = propose(two_by_two())
    assert leaders(proposal)["A"] in {"Ann", "Bo"}
    assert leaders(proposal)["B"] in {"Cy", "Di"}
    assert [len(people) for people in groups(proposal).values()] == [2, 2]


def test_just_enough_knowledge_makes_a_leader_and_a_little_less_does_not() -> None:
    """The share needed is a bound that may be met exactly."""
    alone = RotationProblem((person("Ann"), person("Bo")), territories("A"))
    assert leaders(propose(with_person(alone, "Bo", knows={"A": 0.5}))) == {"A": "Bo"}
    failure = refused(with_person(alone, "Bo", knows={"A": 0.49}))
    assert failure.rules == (RuleFact("leader", 0, ("A",), (), {"needed_percent": 50, "knowing": 0}),)


def test_people_on_leave_are_named_where_they_are_the_only_ones_who_know_a_territory() -> None:
    """The period of the leave is the one that fails, alone; leave and leader are both needed for it."""
    away = with_person(with_person(two_by_two(), "Ann", leave={1: 1.0}), "Bo", leave={1: 0.6})
    away = replace(away, people=(*away.people, person("Ed"), person("Flo")))
    failure = refused(away, periods=3)
    assert (failure.since, failure.period) == (1, 1)
    leader, leave = failure.rules
    assert (leader.code, leader.period, leader.territories) == ("leader", 1, ("A",))
    assert (leave.code, leave.period, leave.people) == ("leave", 1, ("Ann", "Bo"))


def test_leave_up_to_the_limit_keeps_a_person_in_the_rotation() -> None:
    """Half a period away is still a place; more is none, and the move says so."""
    five = replace(two_by_two(), people=(*two_by_two().people, person("Ed")))
    half = propose(with_person(five, "Ed", leave={0: 0.5}))
    assert any("Ed" in people for people in groups(half).values())
    assert "leave_part" in codes(half.warnings)
    more = propose(with_person(five, "Ed", leave={0: 0.51}))
    assert not any("Ed" in people for people in groups(more).values())
    (move,) = (m for m in more.periods[0].moves if m.person == "Ed")
    assert (move.to_territory, [r.code for r in move.reasons]) == (None, ["leave"])


def test_too_few_people_for_all_groups() -> None:
    """Three people cannot make two teams of two; the facts count both sides."""
    failure = refused(replace(two_by_two(), people=two_by_two().people[:3]))
    (rule,) = failure.rules
    assert (rule.code, rule.period, rule.territories) == ("people_min", 0, ("A", "B"))
    assert rule.facts == {"people_min": 4, "available": 3}


def test_too_many_people_for_all_groups() -> None:
    """Everybody available is placed, so the greatest size of the groups can fail too."""
    failure = refused(replace(two_by_two(), territories=territories("A", "B", people_min=1, people_max=1)))
    assert {"people_max", "unplaced"} <= set(codes(failure.rules))
    assert all(codes(remedy) for remedy in failure.remedies)


def test_a_territory_may_ask_for_a_group_of_its_own_size() -> None:
    """Bounds of the territory go before those of the rules."""
    a, b = territories("A", "B")
    proposal = propose(replace(two_by_two(), territories=(replace(a, people_min=3), replace(b, people_min=1))))
    assert {t: len(people) for t, people in groups(proposal).items()} == {"A": 3, "B": 1}


def test_nobody_returns_as_a_member_within_the_cool_off() -> None:
    """Two whole periods away; the third may be a return."""
    base = replace(two_by_two(), people=(*two_by_two().people, person("Ed")))
    for ago in (1, 2):
        proposal = propose(replace(base, history=(PastPlace("Ed", "A", ago),)))
        assert "Ed" in groups(proposal)["B"]
    stuck = with_person(replace(base, history=(PastPlace("Ed", "A", 2),)), "Ed", banned=frozenset("B"))
    assert codes(refused(stuck).rules) == ["cool_off", "banned", "unplaced"]
    assert "Ed" in groups(propose(replace(stuck, history=(PastPlace("Ed", "A", 3),))))["A"]


def test_a_leader_who_knows_the_territory_may_stay_but_not_fall_back_to_member() -> None:
    """Ann led A and leads it again; with two others leading, she may not stay as a member."""
    stays = propose(replace(two_by_two(), history=(PastPlace("Ann", "A", 1, leader=True),)))
    assert leaders(stays)["A"] == "Ann"
    held = with_person(
        replace(two_by_two(), history=(PastPlace("Ann", "A", 1, True), PastPlace("Bo", "A", 1))),
        "Bo",
        banned=frozenset("B"),
    )
    proposal = propose(held)
    assert leaders(proposal)["A"] == "Bo"
    assert "Ann" in groups(proposal)["B"]


def test_the_cool_off_binds_between_proposed_periods() -> None:
    """Members change every period; the checker of history and the proposal agree."""
    three = RotationProblem(
        tuple(person(n, t) for n, t in zip("abcdef", "AABBCC", strict=True)), territories("A", "B", "C")
    )
    proposal = propose(three, periods=3)
    for territory in "ABC":
        members = [m for p in proposal.periods for g in p.groups if g.territory == territory for m in g.members]
        assert len(members) == len(set(members)) == 3


def test_the_first_period_that_cannot_be_filled_is_named_with_where_its_reason_begins() -> None:
    """Two territories cannot rotate members for three periods under a cool-off of two."""
    problem = replace(two_by_two(), people=(*two_by_two().people, person("Ed")))
    failure = refused(problem, periods=4)
    assert (failure.since, failure.period) == (0, 2)
    assert "cool_off" in codes(failure.rules)
    assert all(remedy for remedy in failure.remedies)


def test_too_large_a_share_of_conflicting_accounts_keeps_a_person_out() -> None:
    """Above 30 % of the territory's accounts, granted or at home, counted once; at 30 % not."""
    at_limit = with_person(two_by_two(), "Cy", banned=frozenset("B"), conflicts={"A": Conflict(20, 20, 30)})
    assert "Cy" in groups(propose(at_limit))["A"]
    failure = refused(with_person(at_limit, "Cy", conflicts={"A": Conflict(20, 20, 31)}))
    assert codes(failure.rules) == ["conflict", "banned", "unplaced"]
    assert failure.rules[0].people == ("Cy",)
    assert failure.rules[0].facts == {"max_percent": 30}


def test_granted_loans_below_the_limit_are_a_warning_and_cost_a_pair_its_households() -> None:
    """Another team of the group goes to those doors; a group of two has none, so it is avoided."""
    granted = with_person(two_by_two(), "Ann", knows={"A": 1.0, "B": 1.0}, conflicts={"A": Conflict(25, 0, 25)})
    proposal = propose(with_person(granted, "Cy", knows={"A": 1.0, "B": 1.0}))
    assert "Ann" in groups(proposal)["B"]
    forced = propose(with_person(granted, "Ann", banned=frozenset("B")))
    assert {"granted_loans", "blocked_households"} <= set(codes(forced.warnings))


def test_nobody_is_sent_farther_than_the_longest_commute() -> None:
    """Minutes one way; an unknown way bars nothing but is pointed out."""
    far = with_person(two_by_two(), "Cy", travel_minutes={"A": 121, "B": 120})
    assert "Cy" in groups(propose(far))["B"]
    failure = refused(with_person(far, "Cy", travel_minutes={"A": 121, "B": 121}))
    assert codes(failure.rules) == ["commute", "commute", "unplaced"]
    assert "commute_unknown" in codes(propose(two_by_two()).warnings)


def test_pairs_kept_apart_are_in_different_groups() -> None:
    """A pair kept apart never shares a territory, and is named where it must."""
    proposal = propose(replace(two_by_two(), apart=(("Ann", "Cy"), ("Ann", "Di"))))
    assert groups(proposal)["A"] == {"Ann", "Bo"} or groups(proposal)["B"] == {"Ann", "Bo"}
    failure = refused(RotationProblem((person("Ann", "A"), person("Bo")), territories("A"), apart=(("Ann", "Bo"),)))
    assert "apart" in codes(failure.rules)


def test_each_needed_skill_is_held_by_somebody_of_the_group() -> None:
    """A territory whose people speak a dialect gets somebody who speaks it."""
    speaks = replace(two_by_two(), territories=(territories("A")[0], *territories("B", skills=frozenset({"Yi"}))))
    proposal = propose(with_person(speaks, "Bo", skills=frozenset({"Yi"})))
    assert "Bo" in groups(proposal)["B"]
    failure = refused(speaks)
    assert failure.rules == (RuleFact("skill", 0, ("B",), (), {"skill": "Yi", "holders": 0}),)


def test_remedies_make_the_whole_horizon_possible() -> None:
    """Giving up the rules of a remedy is enough: with the cool-off given up there is a rotation."""
    problem = replace(two_by_two(), people=(*two_by_two().people, person("Ed")))
    failure = refused(problem, periods=4)
    assert any({fact.code for fact in remedy} == {"cool_off"} for remedy in failure.remedies)
    assert propose(replace(problem, rules=rules(cool_off_periods=0)), periods=4)


def test_work_is_shared_by_need() -> None:
    """A territory with twice the work gets twice the people where the rules allow."""
    a, b = territories("A", "B")
    six = (*two_by_two().people, person("Ed"), person("Flo"))
    proposal = propose(replace(two_by_two(), people=six, territories=(replace(a, work_minutes=2400), b)))
    assert {t: len(people) for t, people in groups(proposal).items()} == {"A": 4, "B": 2}
    assert (proposal.figures.work_max_percent, proposal.figures.work_min_percent) == (100, 100)


def test_who_had_the_rich_territory_gets_the_poor_one_next() -> None:
    """Value is evened out over recent periods, not within one."""
    a, b = territories("A", "B")
    fair = replace(
        two_by_two(),
        territories=(replace(a, value=9000), b),
        history=(PastPlace("Ann", "A", 3, True), PastPlace("Bo", "B", 3), PastPlace("Cy", "A", 3)),
        people=tuple(person(n, "A", "B") for n in ("Ann", "Bo", "Cy", "Di")),
    )
    assert groups(propose(fair))["B"] == {"Ann", "Cy"}


def test_a_leader_stays_unless_something_speaks_against_it() -> None:
    """Accounts change hands only where they must; the figure counts the accounts concerned."""
    stays = replace(two_by_two(), history=(PastPlace("Ann", "A", 1, True), PastPlace("Cy", "B", 1, True)))
    proposal = propose(stays)
    assert leaders(proposal) == {"A": "Ann", "B": "Cy"}
    assert proposal.figures.accounts_changed_percent == 0
    assert [r.code for g in proposal.periods[0].groups for r in g.reasons].count("leader_stays") == 2
    away = propose(with_person(replace(stays, rules=rules(people_min=1)), "Ann", leave={0: 1.0}))
    assert away.figures.accounts_changed_percent == 50


def test_repair_keeps_everybody_in_place_who_can_stay() -> None:
    """After an absence the proposal is mended, not thrown over: one person fills the gap."""
    eight = tuple(person(n, t) for n, t in zip("abcdefgh", "AABBAABB", strict=True))
    problem = RotationProblem(eight, territories("A", "B", people_min=3))
    before = propose(problem)
    was = {p.person: p.territory for p in before.places(0)}
    after = propose(with_person(problem, "a", leave={0: 1.0}), near=before)
    moved = [p.person for p in after.places(0) if was[p.person] != p.territory]
    assert len(moved) <= 1
