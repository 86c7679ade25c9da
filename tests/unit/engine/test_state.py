"""The columns of a world: how they are laid out, copied and checked."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.state import COLUMNS, allocate, copy_world, out_of_range
from sim.engine.ties import build_ties
from sim.inputs.organisation import Organisation
from sim.rulebook.rulebook import GROUPS, RULEBOOK
from tests.worlds import Case, case_of, changed, columns, live, organisation_of, random_case


def test_every_column_is_declared_with_meaning_and_range() -> None:
    for group, declared in COLUMNS.items():
        for name, column in declared.items():
            assert column.meaning, f"{group}.{name}"
            assert column.lowest < column.highest, f"{group}.{name}"
            assert np.dtype(column.dtype).kind in "fiu", f"{group}.{name}"


def test_a_record_has_no_gaps_but_at_its_end() -> None:
    for group in GROUPS:
        dtype = RULEBOOK.dtype_of(group)

        assert dtype.itemsize - sum(dtype[name].itemsize for name in dtype.names or ()) < 8, group


def test_a_world_has_a_row_for_every_seat_team_leader_pair_and_service() -> None:
    world = case_of(organisation_of([[4, 3], [5, 2, 6]], seniors=[3, 4])).world

    assert (world.staff.n_seats, len(world.teams), len(world.services)) == (20, 5, 2)
    assert (len(world.seniors), len(world.pairs)) == (7, 3 + 6)


def test_a_single_senior_leader_has_no_pair() -> None:
    world = case_of(organisation_of([[4, 3]], seniors=1)).world

    assert len(world.pairs) == 0


def test_bounds_cover_every_row_once(tiny_organisation: Organisation) -> None:
    world = random_case(5).world
    n_rows = {"seat": world.staff.n_seats}
    n_rows |= {"team": len(world.teams), "senior": len(world.seniors), "pair": len(world.pairs)}
    for what, n in n_rows.items():
        first, last = world.services[f"first_{what}"], world.services[f"last_{what}"]

        assert first[0] == 0
        assert (first[1:] == last[:-1]).all()
        assert last[-1] == n


def test_pairs_are_of_two_leaders_of_one_service() -> None:
    world = case_of(organisation_of([[4], [5]], seniors=[3, 2])).world
    pairs = list(zip(world.pairs["first_senior"].tolist(), world.pairs["second_senior"].tolist(), strict=True))

    assert pairs == [(0, 1), (0, 2), (1, 2), (3, 4)]


def test_a_new_world_is_sound(tiny_case: Case) -> None:
    assert out_of_range(tiny_case.world) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_world_stays_sound(seed: int) -> None:
    case = random_case(seed)
    live(case, 16)

    assert out_of_range(case.world) == []


@pytest.mark.parametrize("wrong", [-0.01, 1.01, np.nan])
def test_a_value_out_of_range_is_told_with_column_and_row(tiny_case: Case, wrong: float) -> None:
    tiny_case.world.staff["safety"][3] = wrong

    (told,) = map(str, out_of_range(tiny_case.world))

    assert told == f"staff.safety[3]: wanted a value from 0 to 1, got {wrong}"


def test_a_copy_goes_its_own_way(tiny_case: Case) -> None:
    before = columns(tiny_case.world)
    copy = copy_world(tiny_case.world)

    assert changed(before, columns(copy)) == set()
    live(Case(tiny_case.organisation, tiny_case.plan, copy, tiny_case.key), 10)
    assert changed(before, columns(copy)) != set()
    assert changed(before, columns(tiny_case.world)) == set()


def test_a_copy_lives_the_same_weeks(tiny_case: Case) -> None:
    live(tiny_case, 5)
    copy = Case(tiny_case.organisation, tiny_case.plan, copy_world(tiny_case.world), tiny_case.key)
    live(tiny_case, 10, first_week=0)
    live(copy, 10, first_week=0)

    assert changed(columns(copy.world), columns(tiny_case.world)) == set()


def test_seats_know_their_staff_group_and_class(tiny_organisation: Organisation) -> None:
    case = case_of(tiny_organisation)

    assert (case.world.staff["staff_group"] == tiny_organisation.staff_group).all()
    assert (
        allocate(tiny_organisation, build_ties(tiny_organisation), _nobody(tiny_organisation)).staff["safety"].sum()
        == 0
    )


def _nobody(organisation: Organisation) -> object:
    from sim.engine.plan import build_plan
    from sim.rulebook.parameters import Parameters

    return build_plan(organisation, [Parameters()], [], 1)[1]
