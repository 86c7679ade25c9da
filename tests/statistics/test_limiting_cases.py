"""Limiting cases with a known answer (patterns 20 to 23 and 25): the model where it is some textbook's model.

What is expected comes from linear algebra, a closed formula or the binomial distribution, never from the engine.
"""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from sim.base.chance import fill_uniforms
from sim.base.compilation import kernel
from sim.base.rule import Step
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.state import World, copy_world
from sim.engine.ties import build_network
from sim.engine.week import Engine
from sim.inputs.interventions import KINDS, Intervention
from sim.inputs.organisation import Organisation, OrganisationShape, generate
from sim.rulebook.parameters import Parameters
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.contract import plain_engine
from tests.worlds import Case, case_of, changed, columns, live, organisation_of

NOTHING_HAPPENS: dict[str, float] = {
    "opportunity_rate": 0, "trait_pull": 0, "social_influence": 0, "staff_turnover": 0, "team_leader_turnover": 0,
    "senior_leader_turnover": 0, "turbulence_sd": 0, "newcomer_susceptibility": 0, "leader_effect": 0,
    "strain_effect": 0, "crisis": 0, "vacancy_pressure": 0,
}  # fmt: skip
FALSE_ALARM = 1e-6
"""Probability that a sound model fails a test against a distribution (each has a fixed seed)."""


def quiet(**different: float) -> Parameters:
    return Parameters(**NOTHING_HAPPENS | different)


def colleagues(organisation: Organisation) -> np.ndarray:
    """Return [n_staff, n_staff], the weights of each person's neighbours, from the network and not the sparse rows."""
    graph = build_network(organisation).subgraph([("staff", row) for row in range(organisation.n_staff)])
    assert nx.is_connected(graph)
    tied = nx.to_numpy_array(graph, nodelist=[("staff", row) for row in range(organisation.n_staff)])
    return tied / tied.sum(axis=1, keepdims=True)


def stationary(transition: np.ndarray) -> np.ndarray:
    """Return the left eigenvector of eigenvalue 1, summing to 1."""
    values, vectors = np.linalg.eig(transition.T)
    left = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    return left / left.sum()


# --- 20 and 21: opinion dynamics -------------------------------------------------------------------------------------


@pytest.mark.parametrize("social", [0.3, 1.0])
def test_social_influence_alone_is_degroots_consensus(social: float) -> None:
    """Everybody comes to feel the mean that the network's own weights give to where people began (DeGroot 1974)."""
    organisation = organisation_of([[5, 1, 8, 3], [4, 6]], ties_between_services=0.4, far_ties=0.5)
    case = case_of(organisation, parameters=quiet(social_influence=social), n_weeks=2000, burn_in_weeks=0)
    start = case.world.staff["safety"].copy()
    weights = colleagues(organisation)
    n_staff = organisation.n_staff
    consensus = stationary((1 - social) * np.eye(n_staff) + social * weights) @ start
    live(case, 2000)

    assert case.world.staff["safety"] == pytest.approx(np.full(n_staff, consensus), abs=1e-5)
    assert abs(consensus - start.mean()) > 1e-4, "a consensus that is just the mean would not tell the weights"


@pytest.mark.parametrize(("social", "drift"), [(0.025, 0.05), (0.5, 0.1), (0.2, 0.0125)])
def test_social_influence_and_trait_pull_are_friedkin_and_johnsens_fixed_point(social: float, drift: float) -> None:
    """(I - (1 - a) W)^-1 a s0 with a = drift / (drift + social) (Friedkin and Johnsen 1990)."""
    organisation = organisation_of([[5, 1, 8, 3], [4, 6]], ties_between_services=0.4, far_ties=0.5)
    parameters = quiet(social_influence=social, trait_pull=drift)
    case = case_of(organisation, parameters=parameters, n_weeks=3000, burn_in_weeks=0)
    trait = case.world.staff["safety_trait"].copy()
    stubborn = drift / (drift + social)
    weights, identity = colleagues(organisation), np.eye(organisation.n_staff)
    fixed_point = np.linalg.solve(identity - (1 - stubborn) * weights, stubborn * trait)
    case.world.staff["safety"] = 0.5
    live(case, 3000)

    assert case.world.staff["safety"] == pytest.approx(fixed_point, abs=1e-5)
    assert np.ptp(fixed_point) > 0.05


def test_leader_and_strain_move_where_people_settle() -> None:
    """Without colleagues, people settle at s0 + lead (c_hire - c) - strain (P - 1/2)."""
    organisation = organisation_of([[1, 1, 1]], cross_team_ties=0)
    parameters = quiet(
        trait_pull=0.2, leader_effect=0.3, strain_effect=0.07, pull_to_control=0, imitation=0, turbulence_mean=0.3,
        backlog_pressure=0, safety_trait=0.5, safety_trait_sd=0.0,
    )  # fmt: skip
    case = case_of(organisation, parameters=parameters, n_weeks=400, burn_in_weeks=0)
    case.world.teams["control"] = [0.2, 0.7, 1.0]
    live(case, 400)

    settled = [0.5 + 0.3 * (0.7 - c) - 0.07 * (0.3 - 0.5) for c in (0.2, 0.7, 1.0)]
    assert case.world.staff["safety"] == pytest.approx(settled, abs=1e-9)


# --- 22: habits ------------------------------------------------------------------------------------------------------

HABITS = ("habit_voice", "habit_team", "habit_fail", "habit_learn")


def certain_reward(formation: float, initial: float) -> Case:
    """Everybody meets an opportunity each week, and all four gates are certain to be passed."""
    parameters = quiet(
        opportunity_rate=1, voice_intercept=10, voice_safety=20, voice_efficacy=20, safety_trait=0, efficacy_trait=0,
        safety_trait_sd=0, efficacy_trait_sd=0, fair_hearing=1, turbulence_mean=0, backlog_pressure=0,
        control_of_newcomers=0, control_of_newcomers_sd=0, control_norm=0, habit_formation=formation,
        initial_habit=initial, habit_disuse=0, witness_weight=0, initial_aim=1, status_gradient=0,
    )  # fmt: skip
    case = case_of(organisation_of([[3, 4]]), parameters=parameters, n_weeks=200, burn_in_weeks=0)
    for name in ("safety", "efficacy", "aim"):
        case.world.staff[name] = 1.0
    return case


@pytest.mark.parametrize(("formation", "initial"), [(0.045, 0.05), (0.045, 0.0), (0.1, 0.3)])
def test_a_habit_under_certain_reward_grows_as_lally_found(formation: float, initial: float) -> None:
    """After n rewarded events it is 1 - (1 - h0)(1 - formation)^n, for each of the four habits."""
    case = certain_reward(formation, initial)
    for n in range(1, 101):
        live(case, 1, first_week=n - 1)
        expected = 1 - (1 - initial) * (1 - formation) ** n
        for name in HABITS:
            assert case.world.staff[name] == pytest.approx(np.full(7, expected), abs=1e-12)


def test_a_habit_is_nearly_complete_after_66_repetitions() -> None:
    """Lally and others (2010): 95 % of the way after 66 days of doing it."""
    case = certain_reward(formation=0.045, initial=0.0)
    reached = 0
    for n in range(1, 101):
        live(case, 1, first_week=n - 1)
        if not reached and case.world.staff["habit_voice"].min() >= 0.95:
            reached = n

    assert reached == 66


def test_habits_that_are_not_used_fade_to_where_they_began() -> None:
    """h - h0 shrinks by disuse (1/2 + P) a week."""
    parameters = quiet(habit_disuse=0.02, turbulence_mean=0.4, backlog_pressure=0, initial_habit=0.1)
    case = case_of(organisation_of([[3, 4]]), parameters=parameters, n_weeks=60, burn_in_weeks=0)
    for name in HABITS:
        case.world.staff[name] = 0.9
    live(case, 52)

    for name in HABITS:
        assert case.world.staff[name] == pytest.approx(np.full(7, 0.1 + 0.8 * (1 - 0.02 * 0.9) ** 52), abs=1e-12)


# --- 23: turnover ----------------------------------------------------------------------------------------------------


def within_binomial(count: int, n: int, share: float) -> bool:
    low, high = stats.binom.interval(1 - FALSE_ALARM, n, share)
    return bool(low <= count <= high)


@pytest.mark.parametrize("weeks", [1, 26, 104])
def test_staff_leave_at_their_rate(weeks: int) -> None:
    """The share of the original staff after t weeks is (1 - rate / 52)^t, however long their posts stay vacant."""
    organisation = generate(OrganisationShape(services=2, teams=500, team_size=5, cross_team_ties=0))
    parameters = quiet(staff_turnover=0.5, safety_retention=0)
    case = case_of(organisation, parameters=parameters, n_weeks=weeks, burn_in_weeks=0)
    table = live(case, weeks)
    arrivals, is_vacant = case.world.staff["arrivals"], case.world.staff["vacant_weeks"] > 0

    assert within_binomial(int(((arrivals == 0) & ~is_vacant).sum()), 5000, (1 - 0.5 / 52) ** weeks)
    assert arrivals.sum() + is_vacant.sum() == np.nansum(table[1:, 0, MEASURE_NAMES.index("staff_leavers")])


def test_who_feels_unsafe_leaves_sooner() -> None:
    """The weekly chance is rate / 52 exp(retention (mean trait - safety))."""
    organisation = generate(OrganisationShape(teams=2, team_size=5000, cross_team_ties=0))
    parameters = quiet(staff_turnover=1.0, safety_retention=1.5, safety_trait=0.6)
    for safety in (0.1, 0.9):
        case = case_of(organisation, parameters=parameters, n_weeks=2, burn_in_weeks=0)
        case.world.staff["safety"] = safety
        live(case, 1)
        n_left = int(case.world.services["staff_leavers"][0])

        assert within_binomial(n_left, 10_000, math.exp(1.5 * (0.6 - safety)) / 52)


def many_trios(**different: float) -> Case:
    """Six hundred services, each with a trio and one team of one."""
    organisation = generate(OrganisationShape(services=600, teams=1, team_size=1, cross_team_ties=0))
    return case_of(organisation, parameters=quiet(**different), n_weeks=60, burn_in_weeks=0)


@pytest.mark.parametrize("weeks", [1, 20, 52])
def test_pairs_of_a_trio_stay_untouched_at_the_rate_of_both(weeks: int) -> None:
    """The purpose of a pair has not started again after t weeks with probability (1 - rate / 52)^(2 t)."""
    case = many_trios(senior_leader_turnover=0.8, purpose_gain=0, purpose_loss=0)
    case.world.pairs["purpose"] = 0.77
    live(case, weeks)
    stays = (1 - 0.8 / 52) ** weeks
    untouched = (case.world.pairs["purpose"] == 0.77).reshape(600, 3)

    assert set(case.world.pairs["purpose"].tolist()) <= {0.77, 0.15}
    assert within_binomial(int(untouched[:, 0].sum()), 600, stays**2)
    assert within_binomial(int(untouched.all(axis=1).sum()), 600, stays**3)


def test_team_leaders_leave_at_their_rate() -> None:
    organisation = generate(OrganisationShape(teams=5000, team_size=1, cross_team_ties=0))
    parameters = quiet(team_leader_turnover=1.0)
    case = case_of(organisation, parameters=parameters, n_weeks=2, burn_in_weeks=0)
    live(case, 1)

    assert within_binomial(int(case.world.services["team_leader_leavers"][0]), 5000, 1 / 52)


VACANCY = 5
"""Weeks; a leader leaves in week 3, so the seat has no settled holder in weeks 4 to 8."""


def purpose_by_week(*timeline: Intervention) -> list[float]:
    """Return the purpose of two leaders without any pressure at the start of weeks 0 to 20; one of them leaves."""
    parameters = quiet(purpose_loss=0, purpose_gain=0.1, vacancy_weeks=VACANCY, control_of_newcomers=1,
                       control_of_newcomers_sd=0, control_norm=1, internal_succession=0)  # fmt: skip
    leave = KINDS["leaders_leave"](week=3, which=(1,))
    case = case_of(organisation_of([[2]], 2), [leave, *timeline], parameters, n_weeks=20, burn_in_weeks=0)
    case.world.pairs["purpose"] = 0.8
    found = [0.8]
    for week in range(20):
        live(case, 1, first_week=week)
        found.append(float(case.world.pairs["purpose"][0]))
    return found


def test_a_broken_pair_cannot_grow_while_the_seat_is_vacant() -> None:
    """Coached leaders without any pressure: purpose grows each week but the five of the vacancy."""
    purpose = purpose_by_week(KINDS["coach_senior_leaders"](start_week=0))
    grows = [after > before for before, after in pairwise(purpose)]

    assert purpose[4] == 0.15
    assert grows == [True] * 3 + [False] + [False] * VACANCY + [True] * 11
    assert purpose[10] == pytest.approx(0.15 + 0.1 * 0.85)


def test_induction_helps_a_broken_pair_for_its_weeks_after_the_post_is_filled() -> None:
    """These leaders would build no purpose of their own: they control everything."""
    purpose = purpose_by_week(KINDS["induction"](start_week=0, weeks_after_arrival=4))
    grows = [after > before for before, after in pairwise(purpose)]

    assert grows == [False] * (4 + VACANCY) + [True] * 4 + [False] * 7


def test_newcomers_are_drawn_from_the_labour_market() -> None:
    """Traits are normal and clipped: their mean and spread are those of the clipped distribution."""
    organisation = generate(OrganisationShape(teams=100, team_size=100, cross_team_ties=0))
    world = case_of(organisation, burn_in_weeks=0).world
    for name, centre, spread in (("safety_trait", 0.67, 0.26), ("efficacy_trait", 0.65, 0.26)):
        grid = np.clip(stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000, centre, spread), 0, 1)

        assert world.staff[name].mean() == pytest.approx(grid.mean(), abs=5 * grid.std() / 100)
        assert world.staff[name].std() == pytest.approx(grid.std(), rel=0.05)
    assert abs(np.corrcoef(world.staff["safety_trait"], world.staff["efficacy_trait"])[0, 1]) < 0.05


def test_tenure_at_the_start_is_exponential() -> None:
    organisation = generate(OrganisationShape(teams=100, team_size=100, cross_team_ties=0))
    world = case_of(organisation, parameters=quiet(staff_turnover=0.5), burn_in_weeks=0).world
    rate = 0.5 / 52
    for weeks in (13, 52, 208):
        share = 1 - math.exp(-rate * weeks)

        assert within_binomial(int((world.staff["tenure_weeks"] < weeks).sum()), 10_000, share)


@pytest.mark.parametrize(("share", "weeks"), [(0.003, 52), (0.05, 10)])
def test_training_reaches_its_share_of_staff(share: float, weeks: int) -> None:
    """0.003 a week is about 16 % of staff in a year."""
    organisation = generate(OrganisationShape(teams=1000, team_size=5, cross_team_ties=0))
    train = KINDS["train_facilitators"](start_week=0, share_per_week=share)
    case = case_of(organisation, [train], quiet(capability_decay=0), n_weeks=weeks, burn_in_weeks=0)
    live(case, weeks)

    assert within_binomial(int((case.world.staff["capability"] == 1).sum()), 5000, 1 - (1 - share) ** weeks)


# --- 25: every mechanism can be switched off -------------------------------------------------------------------------

ZEROS: dict[str, tuple[str, ...]] = {
    "teaming": ("opportunity_rate",),
    "staff": (
        "safety_gain_heard", "safety_gain_learned", "safety_loss_ignored", "safety_loss_punished",
        "efficacy_gain_heard", "efficacy_gain_learned", "efficacy_loss_ignored", "efficacy_loss_punished",
        "social_influence", "trait_pull", "habit_formation", "habit_erosion", "habit_disuse", "aim_rate",
        "dialogue_aim", "dialogue_gain", "capability_spread", "capability_decay",
    ),
    "leaders": (
        "coaching_effect", "imitation", "pull_to_control", "evidence", "embedding", "peer_coaching", "purpose_gain",
        "purpose_loss",
    ),
    "service": ("problem_inflow", "clearing_rate"),
    "staff_turnover": ("staff_turnover",),
    "team_leader_turnover": ("team_leader_turnover",),
    "choose_successors": ("senior_leader_turnover",),
}  # fmt: skip
"""The parameters that switch a mechanism off, by the name that the week calls it by."""

OWN_FLOWS = {
    "staff_turnover": {"staff.tenure_weeks"},
    "service": {"services.learning_stock"},
}
"""What a mechanism goes on with at rate zero: people age, learning is forgotten."""

EVENTFUL = {"staff_turnover": 2.0, "team_leader_turnover": 2.0, "senior_leader_turnover": 2.0, "vacancy_weeks": 2}


def busy_timeline() -> list[Intervention]:
    return [
        KINDS["coach_senior_leaders"](start_week=0), KINDS["dialogue"](start_week=0),
        KINDS["coach_team_leaders"](start_week=0), KINDS["train_facilitators"](start_week=0, share_per_week=0.2),
    ]  # fmt: skip


def busy_case(**different: float) -> Case:
    organisation = organisation_of([[4, 3, 1], [5]], seniors=[3, 2], ties_between_services=0.5)
    return case_of(organisation, busy_timeline(), Parameters(**EVENTFUL | different), n_weeks=12, burn_in_weeks=0)


@kernel
def draw_opportunities(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Make the draws that the teaming cycle shares with training and turnover, and nothing else."""
    here, number = world.services[service], RULEBOOK.streams["OPPORTUNITY"].number
    n_staff = here.last_seat - here.first_seat
    fill_uniforms(now.key, number, now.week, here.first_seat, n_staff, world.scratch.opportunity_draws)


def run_without(mechanism: str, case: Case, n_weeks: int) -> World:
    """Run weeks (as Python functions) from which one step has been taken out."""
    left = [Step(draw_opportunities)] if mechanism == "teaming" else []
    rules = [
        dataclasses.replace(rule, steps=(*left, *(step for step in rule.steps if step.kernel.__name__ != mechanism)))
        for rule in RULEBOOK.rules
    ]
    world = copy_world(case.world)
    plain_engine.run_weeks(world, case.plan, case.key, 0, n_weeks, Engine(Rulebook(tuple(rules))))
    return world


@pytest.mark.parametrize("mechanism", [name for name in ZEROS if name not in OWN_FLOWS])
def test_a_mechanism_at_rate_zero_is_as_if_it_were_not_there(mechanism: str) -> None:
    """Bit by bit, in every column: the compiled week at rate zero against a week without the mechanism."""
    case = busy_case(**dict.fromkeys(ZEROS[mechanism], 0))
    without = run_without(mechanism, case, 8)
    live(case, 8)
    own = {"services.learned_share"} if mechanism == "teaming" else set()

    assert changed(columns(case.world), columns(without)) <= own


@pytest.mark.parametrize("mechanism", [name for name in ZEROS if name in OWN_FLOWS])
def test_a_mechanism_with_flows_of_its_own_changes_nothing_else_at_rate_zero(mechanism: str) -> None:
    """One week, so that what goes on has not reached anybody yet."""
    case = busy_case(**dict.fromkeys(ZEROS[mechanism], 0))
    without = run_without(mechanism, case, 1)
    live(case, 1)

    assert changed(columns(case.world), columns(without)) == OWN_FLOWS[mechanism]


TOUCHED_BY: dict[str, tuple[dict[str, float], set[str]]] = {
    "no opportunities": ({"opportunity_rate": 0}, {"staff.outcome", "teams.heard", "services.learned_share"}),
    "no witnesses": ({"witness_weight": 0}, {"staff.safety", "staff.efficacy", "staff.habit_fail", "staff.capability"}),
    "no contagion": ({"social_influence": 0}, {"staff.safety"}),
    "no immunity": ({"immunity": 0}, {"staff.safety", "staff.efficacy"}),
    "no status gradient": ({"status_gradient": 0}, {"staff.outcome"}),
    "no newcomers' susceptibility": ({"newcomer_susceptibility": 0}, {"staff.safety", "staff.efficacy"}),
    "no pull": ({"pull_to_control": 0}, {"seniors.control", "teams.control", "seniors.embedding", "teams.embedding"}),
    "no embedding": ({"embedding": 0}, {"seniors.embedding", "teams.embedding"}),
    "no facilitation": ({"facilitation": 0}, {"staff.outcome"}),
    "no peer coaching": ({"peer_coaching": 0}, {"teams.control", "teams.embedding"}),
    "no loss of purpose": ({"purpose_loss": 0}, {"pairs.purpose"}),
    "no boost": ({"control_boost": 0}, {"services.backlog"}),
    "no relief": ({"learning_relief": 0}, {"services.backlog"}),
    "no disuse": (
        {"habit_disuse": 0}, {"staff.habit_voice", "staff.habit_team", "staff.habit_fail", "staff.habit_learn"},
    ),
    "no spread of capability": ({"capability_spread": 0}, {"staff.capability"}),
}  # fmt: skip
"""A parameter at zero, and the columns that it reaches within the same week."""

FOLLOWS_FROM_OUTCOMES = {
    "staff.outcome", "teams.ignored", "teams.punished", "teams.heard", "teams.learned", "services.learned_share",
    "staff.safety", "staff.efficacy", "staff.habit_voice", "staff.habit_team", "staff.habit_fail",
    "staff.habit_learn", "staff.capability", "teams.control", "teams.embedding", "seniors.control",
    "seniors.embedding", "services.learning_stock",
}  # fmt: skip
NOBODY_LEAVES = {"staff_turnover": 0.0, "team_leader_turnover": 0.0, "senior_leader_turnover": 0.0}


@pytest.mark.parametrize("name", TOUCHED_BY)
def test_a_parameter_at_zero_changes_its_own_columns_alone_in_its_week(name: str) -> None:
    """Two worlds with the same past, one week: other columns are the same bit by bit, and its own are not."""
    zeros, own = TOUCHED_BY[name]
    base = case_of(
        organisation_of([[8] * 6]), busy_timeline(), Parameters(**NOBODY_LEAVES), n_weeks=60, burn_in_weeks=0
    )
    live(base, 30)
    base.world.staff["tenure_weeks"], base.world.services["backlog"] = 4, 0.5
    off = Case(base.organisation, base.plan._replace(rules=base.plan.rules.copy()), copy_world(base.world), base.key)
    for parameter in zeros:
        off.plan.rules[parameter] = 0.0
    live(base, 1, first_week=30)
    live(off, 1, first_week=30)
    differing = changed(columns(base.world), columns(off.world))

    assert differing, "it made no difference at all"
    assert differing <= (own | FOLLOWS_FROM_OUTCOMES if "staff.outcome" in own else own)
    assert differing & own
