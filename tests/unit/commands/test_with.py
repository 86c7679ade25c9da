"""Rules and interventions of one's own at the command line: ``--with``, in every command that runs the model."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer

from sim.commands import main
from sim.commands.answers import say_answer
from sim.commands.options import SHARED
from sim.engine.run import prepare
from sim.engine.week import engine_with
from sim.inputs.interventions import KINDS
from sim.inputs.own import rulebook_with
from sim.inputs.scenario.files import load_scenario
from sim.results.ensemble import run_ensemble, run_paired
from sim.results.store import Results
from sim.rulebook.rulebook import Rulebook
from sim.study.runner import run_study
from sim.study.sampling import Ranges, plausible_ranges
from sim.study.study_file import load_study
from tests.command_tree import COMMANDS
from tests.small_studies import results_of, vary_alone

OWN = Path(__file__).parents[2] / "own_rules"
SETTLED = Path(__file__).parents[3] / "docs" / "examples" / "settled.py"
Call = Callable[..., tuple[int, str, str]]

NEAR = """
title = "An inspection is near"
weeks = 400
[organisation]
teams = 3
team_size = 4
[parameters]
fear_gain = 0.2
[[timeline]]
kind = "listening_round"
start_week = 0
end_week = 26
[[timeline]]
kind = "change_parameter"
name = "fear_effect"
value = 0.1
start_week = 10
"""
STUDY = """
title = "Fear"
scenarios = ["near.toml"]
replicates = 4
weeks = 30
[design]
kind = "grid"
[[design.axes]]
set = "fear_gain"
values = [0.0, 0.3]
[[design.axes]]
multiply = "fear_effect"
values = [1.0, 0.5]
"""
WITH = ("--with", "inspection_fear.py", "--with", "listening_round.py")


pytestmark = pytest.mark.usefixtures("forget_kinds")


@pytest.fixture(name="call")
def call_fixture(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command in a folder outside the package, with files of one's own; return code, output, error output."""
    monkeypatch.chdir(tmp_path)
    for path in (OWN / "inspection_fear.py", OWN / "listening_round.py"):
        shutil.copy(path, tmp_path)
    (tmp_path / "near.toml").write_text(NEAR, "utf-8")
    (tmp_path / "fear.toml").write_text(STUDY, "utf-8")
    shipped = dict(KINDS)

    def call(*words: object) -> tuple[int, str, str]:
        KINDS.clear()
        KINDS.update(shipped)
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


@pytest.fixture(name="settles_unseen")
def settles_unseen_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look in one world whether agents have settled, for what asks at many points and is not about that."""
    monkeypatch.setattr("sim.engine.run._PEOPLE_TO_SEE_IT_IN", 12)


def change(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")


# --- one set of options -----------------------------------------------------------------------------------------------


BOUNDED_BY_COMMAND = ("--replicates", "--seed")
"""Shared options that mean the same everywhere, within bounds of the command."""


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_option_is_the_same_in_every_command(name: str) -> None:
    found = {
        command: option
        for command, parameters in COMMANDS.items()
        for option in parameters.params
        if name in option.opts
    }

    def said(option: Any) -> tuple[Any, ...]:
        same = option.opts, option.help, option.multiple, option.is_flag
        if name in BOUNDED_BY_COMMAND:
            return same
        parser = option.type_descriptor.parameter_info.parser  # One reader, that of the declaration.
        return *same, option.metavar, parser

    first = next(iter(found.values()))
    assert len(found) > 1
    for command, option in found.items():
        assert said(option) == said(first), command


WITHOUT = {
    "run": set(), "compare": set(), "map": set(), "budget": set(), "sensitivity": set(), "discover": set(),
    # What is fitted is no lever that one sets, a film has no answer, and patterns name their own scenarios.
    "calibrate": {"--set"}, "film": {"--replicates", "--workers", "--json"},
    "validate": {"--organisation", "--set", "--with"},
}  # fmt: skip
"""Commands that run the model, and the shared options that would mean nothing to them."""


@pytest.mark.parametrize("command", WITHOUT)
def test_a_command_that_runs_the_model_has_every_shared_option_that_means_something_to_it(command: str) -> None:
    has = {name for option in COMMANDS[command].params for name in option.opts}

    assert set(SHARED) - has == WITHOUT[command]


def test_an_answer_as_json_is_its_words_and_its_tables_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    say_answer("Turnover decides.", {"drivers": [{"name": "turnover", "weight": 0.5}]}, "Written to x", as_json=True)
    said = json.loads(capsys.readouterr().out)

    assert said == {"answer": "Turnover decides.", "drivers": [{"name": "turnover", "weight": 0.5}]}


def test_no_command_calls_a_shared_option_by_another_name() -> None:
    others = {"--threads", "--rules", "--seeds", "--folder", "--runs"}

    assert not [name for one in COMMANDS.values() for option in one.params for name in option.opts if name in others]


@pytest.mark.parametrize(
    "command",
    ["run", "compare", "map", "budget", "sensitivity", "discover", "calibrate", "film", "meanfield", "check",
     "parameters", "week", "study run", "study replay", "lessons check", "lessons handout", "dashboard"],
)  # fmt: skip
def test_every_command_that_runs_the_model_takes_own_rules(command: str) -> None:
    assert any("--with" in option.opts for option in COMMANDS[command].params)


def test_the_bounds_that_a_help_states_are_those_that_are_judged() -> None:
    stated = [
        (command, option, re.fullmatch(r"\[([\d,]+) to ([\d,]+)\]", option.metavar or ""))
        for command, parameters in COMMANDS.items()
        for option in parameters.params
    ]
    judged_later = ("sensitivity", "points")  # As the method and the parameters need.

    assert len([bounds for _, _, bounds in stated if bounds]) > 30
    for command, option, bounds in stated:
        if bounds and (command, option.name) != judged_later:
            least, most = (int(text.replace(",", "")) for text in bounds.groups())
            read = option.type_descriptor.parameter_info.parser
            assert (read(str(least)), read(str(most))) == (least, most), (command, option.name)
            for beyond in (least - 1, most + 1):
                with pytest.raises(typer.BadParameter):
                    read(str(beyond))


def test_validate_says_how_many_runs_it_takes(call: Call) -> None:
    assert "--replicates [8 to 10,000]" in call("validate", "--help")[1]

    code, _, told = call("validate", "--replicates", 7)

    assert code == 2
    assert "--replicates: wanted a whole number from 8 to 10,000 (fewer say too little about chance), got 7" in told


def test_narrower_bounds_of_a_command_are_told_like_the_others(call: Call) -> None:
    code, _, told = call("budget", "shoestring-year", "--replicates", 1)

    assert code == 2
    assert "--replicates: wanted a whole number from 2 to 10,000 (one run says nothing about chance), got 1" in told


# --- run, compare, repeat ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_with_own_rules_is_repeated_only_with_them(call: Call, tmp_path: Path) -> None:
    run = ("run", "near.toml", "-n", 2, "--weeks", 30, "--out", "out")
    assert call(*run, *WITH)[0] == 0

    recorded = json.loads((tmp_path / "out" / "manifest.json").read_text())["own_rules"]
    assert [one["name"] for one in recorded] == ["inspection_fear.py", "listening_round.py"]
    assert recorded[0]["source"] == (OWN / "inspection_fear.py").read_text("utf-8")

    code, _, told = call("run", "out/manifest.json")
    assert code == 2
    assert "give it: --with inspection_fear.py" in told
    assert "give it: --with listening_round.py" in told

    code, said, _ = call("run", "out/manifest.json", *WITH)
    assert code == 0
    assert "bit by bit" in said

    code, _, told = call("run", "out/manifest.json", *WITH[2:], *WITH[:2])
    assert code == 2
    assert "in the order inspection_fear.py, listening_round.py" in told

    change(tmp_path / "inspection_fear.py")
    code, _, told = call("run", "out/manifest.json", *WITH)
    assert code == 2
    assert "another content" in told


def test_a_manifest_without_own_rules_is_not_repeated_with_some(call: Call) -> None:
    call("run", "shoestring-year", "-n", 1, "--weeks", 8, "--out", "out")

    code, _, told = call("run", "out/manifest.json", *WITH[:2])

    assert code == 2
    assert "leave out --with inspection_fear.py" in told


@pytest.mark.slow
def test_what_a_manifest_records_is_never_executed(call: Call, tmp_path: Path) -> None:
    call("run", "shoestring-year", "-n", 1, "--weeks", 8, "--out", "out", *WITH[:2])
    path = tmp_path / "out" / "manifest.json"
    content = json.loads(path.read_text())
    content["own_rules"][0]["source"] = f"open({str(tmp_path / 'executed')!r}, 'w')"
    path.write_text(json.dumps(content))

    call("run", "out/manifest.json")
    call("run", "out/manifest.json", *WITH[:2])

    assert not (tmp_path / "executed").exists()


@pytest.mark.slow
def test_an_own_rule_changes_a_run_and_does_nothing_at_zero(call: Call, tmp_path: Path) -> None:
    run = ("run", "shoestring-year", "-n", 2, "--weeks", 40)
    call(*run, "--out", "plain")
    call(*run, *WITH[:2], "--out", "fear")
    call(*run, *WITH[:2], "--set", "fear_gain=0", "--set", "fear_effect=0", "--out", "none")

    plain, fear, none = (pd.read_parquet(tmp_path / name / "weekly.parquet") for name in ("plain", "fear", "none"))
    assert plain.equals(none)
    assert not plain.equals(fear)


def with_your_own(*names: str) -> str:
    """What an answer says of files of one's own."""
    files = [f"{name} (SHA-256 {hashlib.sha256((OWN / name).read_bytes()).hexdigest()[:12]}...)" for name in names]
    return f"With your own: {', '.join(files)}."


@pytest.mark.slow
def test_the_answer_of_a_run_and_of_a_comparison_says_which_files_of_ones_own_are_in_force(call: Call) -> None:
    told = with_your_own("inspection_fear.py", "listening_round.py")

    for words in (("run", "near.toml"), ("compare", "near.toml", "shoestring-year")):
        code, said, _ = call(*words, "-n", 2, "--weeks", 20, *WITH)
        assert code == 0
        assert " ".join(said.split()).count(told) == 1, words


@pytest.mark.slow
def test_scenarios_with_own_rules_are_compared_and_told_as_json(call: Call) -> None:
    words = ("-n", 2, "--weeks", 20, *WITH, "--json")
    code, said, _ = call("compare", "near.toml", "shoestring-year", *words)

    found = json.loads(said)
    assert code == 0
    assert [one["name"] for one in found["own_rules"]] == ["inspection_fear.py", "listening_round.py"]
    assert {one["scenario"] for one in found["measures"]} > {"near", "shoestring-year"}
    assert len(found["answer"]) == 2


def test_parameters_and_week_list_what_own_rules_add(call: Call) -> None:
    listed = {one["name"] for one in json.loads(call("parameters", "--json", *WITH[:2])[1])}

    assert {"fear_gain", "fear_effect", "critical_mass"} <= listed
    assert "inspection_fear" in call("week", *WITH[:2])[1]
    assert call("check", "near.toml", *WITH)[0] == 0
    assert call("check", "near.toml")[0] == 2


def test_the_mean_field_refuses_own_rules_by_name(call: Call) -> None:
    code, _, told = call("meanfield", "internal-capacity", *WITH[:2])

    assert code == 2
    assert 'the rule "inspection_fear"' in told


def test_an_own_rule_that_claims_a_counterpart_is_refused_too(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "inspection_fear.py"
    path.write_text(path.read_text("utf-8").replace('after="staff",', 'after="staff", has_mean_field=True,'), "utf-8")

    code, _, told = call("meanfield", "internal-capacity", *WITH[:2])

    assert code == 2
    assert 'the rule "inspection_fear"' in told


# --- studies, map, budget ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_study_with_own_rules_goes_on_only_with_them(call: Call, tmp_path: Path) -> None:
    study = ("study", "fear.toml", "--out", "out", "--workers", 2)
    code, said, told = call(*study, *WITH)
    assert code == 0, told
    before = results_of(tmp_path / "out")
    assert [one.name for one in Results(tmp_path / "out").own_rules] == ["inspection_fear.py", "listening_round.py"]
    own = with_your_own("inspection_fear.py", "listening_round.py")
    assert own in said
    assert own in call("study", "status", "out")[1]

    code, said, _ = call(*study, *WITH)
    assert code == 0
    assert "0 were run now" in said

    assert call(*study, *WITH[:2])[0] == 2
    change(tmp_path / "listening_round.py")
    code, _, told = call(*study, *WITH)
    assert code == 2
    assert "listening_round.py (SHA-256" in told
    assert "another content" in told
    assert results_of(tmp_path / "out") == before


@pytest.mark.slow
def test_a_study_that_needs_nothing_of_the_rules_still_asks_for_them(call: Call, tmp_path: Path) -> None:
    text = 'title = "Plain"\nscenarios = ["shoestring-year"]\nreplicates = 2\nweeks = 8\n'
    (tmp_path / "plain.toml").write_text(text)
    assert call("study", "plain.toml", "--out", "out", *WITH[:2])[0] == 0

    code, _, told = call("study", "plain.toml", "--out", "out")

    assert code == 2
    assert "give it: --with inspection_fear.py" in told
    run = next(iter(Results(tmp_path / "out").runs()["run"]))
    assert call("study", "replay", "out", run)[0] == 2
    assert call("study", "replay", "out", run, *WITH[:2])[0] == 0


@pytest.mark.slow
def test_keys_tell_runs_with_other_rules_apart(call: Call, tmp_path: Path) -> None:
    text = 'title = "Plain"\nscenarios = ["shoestring-year"]\nreplicates = 1\nweeks = 4\n'
    (tmp_path / "plain.toml").write_text(text)
    call("study", "plain.toml", "--out", "with", *WITH[:2])
    call("study", "plain.toml", "--out", "without")

    with_rules, without = (set(Results(tmp_path / name).runs()["run"]) for name in ("with", "without"))
    assert not with_rules & without


@pytest.mark.slow
def test_a_study_keeps_a_measure_of_ones_own_that_it_names(call: Call, tmp_path: Path) -> None:
    shutil.copy(SETTLED, tmp_path)
    keep = '[keep]\nweekly = "all"\nmeasures = ["settled_share", "safe_share"]\n'
    (tmp_path / "kept.toml").write_text(
        f'title = "Kept"\nscenarios = ["shoestring-year"]\nreplicates = 2\nweeks = 6\n{keep}', "utf-8"
    )

    assert "settled_share" in call("study", "kept.toml", "--out", "out")[2]
    code, _, told = call("study", "kept.toml", "--out", "out", "--with", SETTLED.name)

    assert code == 0, told
    results = Results(tmp_path / "out")
    assert results.measures == ("safe_share", "settled_share")
    kept = results.weekly(["settled_share"])["settled_share"].to_numpy().reshape(2, 7)
    alone = run_ensemble(load_scenario("shoestring-year").replace(weeks=6), 2, engine=engine_with(SETTLED))
    assert np.array_equal(kept, alone.series("settled_share").astype(np.float32))
    assert call("study", "kept.toml", "--out", "out", "--with", SETTLED.name)[1].count("0 were run now") == 1


def test_a_file_of_measures_alone_keeps_the_contract(call: Call, tmp_path: Path) -> None:
    shutil.copy(SETTLED, tmp_path)
    assert call("rules", "check", SETTLED.name, "--quiet")[:2] == (0, "No faults.\n")

    text = SETTLED.read_text("utf-8")
    for name, wanted in (("safe_share", "one of the package's"), ("week", "another column of weekly tables")):
        (tmp_path / "taken.py").write_text(text.replace('"settled_share"', f'"{name}"'), "utf-8")
        code, _, told = call("rules", "check", "taken.py")
        assert code == 2
        assert wanted in told


@pytest.mark.slow
@pytest.mark.parametrize("how", [{"processes": True}, {"dask": "local"}])
def test_workers_that_never_saw_the_file_give_the_same_bits(call: Call, tmp_path: Path, how: dict[str, object]) -> None:
    if "dask" in how:
        pytest.importorskip("distributed")
    study = load_study(tmp_path / "fear.toml", rulebook_with(tmp_path / WITH[1], tmp_path / WITH[3]))
    for name in (WITH[1], WITH[3]):
        (tmp_path / name).unlink()

    run_study(study, tmp_path / "threads", workers=2)
    end = run_study(study, tmp_path / "others", workers=2, **how)

    assert end.is_complete
    assert end.progress.n_failed == 0
    assert results_of(tmp_path / "threads") == results_of(tmp_path / "others")


@pytest.mark.slow
@pytest.mark.usefixtures("settles_unseen")
def test_a_map_over_an_own_parameter(call: Call, tmp_path: Path) -> None:
    words = ("--x", "fear_gain:0:0.3:2", "--y", "fear_effect:0:0.1:2", "--replicates", 2, "--out", "out")
    code, _, told = call("map", "near.toml", *words, *WITH)

    assert code == 0, told
    assert list(pd.read_csv(tmp_path / "out" / "map.csv").columns[:2]) == ["fear_gain", "fear_effect"]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["own_rules"][0]["name"] == "inspection_fear.py"
    assert call("map", "near.toml", *words)[0] == 2


@pytest.mark.slow
@pytest.mark.usefixtures("settles_unseen")
def test_a_budget_can_be_spent_on_an_own_intervention(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    small = ("--days", 100, "--trials", 10, "--replicates", 2, "--judged", 2, "--out", "out")
    code, _, told = call("budget", "near.toml", *small, *WITH)

    assert code == 0, told
    assert pd.read_csv(tmp_path / "out" / "budget.csv")["programme"].str.contains("days of listening rounds").any()


# --- analyses ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("settles_unseen")
def test_analyses_vary_the_parameters_of_own_rules(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_few(rulebook: Rulebook) -> Ranges:
        shipped = [name for name in plausible_ranges() if name != "control_norm"]
        return {name: span for name, span in plausible_ranges(rulebook=rulebook).items() if name not in shipped}

    vary_alone(of_few, monkeypatch)
    words = ("--method", "morris", "--points", 40, "--replicates", 1, "--outcome", "peak_gain", *WITH)
    code, _, told = call("sensitivity", "near.toml", *words, "--out", "s")
    assert code == 0, told
    drivers = pd.read_csv(tmp_path / "s" / "drivers.csv")
    assert drivers.isin(["fear_gain"]).any(axis=None)
    assert json.loads((tmp_path / "s" / "manifest.json").read_text())["own_rules"][1]["name"] == "listening_round.py"


def test_conditions_and_fits_know_own_parameters(call: Call) -> None:
    discover = ("discover", "near.toml", "--condition", "fear_gian=0:0.3")
    assert 'did you mean "fear_gain"' in call(*discover, *WITH)[2]
    fit = ("calibrate", "patterns", "--fit", "fear_gian")
    assert 'did you mean "fear_gain"' in call(*fit, *WITH)[2]


# --- in Python --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_engine_that_is_passed_gives_what_a_scenario_that_carries_its_rules_gives(call: Call) -> None:
    engine = engine_with(WITH[1])
    plain = load_scenario("shoestring-year").replace(weeks=12)
    own = plain.with_rulebook(engine.rulebook)

    assert prepare(own).engine is engine
    passed, carried = run_ensemble(plain, 2, engine=engine), run_ensemble(own, 2)
    assert np.array_equal(passed.weekly, carried.weekly)
    assert not np.array_equal(passed.weekly, run_ensemble(plain, 2).weekly)
    assert passed.scenario == own
    assert run_paired(plain, 1, engine=engine).baseline.scenario.rulebook is engine.rulebook


@pytest.mark.parametrize(
    "meddling",
    [
        "sys.stdout.close(), sys.stderr.close()", "sys.stdout = object()", "del sys.stdout, sys.stderr",
        "sys.stdout.detach()", "sys.__stdout__.close()",
    ],
)  # fmt: skip
def test_a_file_of_rules_that_meddles_with_the_streams_changes_no_answer_or_that_is_said(
    meddling: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.py").write_text(f"{(OWN / 'inspection_fear.py').read_text()}\nimport os, sys\n{meddling}\n")
    words = [sys.executable, "-c", "from sim.commands import main; main()", "parameters", "--with", "rules.py"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}

    ended = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "Traceback" not in ended.stderr
    if "detach" in meddling:
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "rules.py, line " in ended.stderr
    elif "__stdout__" in meddling:
        assert ended.returncode == 1
        assert "The answer could not be written to standard output (" in ended.stderr
    else:
        assert ended.returncode == 0
        assert "fear_effect" in ended.stdout
