"""The plan: what is in force in which week, and whom each intervention reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.plan import Audiences, Plan, build_plan, committee_members, reach
from sim.engine.state import allocate
from sim.engine.ties import build_ties
from sim.inputs.interventions import KINDS, Intervention
from sim.inputs.interventions.committee import Committee
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import STAFF_GROUP_NAMES, Organisation, OrganisationShape, generate
from sim.rulebook.parameters import Parameters
from tests.worlds import organisation_of, random_case, random_organisation, random_parameters, random_timeline

N_WEEKS, BURN_IN = 20, 5


def entry(kind: str, start: int = 3, end: int | None = 9, **more: Any) -> Intervention:
    return KINDS[kind](start_week=start, end_week=end, **more)


def plan_of(
    timeline: Sequence[Intervention], organisation: Organisation | None = None, *parameters: Parameters
) -> tuple[Plan, Audiences]:
    where = organisation or organisation_of([[4, 3], [5, 2, 6]])
    return build_plan(where, parameters or [Parameters()], timeline, N_WEEKS, BURN_IN)


def rule(plan: Plan, name: str, rule_class: int = 0) -> np.ndarray:
    """Return [n_weeks], a rule in every week from week 0 on."""
    return plan.rules[plan.epoch, rule_class][name][BURN_IN:]


def spell(value: float, otherwise: float = 0.0, start: int = 3, end: int = 9) -> np.ndarray:
    weeks = np.arange(N_WEEKS)
    return np.where((weeks >= start) & (weeks < end), value, otherwise)


@pytest.mark.parametrize(
    ("kind", "more", "name", "value", "otherwise"),
    [
        ("coach_senior_leaders", {"intensity": 2.0}, "coaching_seniors", 2.0, 0.0),
        ("protect_time", {"protected_share": 0.4, "intensity": 0.5}, "protected_share", 0.2, 0.0),
        ("protect_time", {"protected_share": 0.4, "intensity": 5.0}, "protected_share", 1.0, 0.0),
        ("shock", {"size": -0.3}, "shock", -0.3, 0.0),
        ("assurance", {"control_norm": 0.95}, "control_norm", 0.95, 0.75),
        ("assurance", {"control_norm": 0.25, "intensity": 0.5}, "control_norm", 0.5, 0.75),
        ("appointments", {"from_within": 1.0}, "internal_succession", 1.0, 0.4),
        ("turnover_surge", {"factor": 3.0}, "staff_turnover", 0.42, 0.14),
        ("hiring_freeze", {}, "hiring_freeze", 1.0, 0.0),
        ("hiring_freeze", {"intensity": 0.4}, "hiring_freeze", 0.4, 0.0),
        ("successors_style", {"control": 0.4, "intensity": 0.5}, "control_of_newcomers", 0.55, 0.70),
        ("induction", {"intensity": 0.7}, "induction", 0.7, 0.0),
        ("induction", {"weeks_after_arrival": 13}, "induction_weeks", 13, 0.0),
        ("change_parameter", {"name": "imitation", "value": 0.5}, "imitation", 0.5, 0.020),
    ],
)
def test_an_intervention_changes_its_rule_in_its_weeks(
    kind: str, more: dict[str, Any], name: str, value: float, otherwise: float
) -> None:
    plan, _ = plan_of([entry(kind, **more)])

    assert rule(plan, name) == pytest.approx(spell(value, otherwise))


@pytest.mark.parametrize("value", [0.0, 0.1, 0.3, 0.7, 0.9, 1.0])
def test_a_changed_parameter_takes_exactly_its_new_value(value: float) -> None:
    """So that a lever moved by hand and the same value in the scenario give the same bits."""
    plan, _ = plan_of([entry("change_parameter", name="control_norm", value=value)])

    assert rule(plan, "control_norm")[5] == value


def test_the_burn_in_knows_no_interventions() -> None:
    timeline = [entry(kind, 0, None, **more) for kind, more in [("shock", {}), ("dialogue", {}), ("committee", {})]]
    quiet, busy = plan_of([])[0], plan_of(timeline)[0]
    before = busy.epoch[:BURN_IN]

    assert (busy.rules[before][:, 0] == quiet.rules[0, 0]).all()
    assert not busy.dialogue[before].any()
    assert not busy.committees[before].any()


def test_a_ramp_builds_up_week_by_week() -> None:
    plan, _ = plan_of([entry("shock", 3, 9, size=1.0, ramp_weeks=4)])

    assert rule(plan, "shock")[2:10] == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1, 1, 0])


def test_effects_of_two_interventions_add_up() -> None:
    plan, _ = plan_of([entry("shock", 3, 9, size=0.1), entry("shock", 5, 6, size=0.2)])

    assert rule(plan, "shock")[2:8] == pytest.approx([0, 0.1, 0.1, 0.3, 0.1, 0.1])


def test_leaders_leave_in_their_week_by_number_or_by_place() -> None:
    leave = KINDS["leaders_leave"]
    plan, _ = plan_of([leave(week=4, how_many=2), leave(week=4, which=(1, 3)), leave(week=6, which=(2,))])

    assert rule(plan, "exit_count").tolist() == spell(2, 0, 4, 5).tolist()
    assert rule(plan, "exit_places").tolist() == (spell(0b101, 0, 4, 5) + spell(0b010, 0, 6, 7)).tolist()


def test_rules_reach_the_services_that_are_named() -> None:
    plan, audiences = plan_of([entry("shock", target={"services": ["Service 2"]})])
    first, second = audiences.services.tolist()

    assert not rule(plan, "shock", first).any()
    assert rule(plan, "shock", second).any()


def test_services_may_have_parameters_of_their_own() -> None:
    plan, audiences = plan_of([], None, Parameters(imitation=0.01), Parameters(imitation=0.02))
    found = [rule(plan, "imitation", rule_class)[0] for rule_class in audiences.services]

    assert found == [0.01, 0.02]


def test_services_with_the_same_rules_share_a_class() -> None:
    organisation = generate(OrganisationShape(services=6, teams=2))
    plan, audiences = plan_of([entry("shock", target={"services": ["Service 2", "Service 5"]})], organisation)

    assert plan.rules.shape[1] == 2
    assert audiences.services.tolist() == [0, 1, 0, 0, 1, 0]


def test_weeks_with_the_same_rules_share_an_epoch() -> None:
    plan, _ = plan_of([entry("shock", 3, 9), entry("dialogue", 6, 12)])
    changes = [0, 3, 6, 9, 12]

    assert len(plan.rules) == len(changes)
    assert (np.flatnonzero(np.diff(plan.epoch)) + 1 - BURN_IN).tolist() == changes[1:]


def strength_of_dialogue(plan: Plan, audiences: Audiences, week: int) -> np.ndarray:
    return plan.dialogue[plan.epoch[BURN_IN + week]][audiences.staff]


@pytest.mark.parametrize(
    "target",
    [{"teams": ["Team 2", "Team 5"]}, {"services": ["Service 2"]}, {"staff_groups": ["nursing", "operations"]},
     {"services": ["Service 1"], "staff_groups": ["nursing", "medical"]}],
)  # fmt: skip
def test_dialogue_reaches_whom_it_names(target: dict[str, list[str]]) -> None:
    organisation = organisation_of([[4, 3], [5, 2, 6]])
    plan, audiences = plan_of([entry("dialogue", intensity=0.8, target=target)], organisation)
    expected = []
    for seat in range(organisation.n_staff):
        names = {
            "teams": organisation.team_name(int(organisation.team_of_staff()[seat])),
            "services": organisation.service_name(int(organisation.service_of_staff()[seat])),
            "staff_groups": STAFF_GROUP_NAMES[organisation.staff_group[seat]],
        }
        expected.append(0.8 if all(names[part] in wanted for part, wanted in target.items()) else 0.0)

    assert strength_of_dialogue(plan, audiences, 4).tolist() == expected
    assert 0 < sum(expected) < 0.8 * organisation.n_staff
    assert not strength_of_dialogue(plan, audiences, 9).any()


def test_dialogues_for_the_same_person_add_up() -> None:
    plan, audiences = plan_of(
        [entry("dialogue", intensity=0.5), entry("dialogue", intensity=0.25, target={"teams": ["Team 1"]})]
    )

    assert sorted(set(strength_of_dialogue(plan, audiences, 4).tolist())) == [0.5, 0.75]


def test_committee_members_hold_dialogue_among_themselves() -> None:
    plan, audiences = plan_of([entry("committee", intensity=0.5, members=4)])
    members = np.flatnonzero(strength_of_dialogue(plan, audiences, 4) == 0.5)

    assert members.tolist() == audiences.committees[0].tolist()
    assert plan.committees[plan.epoch[BURN_IN + 4]].tolist() == [0.5]


def test_coaching_reaches_the_leaders_of_the_teams_that_are_named() -> None:
    plan, audiences = plan_of([entry("coach_team_leaders", intensity=0.5, target={"teams": ["Team 2", "Team 4"]})])
    coached = plan.coaching[plan.epoch[BURN_IN + 4]][audiences.teams]

    assert coached.tolist() == [0, 0.5, 0, 0.5, 0]


@pytest.mark.parametrize("kind", ["dialogue", "coach_team_leaders", "train_facilitators"])
def test_a_share_reaches_about_that_share_and_always_the_same(kind: str) -> None:
    organisation = generate(OrganisationShape(teams=2000, team_size=1))
    timeline = [entry(kind, target={"share": 0.3})]
    (_, one), (_, other) = plan_of(timeline, organisation), plan_of(timeline, organisation)
    reached = one.teams if kind == "coach_team_leaders" else one.staff

    assert reached.mean() == pytest.approx(0.3, abs=5 * (0.3 * 0.7 / 2000) ** 0.5)
    assert (one.staff == other.staff).all()
    assert (one.teams == other.teams).all()


def test_two_entries_with_a_share_reach_different_people() -> None:
    organisation = generate(OrganisationShape())
    entries = [Dialogue(start_week=0, target={"share": 0.5}) for _ in range(2)]
    first, second = (set(reach(organisation, own, place).tolist()) for place, own in enumerate(entries))

    assert len(first & second) < 0.75 * len(first)


@given(seed=st.integers(0, 1000), members=st.integers(2, 30))
def test_a_committee_has_its_members_from_as_many_teams_as_can_be(seed: int, members: int) -> None:
    organisation = random_organisation(np.random.default_rng(seed))
    rows = committee_members(organisation, Committee(start_week=0, members=members), 0)
    for service in range(organisation.n_services):
        here = rows[organisation.service_of_staff()[rows] == service]
        n_staff = int((organisation.service_of_staff() == service).sum())
        per_team = np.bincount(organisation.team_of_staff()[here], minlength=organisation.n_teams)
        in_service = organisation.service_of_teams() == service
        most = per_team.max()
        has_room = in_service & (organisation.team_sizes > per_team)

        assert len(here) == min(members, n_staff)
        assert (per_team[has_room] >= most - 1).all()


def test_training_at_random_combines_as_independent_chances() -> None:
    plan, audiences = plan_of(
        [entry("train_facilitators", share_per_week=0.5), entry("train_facilitators", share_per_week=0.2)]
    )

    assert plan.training[plan.epoch[BURN_IN + 4]][audiences.staff] == pytest.approx(1 - 0.5 * 0.8)


def test_training_by_a_rule_has_its_turn_as_the_weeks_go() -> None:
    plan, _ = plan_of([TrainFacilitators(start_week=3, end_week=6, share_per_week=0.1, choose="needed")])

    assert not plan.training.any()
    assert plan.chosen_share[BURN_IN:, 0][2:8] == pytest.approx([0, 0, 0.1, 0.2, 0.3, 0.3])


@given(seed=st.integers(0, 10_000))
def test_any_timeline_makes_a_plan_with_a_row_for_every_week(seed: int) -> None:
    rng = np.random.default_rng(seed)
    organisation = random_organisation(rng)
    timeline = random_timeline(rng, organisation, 12)
    plan, audiences = build_plan(organisation, [random_parameters(rng)], timeline, 12, 4)

    assert len(plan.epoch) == 16
    assert plan.epoch[0] == 0
    assert set(np.diff(plan.epoch).tolist()) <= {0, 1}
    assert len(plan.chosen_share) == 17
    assert audiences.staff.max() < plan.dialogue.shape[1]
    assert audiences.teams.max() < plan.coaching.shape[1]
    assert audiences.services.max() < plan.rules.shape[1]
    assert len(audiences.committees) == plan.committees.shape[1]


def test_the_engine_is_compiled_once_whatever_is_planned() -> None:
    """Every plan and world has the same types, so that no scenario waits for a compilation of its own."""
    types = set()
    for seed in range(25):
        case = random_case(seed)
        types.add((numba.typeof(case.plan), numba.typeof(case.world)))
    empty, audiences = plan_of([])
    organisation = organisation_of([[4, 3], [5, 2, 6]])
    types.add((numba.typeof(empty), numba.typeof(allocate(organisation, build_ties(organisation), audiences))))

    assert len(types) == 1
