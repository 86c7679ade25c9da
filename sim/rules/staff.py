"""Step 4: what a week does to people: safety, efficacy, habits, aim and the capability to facilitate.

Bad weighs more than good; newcomers learn faster; what is rewarded becomes a habit and what is not erodes.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.engine.state import Outcome, clip

READS = (
    "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
    "staff.habit_learn", "staff.capability", "staff.safety_trait", "staff.efficacy_trait", "staff.neighbour_safety",
    "staff.tenure_weeks", "staff.outcome", "teams.control", "teams.facilitation", "teams.ignored", "teams.punished",
    "teams.heard", "teams.learned", "services.pressure", "services.collective_voice",
)  # fmt: skip
WRITES = (
    "staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
    "staff.habit_learn", "staff.capability",
)  # fmt: skip
STREAMS = ()

_NONE, _SILENT, _NOT_JOINED = Outcome.NONE, Outcome.SILENT, Outcome.NOT_JOINED
_NOT_RECEIVED, _PUNISHED = Outcome.NOT_RECEIVED, Outcome.PUNISHED
_HEARD, _LEARNED = Outcome.HEARD, Outcome.LEARNED


@kernel
def staff(world: Any, rules: Any, service: Any, dialogue_reach: Any) -> None:
    """Update everybody in a service from what happened to them and to their teammates.

    ``dialogue_reach`` : [n_audiences], intensity of dialogue this week for each audience.

    Source: teaming and voice (deaf-ear, bad-is-stronger); habits (lally-2010); socialisation of newcomers
    (harrison-carroll-1991); leader and strain effects (icu-teams).
    """
    here, susceptibility = world.services[service], world.scratch.susceptibility
    _fill_susceptibility(world.scratch, rules)
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        settled = rules.leader_effect * (rules.control_of_newcomers - team.control)
        settled -= rules.strain_effect * (here.pressure - 0.5)
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

    fading = rules.habit_disuse * (0.5 + here.pressure)
    person.habit_voice = clip(voice - fading * (voice - rules.initial_habit))
    person.habit_team = clip(team - fading * (team - rules.initial_habit))
    person.habit_fail = clip(fail - fading * (fail - rules.initial_habit))
    person.habit_learn = clip(learn - fading * (learn - rules.initial_habit))


@inlined_kernel
def _aim(rules: Any, here: Any, person: Any, dialogue: Any) -> None:
    """Follow what the senior leaders voice together, and rise in dialogue."""
    aim, voice = person.aim, here.collective_voice
    change = rules.aim_rate * (0.5 + 0.5 * voice - aim) + rules.dialogue_aim * dialogue * voice * (1.0 - aim)
    person.aim = clip(aim + change)


@inlined_kernel
def _capability(rules: Any, team: Any, person: Any, learned: Any) -> None:
    """Spread to those who learn beside facilitators, and fade."""
    capability = person.capability
    if capability == 0.0 and team.facilitation == 0.0:
        return
    gain = rules.capability_spread * learned * team.facilitation * (1.0 - capability)
    person.capability = clip(capability + gain - rules.capability_decay * capability)
