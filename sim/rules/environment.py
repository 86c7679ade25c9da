"""Turbulence around the service, and the pressure it puts on leaders and staff.

Turbulence has a part that all services share and a part of a service's own. Problems that leaders leave alone, and
posts that nobody fills, add to the pressure.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import normal_pair, uniforms
from sim.base.compilation import inlined_kernel, kernel
from sim.base.rule import SHARE, UNIT, Column, Lever, Rule, Step, Stream, parameter, reference, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "turbulence_mean", 0.266, SHARE, "mean turbulence around the service",
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
        "backlog_pressure", 0.29, "per unit of backlog", "how much unresolved problems add to pressure",
        symbol="γ", group="pressure and backlog", within=(0, 2), plausible=(0.145, 0.58), grade="judgement",
        source="capability-trap",
    ),
    parameter(
        "crisis", 0.7, "per share of time", "how much problems that leaders leave alone add to pressure at once",
        symbol="crisis", group="time and attention", within=(0, 5), plausible=(0.0, 1.5), grade="assumption",
        source="capability-trap",
    ),
    parameter(
        "vacancy_pressure", 1.0, "per share of posts", "how much vacant posts, above the usual, add to pressure",
        symbol="short", group="pressure and backlog", within=(0, 10), plausible=(0.0, 2.0), grade="assumption",
        source="vacancy-rates",
    ),
    reference(
        "usual_vacancy", 0.027, "share of posts",
        "share of vacant posts at which they neither add to pressure nor ease it",
        symbol="V₀", group="pressure and backlog", within=UNIT, source="vacancy-rates",
    ),
)  # fmt: skip

COLUMNS = (
    Column("services", "turbulence", "turbulence around the service", "pressure", lowest=-math.inf, highest=math.inf,
           initial="turbulence_mean"),
    share("services", "pressure", "pressure on the service (P)"),
    share("services", "vacant_share", "share of the staff posts that are vacant at the start of the week (V)"),
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

    Source: first-order autoregression, judgement; backlog feeds pressure, and leaving problems alone makes things worse
    before they are better, as in the capability trap (capability-trap); vacancies: assumed (vacancy-rates).
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
    here.vacant_share = _vacant_share(world.staff.vacant_weeks, here)
    here.pressure = pressure_of(rules, here)


@inlined_kernel
def pressure_of(rules: Any, here: Any) -> Any:
    """Return the pressure on a service under its turbulence, backlog, vacancies, and where its leaders' time goes."""
    demand = here.turbulence + rules.shock + rules.backlog_pressure * here.backlog
    demand += rules.crisis * max(0.0, _needed(rules, here) - here.mean_attention_problems)
    demand += rules.vacancy_pressure * (here.vacant_share - rules.usual_vacancy)
    return clip(demand * (1.0 - rules.protected_share))


@kernel
def _vacant_share(vacant_weeks: Any, here: Any) -> Any:
    """Return the share of a service's posts that are vacant."""
    n_vacant = 0
    for i in range(here.first_seat, here.last_seat):
        n_vacant += vacant_weeks[i] > 0.0
    return n_vacant / float(here.last_seat - here.first_seat)


@inlined_kernel
def _needed(rules: Any, here: Any) -> Any:
    """Return the share of leaders' time that problems need: the less, the more has been learned."""
    usual = 1.0 - rules.usual_attention_purpose - rules.usual_attention_staff - rules.usual_attention_leaders
    return usual * (1.0 - rules.learning_relief * here.learning_stock)


RULE = Rule(
    name="environment",
    title="Environment",
    summary="turbulence wanders and sets the pressure",
    equation="""\
w ← μ + ρ(w − μ) + √(1 − ρ²) σ ξ, with ξ a standard normal draw of which a share (`shared` of the variance) is common
to all services. Pressure P = clip[(w + shock + γ · B + crisis · max(0, F₀(1 − relief · Y) − F̄) + short(V − V₀))(1 −
protected)], with F₀ = 1 − Q₀ − D₀ − T₀, F̄ the senior leaders' mean share of time for short-term problem-solving and
V the share of posts that are vacant.""",
    steps=(Step(environment),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    streams=(TURBULENCE, SHARED_TURBULENCE),
    levers=LEVERS,
    reads=(
        "staff.vacant_weeks", "services.turbulence", "services.backlog", "services.learning_stock",
        "services.mean_attention_problems",
    ),
    writes=("services.turbulence", "services.pressure", "services.vacant_share"),
    off={"turbulence_sd": 0, "turbulence_persistence": 1, "turbulence_mean": 0},
    still=("services.turbulence",),
    has_mean_field=True,
)  # fmt: skip
