"""Golden series: what a few small runs gave when somebody last looked, so that no change goes unseen.

    python -m tests.regression.golden        rewrites the series and prints what changed

A change here changes results: say so in the changelog, under **Results change**.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble

FILE = Path(__file__).with_name("golden.csv")
MEASURES = (
    "safe_share",
    "safety",
    "efficacy",
    "aim_high",
    "voiced",
    "learned",
    "team_leader_control",
    "senior_leader_control",
    "attention_problems",
    "coherence",
    "capability",
    "cynicism",
    "vacant_share",
    "pressure",
    "backlog",
    "learning_stock",
    "staff_leavers",
)
EVERY_WEEKS = 8


def golden_scenarios() -> list[Scenario]:
    """Return three small scenarios that together use every mechanism and every kind of intervention."""
    small = {"teams": 6, "team_size": 5}
    quiet = Scenario(name="quiet", title="Nothing is done", weeks=80, organisation=small)
    programme = (
        quiet.replace(name="programme", title="Support, exit and facilitators")
        .with_entries(kind="coach_senior_leaders", start_week=0, end_week=40, ramp_weeks=4)
        .with_entries(kind="coach_team_leaders", start_week=0, end_week=40, target={"share": 0.5})
        .with_entries(kind="dialogue", start_week=0, end_week=40, target={"staff_groups": ["nursing", "medical"]})
        .with_entries(kind="train_facilitators", start_week=8, share_per_week=0.01)
        .with_entries(kind="train_facilitators", start_week=20, end_week=60, choose="connected", target={"share": 0.5})
        .with_entries(kind="leaders_leave", week=44, how_many=2)
        .with_entries(kind="induction", start_week=44)
        .with_entries(kind="protect_time", start_week=10, end_week=30)
        .with_entries(kind="attention", start_week=0, end_week=50, purpose=0.1, staff=0.15, leaders=0.2, which=[1, 3])
    )
    services = (
        quiet.replace(name="services", title="Three services", organisation={**small, "services": 3, "teams": 4})
        .with_parameters(senior_leader_turnover=2.0, lateral_moves=0.5)
        .with_entries(kind="committee", start_week=4, end_week=60, members=6)
        .with_entries(kind="assurance", start_week=10, control_norm=0.4, target={"services": ["Service 2"]})
        .with_entries(kind="appointments", start_week=10, from_within=1.0)
        .with_entries(kind="shock", start_week=20, end_week=30, size=0.4)
        .with_entries(kind="turnover_surge", start_week=30, end_week=50, factor=4.0)
        .with_entries(kind="hiring_freeze", start_week=50, end_week=70)
        .with_entries(kind="leaders_change_jobs", week=24, how_many=2)
        .with_entries(kind="successors_style", start_week=12, end_week=60, control=0.5)
        .with_entries(kind="change_parameter", name="fair_hearing", value=0.6, start_week=40)
    )
    return [quiet, programme, services]


def golden_series() -> pd.DataFrame:
    """Run the scenarios and return their series."""
    frames = [run_ensemble(scenario, 2, seed=1).to_frame() for scenario in golden_scenarios()]
    frame = pd.concat([frame.astype({"scenario": str}) for frame in frames], ignore_index=True)
    rows = frame[frame["week"] % EVERY_WEEKS == 0]
    return rows[["scenario", "replicate", "week", *MEASURES, "cost"]].reset_index(drop=True)


def update() -> None:
    """Rewrite the golden series and say which measures changed, and by how much at most."""
    new = golden_series()
    if FILE.exists():
        old = pd.read_csv(FILE)
        for measure in (*MEASURES, "cost"):
            if measure not in old.columns:
                print(f"{measure}: new")
            elif len(old) == len(new):
                change = np.abs(new[measure] - old[measure]).max()
                print(f"{measure}: changed by at most {change:.3g}" if change > 0 else f"{measure}: unchanged")
    new.to_csv(FILE, index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    update()
