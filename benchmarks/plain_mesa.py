"""A plain Mesa implementation of the model: one service, one object for each person.

It says in ordinary Mesa code what happens in a week, and compiled engines are measured against it, for speed
and for results. It shares no code with the simulation package and knows nothing of it. Read `PlainModel.step`
first: it lists the week in order, and each line leads to one short method.

It knows no mean field either, at whose resting point a run could begin. A model begins with a control culture, of
people and leaders as the labour market has them, and lives through a burn-in of twenty years. It has to be so long
because those who expect more stay longer: in the end, those in post expect more than the market.

Left out, because it is not part of the week of one service: several services, committees, tables of ties,
preference for one's own staff group in cross-team ties, targets and ramps of interventions. Of interventions those
are left out that move one number for a while: assurance demands, appointments, successors' style; and induction.

Run as a script it prints the processor time of a person-week:

    python benchmarks/plain_mesa.py --weeks 104 --seed 1
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import mesa
import networkx as nx
import pandas as pd

WEEKS_PER_YEAR = 52
AGREEMENT = 0.625  # on the 0-1 scale, above this a person agrees with the survey item
EMBEDDED = 0.5  # a habit at or above this counts as embedded
ROUNDING = 1e-9

# Staff groups: share of the staff, and rank in the status gradient (higher means less senior).
STAFF_GROUPS = {
    "medical": (0.15, -1),
    "nursing": (0.45, 0),
    "allied_health": (0.20, 0),
    "operations": (0.10, 0),
    "administration": (0.10, 1),
}

# What can become of a week's opportunity.
NOTHING = "nothing"  # there was none
SILENT = "silent"
IGNORED = "ignored"
PUNISHED = "punished"
HEARD = "heard"  # well received, but not learned from
LEARNED = "learned"

# Kinds of intervention, and their level in a week in which nothing is done.
ADDED = (
    "coach_seniors",
    "coach_team_leaders",
    "dialogue",
    "train_facilitators",
    "leaders_leave",
    "protect_time",
    "shock",
    "hiring_freeze",
    "leaders_change_jobs",
)
MULTIPLIED = ("staff_turnover", "team_leader_turnover")
NOTHING_DONE = dict.fromkeys(ADDED, 0.0) | dict.fromkeys(MULTIPLIED, 1.0)
ATTENTION = "attention"  # the kind that says how senior leaders mean to spend their time


@dataclass(frozen=True)
class Attention:
    """How a senior leader's time is spent: the shares for purpose, for staff and for team leaders."""

    purpose: float
    staff: float
    leaders: float

    def __post_init__(self) -> None:
        shares = (self.purpose, self.staff, self.leaders)
        if min(shares) < 0 or sum(shares) > 1 + ROUNDING:
            raise ValueError(f"shares of time must be at least 0, and add up to 1 at most; got {shares}")

    @property
    def problems(self) -> float:
        """What is left for short-term problem-solving."""
        return clip(1 - self.purpose - self.staff - self.leaders)


@dataclass(frozen=True)
class Parameters:
    """Every number of the model. Rates are per week, those of turnover per year."""

    # How senior leaders usually spend their time; the rest goes to short-term problem-solving
    usual_attention_purpose: float = 0.05
    usual_attention_staff: float = 0.10
    usual_attention_leaders: float = 0.15
    attention_pull: float = 1.0  # how far pressure pulls them back from what they intend

    # The teaming cycle
    opportunity_rate: float = 0.30  # chance of a concern, an error or an idea
    voice_intercept: float = 0.78  # logit of voicing it, for a person at the references
    voice_safety: float = 2.9
    voice_safety_reference: float = 0.67
    voice_efficacy: float = 1.3
    voice_efficacy_reference: float = 0.64
    status_gradient: float = 0.3  # logit units per rank, under a fully controlling leader
    fair_hearing: float = 0.425  # chance of a good reception whoever leads
    leader_weight: float = 0.64  # the leader's part in a reception; the rest is the team's habit
    pressure_penalty: float = 0.30
    punish_rate: float = 0.04

    # What people expect of any workplace
    safety_trait: float = 0.658
    safety_trait_sd: float = 0.26
    efficacy_trait: float = 0.65
    efficacy_trait_sd: float = 0.26
    newcomer_optimism: float = 0.02

    # What events do to safety and efficacy
    safety_gain_heard: float = 0.0097
    safety_gain_learned: float = 0.020
    safety_loss_ignored: float = 0.0055
    safety_loss_punished: float = 0.27
    efficacy_gain_heard: float = 0.024
    efficacy_gain_learned: float = 0.030
    efficacy_loss_ignored: float = 0.020
    efficacy_loss_punished: float = 0.10
    witness_weight: float = 0.29  # an event of a teammate, against one's own
    witness_reach: float = 7.0  # teammates whose events a person can follow
    social_influence: float = 0.025
    trait_pull: float = 0.056
    leader_effect: float = 0.20
    reference_control: float = 0.70  # the style that staff take for usual
    strain_effect: float = 0.07
    immunity: float = 0.5  # how far the habit of failing well shields from bad events
    newcomer_susceptibility: float = 1.0
    susceptibility_weeks: float = 13.0

    # Cynicism about change
    cynicism_gain: float = 0.05  # from dialogue that leaders do not mean
    disappointment: float = 0.13  # when a voice that people had got used to falls silent
    disappointment_dead_band: float = 0.05
    voice_memory: float = 52.0
    cynicism_memory: float = 156.0
    disillusion: float = 0.2

    # Habits and aim
    habit_formation: float = 0.045
    habit_erosion: float = 0.053
    partial_erosion: float = 0.5  # erosion of voice when ignored, against silence
    habit_disuse: float = 0.0073
    initial_habit: float = 0.05
    initial_aim: float = 0.65
    initial_aim_sd: float = 0.1
    newcomer_aim_sd: float = 0.1
    aim_rate: float = 0.02
    dialogue_aim: float = 0.05

    # Leaders
    control_of_newcomers: float = 0.70
    control_of_newcomers_sd: float = 0.15
    control_norm: float = 0.75
    pull_to_control: float = 0.069
    purpose_holds: float = 0.94  # how far shared purpose holds against the pull
    own_style: float = 0.2  # what leaders brought, in what they fall back on
    peer_norm: float = 0.9  # what linked team leaders do, in what a team leader falls back on
    links_half: float = 8.0  # ties at which half of that counts
    imitation: float = 0.020
    leaders_modelling: float = 12.0  # how much more is imitated in time spent with team leaders
    evidence: float = 0.026
    embedding: float = 0.009
    initial_purpose: float = 0.15
    purpose_gain: float = 0.04
    purpose_loss: float = 0.020
    vacancy_weeks: int = 30

    # Support
    saturation: float = 2.0  # the smaller, the sooner people have taken in all they can
    coaching_effect: float = 0.060
    coaching_stretch: float = 0.5  # how far pressure blocks coaching
    peer_coaching: float = 0.05  # effect of facilitators on their leader
    dialogue_gain: float = 0.0106
    dialogue_backfire: float = 0.32
    leaders_dialogue: float = 5.0  # dialogue in the time that leaders spend with staff

    # Internal facilitators
    facilitation: float = 0.44
    critical_mass: float = 0.28
    reach: float = 0.3  # weight of linked teams' capability, against the team's own
    capability_spread: float = 0.0051
    capability_decay: float = 0.012

    # The service and its environment
    turbulence_mean: float = 0.266
    turbulence_sd: float = 0.10
    turbulence_persistence: float = 0.9
    backlog_pressure: float = 0.29
    crisis: float = 0.7  # pressure from problems that leaders leave alone
    vacancy_pressure: float = 1.0
    usual_vacancy: float = 0.027
    problem_inflow: float = 0.10
    learning_relief: float = 0.8
    clearing_rate: float = 0.13
    control_boost: float = 0.3
    learning_memory_weeks: float = 39.0
    initial_backlog: float = 0.9
    initial_learning: float = 0.05

    # Turnover
    staff_turnover: float = 0.14
    time_to_hire: float = 10.0
    team_leader_turnover: float = 0.15
    senior_leader_turnover: float = 0.25
    safety_retention: float = 0.6  # how much longer those stay who feel safe
    internal_succession: float = 0.4

    # Ties
    cross_team_ties: float = 3.0  # per person, on average; at most 4
    far_ties: float = 0.2  # share of them that reach anywhere in the service

    @property
    def usual_attention(self) -> Attention:
        """How a senior leader's time is spent while nobody thinks about it."""
        return Attention(self.usual_attention_purpose, self.usual_attention_staff, self.usual_attention_leaders)

    def taken_in(self, offered: float) -> float:
        """What people take in of what is offered them: 1 of 1, and less than twice as much of twice as much."""
        return (1 + self.saturation) * offered / (self.saturation + offered)


@dataclass(frozen=True)
class Intervention:
    """Something done in the weeks from `start_week` up to, but without, `end_week`.

    The kinds, and what `intensity` means for each:

    - `coach_seniors`, `coach_team_leaders`, `dialogue`: 1 is the full programme;
    - `train_facilitators`: share of the staff trained each week, drawn at random;
    - `protect_time`: share of the pressure taken off; `shock`: added to the pressure;
    - `leaders_leave`, `leaders_change_jobs`: how many senior leaders leave, or change jobs and stay involved, in
      each of the weeks (the first seats);
    - `staff_turnover`, `team_leader_turnover`: factor on the rate of leaving;
    - `hiring_freeze`: share of hiring that is stopped;
    - `attention`: how far senior leaders mean to go, from how they usually spend their time, to the shares in
      `attention`, at most 1.
    """

    kind: str
    start_week: int
    end_week: int
    intensity: float = 1.0
    attention: Attention | None = None

    def __post_init__(self) -> None:
        if self.kind not in (*NOTHING_DONE, ATTENTION):
            raise ValueError(f"kind must be one of {', '.join((*NOTHING_DONE, ATTENTION))}; got {self.kind!r}")
        if (self.kind == ATTENTION) != (self.attention is not None):
            raise ValueError(f"{ATTENTION!r}, and no other kind, says how time is spent; got {self.attention!r}")
        if self.attention is not None and not 0 <= self.intensity <= 1:
            raise ValueError(f"intensity of {ATTENTION!r} must be between 0 and 1; got {self.intensity}")

    def is_on(self, week: int) -> bool:
        """Whether it is done in a week."""
        return self.start_week <= week < self.end_week


def clip(value: float) -> float:
    """Keep a value within [0, 1]."""
    return 0.0 if value < 0.0 else 1.0 if value > 1.0 else value


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean."""
    return sum(values) / len(values)


def mean_of_team(values: Sequence[float]) -> float:
    """Arithmetic mean over the people of a team; 0 where there is nobody."""
    return mean(values) if values else 0.0


class StaffMember(mesa.Agent):
    """A seat in a team, and the person who holds it now."""

    def __init__(self, model: PlainModel, leader: TeamLeader, group: str) -> None:
        super().__init__(model)
        p = model.parameters
        self.leader = leader
        self.group = group
        self.rank = STAFF_GROUPS[group][1]
        self.neighbours: list[StaffMember] = []

        self.draw_traits(model.rng.normal(), model.rng.normal())
        self.safety = self.safety_trait
        self.efficacy = self.efficacy_trait
        self.aim = clip(model.rng.normal(p.initial_aim, p.initial_aim_sd))
        self.voice_habit = self.team_habit = self.fail_habit = self.learn_habit = p.initial_habit
        self.capability = self.cynicism = 0.0
        self.weeks_vacant = 0.0  # that are left until somebody is hired
        tenure = model.rng.exponential()  # in mean tenures
        if p.staff_turnover:
            self.tenure_weeks = int(tenure * WEEKS_PER_YEAR / p.staff_turnover)
        else:
            self.tenure_weeks = math.inf  # where nobody leaves, everyone has been there for ever

        self.outcome = NOTHING
        self.neighbours_safety = self.safety

    def draw_traits(self, safety_deviate: float, efficacy_deviate: float) -> None:
        """Draw from the labour market what this person expects of any workplace."""
        p = self.model.parameters
        self.safety_trait = clip(p.safety_trait + p.safety_trait_sd * safety_deviate)
        self.efficacy_trait = clip(p.efficacy_trait + p.efficacy_trait_sd * efficacy_deviate)

    @property
    def is_there(self) -> bool:
        """Whether somebody sits in the seat."""
        return self.weeks_vacant == 0

    @property
    def is_embedded(self) -> bool:
        """Whether all four habits have taken hold."""
        return min(self.voice_habit, self.team_habit, self.fail_habit, self.learn_habit) >= EMBEDDED

    def look_around(self) -> None:
        """Take in how safe the neighbours feel."""
        around = [neighbour.safety for neighbour in self.neighbours if neighbour.is_there]
        self.neighbours_safety = mean(around) if around else self.safety

    def meet_opportunity(self) -> None:
        """Perhaps meet an opportunity, and see how far it gets."""
        self.outcome = NOTHING
        if self.chances[0] < self.model.parameters.opportunity_rate:
            self.outcome = self.pass_gates()
            self.leader.outcomes[self.outcome] += 1

    def pass_gates(self) -> str:
        """Take an opportunity through the four gates; it stops at the first that fails."""
        p, leader, model = self.model.parameters, self.leader, self.model
        _, voicing, joining, reception, punishment, learning = self.chances
        facilitated = p.facilitation * leader.facilitation

        # Feel Safe: is it voiced?
        logit = (
            p.voice_intercept
            + p.voice_safety * (self.safety - p.voice_safety_reference)
            + p.voice_efficacy * (self.efficacy - p.voice_efficacy_reference)
            - p.status_gradient * self.rank * leader.control
        )
        x = self.voice_habit + (1 - self.voice_habit) / (1 + math.exp(-logit))
        if voicing >= x:
            return SILENT

        # Team Up: do others join in?
        x = self.team_habit + (1 - self.team_habit) * self.neighbours_safety * (1 - model.pressure / 2)
        x += (1 - x) * facilitated
        if joining >= x:
            return IGNORED
        leader.n_joined += 1

        # Fail Well: is it well received?
        x = (
            p.leader_weight * (1 - leader.control) * (1 - p.pressure_penalty * model.pressure)
            + (1 - p.leader_weight) * leader.team_fail_habit
        )
        x = p.fair_hearing + (1 - p.fair_hearing) * x
        x += (1 - x) * facilitated
        if reception >= x:
            return PUNISHED if punishment < p.punish_rate * leader.control else IGNORED

        # Learn Fast: is it learned from?
        x = self.learn_habit + (1 - self.learn_habit) * self.aim * model.message
        x += (1 - x) * facilitated / 2
        return LEARNED if learning < x else HEARD

    def experience(self, outcome: str) -> float:
        """How much of an outcome this person met: their own in full, those of teammates in part."""
        own = 1 if self.outcome == outcome else 0
        return own + self.leader.witness_weight * (self.leader.outcomes[outcome] - own)

    def plan(self) -> None:
        """Work out next week's state from this week's, and keep it until everyone has done so."""
        p = self.model.parameters
        ignored = self.experience(IGNORED)
        punished = self.experience(PUNISHED)
        heard = self.experience(HEARD)
        learned = self.experience(LEARNED)

        self.next_state = (
            *self.next_attitudes(ignored, punished, heard, learned),
            self.next_aim(),
            *self.next_habits(ignored + punished, heard + learned),
            clip(
                self.capability
                + p.capability_spread * learned * self.leader.facilitation * (1 - self.capability)
                - p.capability_decay * self.capability
            ),
            self.next_cynicism(),
        )

    def next_attitudes(self, ignored: float, punished: float, heard: float, learned: float) -> tuple[float, float]:
        """Safety and efficacy: events, colleagues, what one expects anyway, and dialogue."""
        p, model = self.model.parameters, self.model
        s, e = self.safety, self.efficacy
        z = 1 + p.newcomer_susceptibility * math.exp(-self.tenure_weeks / p.susceptibility_weeks)
        shield = 1 - p.immunity * self.fail_habit
        is_open = 1 - self.cynicism
        message, dialogue = model.message, p.dialogue_gain * model.dialogue_dose

        expected_safety = (
            self.safety_trait
            + p.leader_effect * (p.reference_control - self.leader.control)
            - p.strain_effect * (model.pressure - 0.5)
        )
        expected_efficacy = self.efficacy_trait * (1 - p.disillusion * self.cynicism)
        safety = (
            s
            + z * is_open * (p.safety_gain_heard * heard + p.safety_gain_learned * learned) * (1 - s)
            - z * (p.safety_loss_ignored * ignored + p.safety_loss_punished * punished) * s * shield
            + p.social_influence * (self.neighbours_safety - s)
            - z * p.trait_pull * (s - expected_safety)
            + dialogue * (message * is_open * (1 - s) - p.dialogue_backfire * (1 - message) * s)
        )
        efficacy = (
            e
            + z * is_open * (p.efficacy_gain_heard * heard + p.efficacy_gain_learned * learned) * (1 - e)
            - z * (p.efficacy_loss_ignored * ignored + p.efficacy_loss_punished * punished) * e * shield
            - z * p.trait_pull * (e - expected_efficacy)
            + dialogue * (message * is_open * (1 - e) - p.dialogue_backfire * (1 - message) * e)
        )
        return clip(safety), clip(efficacy)

    def next_aim(self) -> float:
        """Aim follows what the trio is heard to say, and grows in dialogue."""
        p, model = self.model.parameters, self.model
        return clip(
            self.aim
            + p.aim_rate * (0.5 + 0.5 * model.message - self.aim)
            + p.dialogue_aim * model.dialogue_dose * model.message * (1 - self.aim)
        )

    def next_cynicism(self) -> float:
        """Those grow wary who are asked by leaders who do not mean it, or whose leaders fall silent again."""
        p, model = self.model.parameters, self.model
        falls_silent = max(0.0, model.usual_voice - model.message - p.disappointment_dead_band)
        growth = p.cynicism_gain * model.dialogue_dose * (1 - model.message) + p.disappointment * falls_silent
        return clip(self.cynicism + growth * (1 - self.cynicism) - self.cynicism / p.cynicism_memory)

    def next_habits(self, badly_met: float, well_met: float) -> tuple[float, float, float, float]:
        """What is rewarded strengthens, what is not erodes, and what is not used fades.

        Voice, team and learning follow the person's own outcome; failing well follows everything that the
        person met or witnessed, since the whole team learns how a failure is met.
        """
        p = self.model.parameters
        voice, team, learn = self.voice_habit, self.team_habit, self.learn_habit
        if self.outcome in (HEARD, LEARNED):
            voice += p.habit_formation * (1 - voice)
            team += p.habit_formation * (1 - team)
            if self.outcome == LEARNED:
                learn += p.habit_formation * (1 - learn)
            else:
                learn -= p.habit_erosion * learn
        elif self.outcome == SILENT:
            voice -= p.habit_erosion * voice
        elif self.outcome == IGNORED:
            voice -= p.habit_erosion * p.partial_erosion * voice
            team -= p.habit_erosion * team
        elif self.outcome == PUNISHED:
            voice -= p.habit_erosion * voice
            team -= p.habit_erosion * team
        fail = self.fail_habit
        fail += p.habit_formation * well_met * (1 - fail) - p.habit_erosion * badly_met * fail

        disuse, rest = p.habit_disuse * (0.5 + self.model.pressure), p.initial_habit
        return (
            clip(voice - disuse * (voice - rest)),
            clip(team - disuse * (team - rest)),
            clip(fail - disuse * (fail - rest)),
            clip(learn - disuse * (learn - rest)),
        )

    def advance(self) -> None:
        """Take on the state that was planned."""
        (
            self.safety,
            self.efficacy,
            self.aim,
            self.voice_habit,
            self.team_habit,
            self.fail_habit,
            self.learn_habit,
            self.capability,
            self.cynicism,
        ) = self.next_state

    def leaves(self, chance: float) -> bool:
        """Whether this person leaves; those who feel safe stay longer."""
        p = self.model.parameters
        rate = p.staff_turnover * self.model.level["staff_turnover"]
        return chance < rate / WEEKS_PER_YEAR * math.exp(p.safety_retention * (p.safety_trait - self.safety))

    def wait(self) -> None:
        """Another week goes by in which the post is vacant; a freeze of hiring makes it last."""
        hiring = max(0.0, 1 - self.model.level["hiring_freeze"])
        left = self.weeks_vacant - hiring
        self.weeks_vacant = left if left > ROUNDING else 0.0

    def arrive(self, safety_deviate: float, efficacy_deviate: float, aim_deviate: float) -> None:
        """A newcomer takes the seat, a little more hopeful than they will stay."""
        p = self.model.parameters
        self.draw_traits(safety_deviate, efficacy_deviate)
        self.safety = clip(self.safety_trait + p.newcomer_optimism)
        self.efficacy = clip(self.efficacy_trait + p.newcomer_optimism)
        self.aim = clip(p.initial_aim + p.newcomer_aim_sd * aim_deviate)
        self.voice_habit = self.team_habit = self.fail_habit = self.learn_habit = p.initial_habit
        self.capability = self.cynicism = 0.0
        self.tenure_weeks = 0


class Leader(mesa.Agent):
    """What team leaders and senior leaders share: how they lead, and how habitual it is."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.arrive_from_outside(model.rng.normal())

    def arrive(self, control: float, embedding: float) -> None:
        """Someone takes the post, and will always have the style with which they started."""
        self.control = self.disposition = clip(control)
        self.embedding = embedding

    def arrive_from_outside(self, deviate: float) -> None:
        """Someone from the labour market takes the post."""
        p = self.model.parameters
        self.arrive(p.control_of_newcomers + p.control_of_newcomers_sd * deviate, embedding=0.0)

    @property
    def relational(self) -> float:
        """Relational leading, the complement of control."""
        return 1 - self.control

    def coaching(self, support: float) -> float:
        """How much control coaching takes away; leaders under pressure take in less of it."""
        p = self.model.parameters
        uptake = p.coaching_effect * (1 - p.coaching_stretch * self.model.pressure)
        return uptake * p.taken_in(support) * self.control

    def fall_back(self, expected: float) -> float:
        """How far pressure pulls back to what is expected and what one brought; habits of relating hold against it."""
        p = self.model.parameters
        back = (1 - p.own_style) * expected + p.own_style * self.disposition
        return p.pull_to_control * self.model.pressure * (1 - self.embedding) * (back - self.control)

    def advance(self) -> None:
        """Take on the planned control; embedding follows how this leader now leads."""
        self.control = self.next_control
        self.embedding += self.model.parameters.embedding * (self.relational - self.embedding)


class TeamLeader(Leader):
    """The leader of a team, who also keeps the team's account of the week."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.members: list[StaffMember] = []
        self.ties: Counter[TeamLeader] = Counter()  # with each of the teams that this one is linked to
        self.facilitation = 0.0

    @property
    def colleagues(self) -> list[StaffMember]:
        """Those seats of the team in which there is somebody."""
        return [member for member in self.members if member.is_there]

    def take_stock(self) -> None:
        """Start the week: what the team is used to and capable of, and a clean account."""
        p, colleagues = self.model.parameters, self.colleagues
        self.team_fail_habit = mean_of_team([member.fail_habit for member in colleagues])
        self.team_capability = mean_of_team([member.capability for member in colleagues])
        self.witness_weight = p.witness_weight * min(1, p.witness_reach / max(1, len(colleagues) - 1))
        self.outcomes = dict.fromkeys((SILENT, IGNORED, PUNISHED, HEARD, LEARNED), 0)
        self.n_joined = 0

    def look_across(self) -> None:
        """Take in how linked teams are led, and how far facilitators, theirs too, carry this one."""
        p, within_reach = self.model.parameters, self.team_capability
        self.n_ties = self.ties.total()
        if self.n_ties:
            linked_capability = sum(n * other.team_capability for other, n in self.ties.items()) / self.n_ties
            within_reach = (1 - p.reach) * self.team_capability + p.reach * linked_capability
            self.linked_control = sum(n * other.control for other, n in self.ties.items()) / self.n_ties
        self.facilitation = min(1.0, within_reach / p.critical_mass)

    def expected_control(self) -> float:
        """The control that is expected of this leader: by the system, and by what is done in linked teams."""
        p = self.model.parameters
        if not self.n_ties:
            return p.control_norm
        peers = p.peer_norm * self.n_ties / (self.n_ties + p.links_half)
        return (1 - peers) * p.control_norm + peers * self.linked_control

    def plan(self) -> None:
        """Work out next week's control."""
        p, model = self.model.parameters, self.model
        opportunities = p.opportunity_rate * len(self.members)
        learned_share = self.outcomes[LEARNED] / opportunities if opportunities else 0.0
        imitation = p.imitation * (
            1 + p.leaders_modelling * max(0.0, model.attention.leaders - p.usual_attention.leaders)
        )
        self.next_control = clip(
            self.control
            - self.coaching(model.level["coach_team_leaders"])
            - p.peer_coaching * self.facilitation * self.control
            + imitation * ((1 - model.message) - self.control)
            + self.fall_back(self.expected_control())
            - p.evidence * learned_share * self.control
        )

    def leaves(self, chance: float) -> bool:
        """Whether this leader leaves."""
        factor = self.model.level["team_leader_turnover"]
        return chance < self.model.parameters.team_leader_turnover * factor / WEEKS_PER_YEAR

    def succeed(self, inside: float, pick: float, deviate: float) -> None:
        """A successor comes from inside the team, or from outside."""
        p, colleagues = self.model.parameters, self.colleagues
        if inside < p.internal_succession and colleagues:
            successor = colleagues[int(pick * len(colleagues))]
            self.arrive(p.control_of_newcomers * (1 - successor.fail_habit), successor.fail_habit / 2)
        else:
            self.arrive_from_outside(deviate)


class SeniorLeader(Leader):
    """One of the trio."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.vacancy_weeks_left = 0
        self.attention = model.parameters.usual_attention

    def spend_time(self) -> None:
        """Spend the week: more than usual as far as pressure lets it be, less than usual at once."""
        p, model = self.model.parameters, self.model
        usual, intended = p.usual_attention, model.intended_attention
        keep = 1 - p.attention_pull * model.pressure * (1 - self.embedding) * (1 - model.shared_purpose)

        def kept(usually: float, meant: float) -> float:
            return usually + (meant - usually) * keep if meant > usually else meant

        self.attention = Attention(
            purpose=kept(usual.purpose, intended.purpose),
            staff=kept(usual.staff, intended.staff),
            leaders=kept(usual.leaders, intended.leaders),
        )

    def plan(self) -> None:
        """Work out next week's control."""
        p, model, usual = self.model.parameters, self.model, self.model.parameters.usual_attention
        feeds_the_pull = self.attention.problems / usual.problems
        holds_against_it = 1 - p.purpose_holds * model.shared_purpose
        sees_of_learning = self.attention.staff / usual.staff
        self.next_control = clip(
            self.control
            - self.coaching(model.level["coach_seniors"])
            + p.imitation * model.shared_purpose * (model.mean_senior_control - self.control)
            + feeds_the_pull * holds_against_it * self.fall_back(p.control_norm)
            - p.evidence * model.learned_share * sees_of_learning * self.control
        )

    def leaves(self, chance: float) -> bool:
        """Whether this leader leaves of their own accord."""
        return chance < self.model.parameters.senior_leader_turnover / WEEKS_PER_YEAR

    def succeed(self, inside: float, pick: float, deviate: float) -> None:
        """A successor comes from the service's team leaders, or from outside."""
        p, team_leaders = self.model.parameters, self.model.team_leaders
        if inside < p.internal_succession:
            successor = team_leaders[int(pick * len(team_leaders))]
            self.arrive(successor.control, successor.embedding / 2)
        else:
            self.arrive_from_outside(deviate)
        self.vacancy_weeks_left = p.vacancy_weeks

    def change_jobs(self) -> None:
        """The same person in another post: style and disposition stay, but habits hang on their setting."""
        self.embedding /= 2


class Pair:
    """Two senior leaders, and how far they share a purpose."""

    def __init__(self, first: SeniorLeader, second: SeniorLeader, purpose: float) -> None:
        self.first = first
        self.second = second
        self.purpose = purpose

    def grow_or_lose(self, model: PlainModel) -> None:
        """Purpose grows in supported company, or in relational that takes its time, and pressure wears it away."""
        p = model.parameters
        gain = 0.0
        if not self.first.vacancy_weeks_left and not self.second.vacancy_weeks_left:
            time = math.sqrt(self.first.attention.purpose * self.second.attention.purpose) / p.usual_attention.purpose
            by_themselves = self.first.relational * self.second.relational * time
            gain = p.purpose_gain * max(p.taken_in(model.level["coach_seniors"]), by_themselves) * (1 - self.purpose)
        self.purpose = clip(self.purpose + gain - p.purpose_loss * model.pressure * self.purpose)


class PlainModel(mesa.Model):
    """A service of `n_teams` teams under a trio, at the end of its burn-in.

    Chance events are drawn at the start of each week, always the same number of them, so that two runs with
    one seed share them whatever is done in one of the two.

    Parameters
    ----------
    parameters : the numbers of the model; the defaults when left out
    interventions : what is done, and when
    seed : of all chance events
    n_teams, team_size : the service; every team has the same size
    n_senior_leaders : size of the group at the top, at least 1
    burn_in_weeks : weeks run before week 0, without interventions, from a control culture
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        interventions: Iterable[Intervention] = (),
        seed: int = 0,
        n_teams: int = 37,
        team_size: int = 8,
        n_senior_leaders: int = 3,
        burn_in_weeks: int = 20 * WEEKS_PER_YEAR,
    ) -> None:
        super().__init__(rng=seed)
        self.parameters = p = parameters or Parameters()
        self.interventions = list(interventions)
        for one, other in combinations([entry for entry in self.interventions if entry.kind == ATTENTION], 2):
            if one.is_on(other.start_week) or other.is_on(one.start_week):
                raise ValueError(f"leaders cannot mean to spend a week in two ways: {one} and {other}")
        self.level = dict(NOTHING_DONE)
        self.intended_attention = self.attention = p.usual_attention

        self.senior_leaders = [SeniorLeader(self) for _ in range(n_senior_leaders)]
        self.pairs = [Pair(a, b, p.initial_purpose) for a, b in combinations(self.senior_leaders, 2)]
        self.team_leaders = [TeamLeader(self) for _ in range(n_teams)]
        self.staff = self.hire_staff(team_size)
        self.tie_staff()

        self.turbulence = p.turbulence_mean
        self.backlog = p.initial_backlog
        self.learning = p.initial_learning
        self.pressure = clip(self.turbulence + p.backlog_pressure * self.backlog)
        self.usual_voice = 0.0  # nobody has got used to one yet
        self.talk_of_purpose()
        self.hear_trio()
        self.funnel = dict.fromkeys(("opportunities", "voiced", "joined", "well_received", "learned"), 0)
        self.n_punished = self.n_leavers = 0

        self.datacollector = mesa.DataCollector(model_reporters=weekly_reporters())
        self.week = -burn_in_weeks
        for _ in range(burn_in_weeks):
            self.step()
        self.datacollector.collect(self)

    def hire_staff(self, team_size: int) -> list[StaffMember]:
        """Fill the seats of every team, with the default mix of staff groups."""
        shares = [share for share, _ in STAFF_GROUPS.values()]
        n_staff = len(self.team_leaders) * team_size
        groups = iter(self.rng.choice(list(STAFF_GROUPS), size=n_staff, p=shares).tolist())
        for leader in self.team_leaders:
            leader.members = [StaffMember(self, leader, next(groups)) for _ in range(team_size)]
        return [member for leader in self.team_leaders for member in leader.members]

    def tie_staff(self) -> None:
        """Tie everyone to their team, and to a small world of people in other teams.

        Around the ring of the small world the teams take turns, so that those next to each other on it work
        in different teams. A ring with four neighbours each, thinned out, leaves the wanted number of ties. Teams are
        linked by the ties between their members.
        """
        p = self.parameters
        for member in self.staff:
            member.neighbours = [mate for mate in member.leader.members if mate is not member]
        if len(self.staff) <= 4:
            return
        teams = [leader.members for leader in self.team_leaders]
        ring = [member for seats in zip(*teams, strict=True) for member in seats]
        small_world = nx.watts_strogatz_graph(len(ring), 4, p.far_ties, seed=self.random)
        for a, b in small_world.edges:
            first, second = ring[a], ring[b]
            if first.leader is not second.leader and self.random.random() < p.cross_team_ties / 4:
                first.neighbours.append(second)
                second.neighbours.append(first)
                first.leader.ties[second.leader] += 1
                second.leader.ties[first.leader] += 1

    def step(self) -> None:
        """One week. Whatever is on the right of a rule is as it was at the start of the week."""
        staff = self.agents_by_type[StaffMember].select(lambda member: member.is_there)
        team_leaders = self.agents_by_type[TeamLeader]
        senior_leaders = self.agents_by_type[SeniorLeader]
        self.read_timeline()
        self.draw_chances()

        team_leaders.do("take_stock")
        team_leaders.do("look_across")
        staff.do("look_around")

        self.talk_of_purpose()
        senior_leaders.do("spend_time")
        self.add_up_attention()
        self.change_environment()
        self.hear_trio()
        staff.do("meet_opportunity")
        self.add_up_funnel()

        staff.do("plan")
        team_leaders.do("plan")
        senior_leaders.do("plan")
        for pair in self.pairs:
            pair.grow_or_lose(self)
        self.change_service()
        staff.do("advance")
        team_leaders.do("advance")
        senior_leaders.do("advance")

        self.train_facilitators()
        self.replace_leavers()

        self.week += 1
        if self.week > 0:
            self.datacollector.collect(self)

    def run(self, n_weeks: int) -> pd.DataFrame:
        """Run on for `n_weeks` and return the weekly table, with week 0 in its first row."""
        for _ in range(n_weeks):
            self.step()
        return self.datacollector.get_model_vars_dataframe()

    def read_timeline(self) -> None:
        """Look up what is being done this week."""
        self.level = dict(NOTHING_DONE)
        self.intended_attention = usual = self.parameters.usual_attention
        for intervention in self.interventions:
            kind, intensity, wanted = intervention.kind, intervention.intensity, intervention.attention
            if not intervention.is_on(self.week):
                continue
            if wanted is not None:
                self.intended_attention = Attention(
                    purpose=usual.purpose + intensity * (wanted.purpose - usual.purpose),
                    staff=usual.staff + intensity * (wanted.staff - usual.staff),
                    leaders=usual.leaders + intensity * (wanted.leaders - usual.leaders),
                )
            elif kind in MULTIPLIED:
                self.level[kind] *= intensity
            else:
                self.level[kind] += intensity

    def draw_chances(self) -> None:
        """Draw the chance events of the week."""
        n_staff, n_team_leaders = len(self.staff), len(self.team_leaders)
        n_leaders = n_team_leaders + len(self.senior_leaders)
        self.turbulence_deviate = self.rng.normal()
        for member, chances in zip(self.staff, self.rng.random((n_staff, 6)).tolist(), strict=True):
            member.chances = chances
        self.training_chances = self.rng.random(n_staff).tolist()
        self.leaving_chances = self.rng.random(n_staff).tolist()
        self.newcomer_deviates = self.rng.normal(size=(n_staff, 3)).tolist()
        succession_chances = self.rng.random((n_leaders, 3)).tolist()
        succession_deviates = self.rng.normal(size=n_leaders).tolist()
        successions = [(*chances, z) for chances, z in zip(succession_chances, succession_deviates, strict=True)]
        self.team_leader_successions = successions[:n_team_leaders]
        self.senior_successions = successions[n_team_leaders:]

    def talk_of_purpose(self) -> None:
        """How far the trio shares a purpose (C): the mean of its pairs. One leader has nobody to share it with."""
        self.shared_purpose = mean([pair.purpose for pair in self.pairs]) if self.pairs else 0.0

    def add_up_attention(self) -> None:
        """How the trio spends its time, and what dialogue staff have with it and with everybody."""
        p, spent = self.parameters, [leader.attention for leader in self.senior_leaders]
        self.attention = Attention(
            purpose=mean([attention.purpose for attention in spent]),
            staff=mean([attention.staff for attention in spent]),
            leaders=mean([attention.leaders for attention in spent]),
        )
        with_leaders = p.leaders_dialogue * max(0.0, self.attention.staff - p.usual_attention.staff)
        self.dialogue_dose = p.taken_in(self.level["dialogue"] + with_leaders)

    def vacant_share(self) -> float:
        """Share of the posts of staff in which there is nobody."""
        return mean([not member.is_there for member in self.staff])

    def change_environment(self) -> None:
        """Turbulence wanders about its mean; with the backlog it makes the pressure of the week.

        So do problems that leaders leave alone, of which there are fewer the more has been learned, and vacant posts.
        """
        p = self.parameters
        persistence = p.turbulence_persistence
        self.turbulence = (
            p.turbulence_mean
            + persistence * (self.turbulence - p.turbulence_mean)
            + math.sqrt(1 - persistence**2) * p.turbulence_sd * self.turbulence_deviate
        )
        needed = p.usual_attention.problems * (1 - p.learning_relief * self.learning)
        load = (
            self.turbulence
            + self.level["shock"]
            + p.backlog_pressure * self.backlog
            + p.crisis * max(0.0, needed - self.attention.problems)
            + p.vacancy_pressure * (self.vacant_share() - p.usual_vacancy)
        )
        self.pressure = clip(load * (1 - self.level["protect_time"]))

    def hear_trio(self) -> None:
        """The collective voice of the trio (M), as it is heard all week.

        With shared purpose the trio is heard as one; without it the most controlling sets the tone.
        """
        relational = [leader.relational for leader in self.senior_leaders]
        as_one = self.shared_purpose if self.pairs else 1.0
        self.message = as_one * mean(relational) + (1 - as_one) * min(relational)
        self.mean_senior_control = mean([leader.control for leader in self.senior_leaders])

    def add_up_funnel(self) -> None:
        """Count how far the opportunities of the week got."""
        total = {
            outcome: sum(leader.outcomes[outcome] for leader in self.team_leaders)
            for outcome in (SILENT, IGNORED, PUNISHED, HEARD, LEARNED)
        }
        well_received = total[HEARD] + total[LEARNED]
        voiced = well_received + total[IGNORED] + total[PUNISHED]
        self.funnel = {
            "opportunities": voiced + total[SILENT],
            "voiced": voiced,
            "joined": sum(leader.n_joined for leader in self.team_leaders),
            "well_received": well_received,
            "learned": total[LEARNED],
        }
        self.n_punished = total[PUNISHED]
        expected = self.parameters.opportunity_rate * len(self.staff)
        self.learned_share = total[LEARNED] / expected if expected else 0.0

    def change_service(self) -> None:
        """Learning is kept and forgotten; problems come in and are cleared, faster under tight control.

        And people get used to how they are spoken to.
        """
        p = self.parameters
        control = mean([leader.control for leader in self.team_leaders])
        inflow = p.problem_inflow * (1 - p.learning_relief * self.learning)
        cleared = p.clearing_rate * (1 + p.control_boost * control) * self.backlog
        self.backlog = clip(self.backlog + inflow - cleared)
        self.learning = clip(self.learning + (self.learned_share - self.learning) / p.learning_memory_weeks)
        self.usual_voice = clip(self.usual_voice + (self.message - self.usual_voice) / p.voice_memory)

    def train_facilitators(self) -> None:
        """Some of the staff, drawn at random, become facilitators."""
        share = self.level["train_facilitators"]
        for member, chance in zip(self.staff, self.training_chances, strict=True):
            if member.is_there and chance < share:
                member.capability = 1.0

    def replace_leavers(self) -> None:
        """Staff leave, and posts are filled whose time has come; then team leaders and senior leaders are followed."""
        self.n_leavers = 0
        for member, chance, deviates in zip(self.staff, self.leaving_chances, self.newcomer_deviates, strict=True):
            if member.is_there:
                if not member.leaves(chance):
                    member.tenure_weeks += 1
                    continue
                member.weeks_vacant = self.parameters.time_to_hire
                self.n_leavers += 1
            else:
                member.wait()
            if member.is_there:
                member.arrive(*deviates)

        for leader, (chance, *succession) in zip(self.team_leaders, self.team_leader_successions, strict=True):
            if leader.leaves(chance):
                leader.succeed(*succession)

        n_leaving, n_changing = int(self.level["leaders_leave"]), int(self.level["leaders_change_jobs"])
        for seat, (leader, (chance, *succession)) in enumerate(
            zip(self.senior_leaders, self.senior_successions, strict=True)
        ):
            leader.vacancy_weeks_left = max(0, leader.vacancy_weeks_left - 1)
            if seat < n_leaving or leader.leaves(chance):
                leader.succeed(*succession)
            elif seat < n_changing:
                leader.change_jobs()
            else:
                continue
            for pair in self.pairs:
                if leader in (pair.first, pair.second):
                    pair.purpose = self.parameters.initial_purpose


def weekly_reporters() -> dict[str, Callable[[PlainModel], float]]:
    """What the weekly table holds.

    The state at the start of a week, and of the week before: its flows, its pressure, how the trio was heard and spent
    its time, and how far facilitators carried.
    """

    def over_staff(value: Callable[[StaffMember], float]) -> Callable[[PlainModel], float]:
        def report(model: PlainModel) -> float:
            values = [value(member) for member in model.staff if member.is_there]
            return mean(values) if values else math.nan

        return report

    def of_staff(attribute: str) -> Callable[[PlainModel], float]:
        return over_staff(lambda member: getattr(member, attribute))

    def agree(attribute: str) -> Callable[[PlainModel], float]:
        return over_staff(lambda member: getattr(member, attribute) > AGREEMENT)

    def of_funnel(gate: str) -> Callable[[PlainModel], float]:
        return lambda model: model.funnel[gate]

    def norm(passed: str, reached: str) -> Callable[[PlainModel], float]:
        return lambda model: model.funnel[passed] / model.funnel[reached] if model.funnel[reached] else math.nan

    def of_team_leaders(attribute: str) -> Callable[[PlainModel], float]:
        return lambda model: mean([getattr(leader, attribute) for leader in model.team_leaders])

    def of_senior_leaders(attribute: str) -> Callable[[PlainModel], float]:
        return lambda model: mean([getattr(leader, attribute) for leader in model.senior_leaders])

    return {
        "week": lambda model: model.week,
        "safe_share": agree("safety"),
        "confident_share": agree("efficacy"),
        "safety": of_staff("safety"),
        "efficacy": of_staff("efficacy"),
        # The five norms, and the counts behind the last four of them
        "aim_high": of_staff("aim"),
        "feel_safe": norm("voiced", "opportunities"),
        "team_up": norm("joined", "voiced"),
        "fail_well": norm("well_received", "joined"),
        "learn_fast": norm("learned", "well_received"),
        "opportunities": of_funnel("opportunities"),
        "voiced": of_funnel("voiced"),
        "joined": of_funnel("joined"),
        "well_received": of_funnel("well_received"),
        "learned": of_funnel("learned"),
        "punished": lambda model: model.n_punished,
        # Leaders
        "team_leader_control": of_team_leaders("control"),
        "team_leader_embedding": of_team_leaders("embedding"),
        "senior_leader_control": of_senior_leaders("control"),
        "senior_leader_embedding": of_senior_leaders("embedding"),
        "coherence": lambda model: model.shared_purpose,
        "collective_voice": lambda model: model.message,
        "attention_problems": lambda model: model.attention.problems,
        "attention_purpose": lambda model: model.attention.purpose,
        "attention_staff": lambda model: model.attention.staff,
        "attention_leaders": lambda model: model.attention.leaders,
        # What lasts
        "capability": of_staff("capability"),
        "facilitation": of_team_leaders("facilitation"),
        "embedded_share": of_staff("is_embedded"),
        "cynicism": of_staff("cynicism"),
        # The service
        "pressure": lambda model: model.pressure,
        "backlog": lambda model: model.backlog,
        "learning_stock": lambda model: model.learning,
        "vacant_share": lambda model: model.vacant_share(),
        "staff_leavers": lambda model: model.n_leavers,
    }


def main() -> None:
    """Print the processor time of a person-week."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--teams", type=int, default=37)
    parser.add_argument("--team-size", type=int, default=8)
    arguments = parser.parse_args()

    model = PlainModel(seed=arguments.seed, n_teams=arguments.teams, team_size=arguments.team_size)
    started = time.process_time()
    weeks = model.run(arguments.weeks)
    seconds = time.process_time() - started
    person_weeks = len(model.staff) * arguments.weeks
    print(f"{seconds / person_weeks * 1e6:.2f} microseconds of processor time per person-week")
    print(f"{weeks['safe_share'].mean():.4f} mean share that feels safe")


if __name__ == "__main__":
    main()
