"""A plain Mesa implementation of the model: one service, one object for each person.

It says in ordinary Mesa code what happens in a week, and compiled engines are measured against it, for speed
and for results. It shares no code with the simulation package and knows nothing of it. Read `PlainModel.step`
first: it lists the week in order, and each line leads to one short method.

Left out, because it is not part of the week of one service: several services, committees, preference for
one's own staff group in cross-team ties, targets and ramps of interventions.

Run as a script it prints the processor time of a person-week:

    python benchmarks/plain_mesa.py --weeks 104 --seed 1
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import mesa
import networkx as nx
import pandas as pd

WEEKS_PER_YEAR = 52
AGREEMENT = 0.625  # on the 0-1 scale, above this a person agrees with the survey item
EMBEDDED = 0.5  # a habit at or above this counts as embedded

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
)
MULTIPLIED = ("staff_turnover", "team_leader_turnover")
NOTHING_DONE = dict.fromkeys(ADDED, 0.0) | dict.fromkeys(MULTIPLIED, 1.0)


@dataclass(frozen=True)
class Parameters:
    """Every number of the model. Rates are per week unless the name says per year."""

    # The teaming cycle
    opportunity_rate: float = 0.30  # chance of a concern, an error or an idea
    voice_intercept: float = 0.81  # logit of voicing it, for a person of average safety and efficacy
    voice_safety: float = 2.9
    voice_efficacy: float = 1.3
    status_gradient: float = 0.3  # logit units per rank, under a fully controlling leader
    fair_hearing: float = 0.47  # chance of a good reception whoever leads
    leader_weight: float = 0.64  # the leader's part in a reception; the rest is the team's habit
    pressure_penalty: float = 0.30
    punish_rate: float = 0.04

    # What people expect of any workplace
    safety_trait: float = 0.67
    safety_trait_sd: float = 0.26
    efficacy_trait: float = 0.65
    efficacy_trait_sd: float = 0.26
    newcomer_optimism: float = 0.02

    # What events do to safety and efficacy
    safety_gain_heard: float = 0.013
    safety_gain_learned: float = 0.022
    safety_loss_ignored: float = 0.004
    safety_loss_punished: float = 0.27
    efficacy_gain_heard: float = 0.024
    efficacy_gain_learned: float = 0.030
    efficacy_loss_ignored: float = 0.020
    efficacy_loss_punished: float = 0.10
    witness_weight: float = 0.26  # an event of a teammate, against one's own
    social_influence: float = 0.025
    trait_pull: float = 0.05
    leader_effect: float = 0.30
    strain_effect: float = 0.07
    immunity: float = 0.5  # how far the habit of failing well shields from bad events
    newcomer_susceptibility: float = 1.0
    susceptibility_weeks: float = 13.0

    # Habits and aim
    habit_formation: float = 0.045
    habit_erosion: float = 0.058
    partial: float = 0.5  # erosion of voice when ignored, against silence
    disuse: float = 0.0071
    initial_habit: float = 0.05
    initial_aim: float = 0.65
    initial_aim_sd: float = 0.1
    aim_rate: float = 0.02
    dialogue_aim: float = 0.05

    # Leaders
    control_of_newcomers: float = 0.70
    control_of_newcomers_sd: float = 0.15
    control_norm: float = 0.75
    pull_to_control: float = 0.049
    imitation: float = 0.026
    evidence: float = 0.026
    embedding: float = 0.0069
    initial_purpose: float = 0.15
    purpose_gain: float = 0.04
    purpose_loss: float = 0.023
    vacancy_weeks: int = 30

    # Support
    coach: float = 0.058
    stretch: float = 0.5  # how far pressure blocks coaching
    peer_coach: float = 0.05  # effect of facilitators on their leader
    dialogue_gain: float = 0.015
    backfire: float = 0.5

    # Internal facilitators
    facilitation: float = 0.44
    critical_mass: float = 0.29
    capability_spread: float = 0.0057
    capability_decay: float = 0.012

    # The service and its environment
    turbulence: float = 0.28
    turbulence_sd: float = 0.10
    turbulence_autocorrelation: float = 0.9
    backlog_pressure: float = 0.2
    problem_inflow: float = 0.10
    learning_relief: float = 0.8
    clearing_rate: float = 0.08
    control_boost: float = 0.3
    learning_memory_weeks: float = 39.0
    initial_backlog: float = 0.9
    initial_learning: float = 0.05

    # Turnover
    staff_turnover_per_year: float = 0.14
    team_leader_turnover_per_year: float = 0.15
    senior_turnover_per_year: float = 0.25
    safety_retention: float = 0.6  # how much longer those stay who feel safe
    internal_succession: float = 0.4

    # Ties
    cross_team_ties: float = 3.0  # per person, on average; at most 4
    rewired_share: float = 0.1


@dataclass(frozen=True)
class Intervention:
    """Something done in the weeks from `start_week` up to, but without, `end_week`.

    The kinds, and what `intensity` means for each:

    - `coach_seniors`, `coach_team_leaders`, `dialogue`: 1 is the full programme;
    - `train_facilitators`: share of the staff trained each week, drawn at random;
    - `protect_time`: share of the pressure taken off; `shock`: added to the pressure;
    - `leaders_leave`: how many senior leaders leave in each of the weeks (the first seats);
    - `staff_turnover`, `team_leader_turnover`: factor on the rate of leaving.
    """

    kind: str
    start_week: int
    end_week: int
    intensity: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in NOTHING_DONE:
            raise ValueError(f"kind must be one of {', '.join(NOTHING_DONE)}; got {self.kind!r}")


def clip(value: float) -> float:
    """Keep a value within [0, 1]."""
    return 0.0 if value < 0.0 else 1.0 if value > 1.0 else value


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean."""
    return sum(values) / len(values)


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
        self.capability = 0.0
        tenure = model.rng.exponential()  # in mean tenures
        if p.staff_turnover_per_year:
            self.tenure_weeks = int(tenure * WEEKS_PER_YEAR / p.staff_turnover_per_year)
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
    def is_embedded(self) -> bool:
        """Whether all four habits have taken hold."""
        return min(self.voice_habit, self.team_habit, self.fail_habit, self.learn_habit) >= EMBEDDED

    def look_around(self) -> None:
        """Take in how safe the neighbours feel."""
        if self.neighbours:
            self.neighbours_safety = mean([neighbour.safety for neighbour in self.neighbours])
        else:
            self.neighbours_safety = self.safety

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
        facilitated = p.facilitation * leader.critical_share

        # Feel Safe: is it voiced?
        logit = (
            p.voice_intercept
            + p.voice_safety * (self.safety - p.safety_trait)
            + p.voice_efficacy * (self.efficacy - p.efficacy_trait)
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
        return own + self.model.parameters.witness_weight * (self.leader.outcomes[outcome] - own)

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
                + p.capability_spread * learned * self.leader.critical_share * (1 - self.capability)
                - p.capability_decay * self.capability
            ),
        )

    def next_attitudes(self, ignored: float, punished: float, heard: float, learned: float) -> tuple[float, float]:
        """Safety and efficacy: events, colleagues, what one expects anyway, and dialogue."""
        p, model = self.model.parameters, self.model
        s, e = self.safety, self.efficacy
        z = 1 + p.newcomer_susceptibility * math.exp(-self.tenure_weeks / p.susceptibility_weeks)
        shield = 1 - p.immunity * self.fail_habit
        message, dialogue = model.message, p.dialogue_gain * model.level["dialogue"]

        expected_safety = (
            self.safety_trait
            + p.leader_effect * (p.control_of_newcomers - self.leader.control)
            - p.strain_effect * (model.pressure - 0.5)
        )
        safety = (
            s
            + z * (p.safety_gain_heard * heard + p.safety_gain_learned * learned) * (1 - s)
            - z * (p.safety_loss_ignored * ignored + p.safety_loss_punished * punished) * s * shield
            + p.social_influence * (self.neighbours_safety - s)
            - z * p.trait_pull * (s - expected_safety)
            + dialogue * (message * (1 - s) - p.backfire * (1 - message) * s)
        )
        efficacy = (
            e
            + z * (p.efficacy_gain_heard * heard + p.efficacy_gain_learned * learned) * (1 - e)
            - z * (p.efficacy_loss_ignored * ignored + p.efficacy_loss_punished * punished) * e * shield
            - z * p.trait_pull * (e - self.efficacy_trait)
            + dialogue * (message * (1 - e) - p.backfire * (1 - message) * e)
        )
        return clip(safety), clip(efficacy)

    def next_aim(self) -> float:
        """Aim follows what the trio is heard to say, and grows in dialogue."""
        p, model = self.model.parameters, self.model
        return clip(
            self.aim
            + p.aim_rate * (0.5 + 0.5 * model.message - self.aim)
            + p.dialogue_aim * model.level["dialogue"] * model.message * (1 - self.aim)
        )

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
            voice -= p.habit_erosion * p.partial * voice
            team -= p.habit_erosion * team
        elif self.outcome == PUNISHED:
            voice -= p.habit_erosion * voice
            team -= p.habit_erosion * team
        fail = self.fail_habit
        fail += p.habit_formation * well_met * (1 - fail) - p.habit_erosion * badly_met * fail

        disuse, rest = p.disuse * (0.5 + self.model.pressure), p.initial_habit
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
        ) = self.next_state

    def leaves(self, chance: float) -> bool:
        """Whether this person leaves; those who feel safe stay longer."""
        p = self.model.parameters
        rate = p.staff_turnover_per_year * self.model.level["staff_turnover"]
        return chance < rate / WEEKS_PER_YEAR * math.exp(p.safety_retention * (p.safety_trait - self.safety))

    def refill(self, safety_deviate: float, efficacy_deviate: float) -> None:
        """A newcomer takes the seat, a little more hopeful than they will stay."""
        p = self.model.parameters
        self.draw_traits(safety_deviate, efficacy_deviate)
        self.safety = clip(self.safety_trait + p.newcomer_optimism)
        self.efficacy = clip(self.efficacy_trait + p.newcomer_optimism)
        self.aim = p.initial_aim
        self.voice_habit = self.team_habit = self.fail_habit = self.learn_habit = p.initial_habit
        self.capability = 0.0
        self.tenure_weeks = 0


class Leader(mesa.Agent):
    """What team leaders and senior leaders share: how they lead, and how habitual it is."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.arrive_from_outside(model.rng.normal())

    def arrive_from_outside(self, deviate: float) -> None:
        """Someone from the labour market takes the seat."""
        p = self.model.parameters
        self.control = clip(p.control_of_newcomers + p.control_of_newcomers_sd * deviate)
        self.embedding = 0.0

    @property
    def relational(self) -> float:
        """Relational leading, the complement of control."""
        return 1 - self.control

    def coaching(self, support: float) -> float:
        """How much control coaching takes away; leaders under pressure take in less of it."""
        p = self.model.parameters
        return p.coach * (1 - p.stretch * self.model.pressure) * support * self.control

    def pull_to_control(self) -> float:
        """The pull of the system, weaker on those whose relational leading is habitual."""
        p = self.model.parameters
        return p.pull_to_control * self.model.pressure * (1 - self.embedding) * (p.control_norm - self.control)

    def advance(self) -> None:
        """Take on the planned control; embedding follows how this leader now leads."""
        self.control = self.next_control
        self.embedding += self.model.parameters.embedding * (self.relational - self.embedding)


class TeamLeader(Leader):
    """The leader of a team, who also keeps the team's account of the week."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.members: list[StaffMember] = []

    def take_stock(self) -> None:
        """Start the week: what the team can do together, and a clean account."""
        self.team_fail_habit = mean([member.fail_habit for member in self.members])
        self.critical_share = min(
            1.0, mean([member.capability for member in self.members]) / self.model.parameters.critical_mass
        )
        self.outcomes = dict.fromkeys((SILENT, IGNORED, PUNISHED, HEARD, LEARNED), 0)
        self.n_joined = 0

    def plan(self) -> None:
        """Work out next week's control."""
        p, model = self.model.parameters, self.model
        opportunities = p.opportunity_rate * len(self.members)
        learned_share = self.outcomes[LEARNED] / opportunities if opportunities else 0.0
        self.next_control = clip(
            self.control
            - self.coaching(model.level["coach_team_leaders"])
            - p.peer_coach * self.critical_share * self.control
            + p.imitation * ((1 - model.message) - self.control)
            + self.pull_to_control()
            - p.evidence * learned_share * self.control
        )

    def leaves(self, chance: float) -> bool:
        """Whether this leader leaves."""
        factor = self.model.level["team_leader_turnover"]
        return chance < self.model.parameters.team_leader_turnover_per_year * factor / WEEKS_PER_YEAR

    def succeed(self, inside: float, pick: float, deviate: float) -> None:
        """A successor comes from inside the team, or from outside."""
        p = self.model.parameters
        if inside < p.internal_succession:
            successor = self.members[int(pick * len(self.members))]
            self.control = clip(p.control_of_newcomers * (1 - successor.fail_habit))
            self.embedding = successor.fail_habit / 2
        else:
            self.arrive_from_outside(deviate)


class SeniorLeader(Leader):
    """One of the trio."""

    def __init__(self, model: PlainModel) -> None:
        super().__init__(model)
        self.vacancy_weeks_left = 0

    def plan(self) -> None:
        """Work out next week's control."""
        p, model = self.model.parameters, self.model
        self.next_control = clip(
            self.control
            - self.coaching(model.level["coach_seniors"])
            + p.imitation * model.shared_purpose * (model.mean_senior_control - self.control)
            + self.pull_to_control()
            - p.evidence * model.learned_share * self.control
        )

    def leaves(self, chance: float) -> bool:
        """Whether this leader leaves of their own accord."""
        return chance < self.model.parameters.senior_turnover_per_year / WEEKS_PER_YEAR

    def succeed(self, inside: float, pick: float, deviate: float) -> None:
        """A successor comes from the service's team leaders, or from outside."""
        p, team_leaders = self.model.parameters, self.model.team_leaders
        if inside < p.internal_succession:
            successor = team_leaders[int(pick * len(team_leaders))]
            self.control = successor.control
            self.embedding = successor.embedding / 2
        else:
            self.arrive_from_outside(deviate)
        self.vacancy_weeks_left = p.vacancy_weeks


class Pair:
    """Two senior leaders, and how far they share a purpose."""

    def __init__(self, first: SeniorLeader, second: SeniorLeader, purpose: float) -> None:
        self.first = first
        self.second = second
        self.purpose = purpose

    def grow_or_lose(self, model: PlainModel) -> None:
        """Purpose grows in supported or relational company, and pressure wears it away."""
        p = model.parameters
        gain = 0.0
        if not self.first.vacancy_weeks_left and not self.second.vacancy_weeks_left:
            company = max(model.level["coach_seniors"], self.first.relational * self.second.relational)
            gain = p.purpose_gain * company * (1 - self.purpose)
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
    burn_in_weeks : weeks run before week 0, without interventions
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        interventions: Iterable[Intervention] = (),
        seed: int = 0,
        n_teams: int = 37,
        team_size: int = 8,
        n_senior_leaders: int = 3,
        burn_in_weeks: int = 104,
    ) -> None:
        super().__init__(rng=seed)
        self.parameters = p = parameters or Parameters()
        self.interventions = list(interventions)

        self.senior_leaders = [SeniorLeader(self) for _ in range(n_senior_leaders)]
        self.pairs = [Pair(a, b, p.initial_purpose) for a, b in combinations(self.senior_leaders, 2)]
        self.team_leaders = [TeamLeader(self) for _ in range(n_teams)]
        self.staff = self.hire_staff(team_size)
        self.tie_staff()

        self.turbulence = p.turbulence
        self.backlog = p.initial_backlog
        self.learning = p.initial_learning
        self.pressure = clip(self.turbulence + p.backlog_pressure * self.backlog)
        self.level = dict(NOTHING_DONE)
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
        in different teams. A ring with four neighbours each, thinned out, leaves the wanted number of ties.
        """
        p = self.parameters
        for member in self.staff:
            member.neighbours = [mate for mate in member.leader.members if mate is not member]
        if len(self.staff) <= 4:
            return
        teams = [leader.members for leader in self.team_leaders]
        ring = [member for seats in zip(*teams, strict=True) for member in seats]
        small_world = nx.watts_strogatz_graph(len(ring), 4, p.rewired_share, seed=self.random)
        for a, b in small_world.edges:
            first, second = ring[a], ring[b]
            if first.leader is not second.leader and self.random.random() < p.cross_team_ties / 4:
                first.neighbours.append(second)
                second.neighbours.append(first)

    def step(self) -> None:
        """One week. Whatever is on the right of a rule is as it was at the start of the week."""
        staff = self.agents_by_type[StaffMember]
        team_leaders = self.agents_by_type[TeamLeader]
        senior_leaders = self.agents_by_type[SeniorLeader]
        self.read_timeline()
        self.draw_chances()

        self.change_environment()
        self.hear_trio()

        team_leaders.do("take_stock")
        staff.do("look_around")
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
        for intervention in self.interventions:
            if intervention.start_week <= self.week < intervention.end_week:
                if intervention.kind in MULTIPLIED:
                    self.level[intervention.kind] *= intervention.intensity
                else:
                    self.level[intervention.kind] += intervention.intensity

    def draw_chances(self) -> None:
        """Draw the chance events of the week."""
        n_staff, n_team_leaders = len(self.staff), len(self.team_leaders)
        n_leaders = n_team_leaders + len(self.senior_leaders)
        self.turbulence_deviate = self.rng.normal()
        for member, chances in zip(self.staff, self.rng.random((n_staff, 6)).tolist(), strict=True):
            member.chances = chances
        self.training_chances = self.rng.random(n_staff).tolist()
        self.leaving_chances = self.rng.random(n_staff).tolist()
        self.newcomer_deviates = self.rng.normal(size=(n_staff, 2)).tolist()
        succession_chances = self.rng.random((n_leaders, 3)).tolist()
        succession_deviates = self.rng.normal(size=n_leaders).tolist()
        successions = [(*chances, z) for chances, z in zip(succession_chances, succession_deviates, strict=True)]
        self.team_leader_successions = successions[:n_team_leaders]
        self.senior_successions = successions[n_team_leaders:]

    def change_environment(self) -> None:
        """Turbulence wanders about its mean; with the backlog it makes the pressure of the week."""
        p = self.parameters
        persistence = p.turbulence_autocorrelation
        self.turbulence = (
            p.turbulence
            + persistence * (self.turbulence - p.turbulence)
            + math.sqrt(1 - persistence**2) * p.turbulence_sd * self.turbulence_deviate
        )
        load = self.turbulence + self.level["shock"] + p.backlog_pressure * self.backlog
        self.pressure = clip(load * (1 - self.level["protect_time"]))

    def trio_voice(self) -> tuple[float, float]:
        """How far the trio shares a purpose (C), and how relational the leadership that staff meet is (M).

        With shared purpose the trio is heard as one; without it the most controlling sets the tone.
        """
        relational = [leader.relational for leader in self.senior_leaders]
        shared_purpose = mean([pair.purpose for pair in self.pairs]) if self.pairs else 1.0
        return shared_purpose, shared_purpose * mean(relational) + (1 - shared_purpose) * min(relational)

    def hear_trio(self) -> None:
        """The collective voice of the trio, as it is heard all week."""
        self.shared_purpose, self.message = self.trio_voice()
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
        """Learning is kept and forgotten; problems come in and are cleared, faster under tight control."""
        p = self.parameters
        control = mean([leader.control for leader in self.team_leaders])
        inflow = p.problem_inflow * (1 - p.learning_relief * self.learning)
        cleared = p.clearing_rate * (1 + p.control_boost * control) * self.backlog
        self.backlog = clip(self.backlog + inflow - cleared)
        self.learning = clip(self.learning + (self.learned_share - self.learning) / p.learning_memory_weeks)

    def train_facilitators(self) -> None:
        """Some of the staff, drawn at random, become facilitators."""
        share = self.level["train_facilitators"]
        for member, chance in zip(self.staff, self.training_chances, strict=True):
            if chance < share:
                member.capability = 1.0

    def replace_leavers(self) -> None:
        """Leavers' seats are refilled at once: staff, then team leaders, then senior leaders."""
        self.n_leavers = 0
        for member, chance, deviates in zip(self.staff, self.leaving_chances, self.newcomer_deviates, strict=True):
            if member.leaves(chance):
                member.refill(*deviates)
                self.n_leavers += 1
            else:
                member.tenure_weeks += 1

        for leader, (chance, *succession) in zip(self.team_leaders, self.team_leader_successions, strict=True):
            if leader.leaves(chance):
                leader.succeed(*succession)

        n_scheduled = int(self.level["leaders_leave"])
        for seat, (leader, (chance, *succession)) in enumerate(
            zip(self.senior_leaders, self.senior_successions, strict=True)
        ):
            leader.vacancy_weeks_left = max(0, leader.vacancy_weeks_left - 1)
            if seat < n_scheduled or leader.leaves(chance):
                leader.succeed(*succession)
                for pair in self.pairs:
                    if leader in (pair.first, pair.second):
                        pair.purpose = self.parameters.initial_purpose


def weekly_reporters() -> dict[str, Callable[[PlainModel], float]]:
    """What the weekly table holds: the state at the start of a week, and the flows of the week before."""

    def of_staff(attribute: str) -> Callable[[PlainModel], float]:
        return lambda model: mean(model.agents_by_type[StaffMember].get(attribute))

    def share_above(attribute: str, threshold: float) -> Callable[[PlainModel], float]:
        return lambda model: mean([value > threshold for value in model.agents_by_type[StaffMember].get(attribute)])

    def of_funnel(gate: str) -> Callable[[PlainModel], float]:
        return lambda model: model.funnel[gate]

    def norm(passed: str, reached: str) -> Callable[[PlainModel], float]:
        return lambda model: model.funnel[passed] / model.funnel[reached] if model.funnel[reached] else math.nan

    return {
        "week": lambda model: model.week,
        "safe_share": share_above("safety", AGREEMENT),
        "confident_share": share_above("efficacy", AGREEMENT),
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
        "team_leader_control": lambda model: mean([leader.control for leader in model.team_leaders]),
        "senior_leader_control": lambda model: mean([leader.control for leader in model.senior_leaders]),
        "shared_purpose": lambda model: model.trio_voice()[0],
        "message": lambda model: model.trio_voice()[1],
        # What lasts
        "capability": of_staff("capability"),
        "embedded_share": of_staff("is_embedded"),
        # The service
        "pressure": lambda model: model.pressure,
        "backlog": lambda model: model.backlog,
        "learning": lambda model: model.learning,
        "leavers": lambda model: model.n_leavers,
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
