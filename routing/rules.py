"""A lender's rules, loaded from versioned files: what a plan was drawn up by can be told afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from routing.availability import Profiles, read_profiles
from routing.classification import Classification, read_classification
from routing.deadlines import DeadlineLaw, read_deadlines
from routing.place_rules import PlaceRules, read_place_rules
from routing.policy import Policy, read_policy
from routing.replan_rules import ReplanRules, read_replan_rules
from routing.rulefile import RulesError, Table, read_rule_file
from routing.strategy import Strategies, read_strategies
from routing.value import Values, read_values

__all__ = ["PACKAGED", "Rules", "RulesError", "load_rules", "policy_names"]

PACKAGED = Path(__file__).with_name("data")

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that turns debts into wanted visits.

    ``deadlines`` is None where no limitation law is encoded for the jurisdiction: then no date is
    computed and none is believed. ``versions`` maps each file's name to its version, for the plan
    to record.
    """

    policy: Policy
    strategies: Strategies
    values: Values
    classification: Classification
    availability: Profiles
    deadlines: DeadlineLaw | None
    places: PlaceRules
    replan: ReplanRules
    versions: Mapping[str, str]


def policy_names() -> tuple[str, ...]:
    """The conduct policies that come with Rounds."""
    return tuple(sorted(file.stem for file in (PACKAGED / "policies").glob("*.toml")))


def load_rules(policy: str = "cn", folder: Path | None = None) -> Rules:
    """The rules of the lender whose conduct policy is ``policy``.

    ``folder`` holds a lender's own files (``strategy.toml``, ``policies/cn.toml`` …): each takes the
    place of the packaged file of that name as a whole. Raises :class:`RulesError` naming file and key.
    """
    loader = _Loader(folder)
    if not re.fullmatch(r"[a-z][a-z0-9-]*", policy):
        raise RulesError(PACKAGED / "policies", "", f"{policy!r} is not the name of a policy")
    # Regions of one country share its clocks: "in-microfinance" would look for deadlines/in.toml.
    country = policy.partition("-")[0]
    rules = Rules(
        policy=loader.load(f"policies/{policy}", lambda table: read_policy(table, policy)),
        strategies=loader.load("strategy", read_strategies),
        values=loader.load("values", read_values),
        classification=loader.load("classification", read_classification),
        availability=loader.load("availability", read_profiles),
        deadlines=loader.load_if_there(f"deadlines/{country}", read_deadlines),
        places=loader.load("place_rules", read_place_rules),
        replan=loader.load("replan", read_replan_rules),
        versions=loader.versions,
    )
    return rules


class _Loader:
    """Finds rule files, the lender's before the packaged, and notes the version of each one read."""

    def __init__(self, folder: Path | None) -> None:
        if folder is not None and not folder.is_dir():
            raise RulesError(folder, "", "there is no such folder of rule files")
        self._folders = (PACKAGED,) if folder is None else (folder, PACKAGED)
        self.versions: dict[str, str] = {}

    def _find(self, name: str) -> Path | None:
        places = (folder / f"{name}.toml" for folder in self._folders)
        return next((file for file in places if file.is_file()), None)

    def load(self, name: str, read: Callable[[Table], _Part]) -> _Part:
        file = self._find(name)
        if file is None:
            known = ", ".join(policy_names())
            hint = f" (policies that come with Rounds: {known})" if name.startswith("policies/") else ""
            raise RulesError(self._folders[0] / f"{name}.toml", "", f"there is no such rule file{hint}")
        table, version = read_rule_file(file)
        part = read(table)
        table.done()
        self.versions[name] = version
        return part

    def load_if_there(self, name: str, read: Callable[[Table], _Part]) -> _Part | None:
        return None if self._find(name) is None else self.load(name, read)
