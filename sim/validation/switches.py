"""Pattern 25: a mechanism that its zero parameter switches off changes nothing else, bit by bit.

Each switch names parameters (or a timeline) that turn a mechanism off, and what must then have no effect at all on any
column of the state but those that belong to the mechanism itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.engine.run import prepare
from sim.engine.state import COLUMNS, World
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.validation.pattern import PatternFinding, pattern, reading, report_only
from sim.validation.pattern_runs import PatternRuns, programme, scenario

__all__ = ["PATTERNS", "SWITCHES", "Switch", "columns_that_differ"]

_WEEKS = 78


@dataclass(frozen=True)
class Switch:
    """A mechanism that is off, and what must then not matter.

    Parameters
    ----------
    name : what is off
    off : parameters that switch it off
    then : parameters that must have no effect
    timeline : what is done in both runs
    extra : what is done in the second run alone
    may_differ : columns (``group.column``) that belong to the mechanism itself
    """

    name: str
    off: dict[str, float]
    then: dict[str, float] = field(default_factory=dict)
    timeline: Sequence[Intervention] = field(default_factory=programme)
    extra: Sequence[Intervention] = ()
    may_differ: frozenset[str] = frozenset()


SWITCHES = (
    Switch(
        "no opportunities: how they are met does not matter",
        {"opportunity_rate": 0.0},
        {
            "voice_intercept": -1.0,
            "voice_safety": 5.0,
            "voice_efficacy": 0.0,
            "status_gradient": 1.0,
            "fair_hearing": 0.1,
            "leader_weight": 0.2,
            "punish_rate": 0.9,
            "safety_gain_heard": 0.5,
            "safety_gain_learned": 0.5,
            "safety_loss_ignored": 0.5,
            "safety_loss_punished": 0.9,
            "efficacy_gain_heard": 0.5,
            "efficacy_gain_learned": 0.5,
            "efficacy_loss_ignored": 0.5,
            "efficacy_loss_punished": 0.5,
            "witness_weight": 0.9,
            "immunity": 0.0,
            "habit_formation": 0.5,
            "habit_erosion": 0.5,
            "partial_erosion": 0.9,
            "evidence": 0.2,
            "capability_spread": 0.1,
        },
    ),
    Switch(
        "no extra openness of newcomers: its fading does not matter",
        {"newcomer_susceptibility": 0.0},
        {"susceptibility_weeks": 50.0},
    ),
    Switch(
        "no dialogue: its gains do not matter",
        {"leaders_dialogue": 0.0},
        {"dialogue_gain": 0.5, "dialogue_backfire": 3.0, "dialogue_aim": 0.5},
        timeline=programme()[:1] + programme()[2:],
    ),
    Switch(
        "dialogue without effect: it does not matter",
        {"dialogue_gain": 0.0, "dialogue_aim": 0.0, "cynicism_gain": 0.0},
        timeline=(),
        extra=(Dialogue(start_week=0),),
    ),
    Switch(
        "no coaching: its effect does not matter", {}, {"coaching_effect": 0.9, "coaching_stretch": 1.0}, timeline=()
    ),
    Switch(
        "facilitators without effect: training changes capability alone",
        {"facilitation": 0.0, "peer_coaching": 0.0},
        {"critical_mass": 0.1, "capability_spread": 0.1, "capability_decay": 0.1},
        extra=(TrainFacilitators(start_week=0),),
        may_differ=frozenset({"staff.capability", "teams.capability", "teams.linked_capability", "teams.facilitation"}),
    ),
    Switch(
        "no facilitators: what they could do does not matter",
        {},
        {"facilitation": 1.0, "peer_coaching": 1.0, "critical_mass": 0.1, "capability_spread": 1.0},
    ),
    Switch("no pull to control: the norm does not matter", {"pull_to_control": 0.0}, {"control_norm": 0.2}),
    Switch(
        "no backlog pressure: problems stay in the backlog",
        {"backlog_pressure": 0.0},
        {
            "problem_inflow": 0.3,
            "learning_relief": 0.1,
            "clearing_rate": 0.3,
            "control_boost": 2.0,
            "learning_memory_weeks": 10.0,
        },
        may_differ=frozenset({"services.backlog", "services.learning_stock"}),
    ),
    Switch(
        "no relief from learning: how long it is remembered does not matter",
        {"learning_relief": 0.0},
        {"learning_memory_weeks": 10.0},
        may_differ=frozenset({"services.learning_stock"}),
    ),
    Switch(
        "no noise of turbulence: its persistence does not matter",
        {"turbulence_sd": 0.0},
        {"turbulence_persistence": 0.1, "shared_turbulence": 0.9},
    ),
    Switch(
        "no staff turnover: what newcomers bring and what keeps staff does not matter",
        {"staff_turnover": 0.0},
        {"newcomer_optimism": 0.4, "safety_retention": 4.0},
    ),
    Switch(
        "no leader leaves: who would follow and how long posts are vacant does not matter",
        {"senior_leader_turnover": 0.0, "team_leader_turnover": 0.0},
        {"internal_succession": 1.0, "vacancy_weeks": 100.0, "lateral_moves": 0.5},
    ),
    Switch("one service: lateral moves do not matter", {}, {"lateral_moves": 0.5}),
    Switch(
        "time spent as usual: how pressure pulls on other intentions does not matter",
        {},
        {"attention_pull": 0.0},
    ),
    Switch(
        "no wariness: what would feed it and how long it lasts does not matter",
        {"cynicism_gain": 0.0, "disappointment": 0.0},
        {"cynicism_memory": 60.0, "disillusion": 0.5, "disappointment_dead_band": 0.2},
    ),
    Switch(
        "no pressure of vacant posts: how many are usual does not matter",
        {"vacancy_pressure": 0.0},
        {"usual_vacancy": 0.2},
    ),
    Switch(
        "no norm of peers: how many links count half does not matter",
        {"peer_norm": 0.0},
        {"links_half": 20.0},
    ),
    Switch(
        "aim that nothing moves: how dialogue would move it does not matter",
        {"aim_rate": 0.0},
        {"dialogue_aim": 0.5},
        timeline=(),
    ),
)
"""The mechanisms that have a zero."""


@pattern(
    25,
    "limit",
    "A mechanism that its zero parameter switches off changes nothing else, bit by bit.",
    tolerance="every column of the state but the mechanism's own, exactly equal after a burn-in and 78 weeks",
    evidence=("assumed",),
    meaning="Mechanisms can be told apart: what one does can be measured by switching it off.",
)
def zero_is_nothing(runs: PatternRuns) -> PatternFinding:
    """Count the columns that differ where nothing may."""
    differing = {switch.name: columns_that_differ(switch, runs.seed) for switch in SWITCHES}
    wrong = {name: columns for name, columns in differing.items() if columns}
    note = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in wrong.items())
    return PatternFinding(
        (
            reading("columns that differ where they must not", float(sum(map(len, wrong.values()))), high=0.0),
            report_only("mechanisms switched off", float(len(SWITCHES))),
        ),
        note=note,
    )


def columns_that_differ(switch: Switch, seed: int) -> list[str]:
    """Return the columns that differ between two runs with the mechanism off, of which one differs in what it needs."""
    one = _end(switch.timeline, switch.off, seed)
    other = _end((*switch.timeline, *switch.extra), {**switch.off, **switch.then}, seed)
    return [
        f"{group}.{name}"
        for group, columns in COLUMNS.items()
        for name in columns
        if f"{group}.{name}" not in switch.may_differ
        and name != "audience"
        and getattr(one, group)[name].tobytes() != getattr(other, group)[name].tobytes()
    ]


def _end(timeline: Sequence[Intervention], parameters: dict[str, float], seed: int) -> World:
    """Return the world after a burn-in and 78 weeks."""
    prepared = prepare(scenario(timeline, parameters, weeks=_WEEKS))
    world, key = prepared.start(seed)
    prepared.run_weeks(world, key, 0, _WEEKS)
    return world


PATTERNS = (zero_is_nothing,)
"""Pattern 25."""
