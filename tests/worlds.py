"""Small worlds to test on: chosen ones, and random ones that have everything in them that can make a rule go wrong.

Uneven teams, teams of one, several services, one senior leader or four, committees, vacancies, every intervention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.base.chance import chance_key
from sim.engine.plan import Plan, build_plan
from sim.engine.recorder import N_MEASURES
from sim.engine.state import COLUMNS, World, allocate
from sim.engine.ties import build_ties
from sim.engine.week import initialise, run_weeks
from sim.inputs.interventions import KINDS, Intervention
from sim.inputs.organisation import Organisation, OrganisationShape
from sim.rulebook.parameters import ParameterDeclaration, Parameters, describe

Generator = np.random.Generator

LONGEST_SPELL = 60
"""Highest value that a random world has where none is declared: of weeks, people and events."""


def organisation_of(
    team_sizes: Sequence[Sequence[int]], seniors: Sequence[int] | int = 3, **shape: Any
) -> Organisation:
    """Return an organisation with these team sizes in each service, and as many senior leaders."""
    sizes = np.concatenate([np.asarray(own, dtype=np.int64) for own in team_sizes])
    n_seniors = np.broadcast_to(np.asarray(seniors, dtype=np.int64), len(team_sizes))
    group_of = np.random.default_rng(sizes.sum()).integers(0, 5, sizes.sum())
    return Organisation(
        staff_group=group_of.astype(np.uint8),
        team_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        service_team_start=np.concatenate([[0], np.cumsum([len(own) for own in team_sizes])]).astype(np.int64),
        service_senior_start=np.concatenate([[0], np.cumsum(n_seniors)]).astype(np.int64),
        shape=OrganisationShape(**shape),
    )


@dataclass
class Case:
    """A world with the plan that it follows and the chance that it meets."""

    organisation: Organisation
    plan: Plan
    world: World
    key: Any


def case_of(
    organisation: Organisation,
    timeline: Sequence[Intervention] = (),
    parameters: Parameters | Sequence[Parameters] | None = None,
    n_weeks: int = 20,
    burn_in_weeks: int = 5,
    seed: int = 1,
    replicate: int = 0,
) -> Case:
    """Return a world at the start of its burn-in."""
    own = parameters if isinstance(parameters, Sequence) else [parameters or Parameters()]
    plan, audiences = build_plan(organisation, own, timeline, n_weeks, burn_in_weeks)
    world = allocate(organisation, build_ties(organisation, audiences.committees), audiences)
    key = chance_key(seed, replicate)
    initialise(world, plan, key)
    return Case(organisation, plan, world, key)


def live(case: Case, n_weeks: int, first_week: int | None = None, n_parts: int = 1) -> np.ndarray:
    """Let the world of a case live on, and return its weekly table [n_weeks + 1, n_parts, n_measures]."""
    table = np.full((n_weeks + 1, n_parts, N_MEASURES), np.nan)
    first = case.plan.first_week if first_week is None else first_week
    run_weeks(case.world, case.plan, case.key, first, n_weeks, table)
    return table


def columns(world: World) -> dict[str, np.ndarray]:
    """Return a copy of every column by ``group.column``."""
    return {f"{group}.{name}": getattr(world, group)[name].copy() for group, names in COLUMNS.items() for name in names}


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> set[str]:
    """Return the columns in which two worlds differ by a bit or more."""
    return {name for name in before if before[name].tobytes() != after[name].tobytes()}


# --- random ones -----------------------------------------------------------------------------------------------------


def random_case(seed: int, n_weeks: int = 12, burn_in_weeks: int = 4) -> Case:
    """Return a small world in which nothing is as usual."""
    rng = np.random.default_rng(seed)
    organisation = random_organisation(rng)
    parameters = [random_parameters(rng) for _ in range(organisation.n_services if rng.random() < 0.5 else 1)]
    timeline = random_timeline(rng, organisation, n_weeks)
    return case_of(organisation, timeline, parameters, n_weeks, burn_in_weeks, seed=seed, replicate=seed)


def random_organisation(rng: Generator) -> Organisation:
    n_services = int(rng.integers(1, 4))
    team_sizes = [rng.choice([1, 1, 2, 4, 7], int(rng.integers(1, 5))).tolist() for _ in range(n_services)]
    return organisation_of(
        team_sizes,
        rng.integers(1, 5, n_services).tolist(),
        cross_team_ties=float(rng.choice([0.0, 1.0, 3.0])),
        ties_between_services=float(rng.choice([0.0, 0.5])),
        seed=int(rng.integers(1000)),
    )


def random_parameters(rng: Generator) -> Parameters:
    """Return plausible values, with so much happening that every rule is at work in a few weeks."""
    drawn = {name: rng.uniform(*_likely(declared)) for name, declared in describe().items()}
    for name in ("staff_turnover", "team_leader_turnover", "senior_leader_turnover"):
        drawn[name] = rng.uniform(0, 5)
    drawn |= {
        "opportunity_rate": rng.uniform(0.3, 1),
        "punish_rate": rng.uniform(0, 1),
        "vacancy_weeks": rng.uniform(0, 6),
    }
    return Parameters(**drawn)


def _likely(declared: ParameterDeclaration) -> tuple[float, float]:
    """Return what may be true of a parameter; a fixed number varies too, so that nobody forgets that it is one."""
    if not declared.is_reference:
        return declared.plausible
    return max(declared.lowest, 0.7 * declared.default), min(declared.highest, 1.1 * declared.default)


def random_timeline(rng: Generator, organisation: Organisation, n_weeks: int) -> list[Intervention]:
    """Return an intervention of each of some kinds, in a random order."""
    kinds = [kind for kind in KINDS if rng.random() < 0.6]
    rng.shuffle(kinds)
    return [random_intervention(rng, kind, organisation, n_weeks) for kind in kinds]


def random_intervention(rng: Generator, kind: str, organisation: Organisation, n_weeks: int) -> Intervention:
    start = int(rng.integers(0, n_weeks - 1))
    special: dict[str, dict[str, Any]] = {
        "train_facilitators": {
            "share_per_week": rng.uniform(0, 0.5),
            "choose": str(rng.choice(["random", "connected", "trusted", "needed"])),
        },
        "committee": {"members": int(rng.integers(2, 8))},
        "assurance": {"control_norm": rng.random()},
        "induction": {"weeks_after_arrival": int(rng.integers(1, 8))},
        "shock": {"size": rng.uniform(-0.5, 0.5)},
        "change_parameter": {"name": "imitation", "value": rng.random()},
    }
    if kind == "leaders_leave":
        chosen = {"which": (1, 3)} if rng.random() < 0.5 else {"how_many": int(rng.integers(1, 3))}
        return KINDS[kind](week=start, **chosen)
    entry = {"start_week": start, "end_week": int(rng.integers(start + 1, n_weeks + 3)), "intensity": rng.random()}
    entry |= {"ramp_weeks": int(rng.choice([0, 3])), **special.get(kind, {})}
    if rng.random() < 0.5:
        entry["target"] = random_target(rng, KINDS[kind].target_parts, organisation)
    return KINDS[kind](**entry)


def random_target(rng: Generator, parts: frozenset[str], organisation: Organisation) -> dict[str, Any]:
    possible = {
        "services": rng.choice(organisation.service_names(), 1).tolist(),
        "teams": rng.choice(organisation.team_names(), min(2, organisation.n_teams), replace=False).tolist(),
        "staff_groups": ["nursing", "medical", "operations"],
        "share": 0.6,
    }
    return {part: possible[part] for part in parts if rng.random() < 0.5}


def scramble(world: World, rng: Generator, names: set[str] | None = None) -> None:
    """Fill columns (all that some mechanism owns, or those named) with random values in their declared range."""
    for group, declared in COLUMNS.items():
        for name, column in declared.items():
            if column.initial is not None and (names is None or f"{group}.{name}" in names):
                values = getattr(world, group)[name]
                lowest, highest = (
                    (-0.5, 1.0) if column.lowest == -np.inf else (column.lowest, min(column.highest, LONGEST_SPELL))
                )
                drawn = rng.uniform(lowest, highest + (values.dtype.kind != "f"), len(values))
                if name == "vacant_weeks":  # most posts are filled, and some will be this week
                    drawn = np.where(rng.random(len(values)) < 0.3, drawn % 3.0, 0.0)
                values[:] = np.minimum(np.floor(drawn), highest) if values.dtype.kind != "f" else drawn
