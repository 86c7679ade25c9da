"""Leaders let go of control, or are pulled back to it; relational leading embeds; purpose grows or is lost."""

from __future__ import annotations

from typing import Any

from sim.base.compilation import inlined_kernel, kernel
from sim.base.rule import RATE, SHARE, UNIT, Lever, Rule, Step, parameter, share
from sim.base.terms import clip

PARAMETERS = (
    parameter(
        "control_norm", 0.75, SHARE, "control-based management that the wider system expects of its leaders",
        symbol="c_sys", group="leaders", within=UNIT, plausible=(0.3, 0.95), grade="judgement", source="source-case",
    ),
    parameter(
        "pull_to_control", 0.049, RATE, "pull of a leader under full pressure towards that norm",
        symbol="pull", group="leaders", within=UNIT, plausible=(0.025, 0.098), grade="calibrated",
        source="threat-rigidity",
    ),
    parameter(
        "imitation", 0.026, RATE,
        "pull of leaders towards one another (within the trio; of team leaders towards the trio)",
        symbol="imitate", group="leaders", within=UNIT, plausible=(0.013, 0.052), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "evidence", 0.026, "per week of learning", "how much seeing that the team learns loosens a leader's control",
        symbol="evidence", group="leaders", within=UNIT, plausible=(0.013, 0.052), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "embedding", 0.0069, RATE, "speed at which relational leading becomes habitual, and so immune to pressure",
        symbol="embed", group="leaders", within=UNIT, plausible=(0.0035, 0.014), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "coaching_effect", 0.058, RATE, "loosening of control by one unit of coaching, without pressure",
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
        "purpose_gain", 0.04, RATE, "growth of shared purpose when supported, or between two relational leaders",
        symbol="purpose_gain", group="shared purpose", within=UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    ),
    parameter(
        "purpose_loss", 0.023, RATE, "loss of shared purpose under full pressure",
        symbol="purpose_loss", group="shared purpose", within=UNIT, plausible=(0.012, 0.046), grade="calibrated",
        source="collective-leadership-fragile",
    ),
)  # fmt: skip

COLUMNS = (
    share("teams", "control", "control-based management of the team leader"),
    share("teams", "embedding", "how habitual relational leading is"),
    share("seniors", "control", "control-based management"),
    share("seniors", "embedding", "how habitual relational leading is"),
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

    Source: coaching (coaching-meta-analyses); pressure tightens control (threat-rigidity); embedding and purpose are
    assumed in form (source-case, collective-leadership-fragile).
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
    """Coaching, facilitators at their side, the example of the senior leaders, the pull, and the evidence.

    ``coaching_reach`` : [n_team_audiences], intensity of team-leader coaching this week for each audience of teams.
    """
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


RULE = Rule(
    name="leaders",
    title="Leaders",
    summary="control, embedding and shared purpose change",
    equation="""\
L is what was learned from in the service, as a share of the opportunities to be expected; L_l likewise of a team.

- senior leader: c += −coach(1 − stretch · P) · support_s · c + imitate · C(mean c − c) + pull · P(1 − u)(c_sys − c) − evidence · L · c
- team leader: c += −coach(1 − stretch · P) · support_t · c − peer_coach · f · c + imitate((1 − M) − c) + pull · P(1 − u)(c_sys − c)
  − evidence · L_l · c
- both: u += embed((1 − c) − u), with the new c
- pair: p += purpose_gain · max(support_s, R_a R_b)(1 − p) − purpose_loss · P · p; no gain while either seat is vacant""",  # noqa: E501
    steps=(Step(leaders),),
    parameters=PARAMETERS,
    columns=COLUMNS,
    levers=LEVERS,
    reads=(
        "seniors.control", "seniors.embedding", "seniors.weeks_in_post", "teams.control", "teams.embedding",
        "teams.facilitation", "teams.learned", "pairs.purpose", "services.pressure", "services.coherence",
        "services.collective_voice", "services.learned_share",
    ),
    writes=("seniors.control", "seniors.embedding", "teams.control", "teams.embedding", "pairs.purpose"),
    off=dict.fromkeys(
        ("coaching_effect", "imitation", "pull_to_control", "evidence", "embedding", "peer_coaching", "purpose_gain",
         "purpose_loss"), 0),
    has_mean_field=True,
)  # fmt: skip
