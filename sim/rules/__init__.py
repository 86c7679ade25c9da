"""The rules of a week, one file each: what a rule declares, and the kernels that do it.

A rule knows nothing but arrays. Its steps are called as ``step(world, rules, service, now)``: the state, the rules in
force for the service, the service's row, and the moment (:class:`sim.base.terms.Now`). What it may touch is what it
declares; contract tests hold it to that.
"""

from __future__ import annotations

from sim.rules.attention import RULE as ATTENTION
from sim.rules.climate import RULE as CLIMATE
from sim.rules.collective import RULE as COLLECTIVE
from sim.rules.cynicism import RULE as CYNICISM
from sim.rules.environment import RULE as ENVIRONMENT
from sim.rules.leaders import RULE as LEADERS
from sim.rules.service import RULE as SERVICE
from sim.rules.staff import RULE as STAFF
from sim.rules.teaming import RULE as TEAMING
from sim.rules.training import RULE as TRAINING
from sim.rules.turnover import RULE as TURNOVER

__all__ = ["RULES"]

RULES = (
    ATTENTION, ENVIRONMENT, COLLECTIVE, CLIMATE, TEAMING, STAFF, CYNICISM, LEADERS, SERVICE, TRAINING, TURNOVER,
)  # fmt: skip
"""The order of the week. Updates use the values from the start of the week, so the order of people never matters."""
