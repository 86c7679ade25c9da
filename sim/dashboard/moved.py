"""What moved how safe people feel, up to a week: the same weeks lived again, without each of the things that move it.

The rules themselves say how much each thing does: a week is run as it was and without it, from the same state and with
the same chance, and the difference of the two is its part. Nothing of a rule is written down here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dashboard.session import check_size
from sim.dashboard.shared import SharedCache, digest_of, organisation_of, text_bytes
from sim.engine.plan import Plan
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, copy_world, vacant_seats
from sim.inputs.scenario.description import Scenario
from sim.rules.turnover import RULE as TURNOVER

__all__ = ["MOVERS", "WEEKS", "moved"]

WEEKS = 13
"""Weeks that are looked back on: a single one is mostly noise."""

MOVERS: Mapping[str, tuple[str, ...]] = {
    "Being heard, and learning from it": ("safety_gain_heard", "safety_gain_learned"),
    "Being ignored": ("safety_loss_ignored",),
    "Being punished for speaking up": ("safety_loss_punished",),
    "Colleagues, along the ties": ("social_influence",),
    "Dialogue with the directors": ("dialogue_gain",),
    "How team leaders lead": ("leader_effect",),
    "Strain, above or below the usual": ("strain_effect",),
    "Back to what they expect of any workplace": ("trait_pull",),
}
"""What moves safety, in words, and the parameters of its rule at 0 without it.

The last holds the two before it as well: leaders and strain move what people fall back on.
"""

CAME_AND_WENT, ELSE = "People who came and went", "What else there is"
_WITHIN_THE_LAST = ("How team leaders lead", "Strain, above or below the usual")
_OF_100, _NOTHING = 100.0, 0.05
_MOST_BYTES = 2_000_000

_known: SharedCache[dict[str, Any]] = SharedCache(_MOST_BYTES, text_bytes)


def moved(scenario: Scenario, seed: int, week: int) -> dict[str, Any]:
    """Return what moved the mean of how safe people feel in the quarter up to a week, in points of 100.

    Raises
    ------
    InputError : the organisation is too large for a page, or its tables have faults
    """
    week = max(0, min(week, scenario.weeks))
    return dict(_known.get((digest_of(scenario), seed, week), lambda: _moved(scenario, seed, week)))


def _moved(scenario: Scenario, seed: int, week: int) -> dict[str, Any]:
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    prepared = prepare(scenario, organisation)
    world, key = prepared.start(seed)
    first = max(0, week - WEEKS)
    prepared.run_weeks(world, key, 0, first)
    plans = _plans_without(prepared)
    parts, before = np.zeros(len(MOVERS) + 2), _mean(world)
    for now in range(first, week):
        parts += _parts_of_a_week(prepared, plans, world, key, now)
        prepared.run_weeks(world, key, now, 1)
    words = [*MOVERS, CAME_AND_WENT, ELSE]
    points = (_OF_100 * parts).round(2).tolist()
    return {
        "first": first,
        "week": week,
        "before": round(_OF_100 * before, 2),
        "after": round(_OF_100 * _mean(world), 2),
        "parts": [
            [name, part] for name, part in zip(words, points, strict=True) if name != ELSE or abs(part) >= _NOTHING
        ],
    }


def _plans_without(prepared: PreparedRun) -> list[Plan]:
    """Return the plan in which nobody leaves or comes, and that without each of what moves safety."""
    staying = _plan_with(prepared.plan, TURNOVER.off)
    return [staying, *(_plan_with(staying, dict.fromkeys(names, 0.0)) for names in MOVERS.values())]


def _plan_with(plan: Plan, values: Mapping[str, float]) -> Plan:
    rules = plan.rules.copy()
    for name, value in values.items():
        rules[name] = value
    return plan._replace(rules=rules)


def _parts_of_a_week(
    prepared: PreparedRun, plans: list[Plan], world: World, key: NDArray[np.uint32], week: int
) -> NDArray[np.float64]:
    """Return the part of each mover in a week, of those who came and went, and of what is left."""
    before, after = _mean(world), _mean(_lived(prepared, prepared.plan, world, key, week))
    staying, *without = (_mean(_lived(prepared, plan, world, key, week)) for plan in plans)
    parts = dict(zip(MOVERS, (staying - mean for mean in without), strict=True))
    parts[list(MOVERS)[-1]] -= sum(parts[name] for name in _WITHIN_THE_LAST)
    came_and_went = after - staying
    return np.array([*parts.values(), came_and_went, staying - before - sum(parts.values())])


def _lived(prepared: PreparedRun, plan: Plan, world: World, key: NDArray[np.uint32], week: int) -> World:
    """Return a copy of a world after a week under a plan."""
    copy = copy_world(world)
    prepared.engine.run_weeks(copy, plan, key, week, 1, prepared.empty_table(0, 1))
    return copy


def _mean(world: World) -> float:
    """Return how safe people feel, the mean over those who are there."""
    present = ~vacant_seats(world.staff)
    return float(world.staff["safety"][present].mean()) if present.any() else 0.0
