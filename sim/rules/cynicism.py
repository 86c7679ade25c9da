"""Cynicism about change: what dialogue that was not meant, and a voice that fell silent again, leave in people."""

from __future__ import annotations

from typing import Any

from sim.base.compilation import column_kernel, kernel
from sim.base.rule import SHARE, UNIT, Rule, Step, parameter, reference, share
from sim.base.terms import clip, dose_of, where_present

PARAMETERS = (
    parameter(
        "cynicism_gain", 0.05, "per week of dialogue", "growth of cynicism in dialogue with leaders who do not mean it",
        symbol="cynicism_gain", group="cynicism", within=UNIT, plausible=(0.0, 0.1), grade="assumption",
        source="cynicism-about-change",
    ),
    parameter(
        "disappointment", 0.13, "per week and unit of voice",
        "growth of cynicism where the senior leaders' voice falls below what people have got used to",
        symbol="disappointment", group="cynicism", within=UNIT, plausible=(0.0, 0.3), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "cynicism_memory", 156, "weeks", "time in which cynicism fades (to 37 %)",
        symbol="τ_y", group="cynicism", within=(1, 5200), plausible=(52, 312), grade="assumption",
        source="cynicism-about-change",
    ),
    reference(
        "disappointment_dead_band", 0.05, SHARE, "fall of the voice that disappoints nobody",
        symbol="dead", group="cynicism", within=UNIT,
    ),
    reference(
        "voice_memory", 52, "weeks", "time in which people get used to another voice of their senior leaders (to 63 %)",
        symbol="τ_W", group="cynicism", within=(1, 5200),
    ),
)  # fmt: skip

COLUMNS = (
    share("staff", "cynicism", "cynicism about change (y)"),
    share("services", "usual_voice", "the senior leaders' voice that people have got used to (W)"),
)


@kernel
def cynicism(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Let cynicism grow where leaders do not mean what they ask, or stop meaning it, and fade; then get used to it.

    Source: cynicism grows from programmes that came to nothing (cynicism-about-change); sizes are assumed.
    """
    here = world.services[service]
    voice = here.collective_voice
    unmeant = rules.cynicism_gain * (1.0 - voice)
    let_down = rules.disappointment * max(0.0, here.usual_voice - voice - rules.disappointment_dead_band)
    _grow(rules, world.staff, here, unmeant, let_down, now.plan.dialogue[now.epoch])
    here.usual_voice = clip(here.usual_voice + (voice - here.usual_voice) / rules.voice_memory)


@column_kernel
def _grow(rules: Any, staff: Any, here: Any, unmeant: Any, let_down: Any, dialogue_reach: Any) -> None:
    """Let the cynicism of everybody grow and fade.

    ``dialogue_reach`` : [n_audiences], the intensity of dialogue this week.
    """
    for i in range(here.first_seat, here.last_seat):
        before = staff.cynicism[i]
        growth = unmeant * dose_of(rules, here, dialogue_reach[staff.audience[i]]) + let_down
        after = clip(before + growth * (1.0 - before) - before / rules.cynicism_memory)
        staff.cynicism[i] = where_present(1.0 if staff.vacant_weeks[i] == 0.0 else 0.0, after, before)


RULE = Rule(
    name="cynicism",
    title="Cynicism",
    summary="people grow wary of change that was not meant, or did not last",
    equation="""\
y += (cynicism_gain · dose(1 − M) + disappointment · max(0, W − M − dead))(1 − y) − y/τ_y, with the dose of dialogue
as under "Staff", and W the voice of the senior leaders that people have got used to; then W += (M − W)/τ_W. Newcomers
begin with y = 0.""",
    steps=(Step(cynicism),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    reads=(
        "staff.cynicism", "staff.vacant_weeks", "services.collective_voice", "services.usual_voice",
        "services.mean_attention_staff",
    ),
    writes=("staff.cynicism", "services.usual_voice"),
    off={"cynicism_gain": 0, "disappointment": 0, "cynicism_memory": float("inf"), "voice_memory": float("inf")},
    has_mean_field=True,
)  # fmt: skip
