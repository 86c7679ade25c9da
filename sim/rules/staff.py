"""What a week does to people: safety, efficacy, habits, aim and the capability to facilitate.

Bad weighs more than good; newcomers learn faster; what is rewarded becomes a habit and what is not erodes.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.base.rule import EACH, RATE, SHARE, UNIT, Rule, Step, parameter, reference, share
from sim.base.terms import Outcome, clip

PARAMETERS = (
    parameter(
        "newcomer_susceptibility", 1.0, "times", "how much faster a newcomer's beliefs move than a settled colleague's",
        symbol="susc", group="people", within=(0, 10), plausible=(0.0, 3.0), grade="published",
        source="harrison-carroll-1991",
    ),
    parameter(
        "susceptibility_weeks", 13, "weeks", "time in which a newcomer's extra susceptibility fades (to 37 %)",
        symbol="τ", group="people", within=(0.5, 104), plausible=(4, 26), grade="published",
        source="harrison-carroll-1991",
    ),
    parameter(
        "safety_gain_heard", 0.013, EACH, "gain in safety when a concern is heard",
        symbol="g_heard", group="safety and efficacy", within=UNIT, plausible=(0.006, 0.026), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "safety_gain_learned", 0.022, EACH, "gain in safety when a concern is learned from",
        symbol="g_learned", group="safety and efficacy", within=UNIT, plausible=(0.011, 0.044), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "safety_loss_ignored", 0.004, EACH, "loss of safety when a concern is ignored",
        symbol="l_ignored", group="safety and efficacy", within=UNIT, plausible=(0.002, 0.008), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "safety_loss_punished", 0.27, EACH, "loss of safety when speaking up is punished",
        symbol="l_punished", group="safety and efficacy", within=UNIT, plausible=(0.13, 0.54), grade="calibrated",
        source="bad-is-stronger",
    ),
    parameter(
        "efficacy_gain_heard", 0.024, EACH, "gain in efficacy when a concern is heard",
        symbol="ge_heard", group="safety and efficacy", within=UNIT, plausible=(0.012, 0.048), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "efficacy_gain_learned", 0.030, EACH, "gain in efficacy when a concern is learned from",
        symbol="ge_learned", group="safety and efficacy", within=UNIT, plausible=(0.015, 0.060), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "efficacy_loss_ignored", 0.020, EACH, "loss of efficacy when a concern is ignored (the deaf ear)",
        symbol="le_ignored", group="safety and efficacy", within=UNIT, plausible=(0.010, 0.040), grade="calibrated",
        source="deaf-ear",
    ),
    parameter(
        "efficacy_loss_punished", 0.10, EACH, "loss of efficacy when speaking up is punished",
        symbol="le_punished", group="safety and efficacy", within=UNIT, plausible=(0.05, 0.20), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "witness_weight", 0.26, "times", "weight of what happens to a teammate, against what happens to oneself",
        symbol="witness", group="safety and efficacy", within=UNIT, plausible=(0.0, 0.7), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "social_influence", 0.025, RATE, "pull of the colleagues' mean safety on one's own",
        symbol="social", group="safety and efficacy", within=UNIT, plausible=(0.005, 0.06), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "trait_pull", 0.05, RATE, "pull back to what a person expects of a workplace under this leader and pressure",
        symbol="drift", group="safety and efficacy", within=UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "leader_effect", 0.30, "per unit of control",
        "how much a relational leader lifts the safety that a person settles at",
        symbol="lead", group="safety and efficacy", within=(0, 2), plausible=(0.24, 0.41), grade="measured",
        source="icu-teams",
    ),
    parameter(
        "strain_effect", 0.07, "per unit of pressure", "how much pressure lowers the safety that a person settles at",
        symbol="strain", group="safety and efficacy", within=(0, 2), plausible=(0.02, 0.13), grade="measured",
        source="icu-teams",
    ),
    parameter(
        "immunity", 0.5, SHARE, "how much the habit of failing well shields a person from a bad experience",
        symbol="immunity", group="safety and efficacy", within=UNIT, plausible=(0.0, 0.9), grade="assumption",
        source="assumed",
    ),
    parameter(
        "habit_formation", 0.045, EACH,
        "growth of a habit each time it is rewarded (95 % of the way after 66 repetitions)",
        symbol="η₊", group="habits and aim", within=UNIT, plausible=(0.02, 0.1), grade="measured", source="lally-2010",
    ),
    parameter(
        "habit_erosion", 0.058, EACH, "loss of a habit each time it goes unrewarded",
        symbol="η₋", group="habits and aim", within=UNIT, plausible=(0.03, 0.12), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "partial_erosion", 0.5, "times",
        "how much of that loss the habit of speaking up takes when a concern is ignored",
        symbol="partial", group="habits and aim", within=UNIT, plausible=(0.25, 1.0), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "habit_disuse", 0.0071, RATE, "fading of habits towards where they began, faster under pressure",
        symbol="disuse", group="habits and aim", within=UNIT, plausible=(0.0035, 0.014), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "aim_rate", 0.02, RATE, "speed at which the aim follows what the trio voices together",
        symbol="aim_rate", group="habits and aim", within=UNIT, plausible=(0.01, 0.04), grade="judgement",
        source="assumed",
    ),
    parameter(
        "dialogue_aim", 0.05, "per week of dialogue", "gain in aim from dialogue with leaders who mean it",
        symbol="aim_gain", group="habits and aim", within=UNIT, plausible=(0.02, 0.1), grade="judgement",
        source="assumed",
    ),
    parameter(
        "dialogue_gain", 0.015, "per week of dialogue",
        "gain in safety and efficacy from dialogue with leaders who mean it",
        symbol="gain", group="dialogue and facilitation", within=UNIT, plausible=(0.0, 0.03), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "dialogue_backfire", 0.5, "times", "loss, against that gain, from dialogue that the leaders do not mean",
        symbol="backfire", group="dialogue and facilitation", within=(0, 5), plausible=(0.0, 1.0), grade="assumption",
        source="assumed",
    ),
    parameter(
        "capability_spread", 0.0057, EACH, "gain in capability of somebody who learns beside facilitators",
        symbol="spread", group="dialogue and facilitation", within=UNIT, plausible=(0.003, 0.012), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "capability_decay", 0.012, RATE, "fading of facilitation capability that is not refreshed",
        symbol="decay", group="dialogue and facilitation", within=UNIT, plausible=(0.007, 0.02), grade="measured",
        source="training-transfer",
    ),
    reference(
        "usual_pressure", 0.5, SHARE, "pressure that people take for usual: it neither lifts nor lowers their safety",
        symbol="P₀", group="safety and efficacy", within=UNIT,
    ),
    reference(
        "disuse_at_rest", 0.5, "times", "how fast habits fade without any pressure, against the rate of disuse",
        symbol="rest", group="habits and aim", within=UNIT,
    ),
    reference(
        "aim_unvoiced", 0.5, SHARE, "aim that people settle at where the senior leaders voice nothing together",
        symbol="a_min", group="habits and aim", within=UNIT,
    ),
)  # fmt: skip

COLUMNS = (
    share("staff", "safety", '"I feel safe to speak up"'),
    share("staff", "efficacy", '"it would be addressed"'),
    share("staff", "aim", "how strongly the shared aim is held"),
    share("staff", "habit_voice", "habit of speaking up (Feel Safe)"),
    share("staff", "habit_team", "habit of joining in (Team Up)"),
    share("staff", "habit_fail", "habit of receiving failure well (Fail Well)"),
    share("staff", "habit_learn", "habit of learning from it (Learn Fast)"),
    share("staff", "capability", "capability to facilitate"),
)

_NONE, _SILENT, _NOT_JOINED = Outcome.NONE, Outcome.SILENT, Outcome.NOT_JOINED
_NOT_RECEIVED, _PUNISHED = Outcome.NOT_RECEIVED, Outcome.PUNISHED
_HEARD, _LEARNED = Outcome.HEARD, Outcome.LEARNED


@kernel
def staff(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Update everybody in a service from what happened to them and to their teammates.

    Source: teaming and voice (deaf-ear, bad-is-stronger); habits (lally-2010); socialisation of newcomers
    (harrison-carroll-1991); leader and strain effects (icu-teams).
    """
    here, susceptibility = world.services[service], world.scratch.susceptibility
    dialogue_reach = now.plan.dialogue[now.epoch]  # [n_audiences], its intensity this week
    _fill_susceptibility(world.scratch, rules)
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        settled = rules.leader_effect * (rules.control_of_newcomers - team.control)
        settled -= rules.strain_effect * (here.pressure - rules.usual_pressure)
        for i in range(team.first_seat, team.last_seat):
            person = world.staff[i]
            ignored, punished, heard, learned = _experiences(rules, team, person.outcome)
            openness = susceptibility[min(person.tenure_weeks, susceptibility.size - 1)]
            dialogue = dialogue_reach[person.audience]
            _beliefs(rules, here, person, ignored, punished, heard, learned, settled, openness, dialogue)
            _habits(rules, here, person, ignored + punished, heard + learned)
            _aim(rules, here, person, dialogue)
            _capability(rules, team, person, learned)


@kernel
def _fill_susceptibility(scratch: Any, rules: Any) -> None:
    """Tabulate 1 + susc exp(-tenure / tau) by tenure, unless the table is of these rules already."""
    if (
        scratch.susceptibility_of[0] == rules.newcomer_susceptibility
        and scratch.susceptibility_of[1] == rules.susceptibility_weeks
    ):
        return
    scratch.susceptibility_of[0] = rules.newcomer_susceptibility
    scratch.susceptibility_of[1] = rules.susceptibility_weeks
    for tenure in range(scratch.susceptibility.size):
        faded = math.exp(-tenure / rules.susceptibility_weeks)
        scratch.susceptibility[tenure] = 1.0 + rules.newcomer_susceptibility * faded


@inlined_kernel
def _experiences(rules: Any, team: Any, outcome: Any) -> Any:
    """Return what a person lived through: own outcome, and teammates' at the weight of a witness."""
    own = 1.0 - rules.witness_weight
    ignored = rules.witness_weight * team.ignored
    punished = rules.witness_weight * team.punished
    heard = rules.witness_weight * team.heard
    learned = rules.witness_weight * team.learned
    if outcome == _NOT_JOINED or outcome == _NOT_RECEIVED:
        ignored += own
    elif outcome == _PUNISHED:
        punished += own
    elif outcome == _HEARD:
        heard += own
    elif outcome == _LEARNED:
        learned += own
    return ignored, punished, heard, learned


@kernel
def _beliefs(
    rules: Any, here: Any, person: Any, ignored: Any, punished: Any, heard: Any, learned: Any, settled: Any,
    openness: Any, dialogue: Any,
) -> None:  # fmt: skip
    """Safety and efficacy: experience, colleagues, the pull back to what one expects, and dialogue."""
    safety, efficacy, voice = person.safety, person.efficacy, here.collective_voice
    shield = 1.0 - rules.immunity * person.habit_fail

    gain = rules.safety_gain_heard * heard + rules.safety_gain_learned * learned
    loss = (rules.safety_loss_ignored * ignored + rules.safety_loss_punished * punished) * shield
    pull = rules.trait_pull * (safety - (person.safety_trait + settled))
    change = openness * (gain * (1.0 - safety) - loss * safety - pull)
    change += rules.social_influence * (person.neighbour_safety - safety)
    if dialogue > 0.0:
        change += _dialogue(rules, dialogue, voice, safety)
    person.safety = clip(safety + change)

    gain = rules.efficacy_gain_heard * heard + rules.efficacy_gain_learned * learned
    loss = (rules.efficacy_loss_ignored * ignored + rules.efficacy_loss_punished * punished) * shield
    pull = rules.trait_pull * (efficacy - person.efficacy_trait)
    change = openness * (gain * (1.0 - efficacy) - loss * efficacy - pull)
    if dialogue > 0.0:
        change += _dialogue(rules, dialogue, voice, efficacy)
    person.efficacy = clip(efficacy + change)


@inlined_kernel
def _dialogue(rules: Any, dialogue: Any, voice: Any, belief: Any) -> Any:
    """Return what dialogue does to a belief: it rises as far as leaders mean it, and falls as far as they do not."""
    return rules.dialogue_gain * dialogue * (voice * (1.0 - belief) - rules.dialogue_backfire * (1.0 - voice) * belief)


@kernel
def _habits(rules: Any, here: Any, person: Any, badly_met: Any, well_met: Any) -> None:
    """Strengthen what was rewarded, erode what was not, and let all four fade with disuse."""
    voice, team, learn = person.habit_voice, person.habit_team, person.habit_learn
    formed, eroded, outcome = rules.habit_formation, rules.habit_erosion, person.outcome
    if outcome >= _HEARD:
        voice += formed * (1.0 - voice)
        team += formed * (1.0 - team)
        learn += formed * (1.0 - learn) if outcome == _LEARNED else -eroded * learn
    elif outcome == _SILENT:
        voice -= eroded * voice
    elif outcome == _PUNISHED:
        voice -= eroded * voice
        team -= eroded * team
    elif outcome != _NONE:
        voice -= eroded * rules.partial_erosion * voice
        team -= eroded * team
    fail = person.habit_fail
    fail += formed * well_met * (1.0 - fail) - eroded * badly_met * fail

    fading = rules.habit_disuse * (rules.disuse_at_rest + here.pressure)
    person.habit_voice = clip(voice - fading * (voice - rules.initial_habit))
    person.habit_team = clip(team - fading * (team - rules.initial_habit))
    person.habit_fail = clip(fail - fading * (fail - rules.initial_habit))
    person.habit_learn = clip(learn - fading * (learn - rules.initial_habit))


@inlined_kernel
def _aim(rules: Any, here: Any, person: Any, dialogue: Any) -> None:
    """Follow what the senior leaders voice together, and rise in dialogue."""
    aim, voice, unvoiced = person.aim, here.collective_voice, rules.aim_unvoiced
    change = rules.aim_rate * (unvoiced + (1.0 - unvoiced) * voice - aim)
    change += rules.dialogue_aim * dialogue * voice * (1.0 - aim)
    person.aim = clip(aim + change)


@inlined_kernel
def _capability(rules: Any, team: Any, person: Any, learned: Any) -> None:
    """Spread to those who learn beside facilitators, and fade."""
    capability = person.capability
    if capability == 0.0 and team.facilitation == 0.0:
        return
    gain = rules.capability_spread * learned * team.facilitation * (1.0 - capability)
    person.capability = clip(capability + gain - rules.capability_decay * capability)


_EFFECTS = (
    "safety_gain_heard", "safety_gain_learned", "safety_loss_ignored", "safety_loss_punished", "efficacy_gain_heard",
    "efficacy_gain_learned", "efficacy_loss_ignored", "efficacy_loss_punished", "habit_formation", "habit_erosion",
    "habit_disuse", "dialogue_aim", "dialogue_gain", "social_influence", "trait_pull", "aim_rate", "capability_spread",
    "capability_decay",
)  # fmt: skip
"""What moves people; with all of these at 0, nothing does."""

RULE = Rule(
    name="staff",
    title="Staff",
    summary="safety, efficacy, habits, aim and capability change",
    equation="""\
x_ignored, x_punished, x_heard and x_learned are a person's totals of the week: 1 for an own outcome, `witness` for
each teammate's. z = 1 + susc · exp(−tenure/τ), shield = 1 − immunity · h_fail, d the intensity of dialogue.

- s += z[(g_heard x_heard + g_learned x_learned)(1 − s) − (l_ignored x_ignored + l_punished x_punished) · s · shield − drift(s − s*)]
  + social(n̄ − s) + gain · d[M(1 − s) − backfire(1 − M)s], with s* = s⁰ + lead(c_hire − c) − strain(P − P₀)
- e += z[(ge_heard x_heard + ge_learned x_learned)(1 − e) − (le_ignored x_ignored + le_punished x_punished) · e · shield
  − drift(e − e⁰)] + gain · d[M(1 − e) − backfire(1 − M)e]
- habits of a person, by their own outcome, + means +η₊(1 − h) and − means −η₋h. Silent: voice −. Ignored: voice − (`partial` of
  it), team −. Punished: voice −, team −. Heard: voice +, team +, learn −. Learned from: voice +, team +, learn +. By all they
  lived through: h_fail += η₊(x_heard + x_learned)(1 − h_fail) − η₋(x_ignored + x_punished)h_fail. Then all four:
  h −= disuse(rest + P)(h − h₀)
- a += aim_rate(a_min + (1 − a_min)M − a) + aim_gain · d · M(1 − a)
- k += spread · x_learned · f(1 − k) − decay · k""",  # noqa: E501
    steps=(Step(staff),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    reads=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability", "staff.safety_trait", "staff.efficacy_trait", "staff.neighbour_safety",
        "staff.tenure_weeks", "staff.outcome", "teams.control", "teams.facilitation", "teams.ignored", "teams.punished",
        "teams.heard", "teams.learned", "services.pressure", "services.collective_voice",
    ),
    writes=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability",
    ),
    off=dict.fromkeys(_EFFECTS, 0),
    has_mean_field=True,
)  # fmt: skip
