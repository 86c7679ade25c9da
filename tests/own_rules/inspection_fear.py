"""A rule from outside the package, to test with: people are afraid while an inspection is near."""

from __future__ import annotations

from typing import Any

from sim.base.chance import uniforms
from sim.base.compilation import kernel
from sim.base.rule import Increment, Rule, Step, Stream, parameter, share

PARAMETERS = (
    parameter(
        "fear_gain", 0.1, "per week", "how fast fear grows under full pressure",
        symbol="fear_gain", group="fear", within=(0, 1), plausible=(0.0, 0.3), grade="assumption", source="assumed",
    ),
    parameter(
        "fear_effect", 0.05, "per week", "how much full fear takes from safety",
        symbol="fear_effect", group="fear", within=(0, 1), plausible=(0.0, 0.1), grade="assumption", source="assumed",
    ),
)  # fmt: skip

COLUMNS = (
    share("services", "fear", "fear of an inspection"),
    share("staff", "worry", "how much a person has come to worry about it"),
)
RUMOUR = Stream(1001, "RUMOUR", "how near the inspection is said to be, -, -, -")
_RUMOUR = RUMOUR.number


@kernel
def rumour(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Fear follows pressure, by as much as is rumoured."""
    here = world.services[service]
    near, _, _, _ = uniforms(now.key, _RUMOUR, now.week, service)
    here.fear = here.fear + rules.fear_gain * near * (here.pressure - here.fear)


@kernel
def worry(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Everybody comes to worry, those who feel safe the less."""
    here, staff = world.services[service], world.staff
    for i in range(here.first_seat, here.last_seat):
        staff.worry[i] += rules.fear_gain * (here.fear * (1.0 - staff.safety[i]) - staff.worry[i])


@kernel
def less_safe(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    """Return how much less safe somebody feels."""
    return -rules.fear_effect * (world.services[service].fear + world.staff.worry[row]) * world.staff.safety[row]


RULE = Rule(
    name="inspection_fear",
    title="Fear of an inspection",
    summary="an inspection is rumoured, and people are afraid",
    equation="""\
fear += fear_gain · rumour · (P − fear); worry += fear_gain(fear(1 − s) − worry); s −= fear_effect(fear + worry)s""",
    steps=(Step(rumour), Step(worry)),
    parameters=PARAMETERS,
    columns=COLUMNS,
    streams=(RUMOUR,),
    reads=("services.fear", "services.pressure", "staff.safety", "staff.worry"),
    writes=("services.fear", "staff.worry"),
    adds=(Increment("staff.safety", less_safe, most=0.02),),
    off={"fear_gain": 0, "fear_effect": 0},
    after="staff",
)
