"""What an answer rests on: draws told apart from chance, work that goes on, and ranges kept by what decides them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from sim.commands.preparing import prepare_pair
from sim.inputs.draws import Draws
from sim.inputs.scenario.files import shipped_scenarios
from sim.lessons import shipped_lessons
from sim.plots import draw_run
from sim.report import how_ranges_are_made, range_in_short, range_in_words, range_records, summary_records
from sim.results import ranges
from sim.results.ensemble import run_paired
from sim.results.ranges import OutcomeRange, ScenarioRange, kept_range, range_key, range_over, write_kept
from sim.study.ranges import range_of
from sim.study.store_runner import Progress, RunOptions, WorkStopped
from tests.small_runs import YEAR, pair_made_by_hand

ASKED = YEAR.with_entries(kind="coach_team_leaders", start_week=2, end_week=12)
STRONG_AND_WEAK = Draws(("coaching_effect",), np.array([[0.03], [0.06], [0.12]]))


def test_every_shipped_story_has_a_range_of_todays_model() -> None:
    """Where this fails after a change of the model, ``python benchmarks/ranges.py`` makes them anew."""
    pairs = [prepare_pair(name) for name, *_ in shipped_scenarios()]
    stories = [(scenario, other) for scenario, other in pairs if scenario.tables is None]

    assert len(stories) > 20
    assert [scenario.title for scenario, other in stories if kept_range(scenario, other) is None] == []


def test_whatever_a_lesson_runs_has_a_range_of_todays_model() -> None:
    arms = [(lesson.slug, label, scenario) for lesson in shipped_lessons() for label, scenario, _ in lesson.arms()]

    assert len(arms) > 15
    assert [(slug, label) for slug, label, scenario in arms if kept_range(scenario) is None] == []


def test_differences_between_draws_are_told_apart_from_chance() -> None:
    chance = np.random.default_rng(1)
    alike = 0.2 + 0.05 * chance.standard_normal((64, 16))
    apart = alike + np.linspace(-0.1, 0.1, 64)[:, None]
    noise, both = range_over("peak_gain", alike), range_over("peak_gain", apart)
    assert noise is not None
    assert both is not None
    assert noise.between < 0.1
    spread = 0.2**2 / 12
    assert both.between == pytest.approx(spread / (spread + 0.05**2), abs=0.08)
    assert (both.low, both.high) == pytest.approx((0.11, 0.29), abs=0.03)


def test_a_half_life_that_never_comes_is_an_end_of_the_range() -> None:
    found = range_over("half_life_weeks", np.array([[50.0, 60.0], [80.0, 90.0], [np.inf, np.inf]]))
    assert found is not None
    assert (found.low, found.high) == (50.0, math.inf)
    assert 0.0 < found.between <= 1.0


def test_what_cannot_be_judged_has_no_range() -> None:
    assert range_over("persists", np.full((3, 4), np.nan)) is None


def test_each_draw_is_run_on_the_same_chance_events() -> None:
    found = range_of(ASKED, over=STRONG_AND_WEAK, worlds=3)
    assert (found.n_draws, found.n_worlds) == (3, 3)
    peaks = [
        float(
            run_paired(ASKED.with_parameters(coaching_effect=value), 3, 1).by_replicate("peak_gain").mean()
        )
        for value in (0.03, 0.06, 0.12)
    ]  # fmt: skip
    peak = found.outcomes["peak_gain"]
    assert (peak.low, peak.middle, peak.high) == pytest.approx(sorted(peaks), abs=1e-6)
    assert "persists" not in found.outcomes


def test_what_persists_if_the_upkeep_stops_has_a_range_of_its_own() -> None:
    asked = ASKED.replace(weeks=230).with_entries(kind="train_facilitators", start_week=2, end_week=230)
    found = range_of(asked, over=STRONG_AND_WEAK, worlds=4)
    paired = [
        run_paired(asked.with_parameters(coaching_effect=value), 4, 1) for value in (0.03, 0.06, 0.12)
    ]  # fmt: skip
    stopped = [one.if_upkeep_stops for one in paired]
    shares = [one.persistence().estimate for one in stopped if one is not None]
    over = found.outcomes["persists_without_upkeep"]
    assert (over.low, over.middle, over.high) == tuple(sorted(shares))
    assert list(found.outcomes).index("persists_without_upkeep") == list(found.outcomes).index("persists") + 1

    told = range_in_words(paired[0].summary(), found)
    assert any(line.startswith("Persists if the upkeep stops: in ") for line in told)
    assert re.search(r"persists in [\d to]+ of 100 worlds, without upkeep [\d to]+; holds in", range_in_short(found))
    assert "persists_without_upkeep" not in range_of(ASKED, over=STRONG_AND_WEAK, worlds=1).outcomes


def test_what_a_scenario_sets_stays() -> None:
    firm = ASKED.with_parameters(coaching_effect=0.05)
    found = range_of(firm, over=STRONG_AND_WEAK, worlds=2)
    assert found.outcomes["peak_gain"].low == found.outcomes["peak_gain"].high


def test_a_range_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.n_here >= 2:
            raise KeyboardInterrupt

    whole = range_of(ASKED, over=STRONG_AND_WEAK, worlds=3)
    with pytest.raises((KeyboardInterrupt, WorkStopped)):
        range_of(
            ASKED, over=STRONG_AND_WEAK, worlds=3,
            options=RunOptions(tmp_path, workers=1, runs_per_chunk=1, progress=stop),
        )  # fmt: skip
    seen: list[Progress] = []
    again = range_of(
        ASKED, over=STRONG_AND_WEAK, worlds=3, options=RunOptions(tmp_path, workers=2, progress=seen.append)
    )
    assert again == whole
    assert seen[-1].n_done == 18
    assert seen[-1].n_here < 18


FOUND = ScenarioRange(
    {
        "peak_gain": OutcomeRange(0.12, 0.17, 0.24, 0.65, 64),
        "half_life_weeks": OutcomeRange(39.0, 110.0, math.inf, 0.2, 64),
        "holds": OutcomeRange(0.0, 0.0, 0.0, math.nan, 64),
    },
    64, 16,
)  # fmt: skip


def test_a_kept_range_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ranges.json"
    monkeypatch.setattr(ranges, "draws", lambda: STRONG_AND_WEAK)
    write_kept({range_key(ASKED): ("year", FOUND)}, path)
    monkeypatch.setattr(ranges, "KEPT", path)
    ranges._kept.cache_clear()
    try:
        kept = kept_range(ASKED)
        assert kept is not None
        assert repr(kept) == repr(FOUND)
        assert kept_range(ASKED.replace(title="Another title")) is not None
        for changed in (ASKED.replace(weeks=51), ASKED.with_parameters(coaching_effect=0.05)):
            assert kept_range(changed) is None
        assert kept_range(ASKED, judged_from=20) is None
        monkeypatch.setattr(ranges, "draws", lambda: Draws(STRONG_AND_WEAK.names, STRONG_AND_WEAK.values[:2]))
        assert kept_range(ASKED) is None
    finally:
        ranges._kept.cache_clear()


def test_a_range_of_another_version_of_the_model_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "draws", lambda: STRONG_AND_WEAK)
    before = range_key(ASKED)
    monkeypatch.setattr("sim.results.store.keys.model_version", lambda: "another")
    assert range_key(ASKED) != before


def test_a_range_is_told_beside_chance() -> None:
    weeks = np.arange(31)
    gained = pair_made_by_hand(ASKED, {"safe_share": 0.6 + 0.17 * (weeks > 0)}, {"safe_share": np.full(31, 0.6)})
    said = range_in_words(gained.summary(), FOUND)
    assert said[0].startswith("Peak gain: 17 more in 100 staff")
    assert said[0].endswith("; over what nobody has measured, between 12 and 24, which is wider than chance alone.")
    assert said[1] == (
        "Half-life of the gain: never; over what nobody has measured, between 9 months and never, which is wider than "
        "chance alone."
    )
    assert said[2].startswith("Holds: in 100 of 100 worlds")
    assert said[2].endswith("; over what nobody has measured, 0 throughout.")
    assert "64 draws" in how_ranges_are_made(FOUND)
    records = range_records([gained, gained], [None, FOUND])
    assert {str(one["measure"]): one["between"] for one in records}["peak_gain"] == 0.65
    assert {one["measure"] for one in records} == set(FOUND.outcomes)


def test_an_answer_outside_its_range_is_said_to_be_so() -> None:
    weeks = np.arange(31)
    for gain, place in ((0.3, "less"), (0.1, "more")):
        own = {"safe_share": 0.6 + gain * (weeks > 0)}
        said = range_in_words(pair_made_by_hand(ASKED, own, {"safe_share": np.full(31, 0.6)}).summary(), FOUND)
        assert f"between 12 and 24, which is {place} than the shipped values give." in said[0]


def test_ranges_stand_on_the_page_and_in_the_table() -> None:
    weeks = np.arange(31)
    gained = pair_made_by_hand(ASKED, {"safe_share": 0.6 + 0.17 * (weeks > 0)}, {"safe_share": np.full(31, 0.6)})
    texts = [text.get_text() for text in draw_run(gained, rests_on=FOUND).findobj(Text)]
    assert "Over what nobody has measured: peak gain 12 to 24 in 100 staff; holds in 0 of 100 worlds." in texts
    assert not any(text.startswith("Over what") for text in (one.get_text() for one in draw_run(gained).findobj(Text)))
    by_name = {str(one["measure"]): one for one in summary_records([gained], [FOUND])}
    assert (by_name["peak_gain"]["range_low"], by_name["peak_gain"]["range_high"]) == (0.12, 0.24)
    assert math.isnan(float(str(by_name["final_gain"]["range_low"])))
    assert "range_low" not in summary_records([gained])[0]


def test_the_draws_of_the_package_are_what_a_range_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.ranges.draws", lambda _: STRONG_AND_WEAK)
    assert range_of(ASKED.replace(weeks=20), worlds=1).n_draws == 3
