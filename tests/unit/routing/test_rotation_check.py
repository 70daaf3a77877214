"""The checker of places: every rule it knows, and what a coordinator is told about a hand-made change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import routing
from routing.rotation import (
    Conflict,
    PastPlace,
    Person,
    PersonPlace,
    RotationProblem,
    check_places,
    check_rotation,
    place,
    read_rotation_rules,
    swap,
)
from routing.rotation.propose import propose
from routing.rulefile import RulesError
from tests.unit.routing.rotation_cases import person, rules, two_by_two, with_person

GOOD = (
    PersonPlace("Ann", "A", leader=True),
    PersonPlace("Di", "A"),
    PersonPlace("Cy", "B", leader=True),
    PersonPlace("Bo", "B"),
)


def found(
    problem: RotationProblem, places: tuple[PersonPlace, ...]
) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Violations as (code, territories, people)."""
    return [(f.code, f.territories, f.people) for f in check_places(problem, places).violations]


def test_places_that_obey_every_rule_have_no_violation() -> None:
    """The reference that each test below spoils in one respect."""
    assert found(two_by_two(), GOOD) == []


def test_a_swap_that_takes_the_familiar_leader_away_is_told() -> None:
    """Roles are exchanged with the places: Di, who does not know A, would lead there."""
    changed = swap(GOOD, "Ann", "Di")
    assert changed[0] == PersonPlace("Di", "A", leader=True)
    assert ("leader", ("A",), ("Di",)) in found(two_by_two(), changed)


def test_a_group_without_a_leader_names_who_could_lead() -> None:
    """Nobody is made leader by silence."""
    changed = (replace(GOOD[0], leader=False), *GOOD[1:])
    assert found(two_by_two(), changed) == [("leader", ("A",), ("Ann",))]


def test_two_leaders_are_one_too_many() -> None:
    """Exactly one leader a group, even where both know the territory."""
    both = with_person(two_by_two(), "Di", knows={"A": 1.0})
    assert found(both, (GOOD[0], replace(GOOD[1], leader=True), *GOOD[2:])) == [("leader", ("A",), ("Ann", "Di"))]


def test_moving_a_person_away_leaves_a_group_too_small() -> None:
    """A lone collector is no team."""
    assert found(two_by_two(), place(GOOD, "Di", "B")) == [("people_min", ("A",), ())]


def test_a_group_too_large_is_told() -> None:
    """The largest group is part of the rules."""
    assert ("people_max", ("A",), ()) in found(replace(two_by_two(), rules=rules(people_max=1, people_min=1)), GOOD)


def test_who_comes_as_leader_takes_the_role_over() -> None:
    """One leader remains; the former one becomes a member and falls under the cool-off."""
    changed = place(GOOD, "Bo", "A", leader=True)
    assert [p.person for p in changed if p.territory == "A" and p.leader] == ["Bo"]
    past = replace(two_by_two(), history=(PastPlace("Ann", "A", 1, True),))
    assert ("cool_off", ("A",), ("Ann",)) in found(past, changed)


@pytest.mark.parametrize(("ago", "breach"), [(1, True), (2, True), (3, False)])
def test_a_member_within_the_cool_off_is_told(ago: int, breach: bool) -> None:
    """Two periods by the shipped rules; the facts say how long ago it was."""
    problem = replace(two_by_two(), history=(PastPlace("Di", "A", ago),))
    facts = check_places(problem, GOOD).violations
    assert [f.code for f in facts] == ["cool_off"] * breach
    assert all(f.facts == {"periods_ago": ago, "cool_off_periods": 2} for f in facts)


def test_the_latest_of_several_former_stays_counts() -> None:
    """An old stay does not hide a recent one."""
    problem = replace(two_by_two(), history=(PastPlace("Di", "A", 1), PastPlace("Di", "A", 9)))
    assert [f.facts["periods_ago"] for f in check_places(problem, GOOD).violations] == [1]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("banned", {"banned": frozenset("A")}),
        ("leave", {"leave": {0: 0.6}}),
        ("commute", {"travel_minutes": {"A": 121}}),
        ("conflict", {"conflicts": {"A": Conflict(0, 31, 31)}}),
    ],
)
def test_what_keeps_a_person_out_of_a_territory_is_told(code: str, changes: dict[str, object]) -> None:
    """Each bar names the person and the territory."""
    assert (code, ("A",), ("Di",)) in found(with_person(two_by_two(), "Di", **changes), GOOD)


def test_an_apart_pair_in_one_group_is_told() -> None:
    """Whatever their roles."""
    assert found(replace(two_by_two(), apart=(("Ann", "Di"),)), GOOD) == [("apart", ("A",), ("Ann", "Di"))]


def test_a_missing_skill_is_told() -> None:
    """The skill is named."""
    a, b = two_by_two().territories
    problem = replace(two_by_two(), territories=(replace(a, skills=frozenset({"Yi"})), b))
    (fact,) = check_places(problem, GOOD).violations
    assert (fact.code, fact.facts) == ("skill", {"skill": "Yi"})


def test_people_left_out_placed_twice_or_unknown_are_told() -> None:
    """Places are checked as they come: nothing is taken on trust."""
    assert found(two_by_two(), GOOD[:3]) == [("unplaced", (), ("Bo",)), ("people_min", ("B",), ())]
    assert ("person_twice", ("B",), ("Di",)) in found(two_by_two(), (*GOOD, PersonPlace("Di", "B")))
    assert ("person_unknown", ("A",), ("Zoe",)) in found(two_by_two(), (*GOOD, PersonPlace("Zoe", "A")))
    assert ("territory_unknown", ("Z",), ("Bo",)) in found(two_by_two(), (*GOOD[:3], PersonPlace("Bo", "Z")))


def test_only_what_is_new_is_told_of_a_change() -> None:
    """A breach that was there before the change does not hide what the change itself does."""
    old = with_person(two_by_two(), "Cy", knows={})
    assert [f.people for f in check_places(old, GOOD).violations] == [("Cy",)]
    assert check_places(old, GOOD, before=GOOD).violations == ()
    now = check_places(old, place(GOOD, "Di", "B"), before=GOOD)
    assert [(f.code, f.territories) for f in now.violations] == [("people_min", ("A",))]


def test_granted_loans_and_home_village_below_the_limit_are_warnings() -> None:
    """Another team of the group goes to those doors: no violation, but the coordinator knows."""
    problem = with_person(two_by_two(), "Ann", conflicts={"A": Conflict(10, 5, 12)}, travel_minutes={"A": 10})
    check = check_places(problem, GOOD)
    assert check.violations == ()
    about = {f.code: f.facts for f in check.warnings if f.people == ("Ann",)}
    assert about["granted_loans"] == {"accounts": 10, "of_accounts": 100}
    assert about["home_village"] == {"accounts": 5, "of_accounts": 100}
    assert about["blocked_households"] == {"accounts": 12, "people": 2}
    assert "commute_unknown" not in about


def test_swap_needs_two_people_who_have_a_place() -> None:
    """Exchanging with nobody is an error of the caller."""
    for other in ("Ann", "Zoe"):
        with pytest.raises(ValueError, match="exchange"):
            swap(GOOD, "Ann", other)


def test_a_swap_undoes_itself() -> None:
    """Twice is as if never."""
    assert swap(swap(GOOD, "Ann", "Bo"), "Bo", "Ann") == GOOD


def test_the_checker_reads_what_the_proposal_says_not_how_it_was_made() -> None:
    """Spoiling a proposal by hand is found, in the period where it was done."""
    proposal = propose(two_by_two(rules=rules(cool_off_periods=1)), periods=2)
    assert check_rotation(two_by_two(rules=rules(cool_off_periods=1)), proposal) == ()
    first, second = proposal.periods
    same = replace(second, groups=first.groups)
    spoilt = check_rotation(two_by_two(rules=rules(cool_off_periods=1)), replace(proposal, periods=(first, same)))
    assert {(f.code, f.period) for f in spoilt} == {("cool_off", 1)}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Person("x", knows={"A": 1.1}), "share"),
        (lambda: Person("x", travel_minutes={"A": -1}), "commute"),
        (lambda: Conflict(3, 3, 2), "conflict"),
        (lambda: Conflict(3, 3, 7), "conflict"),
        (lambda: RotationProblem((), ()), "territory"),
        (lambda: two_by_two(people=(person("a"), person("a"))), "twice"),
        (lambda: two_by_two(apart=(("Ann", "Zoe"),)), "apart"),
        (lambda: two_by_two(history=(PastPlace("Ann", "A", 0),)), "history"),
        (lambda: two_by_two(rules=rules(people_min=6)), "6 to 5"),
    ],
)
def test_a_problem_that_does_not_fit_together_is_refused(make: object, said: str) -> None:
    """With words that say what is wrong."""
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_a_rule_file_with_a_misspelt_rule_is_refused(tmp_path: Path) -> None:
    """A misspelt rule would be a lost rule."""
    shipped = Path(routing.__file__).parent / "data" / "rotation_rules.toml"
    text = shipped.read_text("utf-8")
    file = tmp_path / "rules.toml"
    file.write_text(text.replace("people_max = 5", "people_maximum = 5"), "utf-8")
    with pytest.raises(RulesError) as caught:
        read_rotation_rules(file)
    assert caught.value.key == "group.people_max"
