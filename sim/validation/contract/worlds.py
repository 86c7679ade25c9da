"""Small random worlds that have everything in them that can make a rule go wrong.

Uneven teams, teams of one, several services, one senior leader or four, committees, vacancies, every intervention.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from sim.base.chance import chance_key
from sim.engine.plan import Plan, build_plan
from sim.engine.state import World, allocate
from sim.engine.ties import build_ties
from sim.engine.week import ENGINE, Engine
from sim.inputs.interventions import KINDS, Intervention
from sim.inputs.organisation import Chance, GivenTies, Organisation, OrganisationShape
from sim.rulebook.parameters import ParameterDeclaration, Parameters, describe, parameters_model
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.contract import plain_engine

__all__ = [
    "LONGEST_SPELL", "Case", "changed", "columns", "needed_by", "organisation_of", "random_case",
    "random_intervention", "random_numbers", "random_organisation", "random_parameters", "random_ties",
    "random_timeline", "scramble",
]  # fmt: skip

Generator = np.random.Generator
Array = NDArray[Any]

LONGEST_SPELL = 60
"""Highest value that a random world has where none is declared: of weeks, people and events."""

_CHANGEABLE = ("imitation", "usual_attention_staff", "own_style", "links_half", "witness_reach", "saturation")
"""Parameters that a random timeline changes."""

_SHARE_VACANT = 0.3
"""Of all posts in a scrambled world, how many are vacant."""

_SHARE_OF_KINDS = 0.6
"""Of all kinds of intervention, how many are on a random timeline."""


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


def columns(world: World, rulebook: Rulebook = RULEBOOK) -> dict[str, Array]:
    """Return a copy of every column by ``group.column``."""
    return {
        column.path: getattr(world, column.group)[column.name].copy()
        for named in rulebook.columns.values()
        for column in named.values()
    }


def changed(before: dict[str, Array], after: dict[str, Array]) -> set[str]:
    """Return the columns in which two worlds differ by a bit or more."""
    return {name for name in before if before[name].tobytes() != after[name].tobytes()}


# --- random ones -----------------------------------------------------------------------------------------------------


def _base(rng: Generator) -> int:
    return int(rng.integers(2**32))


def _apart(base: int, name: str) -> Generator:
    """Return chance of its own for each name, so that one more rule or kind changes nothing for all others."""
    return np.random.default_rng([base, zlib.crc32(name.encode())])


def random_case(seed: int, n_weeks: int = 12, burn_in_weeks: int = 4, engine: Engine = ENGINE) -> Case:
    """Return a small world, at the start of its burn-in, in which nothing is as usual."""
    rng = np.random.default_rng(seed)
    organisation = random_organisation(rng)
    if seed % 3 == 0:
        organisation = replace(organisation, given_ties=random_ties(rng, organisation))
    if seed % 4 == 1:
        organisation = replace(organisation, chance=random_numbers(rng, organisation))
    n_sets = organisation.n_services if rng.random() < 0.5 else 1
    parameters = [random_parameters(rng, engine.rulebook) for _ in range(n_sets)]
    timeline = random_timeline(rng, organisation, n_weeks)
    plan, audiences = build_plan(organisation, parameters, timeline, n_weeks, burn_in_weeks, engine.rulebook)
    world = allocate(organisation, build_ties(organisation, audiences.committees), audiences, engine.rulebook)
    key = chance_key(seed, seed)
    plain_engine.initialise(world, plan, key, engine)
    return Case(organisation, plan, world, key)


def random_organisation(rng: Generator) -> Organisation:
    """Return one to three services of uneven teams."""
    n_services = int(rng.integers(1, 4))
    team_sizes = [rng.choice([1, 1, 2, 4, 7], int(rng.integers(1, 5))).tolist() for _ in range(n_services)]
    return organisation_of(
        team_sizes,
        rng.integers(1, 5, n_services).tolist(),
        cross_team_ties=float(rng.choice([0.0, 1.0, 3.0])),
        ties_between_services=float(rng.choice([0.0, 0.5])),
        seed=int(rng.integers(1000)),
    )


def random_ties(rng: Generator, organisation: Organisation) -> GivenTies:
    """Return ties of a table: with weights, one-way ones, perhaps some within teams, and some of leaders."""
    pairs = rng.integers(0, organisation.n_staff, (int(rng.integers(0, 3 * organisation.n_staff)), 2))
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    one_way = (rng.random(len(pairs)) < 0.5) | (pairs[:, 0] > pairs[:, 1])  # a mutual tie has the smaller row first
    team = organisation.team_of_staff()
    kept = np.not_equal(team[pairs[:, 0]], team[pairs[:, 1]]) | (rng.random() < 0.5)
    leaders = rng.integers(0, organisation.n_teams, (int(rng.integers(0, 4)), 2))
    leaders = leaders[leaders[:, 0] != leaders[:, 1]]
    return GivenTies(
        pairs=pairs[kept],
        layers=rng.integers(0, 2, kept.sum()).astype(np.uint8),
        weights=rng.choice([0.3, 1.0, 2.5], kept.sum()),
        one_way=one_way[kept],
        leaders_teams=leaders,
        leaders_weights=rng.choice([0.5, 1.0], len(leaders)),
    )


def random_numbers(rng: Generator, organisation: Organisation) -> Chance:
    """Return numbers by which chance knows everybody, such as the names of a real organisation would give."""
    return Chance(*(rng.permutation(2**16)[: len(rows)].astype(np.uint32) for rows in organisation.chance_numbers()))


def random_parameters(rng: Generator, rulebook: Rulebook = RULEBOOK) -> Parameters:
    """Return plausible values, with so much happening that every rule is at work in a few weeks."""
    base = _base(rng)
    drawn = {name: _apart(base, name).uniform(*_likely(declared)) for name, declared in describe(rulebook).items()}
    for name in ("staff_turnover", "team_leader_turnover", "senior_leader_turnover"):
        drawn[name] = rng.uniform(0, 5)
    drawn |= {
        "opportunity_rate": rng.uniform(0.3, 1),
        "punish_rate": rng.uniform(0, 1),
        "vacancy_weeks": rng.uniform(0, 6),
        "time_to_hire": rng.choice([0.0, 1.0, 2.5, 6.0]),
        "cynicism_memory": rng.uniform(4, 60),
        "disappointment": rng.uniform(0, 1),
        "voice_memory": rng.uniform(1, 8),
    }
    return parameters_model(rulebook)(**drawn)


def _likely(declared: ParameterDeclaration) -> tuple[float, float]:
    """Return what may be true of a parameter; a fixed number varies too, so that nobody forgets that it is one."""
    if not declared.is_reference:
        return declared.plausible
    return max(declared.lowest, 0.7 * declared.default), min(declared.highest, 1.1 * declared.default)


def random_timeline(rng: Generator, organisation: Organisation, n_weeks: int) -> list[Intervention]:
    """Return an intervention of each of some kinds, in a random order."""
    own = {kind: _apart(base, kind) for base in [_base(rng)] for kind in KINDS}
    place = {kind: own[kind].random() for kind in KINDS if own[kind].random() < _SHARE_OF_KINDS}
    in_order = sorted(place, key=lambda kind: place[kind])
    return [random_intervention(own[kind], kind, organisation, n_weeks) for kind in in_order]


def random_intervention(rng: Generator, kind: str, organisation: Organisation, n_weeks: int) -> Intervention:
    """Return an entry of a kind, at any time and for anybody."""
    start = int(rng.integers(0, n_weeks - 1))
    some_seniors: dict[str, Any] = {"which": (1, 3)} if rng.random() < 0.5 else {"how_many": int(rng.integers(1, 3))}
    special: dict[str, dict[str, Any]] = {
        "train_facilitators": {
            "share_per_week": rng.uniform(0, 0.5),
            "choose": str(rng.choice(["random", "connected", "trusted", "needed"])),
        },
        "committee": {"members": int(rng.integers(2, 8))},
        "induction": {"weeks_after_arrival": int(rng.integers(1, 8))},
        "leaders_leave": some_seniors,
        "leaders_change_jobs": some_seniors,
        "shock": {"size": rng.uniform(-0.5, 0.5)},
        "change_parameter": {"name": str(rng.choice(_CHANGEABLE)), "value": rng.uniform(0.05, 0.3)},
        "attention": _random_attention(rng),
    }
    entry: dict[str, Any] = {"week": start}
    if "week" not in KINDS[kind].model_fields:
        end = int(rng.integers(start + 1, n_weeks + 3))
        entry = {"start_week": start, "end_week": end, "intensity": rng.random(), "ramp_weeks": int(rng.choice([0, 3]))}
        if rng.random() < 0.5:
            entry["target"] = random_target(rng, KINDS[kind].target_parts, organisation)
    return KINDS[kind](**needed_by(KINDS[kind], rng) | entry | special.get(kind, {}))


def _random_attention(rng: Generator) -> dict[str, Any]:
    """Return intended shares of time, more or less than usual, of all senior leaders or of some."""
    shares = rng.dirichlet([1, 1, 1, 2]).round(3)
    intended = dict(zip(("purpose", "staff", "leaders"), shares.tolist(), strict=False))
    return intended | ({"which": (1, 3)} if rng.random() < 0.5 else {})


def needed_by(kind: type[Intervention], rng: Generator) -> dict[str, Any]:
    """Return a value within its bounds for each field that an entry of a kind cannot do without, apart from dates."""
    wanted = {name: one for name, one in kind.model_fields.items() if one.is_required() and "week" not in name}
    return {name: _value_within(one, rng) for name, one in wanted.items()}


def _value_within(asked: FieldInfo, rng: Generator) -> Any:
    if get_origin(asked.annotation) is Literal:
        return get_args(asked.annotation)[0]
    low, high = _bounds_of(asked)
    value = rng.uniform(max(low, -1e6), min(high, 1e6))
    return int(value) if asked.annotation is int else float(value)


def _bounds_of(asked: FieldInfo) -> tuple[float, float]:
    """Return the lowest and the highest value of a field; infinite where it has no bound."""
    lowest = [getattr(one, name) for one in asked.metadata for name in ("ge", "gt") if hasattr(one, name)]
    highest = [getattr(one, name) for one in asked.metadata for name in ("le", "lt") if hasattr(one, name)]
    return max(lowest, default=-math.inf), min(highest, default=math.inf)


def random_target(rng: Generator, parts: frozenset[str], organisation: Organisation) -> dict[str, Any]:
    """Return whom an entry reaches, by the parts that its kind may be narrowed by."""
    possible = {
        "services": rng.choice(organisation.service_names(), 1).tolist(),
        "teams": rng.choice(organisation.team_names(), min(2, organisation.n_teams), replace=False).tolist(),
        "staff_groups": ["nursing", "medical", "operations"],
        "share": 0.6,
    }
    return {part: possible[part] for part in sorted(parts) if rng.random() < 0.5}


def scramble(world: World, rng: Generator, names: set[str] | None = None, rulebook: Rulebook = RULEBOOK) -> None:
    """Fill columns (all that some mechanism owns, or those named) with random values in their declared range."""
    base = _base(rng)
    for group, declared in rulebook.columns.items():
        for name, column in declared.items():
            if column.initial is not None and (names is None or f"{group}.{name}" in names):
                values = getattr(world, group)[name]
                lowest, highest = (
                    (-0.5, 1.0) if column.lowest == -np.inf else (column.lowest, min(column.highest, LONGEST_SPELL))
                )
                highest_drawn = highest + (values.dtype.kind != "f")
                drawn = _apart(base, column.path).uniform(lowest, highest_drawn, len(values))
                if name == "vacant_weeks":  # most posts are filled, and some will be this week
                    drawn = np.where(
                        _apart(base, f"{column.path} is vacant").random(len(values)) < 0.3, drawn % 3.0, 0.0
                    )
                values[:] = np.minimum(np.floor(drawn), highest) if values.dtype.kind != "f" else drawn
