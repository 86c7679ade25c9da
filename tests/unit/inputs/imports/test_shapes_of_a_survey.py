"""One survey in the shapes that surveys come in: from each the model starts in about the same place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engine.run import prepare
from sim.engine.state import vacant_seats
from sim.inputs.imports import Imported
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.inputs.tables import read_organisation
from sim.results.ensemble import run_paired
from sim.results.left_open import left_open
from tests.unit.inputs.imports.files import (
    N_TEAMS,
    TEAM_SIZE,
    csv_of,
    felt_by_all,
    imported,
    likert,
    organisation_of,
    people_table,
)

FELT = felt_by_all()
ANSWERS = likert(FELT)
EVERYBODY = [(team, n) for team in range(N_TEAMS) for n in range(TEAM_SIZE)]
WORDS = ("", "Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
AGREES_ABOVE = 0.625
TRUE_SHARE = float(np.mean(ANSWERS >= 4))


def persons() -> str:
    return csv_of([["id", "safety"], *([f"p{t}-{n}", ANSWERS[t, n]] for t, n in EVERYBODY)])


def in_words() -> str:
    return csv_of([["Person", "I feel safe to speak up"], *([f"p{t}-{n}", WORDS[ANSWERS[t, n]]] for t, n in EVERYBODY)])


def anonymous() -> str:
    return csv_of([["Ward", "Speaking up (1-5)"], *([f"Team {t}", ANSWERS[t, n]] for t, n in EVERYBODY)])


def team_means() -> str:
    rows = [[f"Team {t}", f"{ANSWERS[t].mean():.2f}", TEAM_SIZE] for t in range(N_TEAMS)]
    return "# scale: 1 to 5\n" + csv_of([["team", "safety", "respondents"], *rows])


def team_shares() -> str:
    rows = [[f"Team {t}", f"{100 * np.mean(ANSWERS[t] >= 4):.0f}%", TEAM_SIZE] for t in range(N_TEAMS)]
    return csv_of([["Team", "Feel safe to speak up: % agree", "n"], *rows])


def team_means_and_spreads() -> str:
    rows = [
        [f"Team {t}", f"{ANSWERS[t].mean():.2f}", f"{ANSWERS[t].std(ddof=1):.2f}", TEAM_SIZE] for t in range(N_TEAMS)
    ]
    return "# scale: 1 to 5\n" + csv_of([["team", "safety", "SD", "respondents"], *rows])


def means_on_each_row() -> str:
    """As an analyst joins them: everybody has the team's mean."""
    rows = [[f"p{t}-{n}", f"Team {t}", f"{ANSWERS[t].mean():.2f}"] for t, n in EVERYBODY]
    return "# scale: 1 to 5\n" + csv_of([["id", "team", "safety"], *rows])


def directorate_shares() -> str:
    half = N_TEAMS // 2
    rows = [
        [f"Service {k + 1}", f"{100 * np.mean(ANSWERS[k * half : (k + 1) * half] >= 4):.1f}", half * TEAM_SIZE]
        for k in (0, 1)
    ]
    return csv_of([["Directorate", "Psychological safety % positive", "Respondents"], *rows])


def counted_answers() -> str:
    """Anonymous answers, each once with how often it was given."""
    rows = [
        [f"Team {t}", score, n]
        for t in range(N_TEAMS)
        for score, n in zip(*np.unique(ANSWERS[t], return_counts=True), strict=True)
    ]
    return "# scale: 1 to 5\n" + csv_of([["Ward", "Speaking up (1-5)", "Frequency"], *rows])


SHAPES = {
    "persons": persons,
    "in words": in_words,
    "anonymous": anonymous,
    "counted": counted_answers,
    "team means": team_means,
    "team means and spreads": team_means_and_spreads,
    "team shares": team_shares,
    "means on each row": means_on_each_row,
    "directorate shares": directorate_shares,
}


def seven_items() -> str:
    """Each item is what somebody feels and something of its own, on a scale of 1 to 7; agreement begins above 4.75."""
    rng = np.random.default_rng(3)
    rows = []
    for t, n in EVERYBODY:
        own = 1 + (FELT[t, n] - 1) * 1.5
        items = np.clip(np.rint(own + rng.normal(0, 0.5, 7)), 1, 7).astype(int)
        rows.append([f"p{t}-{n}", *(8 - x if k in (0, 2, 4) else x for k, x in enumerate(items))])
    return csv_of([["id", "PS1R", "PS2", "PS3R", "PS4", "PS5R", "PS6", "PS7"], *rows])


def seven_items_of_five_points() -> str:
    """The same, on the scale of the other shapes."""
    rng = np.random.default_rng(3)
    rows = []
    for t, n in EVERYBODY:
        items = np.clip(np.rint(FELT[t, n] + rng.normal(0, 0.5, 7)), 1, 5).astype(int)
        rows.append([f"p{t}-{n}", *(6 - x if k in (0, 2, 4) else x for k, x in enumerate(items))])
    return "# scale: 1 to 5\n" + csv_of([["id", "PS1R", "PS2", "PS3R", "PS4", "PS5R", "PS6", "PS7"], *rows])


def written_by_hand() -> str:
    """Means with their spread in the columns of ``survey.csv`` itself, which no import has looked at."""
    return team_means_and_spreads().replace("SD", "spread")


def read_written_by_hand(folder: Path, survey: str) -> Organisation:
    own = folder / "by hand"
    own.mkdir()
    (own / "people.csv").write_text(csv_of(people_table()))
    (own / "survey.csv").write_text(survey)
    return read_organisation(own)


def start_of(found: Imported, folder: Path) -> float:
    """Return the share of staff who feel safe when a run begins, over some runs."""
    prepared = prepare(Scenario(title="Surveyed", weeks=1), organisation_of(found, folder))
    staffs = [prepared.start(5, r)[0].staff for r in range(6)]
    return float(np.mean([np.mean(staff["safety"][~vacant_seats(staff)] > AGREES_ABOVE) for staff in staffs]))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_model_starts_where_the_survey_found_people_whatever_its_shape(shape: str, tmp_path: Path) -> None:
    found = imported(tmp_path / "in", people_csv=csv_of(people_table()), survey_csv=SHAPES[shape]())

    assert "survey.csv" in found.tables
    assert not [told for told in found.notes.left_out if told.startswith("survey.csv")]
    assert start_of(found, tmp_path / "out") == pytest.approx(TRUE_SHARE, abs=0.03)


def test_seven_items_start_where_persons_do(tmp_path: Path) -> None:
    found = imported(tmp_path / "in", people_csv=csv_of(people_table()), survey_csv=seven_items())
    exact = float(np.mean((FELT - 1) / 4 > AGREES_ABOVE))

    assert start_of(found, tmp_path / "out") == pytest.approx(exact, abs=0.03)


def test_anonymous_answers_differ_as_far_as_they_did(tmp_path: Path) -> None:
    found = imported(tmp_path / "in", people_csv=csv_of(people_table()), survey_csv=anonymous())
    prepared = prepare(Scenario(title="Surveyed", weeks=1), organisation_of(found, tmp_path / "out"))
    made = prepared.start(5)[0].staff["safety"].reshape(N_TEAMS, TEAM_SIZE)
    own = (ANSWERS - 1) / 4

    assert made.std(axis=1).mean() == pytest.approx(own.std(axis=1).mean(), rel=0.15)


def test_people_of_teams_whose_spread_is_told_differ_as_far_as_they_did(tmp_path: Path) -> None:
    found = imported(tmp_path / "in", people_csv=csv_of(people_table()), survey_csv=team_means_and_spreads())
    prepared = prepare(Scenario(title="Surveyed", weeks=1), organisation_of(found, tmp_path / "out"))
    made = prepared.start(5)[0].staff["safety"].reshape(N_TEAMS, TEAM_SIZE)
    own = (ANSWERS - 1) / 4
    # What is felt lies a little less far apart than answers on points do.
    felt = np.sqrt(own.var(axis=1) - 0.25**2 / 12)

    # Some posts are vacant, and so nobody's.
    assert any(told.startswith("of 40 teams or services mean and spread are told") for told in found.notes.understood)
    assert made.mean(axis=1) == pytest.approx(own.mean(axis=1), abs=0.05)
    assert made.std(axis=1).mean() == pytest.approx(felt.mean(), rel=0.12)


def test_safety_and_efficacy_of_one_spread_go_together_about_as_far_as_they_do_in_people(tmp_path: Path) -> None:
    rows = [[f"Team {t}", 3.5, 3.1, 0.9, 40] for t in range(N_TEAMS)]
    survey = "# scale: 1 to 5\n" + csv_of([["team", "safety", "efficacy", "SD", "respondents"], *rows])
    found = imported(tmp_path, people_csv=csv_of(people_table()), survey_csv=survey)

    header, *told = found.tables["survey.csv"]
    safety, efficacy, times = (
        np.array([float(row[header.index(name)]) for row in told if row[1] == "Team 1"])
        for name in ("safety", "efficacy", "times_given")
    )
    assert (np.average(safety, weights=times), np.average(efficacy, weights=times)) == pytest.approx((0.625, 0.525))
    assert 0.3 < np.corrcoef(safety, efficacy)[0, 1] < 0.7


@pytest.mark.parametrize(
    ("survey", "why"),
    [
        ("Team,Feel safe: % agree,SD,n\nTeam 1,62%,0.9,10\n", "as per cent who agree do not tell"),
        ("# scale: 1 to 5\nTeam,safety,SD,n\nTeam 1,3.6,0.05,10\nTeam 2,3.6,22,10\n", "2 cells of"),
    ],
)
def test_what_cannot_be_a_spread_between_people_is_left_out_and_said(survey: str, why: str, tmp_path: Path) -> None:
    found = imported(tmp_path, people_csv=csv_of(people_table()), survey_csv=survey)

    header, *rows = found.tables["survey.csv"]
    assert {row[header.index("spread")] for row in rows} == {""}
    assert any('"SD"' in told and why in told for told in found.notes.left_out)


def without_any_scale() -> str:
    """What people feel, which no survey finds out."""
    felt = np.clip(FELT, 1, 5)
    return "# scale: 1 to 5\n" + csv_of([["id", "safety"], *([f"p{t}-{n}", f"{felt[t, n]:.4f}"] for t, n in EVERYBODY)])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_year_on_a_shoestring_gains_alike_whatever_the_shape_of_the_survey(tmp_path: Path) -> None:
    """Each shape's interval holds what it leaves open, and so none contradicts another."""
    scenario = load_scenario("shoestring-year").replace(weeks=66)
    starts, gains, means = {}, {}, {}
    finer = {"seven items": seven_items_of_five_points, "without any scale": without_any_scale}
    for shape, survey in (SHAPES | finer | {"written by hand": written_by_hand}).items():
        if shape == "written by hand":
            staff = read_written_by_hand(tmp_path, survey())
        else:
            found = imported(tmp_path / f"{shape} in", people_csv=csv_of(people_table()), survey_csv=survey())
            staff = organisation_of(found, tmp_path / f"{shape} out")
        ran = run_paired(scenario, 40, seed=1, organisation=staff)
        starts[shape] = 100 * float(ran.baseline.series("safe_share")[:, 0].mean())
        mean, own = ran.summary()["peak_gain"], left_open(ran)
        assert own is not None
        means[shape], gains[shape] = mean.estimate, own
        print(
            f"{shape:22} start {starts[shape]:5.1f}, gain {100 * mean.estimate:5.1f} ({100 * mean.low:.1f} to "
            f"{100 * mean.high:.1f}), of one staff {100 * own.low:.1f} to {100 * own.high:.1f}",
            flush=True,
        )

    assert max(starts.values()) - min(starts.values()) < 3.0
    assert max(means.values()) - min(means.values()) < 0.03
    assert max(one.low for one in gains.values()) <= min(one.high for one in gains.values())
    # What tells only a number of each team says so: what people feel lies within its interval.
    for shape in ("team means", "team means and spreads", "team shares", "directorate shares"):
        assert gains[shape].low <= means["without any scale"] <= gains[shape].high, shape
        assert gains[shape].low <= means[shape] <= gains[shape].high, shape
        assert gains[shape].high - gains[shape].low > 2 * (gains["seven items"].high - gains["seven items"].low), shape


def test_what_an_import_wrote_of_anonymous_answers_is_imported_as_it_is(tmp_path: Path) -> None:
    first = imported(tmp_path / "in", people_csv=csv_of(people_table()), survey_csv=anonymous())
    texts = first.texts()

    again = imported(tmp_path / "again", people_csv=texts["people.csv"], survey_csv=texts["survey.csv"])

    assert again.texts()["survey.csv"] == texts["survey.csv"]


def test_a_number_of_answers_of_teams_that_stand_there_once_is_no_frequency(tmp_path: Path) -> None:
    table = "# scale: 1 to 5\nWard,Speaking up,Frequency\nTeam 1,3.6,9\nTeam 2,3.9,8\n"

    found = imported(tmp_path, people_csv=csv_of(people_table()), survey_csv=table)

    header, *rows = found.tables["survey.csv"]
    assert "times_given" not in header
    assert [row[header.index("respondents")] for row in rows] == ["9", "8"]
