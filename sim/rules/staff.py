"""What a week does to people: safety, efficacy, habits, aim and the capability to facilitate.

Bad weighs more than good; newcomers learn faster; what is rewarded becomes a habit and what is not erodes.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import column_kernel, inlined_kernel, kernel
from sim.base.rule import EACH, RATE, SHARE, UNIT, Form, Formula, Rule, Step, parameter, reference, share
from sim.base.terms import N_BY_SEAT, Outcome, clip, dose_of, where_present

_LONGEST_SUSCEPTIBILITY_WEEKS = 104
_TIME_CONSTANTS = 40
"""After so many of them a newcomer's extra susceptibility is below half a unit in the last place of 1."""

SUSCEPTIBILITY_ROWS = _TIME_CONSTANTS * _LONGEST_SUSCEPTIBILITY_WEEKS + 1
"""Rows of a table of susceptibility by tenure that is long enough for any rules."""

PARAMETERS = (
    parameter(
        "newcomer_susceptibility", 1.0, "times", "how much faster a newcomer's beliefs move than a settled colleague's",
        symbol="susc", group="people", within=(0, 10), plausible=(0.0, 3.0), grade="published",
        source="harrison-carroll-1991",
    ),
    parameter(
        "susceptibility_weeks", 13, "weeks", "time in which a newcomer's extra susceptibility fades (to 37 %)",
        symbol="τ", group="people", within=(0.5, _LONGEST_SUSCEPTIBILITY_WEEKS), plausible=(4, 26), grade="published",
        source="harrison-carroll-1991",
    ),
    parameter(
        "safety_gain_heard", 0.0097, EACH, "gain in safety when a concern is heard",
        symbol="g_heard", group="safety and efficacy", within=UNIT, plausible=(0.0049, 0.0194), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "safety_gain_learned", 0.020, EACH, "gain in safety when a concern is learned from",
        symbol="g_learned", group="safety and efficacy", within=UNIT, plausible=(0.010, 0.040), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "safety_loss_ignored", 0.0055, EACH, "loss of safety when a concern is ignored",
        symbol="l_ignored", group="safety and efficacy", within=UNIT, plausible=(0.0028, 0.011), grade="calibrated",
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
        "witness_weight", 0.29, "times", "weight of what happens to a teammate, against what happens to oneself",
        symbol="witness", group="safety and efficacy", within=UNIT, plausible=(0.0, 0.7), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "witness_reach", 7, "teammates",
        "teammates, at most, whose experience counts in full; in larger teams it counts for less",
        symbol="witness_reach", group="safety and efficacy", within=(0, 1000), plausible=(4, 15), grade="judgement",
        source="assumed",
    ),
    parameter(
        "social_influence", 0.025, RATE, "pull of the colleagues' mean safety on one's own",
        symbol="social", group="safety and efficacy", within=UNIT, plausible=(0.005, 0.06), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "trait_pull", 0.056, RATE, "pull back to what a person expects of a workplace under this leader and pressure",
        symbol="drift", group="safety and efficacy", within=UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "leader_effect", 0.20, "per unit of control",
        "how much a relational leader lifts the safety that a person settles at",
        symbol="lead", group="safety and efficacy", within=(0, 2), plausible=(0.10, 0.41), grade="measured",
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
        "habit_erosion", 0.053, EACH, "loss of a habit each time it goes unrewarded",
        symbol="η₋", group="habits and aim", within=UNIT, plausible=(0.027, 0.106), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "partial_erosion", 0.5, "times",
        "how much of that loss the habit of speaking up takes when a concern is ignored",
        symbol="partial", group="habits and aim", within=UNIT, plausible=(0.25, 1.0), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "habit_disuse", 0.0073, RATE, "fading of habits towards where they began, faster under pressure",
        symbol="disuse", group="habits and aim", within=UNIT, plausible=(0.0037, 0.0146), grade="calibrated",
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
        "dialogue_gain", 0.0106, "per week of dialogue",
        "gain in safety and efficacy from dialogue with leaders who mean it",
        symbol="gain", group="dialogue and facilitation", within=UNIT, plausible=(0.0053, 0.0212), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "dialogue_backfire", 0.32, "times", "loss, against that gain, from dialogue that the leaders do not mean",
        symbol="backfire", group="dialogue and facilitation", within=(0, 5), plausible=(0.16, 0.64), grade="assumption",
        source="assumed",
    ),
    parameter(
        "leaders_dialogue", 5, "per share of time",
        "dialogue, in full programmes, that senior leaders make with time for staff beyond the usual",
        symbol="leaders_dialogue", group="time and attention", within=(0, 100), plausible=(0, 10), grade="assumption",
        source="attention-based-view",
    ),
    parameter(
        "saturation", 2, "times the full programme", "how much more than a full programme can at most be taken in",
        symbol="κ_s", group="dialogue and facilitation", within=(0.01, 1e6), plausible=(0.5, 10), grade="assumption",
        source="assumed",
    ),
    parameter(
        "disillusion", 0.2, SHARE, "how much of a person's belief that concerns are addressed cynicism can take",
        symbol="disillusion", group="cynicism", within=UNIT, plausible=(0.0, 0.5), grade="assumption",
        source="cynicism-about-change",
    ),
    parameter(
        "capability_spread", 0.0051, EACH, "gain in capability of somebody who learns beside facilitators",
        symbol="spread", group="dialogue and facilitation", within=UNIT, plausible=(0.0026, 0.0102), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "capability_decay", 0.012, RATE, "fading of facilitation capability that is not refreshed",
        symbol="decay", group="dialogue and facilitation", within=UNIT, plausible=(0.007, 0.02), grade="measured",
        source="training-transfer",
    ),
    reference(
        "reference_control", 0.70, SHARE, "control of a team leader that staff take for usual",
        symbol="c_ref", group="safety and efficacy", within=UNIT, grade="judgement", source="source-case",
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

_SILENT, _NOT_JOINED = Outcome.SILENT, Outcome.NOT_JOINED
_NOT_RECEIVED, _PUNISHED = Outcome.NOT_RECEIVED, Outcome.PUNISHED
_HEARD, _LEARNED = Outcome.HEARD, Outcome.LEARNED
_IGNORED, _PUNISHED_AT, _HEARD_AT, _LEARNED_AT, _SETTLED, _FACILITATION, _SPEED, _DOSE, _OWN = range(N_BY_SEAT)


@kernel
def staff(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Update everybody in a service from what happened to them and to their teammates.

    Source: teaming and voice (deaf-ear, bad-is-stronger); habits (lally-2010); socialisation of newcomers
    (harrison-carroll-1991); leader and strain effects (icu-teams).
    """
    here = world.services[service]
    _fill_susceptibility(world.scratch, rules)
    _lay_out(world, rules, here, now.plan.dialogue[now.epoch])
    _change(
        rules, world.staff, here.first_seat, here.last_seat - here.first_seat, here.pressure, here.collective_voice,
        world.scratch.by_seat,
    )  # fmt: skip


@column_kernel
def _lay_out(world: Any, rules: Any, here: Any, dialogue_reach: Any) -> None:
    """Write for each seat what its team goes through, how fast beliefs move, and what dialogue is taken in.

    ``dialogue_reach`` : [n_audiences], the intensity of dialogue this week.
    """
    by_seat, susceptibility = world.scratch.by_seat, world.scratch.susceptibility
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        witness = rules.witness_weight * min(1.0, rules.witness_reach / max(1.0, team.occupied - 1.0))
        settled = rules.leader_effect * (rules.reference_control - team.control)
        settled -= rules.strain_effect * (here.pressure - rules.usual_pressure)
        for seat in range(team.first_seat - here.first_seat, team.last_seat - here.first_seat):
            by_seat[_IGNORED, seat] = witness * team.ignored
            by_seat[_PUNISHED_AT, seat] = witness * team.punished
            by_seat[_HEARD_AT, seat] = witness * team.heard
            by_seat[_LEARNED_AT, seat] = witness * team.learned
            by_seat[_SETTLED, seat] = settled
            by_seat[_FACILITATION, seat] = team.facilitation
            by_seat[_OWN, seat] = 1.0 - witness
    longest = min(susceptibility.size - 1, math.ceil(_TIME_CONSTANTS * rules.susceptibility_weeks))
    for seat in range(here.last_seat - here.first_seat):
        i = here.first_seat + seat
        by_seat[_SPEED, seat] = susceptibility[min(world.staff.tenure_weeks[i], longest)]
        by_seat[_DOSE, seat] = dose_of(rules, here, dialogue_reach[world.staff.audience[i]])


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


@column_kernel
def _change(rules: Any, staff: Any, first_seat: Any, n_staff: Any, pressure: Any, voice: Any, by_seat: Any) -> None:
    """Change everybody by what they lived through: own outcome, and teammates' at the weight of a witness.

    What stands in a vacant seat stays as it is, and is read by nobody.
    """
    for seat in range(n_staff):
        i = first_seat + seat
        outcome, own, present = staff.outcome[i], by_seat[_OWN, seat], _is(staff.vacant_weeks[i], 0.0)
        was_silent, was_punished = _is(outcome, _SILENT), _is(outcome, _PUNISHED)
        was_ignored = _is(outcome, _NOT_JOINED) + _is(outcome, _NOT_RECEIVED)
        was_heard, was_learned = _is(outcome, _HEARD), _is(outcome, _LEARNED)
        ignored = by_seat[_IGNORED, seat] + own * was_ignored
        punished = by_seat[_PUNISHED_AT, seat] + own * was_punished
        heard = by_seat[_HEARD_AT, seat] + own * was_heard
        learned = by_seat[_LEARNED_AT, seat] + own * was_learned
        speed, dose, settled = by_seat[_SPEED, seat], by_seat[_DOSE, seat], by_seat[_SETTLED, seat]
        openness = 1.0 - staff.cynicism[i]

        shield = 1.0 - rules.immunity * staff.habit_fail[i]
        safety = _safety(
            rules, staff, i, voice, ignored, punished, heard, learned, shield, speed, openness, dose, settled
        )
        efficacy = _efficacy(rules, staff, i, voice, ignored, punished, heard, learned, shield, speed, openness, dose)
        voicing, teaming, learning = _habits(
            rules, staff, i, pressure, was_silent, was_ignored, was_punished, was_heard, was_learned
        )
        failing = _habit_fail(rules, staff, i, pressure, ignored + punished, heard + learned)
        aim = _aim(rules, staff, i, voice, dose)
        capability = _capability(rules, staff, i, by_seat[_FACILITATION, seat], learned)
        staff.safety[i] = where_present(present, safety, staff.safety[i])
        staff.efficacy[i] = where_present(present, efficacy, staff.efficacy[i])
        staff.habit_voice[i] = where_present(present, voicing, staff.habit_voice[i])
        staff.habit_team[i] = where_present(present, teaming, staff.habit_team[i])
        staff.habit_fail[i] = where_present(present, failing, staff.habit_fail[i])
        staff.habit_learn[i] = where_present(present, learning, staff.habit_learn[i])
        staff.aim[i] = where_present(present, aim, staff.aim[i])
        staff.capability[i] = where_present(present, capability, staff.capability[i])


@inlined_kernel
def _is(found: Any, wanted: Any) -> Any:
    """Return 1 if what is found is what is wanted, else 0: a number to multiply by, where an ``if`` would be slow."""
    return 1.0 if found == wanted else 0.0


@inlined_kernel
def _safety(
    rules: Any, staff: Any, i: Any, voice: Any, ignored: Any, punished: Any, heard: Any, learned: Any, shield: Any,
    speed: Any, openness: Any, dose: Any, settled: Any,
) -> Any:  # fmt: skip
    """Return safety after experience, the pull back to what one expects, colleagues, and dialogue."""
    safety = staff.safety[i]
    gain = rules.safety_gain_heard * heard + rules.safety_gain_learned * learned
    loss = (rules.safety_loss_ignored * ignored + rules.safety_loss_punished * punished) * shield
    pull = rules.trait_pull * (safety - (staff.safety_trait[i] + settled))
    change = speed * (openness * gain * (1.0 - safety) - loss * safety - pull)
    change += rules.social_influence * (staff.neighbour_safety[i] - safety)
    return clip(safety + change + _dialogue(rules, dose, voice, openness, safety))


@inlined_kernel
def _efficacy(
    rules: Any, staff: Any, i: Any, voice: Any, ignored: Any, punished: Any, heard: Any, learned: Any, shield: Any,
    speed: Any, openness: Any, dose: Any,
) -> Any:  # fmt: skip
    """Return efficacy after experience, the pull back to what one expects, and dialogue."""
    efficacy = staff.efficacy[i]
    gain = rules.efficacy_gain_heard * heard + rules.efficacy_gain_learned * learned
    loss = (rules.efficacy_loss_ignored * ignored + rules.efficacy_loss_punished * punished) * shield
    expected = staff.efficacy_trait[i] * (1.0 - rules.disillusion * staff.cynicism[i])
    pull = rules.trait_pull * (efficacy - expected)
    change = speed * (openness * gain * (1.0 - efficacy) - loss * efficacy - pull)
    return clip(efficacy + change + _dialogue(rules, dose, voice, openness, efficacy))


@inlined_kernel
def _dialogue(rules: Any, dose: Any, voice: Any, openness: Any, belief: Any) -> Any:
    """Return what dialogue does to a belief: it rises as far as leaders mean it, and falls as far as they do not."""
    meant, unmeant = voice * openness * (1.0 - belief), rules.dialogue_backfire * (1.0 - voice) * belief
    return rules.dialogue_gain * dose * (meant - unmeant)


@inlined_kernel
def exponential_growth(rules: Any, habit: Any, rewarded: Any, unrewarded: Any) -> Any:
    """Return a habit that grows with each reward, and loses a part of itself where there is none."""
    return habit + (rules.habit_formation * rewarded * (1.0 - habit) - rules.habit_erosion * unrewarded * habit)


@inlined_kernel
def unbroken_repetition(rules: Any, habit: Any, rewarded: Any, unrewarded: Any) -> Any:
    """Return a habit that grows with each reward in a row, and begins anew where the row is broken."""
    begun = max(0.0, habit - rules.initial_habit)
    return habit + (rules.habit_formation * rewarded * (1.0 - habit) - min(1.0, unrewarded) * begun)


@inlined_kernel
def _habits(
    rules: Any, staff: Any, i: Any, pressure: Any,
    was_silent: Any, was_ignored: Any, was_punished: Any, was_heard: Any, was_learned: Any,
) -> Any:  # fmt: skip
    """Return the habits of voicing, teaming up and learning: what was rewarded grows, what was not erodes, all fade."""
    well_met = was_heard + was_learned
    silenced = was_silent + was_punished + rules.partial_erosion * was_ignored
    voice = exponential_growth(rules, staff.habit_voice[i], well_met, silenced)
    team = exponential_growth(rules, staff.habit_team[i], well_met, was_ignored + was_punished)
    learn = exponential_growth(rules, staff.habit_learn[i], was_learned, was_heard)
    return _unused(rules, pressure, voice), _unused(rules, pressure, team), _unused(rules, pressure, learn)


@inlined_kernel
def _habit_fail(rules: Any, staff: Any, i: Any, pressure: Any, badly_met: Any, well_met: Any) -> Any:
    """Return the habit of receiving failure well, which teammates' experience, too, strengthens and erodes."""
    return _unused(rules, pressure, exponential_growth(rules, staff.habit_fail[i], well_met, badly_met))


@inlined_kernel
def _unused(rules: Any, pressure: Any, habit: Any) -> Any:
    """Return a habit after a week in which it fades with disuse, the faster the higher the pressure."""
    return clip(habit - rules.habit_disuse * (rules.disuse_at_rest + pressure) * (habit - rules.initial_habit))


@inlined_kernel
def _aim(rules: Any, staff: Any, i: Any, voice: Any, dose: Any) -> Any:
    """Return the aim, which follows what the senior leaders voice together, and rises in dialogue."""
    aim, unvoiced = staff.aim[i], rules.aim_unvoiced
    change = rules.aim_rate * (unvoiced + (1.0 - unvoiced) * voice - aim)
    change += rules.dialogue_aim * dose * voice * (1.0 - aim)
    return clip(aim + change)


@inlined_kernel
def _capability(rules: Any, staff: Any, i: Any, facilitation: Any, learned: Any) -> Any:
    """Return the capability to facilitate, which spreads to those who learn beside facilitators, and fades."""
    capability = staff.capability[i]
    gain = rules.capability_spread * learned * facilitation * (1.0 - capability)
    return clip(capability + gain - rules.capability_decay * capability)


_EFFECTS = (
    "safety_gain_heard", "safety_gain_learned", "safety_loss_ignored", "safety_loss_punished", "efficacy_gain_heard",
    "efficacy_gain_learned", "efficacy_loss_ignored", "efficacy_loss_punished", "habit_formation", "habit_erosion",
    "habit_disuse", "dialogue_aim", "dialogue_gain", "social_influence", "trait_pull", "aim_rate", "capability_spread",
    "capability_decay",
)  # fmt: skip
"""What moves people; with all of these at 0, nothing does."""

HABIT = Formula(
    "habit_formation",
    "how a habit grows with what is rewarded and is lost with what is not",
    (
        Form(
            "exponential_growth", exponential_growth, "each reward adds to it, whatever came between",
            "h += η₊x₊(1 − h) − η₋x₋h", "lally-2010",
        ),
        Form(
            "unbroken_repetition", unbroken_repetition, "only rewards in a row add to it: it begins anew after a break",
            "h += η₊x₊(1 − h) − min(1, x₋) · max(0, h − h₀)", "assumed", has_mean_field=False,
        ),
    ),
)  # fmt: skip

RULE = Rule(
    name="staff",
    title="Staff",
    summary="safety, efficacy, habits, aim and capability change",
    equation="""\
x_ignored, x_punished, x_heard and x_learned are a person's totals of the week: 1 for an own outcome, `witness` for
each teammate's, and with n occupied seats in the team `witness` · min(1, witness_reach/max(1, n − 1)). z = 1 + susc · exp(−tenure/τ),
shield = 1 − immunity · h_fail, open = 1 − y. sat(x) = (1 + κ_s)x/(κ_s + x) is what of a support is taken in;
dose = sat(intensity of dialogue + leaders_dialogue · max(0, D̄ − D₀)), d = gain · dose.

- s += z[open(g_heard x_heard + g_learned x_learned)(1 − s) − (l_ignored x_ignored + l_punished x_punished) · s · shield − drift(s − s*)]
  + social(n̄ − s) + d[M · open(1 − s) − backfire(1 − M)s], with s* = s⁰ + lead(c_ref − c) − strain(P − P₀)
- e += z[open(ge_heard x_heard + ge_learned x_learned)(1 − e) − (le_ignored x_ignored + le_punished x_punished) · e · shield
  − drift(e − e⁰(1 − disillusion · y))] + d[M · open(1 − e) − backfire(1 − M)e]
- habits of a person, by their own outcome, + means +η₊(1 − h) and − means −η₋h. Silent: voice −. Ignored: voice − (`partial` of
  it), team −. Punished: voice −, team −. Heard: voice +, team +, learn −. Learned from: voice +, team +, learn +. By all they
  lived through: h_fail += η₊(x_heard + x_learned)(1 − h_fail) − η₋(x_ignored + x_punished)h_fail. Then all four:
  h −= disuse(rest + P)(h − h₀)
- a += aim_rate(a_min + (1 − a_min)M − a) + aim_gain · dose · M(1 − a)
- k += spread · x_learned · f(1 − k) − decay · k""",  # noqa: E501
    steps=(Step(staff),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    formulas=(HABIT,),
    reads=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability", "staff.safety_trait", "staff.efficacy_trait", "staff.neighbour_safety",
        "staff.cynicism", "staff.vacant_weeks", "staff.tenure_weeks", "staff.outcome", "teams.occupied",
        "teams.control", "teams.facilitation", "teams.ignored", "teams.punished", "teams.heard", "teams.learned",
        "services.pressure", "services.collective_voice", "services.mean_attention_staff",
    ),
    writes=(
        "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
        "staff.habit_learn", "staff.capability",
    ),
    off=dict.fromkeys(_EFFECTS, 0),
    has_mean_field=True,
)  # fmt: skip
