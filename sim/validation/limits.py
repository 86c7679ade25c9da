"""Patterns 20 to 23: limiting cases whose answer is known from elsewhere: linear algebra and probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.base.terms import Outcome
from sim.engine.run import prepare
from sim.engine.state import World, vacant_seats
from sim.engine.ties import build_network
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.rulebook.parameters import Parameters
from sim.validation.pattern import PatternFinding, pattern, reading, report_only
from sim.validation.pattern_runs import PatternRuns, scenario

__all__ = ["PATTERNS", "SOCIAL_ONLY"]

Array = NDArray[np.float64]

STILL = {
    "opportunity_rate": 0.0, "turbulence_sd": 0.0, "staff_turnover": 0.0, "team_leader_turnover": 0.0,
    "senior_leader_turnover": 0.0, "leader_effect": 0.0, "strain_effect": 0.0, "newcomer_susceptibility": 0.0,
}  # fmt: skip
SOCIAL_ONLY = {**STILL, "trait_pull": 0.0, "social_influence": 0.5}
"""Nothing acts on safety but colleagues."""

_LITTLE = OrganisationShape(teams=8, team_size=6, cross_team_ties=4, far_ties=1.0)
_LONG = 4000


def _still(parameters: dict[str, float]) -> Scenario:
    return scenario((), parameters, weeks=1).replace(organisation=_LITTLE)


def _colleagues(world_scenario: Scenario) -> Array:
    """Return [n_staff, n_staff], how much each person listens to each colleague, from the networkx graph."""
    import networkx as nx

    organisation = build_organisation(world_scenario)
    graph = build_network(organisation)
    staff = [("staff", row) for row in range(organisation.n_staff)]
    near = graph.subgraph(staff).edge_subgraph(
        (a, b) for a, b, layer in graph.subgraph(staff).edges(data="layer") if layer != "reporting"
    )
    ties = nx.to_numpy_array(near, nodelist=staff, weight=None)
    return np.asarray(ties / ties.sum(axis=1, keepdims=True))


def _live(what: Scenario, seed: int, n_weeks: int) -> tuple[World, Array]:
    """Return a world some weeks after week 0, and the safety of staff at week 0."""
    prepared = prepare(what.replace(weeks=max(1, n_weeks)))
    world, key = prepared.start(seed)
    before = world.staff["safety"].copy()
    prepared.run_weeks(world, key, 0, n_weeks)
    return world, before


@pattern(
    20,
    "limit",
    "With social influence alone, safety comes to DeGroot's consensus: the mean weighted by how much each is listened "
    "to.",
    tolerance="every person within 0.00001 of what linear algebra gives",
    evidence=("degroot-1974",),
    meaning="Ties and influence are computed as they are meant.",
)
def consensus(runs: PatternRuns) -> PatternFinding:
    """Measure the distance from the consensus that the left eigenvector of the influence matrix gives."""
    what = _still(SOCIAL_ONLY)
    world, before = _live(what, runs.seed, _LONG)
    influence = SOCIAL_ONLY["social_influence"]
    matrix = (1.0 - influence) * np.eye(len(before)) + influence * _colleagues(what)
    values, vectors = np.linalg.eig(matrix.T)
    weights = np.real(vectors[:, int(np.argmax(np.real(values)))])
    consensus_value = float(before @ weights / weights.sum())
    distance = float(np.abs(world.staff["safety"] - consensus_value).max())
    return PatternFinding((reading("largest distance", distance, high=1e-5), report_only("consensus", consensus_value)))


@pattern(
    21,
    "limit",
    "The same with a pull to what each expects comes to the Friedkin–Johnsen fixed point (I − (1 − a)W)⁻¹ a s⁰.",
    tolerance="every person within 0.00001 of what linear algebra gives",
    evidence=("friedkin-johnsen",),
    meaning="Stubbornness and influence balance as the theory says.",
)
def stubborn_consensus(runs: PatternRuns) -> PatternFinding:
    """Measure the distance from the fixed point."""
    parameters = {**SOCIAL_ONLY, "social_influence": 0.10, "trait_pull": 0.05}
    what = _still(parameters)
    world, _ = _live(what, runs.seed, _LONG)
    expected = world.staff["safety_trait"]
    stubborn = parameters["trait_pull"] / (parameters["trait_pull"] + parameters["social_influence"])
    matrix = np.eye(len(expected)) - (1.0 - stubborn) * _colleagues(what)
    fixed_point = np.linalg.solve(matrix, stubborn * expected)
    return PatternFinding(
        (reading("largest distance", float(np.abs(world.staff["safety"] - fixed_point).max()), high=1e-5),)
    )


_REPETITIONS = 66


@pattern(
    22,
    "limit",
    "A habit that is rewarded every time is 1 − (1 − h₀)(1 − η)ⁿ strong after n times, and 95 % of the way near n = "
    "66.",
    tolerance="equal to rounding; 95 % after 60 to 72 repetitions",
    evidence=("lally-2010",),
    meaning="Habits form at the speed that was measured.",
)
def habit(runs: PatternRuns) -> PatternFinding:
    """Measure the habit of those whose every concern was heard."""
    certain = {
        **STILL, "opportunity_rate": 1.0, "voice_intercept": 10.0, "fair_hearing": 1.0, "facilitation": 0.0,
        "safety_trait": 1.0, "safety_trait_sd": 0.0, "trait_pull": 0.0, "turbulence_mean": 0.0, "backlog_pressure": 0.0,
        "habit_disuse": 0.0,
    }  # fmt: skip
    prepared = prepare(_still(certain).replace(weeks=_REPETITIONS), burn_in_weeks=0, is_settled=False)
    world, key = prepared.start(runs.seed)
    always = np.ones(world.staff.n_seats, dtype=bool)
    for week in range(_REPETITIONS):
        prepared.run_weeks(world, key, week, 1)
        always &= world.staff["outcome"] >= Outcome.HEARD
    usual = Parameters()
    expected = 1.0 - (1.0 - usual.initial_habit) * (1.0 - usual.habit_formation) ** _REPETITIONS
    distance = float(np.abs(world.staff["habit_voice"][always] - expected).max())
    reached = float(np.log(0.05) / np.log(1.0 - usual.habit_formation))
    return PatternFinding(
        (
            reading("largest distance after 66 weeks", distance, high=1e-12),
            reading("repetitions to 95 % of the way", reached, 60, 72),
            report_only("share of staff whose every concern was heard", float(always.mean())),
        )
    )


_TIMES = (52, 208, 416)
_PAIR_RUNS = 10
"""How many times the replicates of a small service are run: one pair of senior leaders each says little."""

_HIGHEST_DEVIATION = 2.576
"""Standard errors that hold 99 % of chance."""


@pattern(
    23,
    "limit",
    "Where turnover is all that happens, (1 − λ)ᵗ of the original staff are left after t weeks, and (1 − λ)²ᵗ of the "
    "trio's pairs are untouched.",
    tolerance="within the 99 % binomial interval after 1, 4 and 8 years (staff) and after 1, 2 and 4 years (pairs)",
    evidence=("nhs-leavers", "nhs-executives"),
    meaning="People leave as often as the rates say; ordinary staff turnover alone cannot erase a culture in a year "
    "or two.",
)
def turnover(runs: PatternRuns) -> PatternFinding:
    """Measure who is left."""
    staff = _original_staff(runs)
    pairs = _untouched_pairs(runs)
    weekly = Parameters().staff_turnover / 52
    expected = (1.0 - weekly) ** _TIMES[-1]
    return PatternFinding(
        (
            reading(
                "staff: largest deviation, in standard errors",
                max(_deviation(*one) for one in staff),
                high=_HIGHEST_DEVIATION,
            ),
            reading(
                "pairs: largest deviation, in standard errors",
                max(_deviation(*one) for one in pairs),
                high=_HIGHEST_DEVIATION,
            ),
            report_only("original staff left after 8 years", staff[-1][0] / staff[-1][1]),
            report_only("the same by the formula", expected),
        )
    )


def _deviation(left: float, n: float, chance: float) -> float:
    """Return how far a count lies from what is expected, in standard errors."""
    return float(abs(left - n * chance) / np.sqrt(n * chance * (1.0 - chance)))


def _original_staff(runs: PatternRuns) -> list[tuple[float, float, float]]:
    """Return (left, asked, chance) of the original staff after each time, over all replicates."""
    rates = {"safety_retention": 0.0, "senior_leader_turnover": 0.0, "team_leader_turnover": 0.0}
    weekly = Parameters().staff_turnover / 52
    prepared = prepare(scenario((), rates, weeks=_TIMES[-1]))
    left, n = np.zeros(len(_TIMES)), 0
    for replicate in range(runs.replicates):
        world, key = prepared.start(runs.seed, replicate)
        were_there, arrivals, week = ~vacant_seats(world.staff), world.staff["arrivals"].copy(), 0
        n += int(were_there.sum())
        for place, time in enumerate(_TIMES):
            prepared.run_weeks(world, key, week, time - week)
            week = time
            nobody_came = world.staff["arrivals"] == arrivals
            left[place] += (were_there & nobody_came & ~vacant_seats(world.staff)).sum()
        if runs.progress is not None:
            runs.progress(1)
    return [(float(count), float(n), (1.0 - weekly) ** time) for count, time in zip(left, _TIMES, strict=True)]


def _untouched_pairs(runs: PatternRuns) -> list[tuple[float, float, float]]:
    """Return (untouched, asked, chance) of one pair of each of many trios, after each time."""
    weekly = Parameters().senior_leader_turnover / 52
    times = (52, 104, 208)
    what = scenario(parameters={"staff_turnover": 0.0}, weeks=times[-1]).replace(
        organisation=OrganisationShape(teams=1, team_size=1)
    )
    prepared = prepare(what)
    n = _PAIR_RUNS * runs.replicates
    left = np.zeros(len(times))
    for replicate in range(n):
        world, key = prepared.start(runs.seed, replicate)
        known, week = world.seniors["weeks_in_post"][:2].copy(), 0
        for place, time in enumerate(times):
            prepared.run_weeks(world, key, week, time - week)
            week = time
            left[place] += bool((world.seniors["weeks_in_post"][:2] == known + time).all())
    return [(float(count), float(n), (1.0 - weekly) ** (2 * time)) for count, time in zip(left, times, strict=True)]


PATTERNS = (consensus, stubborn_consensus, habit, turnover)
"""Patterns 20 to 23."""
