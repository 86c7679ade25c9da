"""What the service has learned, and its backlog of unresolved problems.

Tight control clears problems faster today and lets the learning that prevents them fade: better before worse.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import kernel
from sim.base.rule import RATE, SHARE, UNIT, Rule, Step, parameter, reference, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "problem_inflow", 0.10, RATE, "new problems when nothing has been learned",
        symbol="inflow", group="pressure and backlog", within=UNIT, plausible=(0.05, 0.2), grade="judgement",
        source="capability-trap",
    ),
    parameter(
        "learning_relief", 0.8, "per unit of learning", "share of problems that what has been learned prevents",
        symbol="relief", group="pressure and backlog", within=(0, 2), plausible=(0.4, 1.2), grade="judgement",
        source="capability-trap",
    ),
    parameter(
        "clearing_rate", 0.13, RATE, "clearing of the backlog without tight control",
        symbol="clear", group="pressure and backlog", within=UNIT, plausible=(0.065, 0.26), grade="judgement",
        source="capability-trap",
    ),
    parameter(
        "control_boost", 0.3, "times", "how much faster tight control clears problems today",
        symbol="boost", group="pressure and backlog", within=(0, 5), plausible=(0.0, 0.6), grade="judgement",
        source="capability-trap",
    ),
    parameter(
        "learning_memory_weeks", 39, "weeks", "time in which what a service has learned is forgotten (to 37 %)",
        symbol="τ_Y", group="pressure and backlog", within=(1, 1040), plausible=(13, 104), grade="judgement",
        source="capability-trap",
    ),
    reference(
        "initial_backlog", 0.9, SHARE, "backlog at the start of the burn-in",
        symbol="B₀", group="pressure and backlog", within=UNIT,
    ),
    reference(
        "initial_learning", 0.05, SHARE, "learning stock at the start of the burn-in",
        symbol="Y₀", group="pressure and backlog", within=UNIT,
    ),
)  # fmt: skip

COLUMNS = (
    share("services", "backlog", "backlog of unresolved problems (B)", initial="initial_backlog"),
    share("services", "learning_stock", "what has been learned and not forgotten (Y)", initial="initial_learning"),
)


@kernel
def service(world: Any, rules: Any, row: Any, now: Any) -> None:
    """Update the learning stock and the backlog of the service in ``row``.

    Source: the capability trap (capability-trap), in a form of our own.
    """
    here = world.services[row]
    stock, backlog = here.learning_stock, here.backlog
    here.learning_stock = clip(stock + (here.learned_share - stock) / rules.learning_memory_weeks)
    inflow = rules.problem_inflow * (1.0 - rules.learning_relief * stock)
    cleared = rules.clearing_rate * (1.0 + rules.control_boost * here.team_leader_control) * backlog
    here.backlog = clip(backlog + inflow - cleared)


RULE = Rule(
    name="service",
    title="Service",
    summary="learning is stored and forgotten, the backlog grows and is cleared",
    equation="""\
Y += (L − Y)/τ_Y; B += inflow(1 − relief · Y) − clear(1 + boost · mean c of team leaders)B. The burn-in begins at
Y = Y₀ and B = B₀.""",
    steps=(Step(service),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    reads=(
        "services.backlog", "services.learning_stock", "services.team_leader_control", "services.learned_share",
    ),
    writes=("services.backlog", "services.learning_stock"),
    off={"problem_inflow": 0, "clearing_rate": 0, "learning_memory_weeks": math.inf},
    has_mean_field=True,
)  # fmt: skip
