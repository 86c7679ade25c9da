"""Where the model starts with a real organisation, beside what its survey says, and where it drifts by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.base.terms import WEEKS_PER_YEAR
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble
from sim.results.measures import Interval, paired_difference, share_interval

__all__ = ["MOST_STAFF", "StartBesideSurvey", "start_beside_survey"]

N_WORLDS = 12
MOST_STAFF = 20_000
"""Of more, the worlds that it takes last longer than somebody waits for a check."""


@dataclass(frozen=True)
class StartBesideSurvey:
    """A start beside a survey, as shares of 1.

    Parameters
    ----------
    is_share : whether shares who agree are compared, or means
    entered, n_entered : what the survey says, and of how many staff
    start, drift : where worlds start, and how far they are from there a year later in which nothing was done; with
        95 % intervals over worlds
    """

    is_share: bool
    entered: float
    n_entered: int
    start: Interval
    drift: Interval


def start_beside_survey(
    organisation: Organisation, n_worlds: int = N_WORLDS, seed: int = 1
) -> StartBesideSurvey | None:
    """Return where worlds of an organisation start beside its survey; None where no survey tells of safety.

    Shares who agree are compared where the survey tells a share of anybody, else means.

    Parameters
    ----------
    organisation : with scores
    n_worlds, seed : several, as each makes people of what a survey leaves open
    """
    scores = organisation.scores
    if scores is None or np.isnan(scores.safety).all():
        return None
    values = scores.safety.copy()
    groups, is_share = scores.safety_groups, False
    if groups is not None and groups.is_share.any():
        is_share = True
        seats = groups.of_seat >= 0
        values[~seats] = np.where(np.isnan(values[~seats]), np.nan, values[~seats] > groups.agrees_above[0])
        shares = np.where(groups.is_share, groups.value, np.nan)
        values[seats] = shares[groups.of_seat[seats]]
    known = ~np.isnan(values)
    scenario = Scenario(title="Nothing is done", weeks=WEEKS_PER_YEAR)
    ran = run_ensemble(scenario, n_worlds, seed, organisation=organisation)
    series = ran.series("safe_share" if is_share else "safety")
    return StartBesideSurvey(
        is_share, float(values[known].mean()), int(known.sum()), share_interval(series[:, 0]),
        paired_difference(series[:, -1], series[:, 0]),
    )  # fmt: skip
