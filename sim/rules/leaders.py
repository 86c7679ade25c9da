"""Step 5: leaders let go of control, or are pulled back to it; relational leading embeds; purpose grows or is lost."""

from __future__ import annotations

from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.engine.state import clip

READS = (
    "seniors.control", "seniors.embedding", "seniors.weeks_in_post", "teams.control", "teams.embedding",
    "teams.facilitation", "teams.learned", "pairs.purpose", "services.pressure", "services.coherence",
    "services.collective_voice",
    "services.learned_share",
)  # fmt: skip
WRITES = ("seniors.control", "seniors.embedding", "teams.control", "teams.embedding", "pairs.purpose")
STREAMS = ()


@kernel
def leaders(world: Any, rules: Any, service: Any, coaching_reach: Any) -> None:
    """Update the leaders of a service.

    ``coaching_reach`` : [n_team_audiences], intensity of team-leader coaching this week for each audience of teams.

    Source: coaching (coaching-meta-analyses); pressure tightens control (threat-rigidity); embedding and purpose are
    assumed in form (source-case, collective-leadership-fragile).
    """
    _purpose(world, rules, service)
    _senior_leaders(world, rules, service)
    _team_leaders(world, rules, service, coaching_reach)


@kernel
def _purpose(world: Any, rules: Any, service: Any) -> None:
    """Let the shared purpose of each pair grow, unless a seat is vacant, and be worn down by pressure."""
    here = world.services[service]
    for row in range(here.first_pair, here.last_pair):
        pair = world.pairs[row]
        a, b = world.seniors[pair.first_senior], world.seniors[pair.second_senior]
        newest = min(a.weeks_in_post, b.weeks_in_post)
        growth = 0.0
        if newest >= 0:
            support = rules.coaching_seniors
            if newest < rules.induction_weeks:
                support += rules.induction
            growth = rules.purpose_gain * max(support, (1.0 - a.control) * (1.0 - b.control))
        change = growth * (1.0 - pair.purpose) - rules.purpose_loss * here.pressure * pair.purpose
        pair.purpose = clip(pair.purpose + change)


@kernel
def _senior_leaders(world: Any, rules: Any, service: Any) -> None:
    """Coaching, imitation within the group, the pull of the system, and the evidence of learning."""
    here = world.services[service]
    control_sum = 0.0
    for row in range(here.first_senior, here.last_senior):
        control_sum += world.seniors[row].control
    mean = control_sum / (here.last_senior - here.first_senior)
    loosening = _uptake(rules, here) * rules.coaching_seniors + rules.evidence * here.learned_share
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        towards_others = rules.imitation * here.coherence * (mean - senior.control)
        change = towards_others - loosening * senior.control + _pull(rules, here, senior)
        senior.control = clip(senior.control + change)
        senior.embedding = _embedded(rules, senior)


@kernel
def _team_leaders(world: Any, rules: Any, service: Any, coaching_reach: Any) -> None:
    """Coaching, facilitators at their side, the example of the senior leaders, the pull, and the evidence."""
    here = world.services[service]
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        expected = rules.opportunity_rate * float(team.last_seat - team.first_seat)
        learned = team.learned / expected if expected > 0.0 else 0.0
        loosening = _uptake(rules, here) * coaching_reach[team.audience]
        loosening += rules.peer_coaching * team.facilitation + rules.evidence * learned
        towards_seniors = rules.imitation * ((1.0 - here.collective_voice) - team.control)
        change = towards_seniors - loosening * team.control + _pull(rules, here, team)
        team.control = clip(team.control + change)
        team.embedding = _embedded(rules, team)


@inlined_kernel
def _uptake(rules: Any, here: Any) -> Any:
    """Return the effect of a unit of coaching on leaders whom pressure stretches."""
    return rules.coaching_effect * (1.0 - rules.coaching_stretch * here.pressure)


@inlined_kernel
def _pull(rules: Any, here: Any, leader: Any) -> Any:
    """Return the pull towards the control that the system expects; what is embedded is immune to it."""
    return rules.pull_to_control * here.pressure * (1.0 - leader.embedding) * (rules.control_norm - leader.control)


@inlined_kernel
def _embedded(rules: Any, leader: Any) -> Any:
    """Return embedding after a week of leading with this control."""
    return clip(leader.embedding + rules.embedding * ((1.0 - leader.control) - leader.embedding))
