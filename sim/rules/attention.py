"""How senior leaders spend their time, and how pressure pulls what they intend back to short-term problem-solving."""

from __future__ import annotations

from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.base.rule import Rule, Step, parameter, share
from sim.base.terms import clip, shared_purpose

_OF_TIME = "share of time"
_AT_LEAST, _AT_MOST = 0.001, 0.33
"""Three usual shares within these leave some time for short-term problem-solving, whatever they are."""

PARAMETERS = (
    parameter(
        "usual_attention_purpose", 0.05, _OF_TIME,
        "time that senior leaders usually give to one another and their purpose",
        symbol="Q₀", group="time and attention", within=(_AT_LEAST, _AT_MOST), plausible=(0.025, 0.10),
        grade="judgement", source="leaders-time",
    ),
    parameter(
        "usual_attention_staff", 0.10, _OF_TIME, "time that senior leaders usually give to dialogue with staff",
        symbol="D₀", group="time and attention", within=(_AT_LEAST, _AT_MOST), plausible=(0.05, 0.20),
        grade="judgement", source="leaders-time",
    ),
    parameter(
        "usual_attention_leaders", 0.15, _OF_TIME, "time that senior leaders usually give to team leaders",
        symbol="T₀", group="time and attention", within=(_AT_LEAST, _AT_MOST), plausible=(0.075, 0.25),
        grade="judgement", source="leaders-time",
    ),
    parameter(
        "attention_pull", 1.0, "per unit of pressure",
        "how much pressure takes from what leaders intend to do with their time",
        symbol="attention_pull", group="time and attention", within=(0, 1), plausible=(0.0, 1.0), grade="assumption",
        source="attention-based-view",
    ),
)  # fmt: skip

COLUMNS = (
    share("seniors", "attention_problems", "share of time for short-term problem-solving (F)"),
    share("seniors", "attention_purpose", "share of time for purpose, with the other senior leaders (Q)"),
    share("seniors", "attention_staff", "share of time for dialogue with staff (D)"),
    share("seniors", "attention_leaders", "share of time for team leaders (T)"),
    share("services", "mean_attention_problems", "the senior leaders' mean share of time for problems (F̄)"),
    share("services", "mean_attention_staff", "the senior leaders' mean share of time for staff (D̄)"),
    share("services", "mean_attention_leaders", "the senior leaders' mean share of time for team leaders (T̄)"),
)

_STRENGTH, _PURPOSE, _STAFF, _LEADERS = range(4)
"""Columns of ``plan.attention``: how far a leader leaves the usual, and the shares in the entry times that."""


@kernel
def attention(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Set how the senior leaders of a service spend this week: as usual, or as they intend and pressure lets them.

    Source: attention follows the situation that decision-makers are in (attention-based-view); fire-fighting feeds
    itself (capability-trap); the form is assumed.
    """
    here = world.services[service]
    usual_purpose, usual_staff = rules.usual_attention_purpose, rules.usual_attention_staff
    usual_leaders = rules.usual_attention_leaders
    usual_problems = 1.0 - usual_purpose - usual_staff - usual_leaders
    unheld = rules.attention_pull * here.pressure * (1.0 - shared_purpose(world, here))
    more_problems, more_staff, more_leaders = 0.0, 0.0, 0.0  # than usual: so a week as usual is so to the last bit
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        entry = now.plan.attention[now.epoch, senior.audience]
        keep = 1.0 - unheld * (1.0 - senior.embedding)
        senior.attention_purpose = _spent(usual_purpose, entry[_PURPOSE], entry[_STRENGTH], keep)
        senior.attention_staff = _spent(usual_staff, entry[_STAFF], entry[_STRENGTH], keep)
        senior.attention_leaders = _spent(usual_leaders, entry[_LEADERS], entry[_STRENGTH], keep)
        elsewhere = 1.0 - senior.attention_purpose - senior.attention_staff - senior.attention_leaders
        senior.attention_problems = clip(elsewhere)
        more_problems += senior.attention_problems - usual_problems
        more_staff += senior.attention_staff - usual_staff
        more_leaders += senior.attention_leaders - usual_leaders
    n_seniors = here.last_senior - here.first_senior
    here.mean_attention_problems = clip(usual_problems + more_problems / n_seniors)
    here.mean_attention_staff = clip(usual_staff + more_staff / n_seniors)
    here.mean_attention_leaders = clip(usual_leaders + more_leaders / n_seniors)


@inlined_kernel
def _spent(usual: Any, entry: Any, strength: Any, keep: Any) -> Any:
    """Return the share of time spent on something.

    ``entry`` : the share that a timeline says, times its ``strength``; both 0 where it says nothing.
    """
    more = entry - strength * usual
    return clip(usual + (more * keep if more > 0.0 else more))


RULE = Rule(
    name="attention",
    title="Attention",
    summary="senior leaders spend their time as usual, or as they intend and pressure lets them",
    equation="""\
Everybody's time goes to short-term problem-solving F, to purpose with the other senior leaders Q, to dialogue with
staff D, to team leaders T, with F + Q + D + T = 1. Without an entry on the timeline it is as usual: Q₀, D₀, T₀, and
F₀ = 1 − Q₀ − D₀ − T₀. With one a leader intends Q_i = Q₀ + intensity(Q_entry − Q₀), and D_i and T_i likewise. Of what
is intended beyond the usual pressure leaves keep = 1 − attention_pull · P(1 − u)(1 − C), with last week's P and this
week's C: Q = Q₀ + (Q_i − Q₀) · keep where Q_i > Q₀, and Q_i at once where not; D and T likewise, and F is the rest.
F̄, D̄ and T̄ are means over the senior leaders.""",
    steps=(Step(attention),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    reads=("seniors.embedding", "pairs.purpose", "services.pressure"),
    writes=(
        "seniors.attention_problems", "seniors.attention_purpose", "seniors.attention_staff",
        "seniors.attention_leaders", "services.mean_attention_problems", "services.mean_attention_staff",
        "services.mean_attention_leaders",
    ),
    still=(),
    has_mean_field=True,
)  # fmt: skip
