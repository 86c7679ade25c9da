"""Common random numbers: two worlds with one seed share their chance events, and differ only in what reaches them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from sim.engine.state import COLUMNS
from sim.engine.ties import build_ties
from sim.engine.week import run_weeks
from sim.inputs.interventions import KINDS, Intervention
from sim.inputs.organisation import Organisation
from sim.rulebook.parameters import Parameters
from tests.plain_world import rows_of
from tests.worlds import Case, case_of, changed, columns, live, organisation_of, random_case

N_WEEKS, BURN_IN = 10, 3
CLASSES = {"staff.audience", "teams.audience", "services.rule_class"}
"""Columns that say whom a plan reaches; they may differ where nothing else does."""

AT_FULL: dict[str, dict[str, Any]] = {
    "coach_senior_leaders": {},
    "coach_team_leaders": {"target": {"share": 0.5}},
    "dialogue": {"target": {"staff_groups": ["nursing", "medical"]}},
    "train_facilitators": {"share_per_week": 0.3},
    "committee": {"members": 5},
    "protect_time": {"protected_share": 0.9},
    "assurance": {"control_norm": 0.1},
    "induction": {"weeks_after_arrival": 30},
    "appointments": {"from_within": 1.0},
    "leaders_leave": {"how_many": 2},
    "turnover_surge": {"factor": 20.0},
    "hiring_freeze": {},
    "shock": {"size": 0.5},
    "change_parameter": {"name": "witness_weight", "value": 0.9},
    "attention": {"purpose": 0.2, "staff": 0.3, "leaders": 0.3},
    "leaders_change_jobs": {"how_many": 2},
    "successors_style": {"control": 0.1},
}
"""Each kind of intervention, at such a size that it shows within a few weeks."""

CHOSEN = [("train_facilitators", {"choose": rule}) for rule in ("connected", "trusted", "needed")]
EVENTS = [(kind, {}) for kind in ("leaders_leave", "leaders_change_jobs")]
SPELLS = [(kind, {}) for kind in AT_FULL if (kind, {}) not in EVENTS] + CHOSEN


def intervention(kind: str, start: int, **more: Any) -> Intervention:
    when = {"week": start} if (kind, {}) in EVENTS else {"start_week": start, "end_week": 40}
    return KINDS[kind](**when, **AT_FULL[kind], **more)


def organisation() -> Organisation:
    """Many leaders, so that some leave within a few weeks."""
    return organisation_of([[4, 1, 6, 3]] * 6, seniors=3)


def weekly_columns(case: Case, n_weeks: int = BURN_IN + N_WEEKS) -> list[dict[str, np.ndarray]]:
    """Return every column at the start of every week."""
    found = [columns(case.world)]
    for week in range(case.plan.first_week, case.plan.first_week + n_weeks):
        live(case, 1, first_week=week)
        found.append(columns(case.world))
    return found


EVENTFUL = Parameters(
    staff_turnover=1.5, team_leader_turnover=1.5, senior_leader_turnover=1.5, vacancy_weeks=1, time_to_hire=2
)


def begin(*timeline: Intervention, horizon: int = N_WEEKS, seed: int = 4, **more: Any) -> Case:
    return case_of(organisation(), timeline, EVENTFUL, n_weeks=horizon, burn_in_weeks=BURN_IN, seed=seed, **more)


@pytest.fixture(name="baseline", scope="module")
def baseline_fixture() -> list[dict[str, np.ndarray]]:
    """Every week of a world without interventions."""
    return weekly_columns(begin())


def first_difference(arm: list[dict[str, np.ndarray]], baseline: list[dict[str, np.ndarray]]) -> str:
    """Say in which week and columns two worlds first differ; nothing when they never do."""
    for k, (ours, theirs) in enumerate(zip(arm, baseline, strict=True)):
        if names := changed(ours, theirs) - CLASSES:
            return f"week {k - BURN_IN}: {', '.join(sorted(names))}"
    return ""


def test_same_seed_and_scenario_give_the_same_bits() -> None:
    for seed in range(3):
        one, other = random_case(seed), random_case(seed)

        assert live(one, 10).tobytes() == live(other, 10).tobytes()
        assert changed(columns(one.world), columns(other.world)) == set()


def test_another_seed_gives_other_chance(baseline: list[dict[str, np.ndarray]]) -> None:
    assert first_difference(weekly_columns(begin(seed=5)), baseline).startswith(f"week {-BURN_IN}")


def test_another_replicate_gives_other_chance(baseline: list[dict[str, np.ndarray]]) -> None:
    assert first_difference(weekly_columns(begin(replicate=1)), baseline).startswith(f"week {-BURN_IN}")


@pytest.mark.parametrize(("kind", "more"), SPELLS)
def test_an_intervention_of_intensity_zero_equals_the_baseline(
    kind: str, more: dict[str, Any], baseline: list[dict[str, np.ndarray]]
) -> None:
    arm = weekly_columns(begin(intervention(kind, 0, intensity=0.0, **more)))

    assert first_difference(arm, baseline) == ""


@pytest.mark.parametrize(("kind", "more"), [*SPELLS, *EVENTS])
def test_an_intervention_leaves_every_earlier_week_untouched(
    kind: str, more: dict[str, Any], baseline: list[dict[str, np.ndarray]]
) -> None:
    """And it does change something: the first week that may differ is the one after it began."""
    arm = weekly_columns(begin(intervention(kind, 4, **more)))
    needs_luck = kind in ("induction", "appointments", "hiring_freeze", "successors_style")

    found = first_difference(arm, baseline)
    week = int(found.split(":")[0].removeprefix("week ")) if found else None

    assert (week is not None and week > 4) if needs_luck else week == 5, found


AS_USUAL: dict[str, dict[str, Any]] = {
    "attention": {name: getattr(Parameters(), f"usual_attention_{name}") for name in ("purpose", "staff", "leaders")},
    "assurance": {"control_norm": Parameters().control_norm},
    "successors_style": {"control": Parameters().control_of_newcomers},
    "change_parameter": {"name": "witness_weight", "value": Parameters().witness_weight},
    "turnover_surge": {"factor": 1.0},
    "shock": {"size": 0.0},
    "protect_time": {"protected_share": 0.0},
    "train_facilitators": {"share_per_week": 0.0},
}
"""Kinds of intervention, each at full intensity and such that everything is as it is without it."""


@pytest.mark.parametrize("kind", AS_USUAL)
def test_an_intervention_that_changes_nothing_moves_nobodys_chance(
    kind: str, baseline: list[dict[str, np.ndarray]]
) -> None:
    entry = KINDS[kind](start_week=0, end_week=40, **AS_USUAL[kind])

    assert first_difference(weekly_columns(begin(entry)), baseline) == ""


def test_a_change_that_lasts_leaves_no_trace_in_the_chance_of_others() -> None:
    """Whatever else happens, turbulence is the same, and a newcomer in the same seat and week is the same person."""
    baseline, arm = begin(), begin(intervention("coach_senior_leaders", 0), intervention("dialogue", 0))
    for case in (baseline, arm):
        live(case, BURN_IN + N_WEEKS)
    ours, theirs = columns(arm.world), columns(baseline.world)
    same_newcomers = ours["staff.arrivals"] == theirs["staff.arrivals"]

    assert changed(ours, theirs) & {"staff.safety", "seniors.control"} == {"staff.safety", "seniors.control"}
    assert (ours["services.turbulence"] == theirs["services.turbulence"]).all()
    assert (ours["staff.safety_trait"] == theirs["staff.safety_trait"])[same_newcomers].all()
    assert same_newcomers.mean() > 0.9


BY_CHANCE_ALONE = EVENTFUL.model_copy(update={"safety_retention": 0.0, "opportunity_rate": 0.5, "lateral_moves": 0.0})
"""Rules under which nobody's feelings decide who meets an opportunity, who leaves and who comes."""


def _chance_of(case: Case, but: int, n_weeks: int) -> list[dict[str, np.ndarray]]:
    """Return, for every week, what chance alone has decided: of all seats but one, and of leaders and turbulence."""
    found = []
    for lived in weekly_columns(case, n_weeks):
        others = {name: np.delete(values, but) for name, values in lived.items() if name.startswith("staff.")}
        own = {name: others[f"staff.{name}"] for name in ("safety_trait", "efficacy_trait", "arrivals", "vacant_weeks")}
        own["meets"] = others["staff.outcome"] > 0
        found.append(own | {name: lived[name] for name in ("services.turbulence", "seniors.weeks_in_post")})
    return found


@pytest.mark.parametrize("seat", [0, 5, 20])
def test_a_vacant_seat_moves_nobody_elses_chance(seat: int) -> None:
    """Others meet opportunities, leave and are followed as they would be if somebody sat there."""
    filled, vacant = (case_of(organisation(), (), BY_CHANCE_ALONE, 40, BURN_IN, seed=4) for _ in range(2))
    vacant.world.staff["vacant_weeks"][seat] = 1000.0
    found = [_chance_of(case, seat, BURN_IN + 40) for case in (filled, vacant)]

    assert first_difference(found[1], found[0]) == ""
    assert found[0][-1]["arrivals"].sum() > 20
    assert (vacant.world.staff["outcome"][seat], vacant.world.staff["arrivals"][seat]) == (0, 0)
    assert not (filled.world.staff["safety"] == vacant.world.staff["safety"]).all()


def test_whoever_comes_in_a_week_is_the_same_person_however_long_the_post_was_vacant() -> None:
    people = []
    for weeks_left, hire in ((5.0, 2.0), (4.5, 9.0)):
        own = BY_CHANCE_ALONE.model_copy(update={"staff_turnover": 0.0, "time_to_hire": hire})
        case = case_of(organisation(), (), own, 40, BURN_IN, seed=4)
        case.world.staff["vacant_weeks"][5] = weeks_left
        live(case, 4)
        assert case.world.staff["arrivals"][5] == 0
        live(case, 1, first_week=4 - BURN_IN)
        assert case.world.staff["arrivals"][5] == 1
        people.append(tuple(case.world.staff[name][5] for name in ("safety_trait", "efficacy_trait", "safety", "aim")))

    assert people[0] == people[1]


def test_a_longer_horizon_keeps_the_prefix() -> None:
    timeline = [intervention(kind, 2) for kind in AT_FULL]
    short = weekly_columns(begin(*timeline, horizon=N_WEEKS))
    long = weekly_columns(begin(*timeline, horizon=3 * N_WEEKS))

    assert first_difference(long, short) == ""


def test_an_open_end_keeps_the_prefix_of_a_longer_horizon() -> None:
    timeline = [KINDS[kind](start_week=2, ramp_weeks=4, **AT_FULL[kind]) for kind, more in SPELLS if not more]
    short = weekly_columns(begin(*timeline, horizon=N_WEEKS))
    long = weekly_columns(begin(*timeline, horizon=3 * N_WEEKS))

    assert first_difference(long, short) == ""


def test_weeks_run_at_once_or_one_by_one_give_the_same_bits() -> None:
    at_once, one_by_one = begin(intervention("shock", 1)), begin(intervention("shock", 1))
    table = live(at_once, BURN_IN + N_WEEKS)
    rows = [live(one_by_one, 1, first_week=week)[-1] for week in range(-BURN_IN, N_WEEKS)]

    assert table[1:].tobytes() == np.array(rows).tobytes()


def test_recording_changes_nothing() -> None:
    seen, unseen = begin(), begin()
    live(seen, BURN_IN + N_WEEKS, n_parts=7)
    run_weeks(unseen.world, unseen.plan, unseen.key, -BURN_IN, BURN_IN + N_WEEKS, np.zeros((0, 1, 1)))

    assert changed(columns(seen.world), columns(unseen.world)) == set()


def test_threads_give_the_same_bits_as_one_after_the_other() -> None:
    def table(replicate: int) -> bytes:
        case = case_of(organisation_of([[8] * 12]), n_weeks=60, replicate=replicate)
        return live(case, 60).tobytes()

    serial = [table(replicate) for replicate in range(6)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        threaded = list(pool.map(table, range(6)))

    assert threaded == serial
    assert len(set(serial)) == 6


# --- who can be reached by whom --------------------------------------------------------------------------------------


def _nudged(case: Case, seat: int) -> Case:
    case.world.staff["safety"][seat] = 0.99
    case.world.staff["habit_fail"][seat] = 0.99
    case.world.staff["capability"][seat] = 0.99
    return case


def test_one_changed_seat_changes_only_what_it_can_reach_in_a_week() -> None:
    """Teammates, the team and its leader, linked teams and theirs, the service and its senior leaders; nobody else."""
    org = organisation_of([[4, 3, 6], [5, 5]], cross_team_ties=2.0, ties_between_services=0.5)
    base, nudged = case_of(org), _nudged(case_of(org), seat=5)
    for case in (base, nudged):
        live(case, 1)
    tied = base.world.ties.indices[base.world.ties.indptr[5] : base.world.ties.indptr[6]].tolist()
    team_of = org.team_of_staff()
    teammates = np.flatnonzero(team_of == 1).tolist()
    linked = {int(team_of[other]) for other in _tied_to(base, teammates)} - {1}
    assert len(linked) < org.n_teams - 1
    services = {0, *(int(service) for service in org.service_of_teams()[sorted(linked)])}
    reach = {
        "staff": {*teammates, *tied, *np.flatnonzero(np.isin(team_of, sorted(linked))).tolist()},
        "teams": {1, *linked},
        "seniors": {row for service in services for row in range(3 * service, 3 * service + 3)},
        "pairs": set(),
        "services": services,
    }

    for group in COLUMNS:
        ours, theirs = rows_of(nudged.world, group), rows_of(base.world, group)
        differing = {row for row in range(len(ours)) if ours[row].tobytes() != theirs[row].tobytes()}

        assert differing <= reach[group], group
    assert changed(columns(nudged.world), columns(base.world)) >= {"staff.safety", "staff.neighbour_safety"}


def _tied_to(case: Case, seats: list[int]) -> list[int]:
    """Return those who are tied to any of these."""
    begin, others = case.world.ties.indptr, case.world.ties.indices
    return [int(other) for seat in seats for other in others[begin[seat] : begin[seat + 1]]]


def test_one_changed_seat_never_reaches_a_service_without_ties_to_it(two_services: Organisation) -> None:
    base, nudged = case_of(two_services), _nudged(case_of(two_services), seat=1)
    for case in (base, nudged):
        case.plan.rules["lateral_moves"] = 0
        live(case, 25)
    first_seat = int(base.world.services["first_seat"][1])
    base_staff, nudged_staff = base.world.staff.as_records(), nudged.world.staff.as_records()

    assert base_staff[first_seat:].tobytes() == nudged_staff[first_seat:].tobytes()
    assert base.world.teams[2:].tobytes() == nudged.world.teams[2:].tobytes()
    assert base.world.seniors[3:].tobytes() == nudged.world.seniors[3:].tobytes()
    assert base.world.services[1].tobytes() == nudged.world.services[1].tobytes()
    assert base_staff[:first_seat].tobytes() != nudged_staff[:first_seat].tobytes()


def test_a_seat_added_at_the_end_changes_nobody_elses_chance() -> None:
    """The service before the one that grows lives the same weeks, bit by bit."""
    small = organisation_of([[4, 3], [5, 2]], ties_between_services=0.0)
    large = organisation_of([[4, 3], [5, 3]], ties_between_services=0.0)
    large.staff_group[: small.n_staff] = small.staff_group
    small_case, large_case = (case_of(org, n_weeks=30) for org in (small, large))
    starts = [columns(case.world) for case in (small_case, large_case)]
    for case in (small_case, large_case):
        case.plan.rules["lateral_moves"] = 0
        live(case, 30)

    assert (starts[0]["staff.safety_trait"] == starts[1]["staff.safety_trait"][: small.n_staff]).all()
    assert (starts[0]["staff.tenure_weeks"] == starts[1]["staff.tenure_weeks"][: small.n_staff]).all()
    ours, theirs = small_case.world.staff.as_records(), large_case.world.staff.as_records()
    assert ours[:7].tobytes() == theirs[:7].tobytes()
    assert small_case.world.seniors[:3].tobytes() == large_case.world.seniors[:3].tobytes()


def test_ties_of_others_stay_when_a_seat_is_added_at_the_end() -> None:
    """Far ties may reach the new seat instead of another; who starts how many ties, and near or far, is untouched."""
    small = organisation_of([[4, 3, 4], [5, 2, 4]], ties_between_services=0.0, far_ties=0.0)
    large = organisation_of([[4, 3, 4], [5, 2, 5]], ties_between_services=0.0, far_ties=0.0)
    large.staff_group[: small.n_staff] = small.staff_group
    ours, theirs = build_ties(large), build_ties(small)

    assert (ours.indptr[:12] == theirs.indptr[:12]).all()
    assert (ours.indices[: ours.indptr[11]] == theirs.indices[: theirs.indptr[11]]).all()
