"""What programmes cost beside what is left of them. Without a browser and without a web framework."""

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.dashboard import catalogue, money
from sim.dashboard.answering import WORLDS, run_piece
from sim.dashboard.money import Candidate, ProgrammeWorth, all_pieces, candidates, shown, worth_of
from sim.dashboard.pages import money as page_of_money
from sim.inputs.organisation import OrganisationShape
from sim.results.ensemble import PairedEnsemble, run_paired

SMALL = OrganisationShape(teams=3, team_size=4)


def small(name):
    return Candidate(name, name, catalogue.shipped(name).replace(organisation=SMALL))


def worth(paid, gains, own=0.0, stopped=None):
    n = len(gains)
    return ProgrammeWorth(
        paid, own, 0.0, paid / 2, np.array(gains), np.ones(n), None if stopped is None else np.array(stopped)
    )


def told(worths, picked=(), counts_own=False):
    asked = [small(name) for name in list(dict(catalogue.choices()))[: len(worths)]]
    return asked, shown(asked, worths, picked, counts_own)


STEADY = np.linspace(-0.01, 0.01, 20)
CHEAP, DEAR, WASTE = worth(100, 0.05 + STEADY), worth(400, 0.11 + STEADY), worth(500, 0.07 + STEADY)


def test_only_programmes_in_which_the_same_happens_in_the_same_service_are_held_against_each_other():
    first = small("two-of-three-leave")
    others = [small(name) for name in ("internal-capacity", "shoestring-year", "capacity-under-high-turnover")]
    longer = Candidate("longer", "Longer", first.scenario.replace(weeks=468))
    twice = Candidate("twice", "The same again", first.scenario)
    found, left_out = candidates(first, others, [longer, twice])

    assert [one.key for one in found] == ["two-of-three-leave", "internal-capacity"]
    assert left_out == [["Longer", "it runs for 468 weeks, and what is in Explore for 416"]]


def test_a_run_that_is_too_short_to_be_judged_is_refused():
    short = small("shoestring-year").scenario.replace(weeks=200)
    with pytest.raises(InputError, match="wanted a run of more than 364 weeks"):
        candidates(Candidate("short", "Short", short), [], [])


def test_what_is_left_is_what_a_run_of_the_package_tells_when_judged_in_that_week():
    one = small("internal-capacity")
    worlds = {}
    for _, piece in all_pieces([one]):
        worlds.update(run_piece(piece))
    found = worth_of(one.scenario, worlds)
    paired = run_paired(one.scenario, WORLDS, 1)
    judged = PairedEnsemble(paired.arm, paired.baseline, paired.without_upkeep, judged_from=156)

    assert found is not None
    assert found.gain == judged.summary()["gain_4_years"]
    assert found.paid == judged.summary()["cost"].estimate
    assert found.upkeep == pytest.approx(78)
    assert found.gains_if_stopped.mean() == pytest.approx(judged.if_upkeep_stops.by_replicate("gain_4_years").mean())
    assert money.known_worth(one.scenario) is found
    assert found.rests_on == ""  # no range is kept of a service of this size
    assert worth_of(one.scenario, {number: worlds[number] for number in range(9)}) is None
    assert len(worth_of(one.scenario, {number: worlds[number] for number in range(40) if number != 12}).gains) == 12


def test_the_best_for_the_money_leaves_most_for_each_day_and_further_steps_say_what_they_cost():
    asked, page = told([DEAR, CHEAP, WASTE])

    assert page["verdict"] == f"“{asked[1].title}” is best for the money."
    assert "5 more of 100" in page["more"][0]
    assert "for 100 paid days: 20 for each of them" in page["more"][0]
    assert page["more"][1].startswith(f"“{asked[0].title}” leaves 6 more of 100 for 300 further days, 50 for each")
    assert [(one["title"], one["rank"]) for one in page["points"]] == [
        (asked[1].title, 0), (asked[0].title, 1), (asked[2].title, None)
    ]  # fmt: skip
    assert asked[2].title in page["more"][2]


def test_those_that_are_picked_are_held_against_each_other_alone():
    asked, page = told([DEAR, CHEAP, WASTE], picked=[small(n).key for n in list(dict(catalogue.choices()))[0:3:2]])

    assert page["verdict"] == f"“{asked[0].title}” is best for the money."
    assert [one["is_held"] for one in page["points"]] == [False, True, True]


def test_leaders_own_time_decides_only_where_it_counts():
    worths = [worth(100, 0.06 + STEADY, own=900), worth(200, 0.06 + STEADY)]
    asked, paid = told(worths)
    _, all_days = told(worths, counts_own=True)

    assert asked[0].title in paid["verdict"]
    assert asked[1].title in all_days["verdict"]


def test_what_may_be_luck_is_no_gain_and_how_often_another_would_come_first_is_told():
    _, none = told([worth(100, np.linspace(-0.2, 0.21, 20))])
    assert none["verdict"].startswith("None of these leaves more behind than chance does")

    rng = np.random.default_rng(2)
    close = [worth(100, rng.normal(0.08, 0.05, 20)), worth(100, rng.normal(0.08, 0.05, 20))]
    said = told(close)[1]["more"][0]
    assert 50 < int(said.split("come first in ")[1].split(" %")[0]) < 100
    assert "first in 100 % of cases" in told([CHEAP, WASTE])[1]["more"][0]


def test_what_costs_nothing_and_leaves_something_comes_before_all_others():
    asked, page = told([CHEAP, worth(0, 0.02 + STEADY)])
    assert asked[1].title in page["verdict"]
    assert "for 0 paid days. If chance" in page["more"][0]


def test_upkeep_is_told_apart():
    _, page = told([worth(100, 0.09 + STEADY, stopped=0.03 + STEADY), DEAR])
    point = page["points"][0]

    assert point["stopped"] == [50, pytest.approx(3.0)]
    assert "if they stop with outside support, 3 of 100" in page["more"][1]


def test_nothing_is_said_before_something_is_known_of_all():
    assert told([CHEAP, None])[1] is None
    assert told([CHEAP, worth(50, [0.1] * 12)])[1]["n"] == 12


def test_the_kept_range_of_a_shipped_programme_is_told_once_all_worlds_are_done_and_there_is_none_of_others():
    scenario = catalogue.shipped("coaching-the-trio-only")
    worlds = {}
    # Worlds of another size will do: what is kept is of the scenario.
    for _, piece in all_pieces([small("coaching-the-trio-only")]):
        worlds.update(run_piece(piece))
    whole = worth_of(scenario, worlds)
    assert whole.rests_on.startswith("peak gain ")
    assert "persists in" in whole.rests_on
    assert worth_of(scenario, {number: worlds[number] for number in range(20)}).rests_on == ""
    page = shown([Candidate("one", "One", scenario)], [whole], (), False)
    assert page["points"][0]["rests_on"] == whole.rests_on


def test_of_what_a_browser_says_was_ticked_no_more_is_taken_than_a_page_holds():
    kept = page_of_money._as_kept({"picked": ["internal-capacity", *range(50), "x" * 500], "counts_own": 1})
    assert kept["picked"][:2] == ["internal-capacity", "0"]
    assert len(kept["picked"]) == money.MOST_PROGRAMMES
    assert kept["counts_own"] is True
    with pytest.raises((KeyError, TypeError)):
        page_of_money._as_kept({"picked": 7})


def test_a_programme_that_is_not_weighed_cannot_be_opened_and_this_is_told():
    """The page says so for whatever is no programme; what ends an iteration would be no such thing."""
    with pytest.raises((KeyError, TypeError)):
        page_of_money._take({"type": "open", "key": "nope"}, [], catalogue.shipped("shoestring-year"), None)
