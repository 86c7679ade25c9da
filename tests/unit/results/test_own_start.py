"""The modelled start stands beside what was entered, and drift is told as drift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.inputs.organisation import GroupScores, Organisation, OrganisationShape, Scores, generate
from sim.results.own_start import start_beside_survey


def surveyed(value: float, is_share: bool) -> Organisation:
    organisation = generate(OrganisationShape(teams=4, team_size=10))
    groups = GroupScores(
        organisation.team_of_staff(), np.full(4, value), np.full(4, is_share), np.full(4, 0.625),
        np.zeros(4, dtype=np.int64), np.full(4, np.nan),
    )  # fmt: skip
    scores = Scores(np.full(40, 0.6 if is_share else value), np.full(40, np.nan), safety_groups=groups)
    return replace(organisation, scores=scores)


@pytest.mark.parametrize(("value", "is_share"), [(0.5, True), (0.55, False)])
def test_worlds_start_where_the_survey_says_in_shares_or_means(value: float, is_share: bool) -> None:
    found = start_beside_survey(surveyed(value, is_share), n_worlds=4)

    assert found is not None
    assert (found.is_share, found.entered, found.n_entered) == (is_share, pytest.approx(value), 40)
    assert found.start.estimate == pytest.approx(value, abs=0.05)
    assert found.drift.low < found.drift.estimate < found.drift.high
    assert found.start.n == 4


def test_without_scores_of_safety_there_is_nothing_to_compare() -> None:
    organisation = generate(OrganisationShape(teams=4, team_size=10))

    assert start_beside_survey(organisation) is None
