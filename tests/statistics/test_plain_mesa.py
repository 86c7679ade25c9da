"""The compiled model and the plain Mesa model agree in distribution.

The two share no code and no random numbers, so they are compared by the mean over seeds. Plain Mesa has no mean field
at whose resting point it could begin; so both begin with the control culture, and live through the same years of it.
The service is small, as chance lies with its three senior leaders: more of them say more than more staff. Its teams are
so large that nobody can follow all colleagues.

The tolerance is four standard errors of the difference, which a sound mean leaves about once in 10,000 times. A wrong
sign or a dropped term in most of the mechanisms moves at least one of these means by more.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

N_SEEDS = 100
N_TEAMS, TEAM_SIZE = 6, 10
BURN_IN_WEEKS = 208
WEEKS = (0, 52, 65, 78)
MEASURES = (
    "safe_share",
    "confident_share",
    "cynicism",
    "aim_high",
    "capability",
    "facilitation",
    "team_leader_control",
    "team_leader_embedding",
    "senior_leader_control",
    "senior_leader_embedding",
    "coherence",
    "collective_voice",
    "attention_problems",
    "pressure",
    "backlog",
    "learning_stock",
    "vacant_share",
)
ROUNDING = 1e-12  # where nothing is left to chance, as in the usual attention, there is no standard error


def _programme() -> Scenario:
    organisation = OrganisationShape(teams=N_TEAMS, team_size=TEAM_SIZE)
    scenario = Scenario(title="Programme", weeks=max(WEEKS), organisation=organisation)
    scenario = scenario.with_entries(kind="coach_senior_leaders", start_week=0, end_week=52)
    scenario = scenario.with_entries(kind="dialogue", start_week=0, end_week=52, intensity=2)
    scenario = scenario.with_entries(kind="coach_team_leaders", start_week=0, end_week=52, intensity=0.5)
    scenario = scenario.with_entries(kind="train_facilitators", start_week=0, end_week=52, share_per_week=0.003)
    scenario = scenario.with_entries(
        kind="attention", start_week=26, end_week=78, purpose=0.15, staff=0.25, leaders=0.25
    )
    scenario = scenario.with_entries(kind="hiring_freeze", start_week=39, end_week=65, intensity=0.9)
    scenario = scenario.with_entries(kind="leaders_change_jobs", week=30, how_many=1)
    return scenario.with_entries(kind="leaders_leave", week=56, how_many=2)


def _plain() -> dict[str, np.ndarray]:
    from plain_mesa import Attention, Intervention, PlainModel

    programme = [
        Intervention("coach_seniors", 0, 52),
        Intervention("dialogue", 0, 52, 2),
        Intervention("coach_team_leaders", 0, 52, 0.5),
        Intervention("train_facilitators", 0, 52, 0.003),
        Intervention("attention", 26, 78, attention=Attention(purpose=0.15, staff=0.25, leaders=0.25)),
        Intervention("hiring_freeze", 39, 65, 0.9),
        Intervention("leaders_change_jobs", 30, 31, 1),
        Intervention("leaders_leave", 56, 57, 2),
    ]
    runs = []
    for seed in range(N_SEEDS):
        model = PlainModel(
            interventions=programme, seed=seed, n_teams=N_TEAMS, team_size=TEAM_SIZE, burn_in_weeks=BURN_IN_WEEKS
        )
        runs.append(model.run(max(WEEKS)).iloc[list(WEEKS)])
    return {name: np.array([run[name].to_numpy() for run in runs]) for name in MEASURES}


def _compiled() -> dict[str, np.ndarray]:
    prepared = prepare(_programme(), burn_in_weeks=BURN_IN_WEEKS, is_settled=False)
    runs = np.array([prepared.simulate(11, replicate)[list(WEEKS), 0] for replicate in range(4 * N_SEEDS)])
    return {name: runs[:, :, MEASURE_NAMES.index(name)] for name in MEASURES}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_compiled_model_agrees_with_the_plain_one() -> None:
    plain, compiled = _plain(), _compiled()

    apart = []
    for name in MEASURES:
        ours, theirs = compiled[name], plain[name]
        difference = ours.mean(axis=0) - theirs.mean(axis=0)
        error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / len(theirs))
        print(f"{name}: compiled minus plain at weeks {WEEKS}: {difference.round(4)}, standard error {error.round(4)}")
        if (np.abs(difference) > 4 * error + ROUNDING).any():
            apart.append(name)
    assert not apart


def test_both_have_the_same_numbers() -> None:
    from plain_mesa import Parameters

    scenario = Scenario(title="Defaults", weeks=1)
    of_the_package = {**dict(scenario.organisation), **dict(scenario.parameters)}
    plain = dataclasses.asdict(Parameters())

    assert plain == {name: of_the_package[name] for name in plain}


def test_leaders_cannot_mean_to_spend_a_week_in_two_ways() -> None:
    from plain_mesa import Attention, Intervention, PlainModel

    wanted = Attention(purpose=0.1, staff=0.15, leaders=0.2)
    entries = [Intervention("attention", 0, 10, attention=wanted), Intervention("attention", 9, 20, attention=wanted)]

    with pytest.raises(ValueError, match="in two ways"):
        PlainModel(interventions=entries, burn_in_weeks=0)
    PlainModel(interventions=[entries[0], Intervention("attention", 10, 20, attention=wanted)], burn_in_weeks=0)


@pytest.mark.parametrize(
    ("shares", "intensity"), [((0.5, 0.4, 0.2), 1.0), ((-0.1, 0.4, 0.2), 1.0), ((0.1, 0.2, 0.3), 2)]
)
def test_leaders_cannot_mean_to_spend_more_than_a_week(shares: tuple[float, ...], intensity: float) -> None:
    from plain_mesa import Attention, Intervention

    with pytest.raises(ValueError, match=r"shares of time|between 0 and 1"):
        Intervention("attention", 0, 10, intensity, attention=Attention(*shares))


def test_a_service_of_one_lives_on_while_its_only_post_is_vacant() -> None:
    from plain_mesa import Parameters, PlainModel

    certain_to_leave = Parameters(staff_turnover=1e6, time_to_hire=3)
    model = PlainModel(certain_to_leave, n_teams=1, team_size=1, n_senior_leaders=1, burn_in_weeks=0)
    weeks = model.run(9)

    assert weeks["vacant_share"].tolist() == [0, 1, 1, 1, 0, 1, 1, 1, 0, 1]
    assert (weeks["safety"].isna() == (weeks["vacant_share"] == 1)).all()
