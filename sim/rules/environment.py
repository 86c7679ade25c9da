"""Turbulence around the service, and the pressure it puts on leaders and staff.

Turbulence has a part that all services share and a part of a service's own.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import normal_pair, uniforms
from sim.base.compilation import kernel
from sim.base.rule import SHARE, UNIT, Column, Lever, Rule, Step, Stream, parameter, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "turbulence_mean", 0.28, SHARE, "mean turbulence around the service",
        symbol="μ", group="pressure and backlog", within=UNIT, plausible=(0.15, 0.45), grade="judgement",
        source="assumed",
    ),
    parameter(
        "turbulence_sd", 0.10, SHARE, "spread of turbulence over time",
        symbol="σ", group="pressure and backlog", within=(0, 0.5), plausible=(0.05, 0.15), grade="judgement",
        source="assumed",
    ),
    parameter(
        "turbulence_persistence", 0.9, "correlation from week to week", "how long turbulence lasts",
        symbol="ρ", group="pressure and backlog", within=(0, 0.999), plausible=(0.8, 0.97), grade="judgement",
        source="assumed",
    ),
    parameter(
        "shared_turbulence", 0.5, SHARE, "share of the turbulence (of its variance) that all services have in common",
        symbol="shared", group="pressure and backlog", within=UNIT, plausible=(0.2, 0.8), grade="assumption",
        source="assumed",
    ),
    parameter(
        "backlog_pressure", 0.2, "per unit of backlog", "how much unresolved problems add to pressure",
        symbol="γ", group="pressure and backlog", within=(0, 2), plausible=(0.1, 0.4), grade="judgement",
        source="capability-trap",
    ),
)  # fmt: skip

COLUMNS = (
    Column("services", "turbulence", "turbulence around the service", "pressure", lowest=-math.inf, highest=math.inf,
           initial="turbulence_mean"),
    share("services", "pressure", "pressure on the service (P)"),
)  # fmt: skip

TURBULENCE = Stream(9, "TURBULENCE", "own turbulence (normal), -, -")
SHARED_TURBULENCE = Stream(10, "SHARED_TURBULENCE", "turbulence of the whole organisation (normal), -, -")
_OWN, _SHARED = TURBULENCE.number, SHARED_TURBULENCE.number

LEVERS = (
    Lever("shock", "what comes on top of turbulence", "pressure"),
    Lever("protected_share", "share of the demand that leaders are shielded from"),
)


@kernel
def environment(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Let turbulence wander and set the pressure of the week (model: "Environment").

    Source: first-order autoregression, judgement; backlog feeds pressure as in the capability trap.
    """
    here = world.services[service]
    own_a, own_b, _, _ = uniforms(now.key, _OWN, now.week, world.services[service].chance)
    shared_a, shared_b, _, _ = uniforms(now.key, _SHARED, now.week, 0)
    own, _ = normal_pair(own_a, own_b)
    shared, _ = normal_pair(shared_a, shared_b)
    noise = math.sqrt(rules.shared_turbulence) * shared + math.sqrt(1.0 - rules.shared_turbulence) * own

    mean, persistence = rules.turbulence_mean, rules.turbulence_persistence
    innovation = math.sqrt(1.0 - persistence * persistence) * rules.turbulence_sd * noise
    here.turbulence = mean + persistence * (here.turbulence - mean) + innovation
    demand = here.turbulence + rules.shock + rules.backlog_pressure * here.backlog
    here.pressure = clip(demand * (1.0 - rules.protected_share))


RULE = Rule(
    name="environment",
    title="Environment",
    summary="turbulence wanders and sets the pressure",
    equation="""\
w ← μ + ρ(w − μ) + √(1 − ρ²) σ ξ, with ξ a standard normal draw of which a share (`shared` of the variance) is
common to all services. Pressure P = clip[(w + shock + γ · B)(1 − protected)].""",
    steps=(Step(environment),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    streams=(TURBULENCE, SHARED_TURBULENCE),
    levers=LEVERS,
    reads=("services.turbulence", "services.backlog"),
    writes=("services.turbulence", "services.pressure"),
    off={"turbulence_sd": 0, "turbulence_persistence": 1, "turbulence_mean": 0},
    still=("services.turbulence",),
    has_mean_field=True,
)
