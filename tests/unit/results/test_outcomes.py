"""Every outcome of a run is one entry: computed, summed up, compared, asked for and named in one place."""

from __future__ import annotations

from inspect import signature

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.commands.sensitivity import sensitivity
from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.comparison import COMPARED
from sim.results.outcomes import (
    NOTICEABLE_GAIN,
    OUTCOMES,
    YES_OR_NO,
    PairedSeries,
    outcome_named,
    outcomes_of,
    summarise,
    weeks_needed,
)

END = 52


def runs(n: int = 6, n_weeks: int = 300, seed: int = 1) -> PairedSeries:
    """Return runs whose gain rises to a fifth and falls to a twentieth after week 100."""
    rng = np.random.default_rng(seed)
    gain = np.concatenate([np.full((n, 100), 0.2), np.full((n, n_weeks - 100), 0.05)], axis=1)
    return PairedSeries(0.5 + gain * rng.uniform(0.5, 1.5, (n, 1)), np.full((n, n_weeks), 0.5), END)


def small(weeks: int) -> Scenario:
    return Scenario(title="A talk", weeks=weeks).with_entries(kind="coach_senior_leaders", start_week=0, end_week=10)


def never_halving() -> PairedSeries:
    return PairedSeries(np.full((3, 300), 0.8), np.full((3, 300), 0.5), END)


@pytest.mark.parametrize("name", OUTCOMES)
def test_each_entry_tells_all_of_an_outcome(name: str) -> None:
    outcome = OUTCOMES[name]

    values = outcome.by_replicate(runs())

    assert all((outcome.label, outcome.meaning, outcome.question))
    assert outcome.is_yes_or_no == bool(outcome.that and outcome.verb and outcome.failing)
    assert values.shape == (6,)
    assert (values.dtype == bool) == outcome.is_yes_or_no
    assert outcome.sum_up(values) == outcome.of(runs())
    assert len(outcome.at_point(runs())) == 6


def test_no_two_outcomes_share_a_name_or_a_label() -> None:
    names = [name for outcome in OUTCOMES.values() for name in (outcome.name, *outcome.earlier)]

    assert len(set(names)) == len(names)
    assert len({outcome.label for outcome in OUTCOMES.values()}) == len(OUTCOMES)


def test_what_is_compared_and_what_a_run_can_fail_follows_from_the_entries() -> None:
    assert [outcome.name for outcome in COMPARED] == [name for name in OUTCOMES if OUTCOMES[name].is_compared]
    assert YES_OR_NO == ("persists", "lasts", "holds", "holds_baseline")


def test_a_half_life_is_a_median_everywhere_and_infinite_where_most_runs_never_lose_half() -> None:
    weeks = OUTCOMES["half_life_weeks"].by_replicate(runs())

    assert OUTCOMES["half_life_weeks"].of(runs()) == measures.median_interval(weeks)
    assert summarise(outcomes_of(never_halving()))["half_life_weeks"].estimate == np.inf


def test_at_a_parameter_point_too_a_half_life_is_the_median_four_years_at_most() -> None:
    weeks = np.array([40.0, 60.0, 90.0, np.inf])
    outcome = OUTCOMES["half_life_weeks"]

    numbers = outcome.for_a_point(runs(), weeks)

    assert numbers.mean() == pytest.approx(measures.median_interval(weeks).estimate)
    assert outcome.at_point(never_halving()).tolist() == [208.0, 208.0, 208.0]
    assert np.isnan(outcome.for_a_point(runs(), np.full(3, np.nan))).all()


def test_the_share_left_at_a_point_is_the_ratio_of_means_with_the_spread_of_the_jackknife() -> None:
    numbers = OUTCOMES["retained_4_years"].at_point(runs())

    assert numbers.mean() == pytest.approx(0.25)
    assert numbers.std() < 1e-9


def test_the_share_left_is_not_defined_where_there_was_no_shift() -> None:
    flat = PairedSeries(np.full((3, 300), 0.5), np.full((3, 300), 0.5), END)

    assert np.isnan(OUTCOMES["retained_4_years"].at_point(flat)).all()
    assert (OUTCOMES["gain_4_years"].at_point(flat) == 0.0).all()
    asked = signature(sensitivity).parameters["outcome"].default
    assert (OUTCOMES[asked].at_point(flat) == 0.0).all(), "what is asked for by default is defined at every point"


def test_what_lies_beyond_the_end_of_a_run_is_not_known() -> None:
    found = outcomes_of(runs(n_weeks=200))

    assert np.isnan(found["gain_4_years"]).all()
    assert np.isnan(found["retained_4_years"]).all()


def test_what_lasts_persists_and_was_worth_noticing() -> None:
    gain = np.full((2, 300), [[NOTICEABLE_GAIN - 0.01], [NOTICEABLE_GAIN]])
    found = outcomes_of(PairedSeries(gain + 1e-9, np.zeros((2, 300)), END))

    assert found["persists"].tolist() == [True, True]
    assert found["lasts"].tolist() == [False, True]


def test_a_scenario_that_ends_too_soon_is_told_how_long_it_should_be() -> None:
    with pytest.raises(InputError, match="weeks = 218"):
        weeks_needed(small(weeks=217), OUTCOMES["persists"])

    assert weeks_needed(small(weeks=218), OUTCOMES["persists"]) == 218
    assert weeks_needed(small(weeks=217), OUTCOMES["holds"]) == 217


def test_a_scenario_without_support_has_nothing_that_could_last() -> None:
    with pytest.raises(InputError, match="a scenario with support that ends"):
        weeks_needed(Scenario(title="Nothing"), OUTCOMES["persists"])


def test_an_unknown_outcome_names_the_nearest_and_an_earlier_name_is_understood() -> None:
    with pytest.raises(InputError, match='did you mean "half_life_weeks"'):
        outcome_named("half_life_week")

    assert outcome_named("half_life").name == "half_life_weeks"
    assert outcome_named("last_year").name == "safe_share_last_year"
