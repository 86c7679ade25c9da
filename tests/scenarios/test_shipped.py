"""The shipped scenarios and their README."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from sim.inputs.scenario.description import build_organisation, faults_in
from sim.inputs.scenario.files import check_file, load_scenario, scenarios_folder, shipped_scenarios
from sim.results.ensemble import run_ensemble
from tests.scenarios.renew import renewed_readme

NAMES = [name for name, *_ in shipped_scenarios()]
README = (scenarios_folder() / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_sound_and_runs(name: str) -> None:
    scenario = load_scenario(name)

    assert faults_in(scenario, build_organisation(scenario)) == []
    first_weeks = scenario.replace(weeks=4, timeline=[entry for entry in scenario.timeline if entry.first_week < 4])
    assert run_ensemble(first_weeks, replicates=1).weekly.shape[1] == 5


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_tells_its_story_in_plain_language(name: str) -> None:
    text = (scenarios_folder() / f"{name}.toml").read_text("utf-8")
    scenario = load_scenario(name)

    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert 250 < len(scenario.story) < 900
    assert text.count("\n#") + text.count(" # ") >= 2, "comments that a nurse manager can follow"
    assert max(len(line) for line in text.splitlines()) <= 120


def test_the_readme_lists_every_scenario_once() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(([a-z-]+)\.toml\)", README, flags=re.MULTILINE)

    assert sorted(name for name, _ in listed) == NAMES
    assert all(name == file for name, file in listed)


def test_the_reference_in_the_readme_is_that_of_the_code() -> None:
    assert renewed_readme() == README, "run: python -m tests.scenarios.renew"


def test_the_example_in_the_readme_can_be_run(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "our-year.toml").write_text(example, "utf-8")

    assert check_file(tmp_path / "our-year.toml") == []
    assert len(tomllib.loads(example)["timeline"]) == 3
