"""Where the mean field of a service comes to rest when it is left alone: the settled culture that a run begins at.

Each service has its own resting point, that which is reached from the control culture under the rules in force before
week 0. It depends on these rules and on what the service is like, not on chance; so it is computed once and remembered.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim.engine.limit.field import Setting, State, settled
from sim.engine.limit.week import STATE_NAMES
from sim.engine.plan import Plan
from sim.engine.state import World
from sim.engine.week import ENGINE, Engine, engine_of
from sim.rulebook.rulebook import RULEBOOK

__all__ = ["RESTS_DTYPE", "engine_of_rest", "rests_of"]

_OF_STAFF = (
    "safety", "efficacy", "aim", "habit_voice", "habit_team", "habit_fail", "habit_learn", "cynicism",
)  # fmt: skip
_OF_SENIORS = ("control", "embedding", "disposition", "purpose")
_AS_THEY_ARE = (
    "team_leader_control", "team_leader_embedding", "team_leader_disposition", "pressure", "backlog", "learning_stock",
    "usual_voice",
)  # fmt: skip
RESTS_DTYPE = np.dtype([(name, "f8") for name in (*_OF_STAFF, *_OF_SENIORS, *_AS_THEY_ARE)])
"""A resting point as the start of a run needs it: means over staff, over senior posts and over their pairs."""


def rests_of(world: World, plan: Plan, engine: Engine = ENGINE) -> NDArray[Any]:
    """Return [n_services], of :data:`RESTS_DTYPE`, where the mean field of each service rests.

    Parameters
    ----------
    world : who works where, and how teams are tied; nothing else of it counts
    plan : whose first week's rules are in force
    engine : the compiled week; rules and forms without a counterpart in the mean field give way to the usual ones
    """
    engine = engine_of_rest(engine)
    rests = np.zeros(len(world.services), dtype=RESTS_DTYPE)
    for row in range(len(rests)):
        rules = np.zeros((1, 1), dtype=engine.rulebook.rules_dtype)
        for name in rules.dtype.names or ():
            rules[name] = plan.rules[name][0, world.services["rule_class"][row]]
        rests[row] = _as_start(settled(engine, rules, Setting.of(world, row)))
    return rests


def engine_of_rest(engine: Engine) -> Engine:
    """Return the engine whose mean field stands for that of another: without what has no counterpart in it.

    Measures of one's own are left out, too: nothing is compiled anew for them.
    """
    book = engine.rulebook
    forms = {formula: form for formula, form in book.forms.items() if book.form_of(formula).has_mean_field}
    return engine_of(RULEBOOK.with_forms({name: form for name, form in forms.items() if name in RULEBOOK.formulas}))


def _as_start(state: State) -> tuple[float, ...]:
    """Return the means that a run begins with, in the order of :data:`RESTS_DTYPE`."""
    at = dict(zip(STATE_NAMES, state.tolist(), strict=True))
    new, vacant = at["newcomer_share"], at["vacant_share"]
    staff = [new * at[f"newcomer_{name}"] + (1.0 - new) * at[f"settled_{name}"] for name in _OF_STAFF]
    seniors = []
    for name in _OF_SENIORS:
        # A pair is vacant if either of its posts is.
        share = 1.0 - (1.0 - vacant) ** 2 if name == "purpose" else vacant
        seniors.append(share * at[f"vacant_{name}"] + (1.0 - share) * at[f"filled_{name}"])
    return cast("tuple[float, ...]", (*staff, *seniors, *(at[name] for name in _AS_THEY_ARE)))
