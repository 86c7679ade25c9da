"""Step 7: a share of staff becomes facilitators, drawn by chance or chosen by a rule."""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import kernel
from sim.engine.plan import CONNECTED, TRUSTED

READS = ("staff.safety", "staff.capability")
WRITES = ("staff.capability",)
STREAMS = ("OPPORTUNITY",)

_TRAINED_ALREADY = 0.5


@kernel
def training(world: Any, service: Any, training_reach: Any) -> None:
    """Train people drawn by chance.

    ``training_reach`` : [n_audiences], chance of being drawn this week for each audience.

    Source: introductory training reaches 10 to 20 % of staff a year (nhs-impact).
    """
    here = world.services[service]
    for i in range(here.first_seat, here.last_seat):
        if world.scratch.opportunity_draws[3, i - here.first_seat] < training_reach[world.staff[i].audience]:
            world.staff[i].capability = 1.0


@kernel
def chosen_training(world: Any, service: Any, rule: Any, is_reached: Any, share_before: Any, share_after: Any) -> None:
    """Train the people of a service whom a rule puts first.

    ``is_reached`` : [n_audiences], whom the training is for. ``share_before``, ``share_after`` : share of those who
    have had their turn before and after this week; the quota is the whole people in between.
    """
    here, scratch, staff = world.services[service], world.scratch, world.staff
    n_reached, n_candidates = 0, 0
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        team_capability = 0.0
        for i in range(team.first_seat, team.last_seat):
            team_capability += staff[i].capability
        team_capability /= float(team.last_seat - team.first_seat)
        for i in range(team.first_seat, team.last_seat):
            if not is_reached[staff[i].audience]:
                continue
            n_reached += 1
            if staff[i].capability < _TRAINED_ALREADY:
                scratch.score[n_candidates] = _score(world, rule, i, team_capability)
                scratch.order[n_candidates] = i
                n_candidates += 1
    quota = math.floor(n_reached * share_after) - math.floor(n_reached * share_before)
    for _ in range(min(quota, n_candidates)):
        first = scratch.score[:n_candidates].argmax()
        staff[scratch.order[first]].capability = 1.0
        scratch.score[first] = -math.inf


@kernel
def _score(world: Any, rule: Any, i: Any, team_capability: Any) -> Any:
    """Return how far to the front a rule puts a person."""
    if rule == CONNECTED:
        return float(world.ties.indptr[i + 1] - world.ties.indptr[i])
    if rule == TRUSTED:
        return world.staff[i].safety
    return -team_capability
