"""Leaders let go of control, or are pulled back to it; relational leading embeds; purpose grows or is lost."""

from __future__ import annotations

import math
from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.base.rule import RATE, SHARE, UNIT, Lever, Rule, Step, parameter, share
from sim.base.terms import clip, saturated

PARAMETERS = (
    parameter(
        "control_norm", 0.75, SHARE, "control-based management that the wider system expects of its leaders",
        symbol="c_sys", group="leaders", within=UNIT, plausible=(0.3, 0.95), grade="judgement", source="source-case",
    ),
    parameter(
        "pull_to_control", 0.069, RATE, "pull of a leader under full pressure back to control",
        symbol="pull", group="leaders", within=UNIT, plausible=(0.03, 0.12), grade="calibrated",
        source="threat-rigidity",
    ),
    parameter(
        "purpose_holds", 0.94, SHARE, "how far full shared purpose keeps senior leaders from that pull",
        symbol="hold", group="shared purpose", within=UNIT, plausible=(0.0, 1.0), grade="assumption",
        source="source-case",
    ),
    parameter(
        "own_style", 0.2, SHARE, "share of what pulls a leader that is the style brought into the post",
        symbol="own", group="leaders", within=UNIT, plausible=(0.0, 0.6), grade="assumption", source="assumed",
    ),
    parameter(
        "peer_norm", 0.9, SHARE,
        "how much of the rest is, for a team leader with very many ties, what is done in the linked teams",
        symbol="peers", group="leaders", within=UNIT, plausible=(0.0, 1.0), grade="assumption", source="bridging-ties",
    ),
    parameter(
        "links_half", 8, "ties", "ties to other teams at which linked teams count for half of that",
        symbol="links_half", group="leaders", within=(0.01, 1000), plausible=(4, 30), grade="assumption",
        source="bridging-ties",
    ),
    parameter(
        "leaders_modelling", 12, "per share of time",
        "how much more team leaders follow senior leaders who give them time beyond the usual",
        symbol="leaders_modelling", group="time and attention", within=(0, 50), plausible=(0, 20), grade="assumption",
        source="attention-based-view",
    ),
    parameter(
        "imitation", 0.020, RATE,
        "pull of leaders towards one another (within the trio; of team leaders towards the trio)",
        symbol="imitate", group="leaders", within=UNIT, plausible=(0.01, 0.05), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "evidence", 0.026, "per week of learning", "how much seeing that the team learns loosens a leader's control",
        symbol="evidence", group="leaders", within=UNIT, plausible=(0.01, 0.06), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "embedding", 0.009, RATE, "speed at which relational leading becomes habitual, and so immune to pressure",
        symbol="embed", group="leaders", within=UNIT, plausible=(0.004, 0.02), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "coaching_effect", 0.060, RATE, "loosening of control by one unit of coaching, without pressure",
        symbol="coach", group="leaders", within=UNIT, plausible=(0.03, 0.12), grade="calibrated",
        source="coaching-meta-analyses",
    ),
    parameter(
        "coaching_stretch", 0.5, "per unit of pressure",
        "how much pressure keeps over-stretched leaders from taking coaching in",
        symbol="stretch", group="leaders", within=UNIT, plausible=(0.25, 1.0), grade="assumption",
        source="source-case",
    ),
    parameter(
        "peer_coaching", 0.05, RATE,
        "loosening of a team leader's control by a critical mass of facilitators in the team",
        symbol="peer_coach", group="leaders", within=UNIT, plausible=(0.025, 0.1), grade="assumption",
        source="assumed",
    ),
    parameter(
        "purpose_gain", 0.04, RATE,
        "growth of shared purpose when supported, or between two relational leaders who give it time",
        symbol="purpose_gain", group="shared purpose", within=UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "purpose_loss", 0.020, RATE, "loss of shared purpose under full pressure",
        symbol="purpose_loss", group="shared purpose", within=UNIT, plausible=(0.01, 0.04), grade="calibrated",
        source="collective-leadership-fragile",
    ),
)  # fmt: skip

COLUMNS = (
    share("teams", "control", "control-based management of the team leader"),
    share("teams", "embedding", "how habitual relational leading is"),
    share("teams", "disposition", "control that the team leader brought into the post (c⁰)"),
    share("seniors", "control", "control-based management"),
    share("seniors", "embedding", "how habitual relational leading is"),
    share("seniors", "disposition", "control that somebody brought into the post (c⁰)"),
    share("pairs", "purpose", "shared purpose", initial="initial_purpose"),
)

LEVERS = (
    Lever("coaching_seniors", "intensity of the senior leaders' coaching", "times the full programme"),
    Lever("induction", "support of pairs with somebody new", "times the full programme"),
    Lever("induction_weeks", "weeks in post for which somebody counts as new", "weeks"),
)


@kernel
def leaders(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Update the leaders of a service.

    Source: coaching (coaching-meta-analyses); pressure tightens control (threat-rigidity); what leaders attend to
    decides what they do (attention-based-view); embedding, purpose and what leaders fall back on are assumed in form
    (source-case, collective-leadership-fragile, bridging-ties).
    """
    _purpose(world, rules, service)
    _senior_leaders(world, rules, service)
    _team_leaders(world, rules, service, now.plan.coaching[now.epoch])


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
            time = math.sqrt(a.attention_purpose * b.attention_purpose) / rules.usual_attention_purpose
            by_themselves = (1.0 - a.control) * (1.0 - b.control) * time
            growth = rules.purpose_gain * max(saturated(support, rules.saturation), by_themselves)
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
    coached = _uptake(rules, here) * saturated(rules.coaching_seniors, rules.saturation)
    unheld = here.pressure * (1.0 - rules.purpose_holds * here.coherence)
    usual_staff = rules.usual_attention_staff
    usual_problems = 1.0 - rules.usual_attention_purpose - usual_staff - rules.usual_attention_leaders
    for row in range(here.first_senior, here.last_senior):
        senior = world.seniors[row]
        towards_others = rules.imitation * here.coherence * (mean - senior.control)
        seen = rules.evidence * here.learned_share * (senior.attention_staff / usual_staff)
        pressed = (senior.attention_problems / usual_problems) * unheld
        back = _falls_back_on(rules, senior, rules.control_norm)
        change = towards_others - (coached + seen) * senior.control + _pull(rules, pressed, senior, back)
        senior.control = clip(senior.control + change)
        senior.embedding = _embedded(rules, senior)


@kernel
def _team_leaders(world: Any, rules: Any, service: Any, coaching_reach: Any) -> None:
    """Coaching, facilitators at their side, the example of the senior leaders, the pull, and the evidence.

    ``coaching_reach`` : [n_team_audiences], intensity of team-leader coaching this week for each audience of teams.
    """
    here = world.services[service]
    modelled = max(0.0, here.mean_attention_leaders - rules.usual_attention_leaders)
    imitation = rules.imitation * (1.0 + rules.leaders_modelling * modelled)
    for row in range(here.first_team, here.last_team):
        team = world.teams[row]
        expected = rules.opportunity_rate * float(team.last_seat - team.first_seat)
        learned = team.learned / expected if expected > 0.0 else 0.0
        loosening = _uptake(rules, here) * saturated(coaching_reach[team.audience], rules.saturation)
        loosening += rules.peer_coaching * team.facilitation + rules.evidence * learned
        towards_seniors = imitation * ((1.0 - here.collective_voice) - team.control)
        by_peers = rules.peer_norm * team.links / (team.links + rules.links_half)
        around = (1.0 - by_peers) * rules.control_norm + by_peers * team.linked_control
        back = _falls_back_on(rules, team, around)
        change = towards_seniors - loosening * team.control + _pull(rules, here.pressure, team, back)
        team.control = clip(team.control + change)
        team.embedding = _embedded(rules, team)


@inlined_kernel
def _uptake(rules: Any, here: Any) -> Any:
    """Return the effect of a unit of coaching on leaders whom pressure stretches."""
    return rules.coaching_effect * (1.0 - rules.coaching_stretch * here.pressure)


@inlined_kernel
def _falls_back_on(rules: Any, leader: Any, around: Any) -> Any:
    """Return the control that a leader under pressure falls back on: the own style, and what is done around."""
    return (1.0 - rules.own_style) * around + rules.own_style * leader.disposition


@inlined_kernel
def _pull(rules: Any, pressed: Any, leader: Any, back: Any) -> Any:
    """Return the pull of pressure towards what a leader falls back on; what is embedded is immune to it."""
    return rules.pull_to_control * pressed * (1.0 - leader.embedding) * (back - leader.control)


@inlined_kernel
def _embedded(rules: Any, leader: Any) -> Any:
    """Return embedding after a week of leading with this control."""
    return clip(leader.embedding + rules.embedding * ((1.0 - leader.control) - leader.embedding))


RULE = Rule(
    name="leaders",
    title="Leaders",
    summary="control, embedding and shared purpose change",
    equation="""\
L is what was learned from in the service, over κ × its posts; L_l likewise of a team. sat is as under "Staff", and of the sum of
all support that reaches somebody; induction adds to that of pairs alone. Under pressure leaders fall back on what the wider system
expects, on the style c⁰ that they brought, and team leaders on what is done around them: with ρ = peers · Λ/(Λ + links_half),
back = (1 − own)c_sys + own · c⁰ of a senior leader, and back = (1 − own)[(1 − ρ)c_sys + ρ · c̃] + own · c⁰ of a team leader.

- senior leader: c += −coach(1 − stretch · P) · sat(support_s) · c + imitate · C(mean c − c)
  + pull · (F/F₀) · P(1 − u)(1 − hold · C)(back − c) − evidence · L · (D/D₀) · c
- team leader: c += −coach(1 − stretch · P) · sat(support_t) · c − peer_coach · f · c
  + imitate(1 + leaders_modelling · max(0, T̄ − T₀))((1 − M) − c) + pull · P(1 − u)(back − c) − evidence · L_l · c
- both: u += embed((1 − c) − u), with the new c
- pair: p += purpose_gain · max(sat(support_s), R_a R_b · √(Q_a Q_b)/Q₀)(1 − p) − purpose_loss · P · p; no gain while either seat is
  vacant""",  # noqa: E501
    steps=(Step(leaders),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    levers=LEVERS,
    reads=(
        "seniors.control", "seniors.embedding", "seniors.disposition", "seniors.weeks_in_post",
        "seniors.attention_problems", "seniors.attention_purpose", "seniors.attention_staff", "teams.control",
        "teams.embedding", "teams.disposition", "teams.facilitation", "teams.links", "teams.linked_control",
        "teams.learned", "pairs.purpose", "services.pressure", "services.coherence", "services.collective_voice",
        "services.learned_share", "services.mean_attention_leaders",
    ),
    writes=("seniors.control", "seniors.embedding", "teams.control", "teams.embedding", "pairs.purpose"),
    off=dict.fromkeys(
        ("coaching_effect", "imitation", "pull_to_control", "evidence", "embedding", "peer_coaching", "purpose_gain",
         "purpose_loss"), 0),
    has_mean_field=True,
)  # fmt: skip
