"""Step 6: what the service has learned, and its backlog of unresolved problems.

Y <- Y + (L - Y) / tau_Y;  B <- B + inflow (1 - relief Y) - clear (1 + boost c) B

Tight control clears problems faster today and lets the learning that prevents them fade: better before worse.
"""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.engine.state import clip

READS = ("services.backlog", "services.learning_stock", "services.team_leader_control", "services.learned_share")
WRITES = ("services.backlog", "services.learning_stock")
STREAMS = ()


@kernel
def service(world: Any, rules: Any, row: Any) -> None:
    """Update the learning stock and the backlog of the service in ``row``.

    Source: the capability trap (capability-trap), in a form of our own.
    """
    here = world.services[row]
    stock, backlog = here.learning_stock, here.backlog
    here.learning_stock = clip(stock + (here.learned_share - stock) / rules.learning_memory_weeks)
    inflow = rules.problem_inflow * (1.0 - rules.learning_relief * stock)
    cleared = rules.clearing_rate * (1.0 + rules.control_boost * here.team_leader_control) * backlog
    here.backlog = clip(backlog + inflow - cleared)
