"""A share of staff becomes facilitators, drawn by chance or chosen by a rule."""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import kernel
from sim.base.rule import SHARE, UNIT, Rule, Step, reference
from sim.base.terms import CONNECTED, TRUSTED

PARAMETERS = (
    reference(
        "trained_already", 0.5, SHARE, "capability from which nobody is chosen for training again",
        symbol="k_trained", group="dialogue and facilitation", within=UNIT,
    ),
)  # fmt: skip


@kernel
def training(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Train people drawn by chance, then those whom rules put first; nobody is trained in a vacant seat.

    Source: introductory training reaches 10 to 20 % of staff a year (nhs-impact).
    """
    plan, here = now.plan, world.services[service]
    training_reach = plan.training[now.epoch]  # [n_audiences], chance of being drawn this week
    for i in range(here.first_seat, here.last_seat):
        is_drawn = world.scratch.opportunity_draws[3, i - here.first_seat] < training_reach[world.staff.audience[i]]
        if is_drawn and world.staff.vacant_weeks[i] == 0.0:
            world.staff.capability[i] = 1.0
    for k in range(plan.chosen_rule.size):
        before, after = plan.chosen_share[now.row, k], plan.chosen_share[now.row + 1, k]
        if after > before:
            _chosen_training(world, rules, service, plan.chosen_rule[k], plan.chosen_reached[k], before, after)


@kernel
def _chosen_training(
    world: Any, rules: Any, service: Any, rule: Any, is_reached: Any, share_before: Any, share_after: Any
) -> None:
    """Train the people of a service whom a rule puts first.

    ``is_reached`` : [n_audiences], whom the training is for. ``share_before``, ``share_after`` : share of those who
    have had their turn before and after this week; the quota is the whole people in between.
    """
    here, scratch, staff = world.services[service], world.scratch, world.staff
    n_reached, n_candidates = 0, 0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        capability_sum, occupied = 0.0, 0.0
        for i in range(team.first_seat, team.last_seat):
            if staff.vacant_weeks[i] == 0.0:
                capability_sum += staff.capability[i]
                occupied += 1.0
        team_capability = capability_sum / occupied if occupied > 0.0 else 0.0
        for i in range(team.first_seat, team.last_seat):
            if staff.vacant_weeks[i] > 0.0 or not is_reached[staff.audience[i]]:
                continue
            n_reached += 1
            if staff.capability[i] < rules.trained_already:
                scratch.score[n_candidates] = _score(world, rule, i, team_capability)
                scratch.order[n_candidates] = i
                n_candidates += 1
    quota = math.floor(n_reached * share_after) - math.floor(n_reached * share_before)
    for _ in range(min(quota, n_candidates)):
        first = scratch.score[:n_candidates].argmax()
        staff.capability[scratch.order[first]] = 1.0
        scratch.score[first] = -math.inf


@kernel
def _score(world: Any, rule: Any, i: Any, team_capability: Any) -> Any:
    """Return how far to the front a rule puts a person."""
    if rule == CONNECTED:
        return float(world.ties.indptr[i + 1] - world.ties.indptr[i])
    if rule == TRUSTED:
        return world.staff.safety[i]
    return -team_capability


RULE = Rule(
    name="training",
    title="Training",
    summary="some become facilitators",
    equation="""\
A share of staff, drawn by chance or by a rule (the best connected, those who feel safest, the teams with the
least capability), gets k = 1. Rules pass over those who have k ≥ k_trained.""",
    steps=(Step(training),),
    parameters=PARAMETERS,
    reads=("scratch.opportunity_draws", "staff.safety", "staff.capability", "staff.vacant_weeks"),
    writes=("staff.capability",),
    off={"training": 0, "chosen_share": 0},
    has_mean_field=True,
)
