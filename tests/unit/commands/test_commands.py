"""The command: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.version import __version__
from sim.commands import WORDS, main
from sim.inputs.draws import Draws
from sim.inputs.scenario.files import json_schema, load_scenario, shipped_scenarios, write_scenario
from sim.report import answer
from sim.results.ensemble import run_paired
from sim.results.store import Results
from sim.rulebook.parameters import describe
from tests.own_service import with_a_survey
from tests.small_runs import YEAR

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="call")
def call_fixture(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command in an empty folder; return its exit code, output and error output."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> tuple[int, str, str]:
        arguments = [str(word) for word in words]
        monkeypatch.setattr(sys, "argv", ["cultureshift", *arguments])
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


NOTICEABLE = YEAR.with_entries(kind="coach_team_leaders", start_week=2, end_week=12)
"""A scenario with a shift in it."""


@pytest.fixture(name="year")
def year_fixture(tmp_path: Path) -> Path:
    """A small scenario file."""
    path = tmp_path / "year.toml"
    write_scenario(NOTICEABLE, path)
    return path


def in_one_line(text: str) -> str:
    return " ".join(text.split())


# --- help and version -------------------------------------------------------------------------------------------------


def test_help_names_every_word(call: Call) -> None:
    code, out, err = call("--help")
    assert (code, err) == (0, "")
    assert all(f"  {word} " in out for word in WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_help(word: str, call: Call) -> None:
    code, out, _ = call(word, "--help")
    assert code == 0
    assert out.startswith(f"Usage: cultureshift {word}")


def test_version_is_printed(call: Call) -> None:
    assert call("--version") == (0, f"cultureshift {__version__}\n", "")


def test_an_unknown_word_ends_with_2(call: Call) -> None:
    code, out, err = call("rum")
    assert (code, out) == (2, "")
    assert "rum" in err


# --- run --------------------------------------------------------------------------------------------------------------


def test_run_prints_the_answer_first_and_then_the_table(call: Call, year: Path) -> None:
    code, out, _ = call("run", year, "-n", 4)
    assert code == 0
    assert out.startswith("A short year\n4 runs of 30 weeks with 20 staff, against the same world with nothing done\n")
    assert out.index("It is too early to say whether the shift lasts") < out.index("Why:") < out.index("Peak gain")
    assert out.index("Peak gain") < out.index("Left of it after 1 year") < out.index("Cost, in days of paid support")


def test_run_says_how_to_get_files_and_writes_none(call: Call, year: Path, tmp_path: Path) -> None:
    _, _, err = call("run", year, "-n", 2)
    assert "--out DIR writes tables, figure and manifest" in err
    assert list(tmp_path.iterdir()) == [year]


def test_quiet_prints_the_verdict_and_its_numbers_in_a_line(call: Call, year: Path) -> None:
    code, out, err = call("run", year, "-n", 2, "--quiet")
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    verdict = answer(run_paired(load_scenario(year), 2)).verdict
    assert out.startswith(verdict)
    assert re.search(r"up to \d+ more staff in 100", out)


def test_the_same_command_prints_the_same(call: Call, year: Path) -> None:
    assert call("run", year, "-n", 3, "--workers", 1) == call("run", year, "-n", 3, "--workers", 2)


def test_another_seed_prints_something_else(call: Call, year: Path) -> None:
    assert call("run", year, "-n", 3)[1] != call("run", year, "-n", 3, "--seed", 2)[1]


def test_settings_change_scenario_and_baseline(call: Call, year: Path) -> None:
    _, out, _ = call("run", year, "-n", 2, "--set", "organisation.team_size=7", "--set", "staff_turnover=0.3")
    assert "with 28 staff" in out


def test_weeks_change_the_length(call: Call, year: Path) -> None:
    _, out, _ = call("run", year, "-n", 2, "--weeks", 20)
    assert "2 runs of 20 weeks" in out


def test_a_run_too_short_for_its_timeline_is_refused(call: Call, year: Path) -> None:
    code, out, err = call("run", year, "-n", 2, "--weeks", 2)
    assert (code, out) == (2, "")
    assert "wanted a week before the end of the run (week 2)" in err


def test_a_scenario_compared_with_another_says_so(call: Call, year: Path, tmp_path: Path) -> None:
    other = YEAR.replace(title="Less of it", timeline=YEAR.timeline[:1])
    write_scenario(other, tmp_path / "less.toml")
    year.write_text(year.read_text().replace('title = "', 'compare_with = "less.toml"\ntitle = "'))
    _, out, _ = call("run", year, "-n", 2, "--set", "pull_to_control=0.03", "--set", "timeline.2.intensity=2")
    assert 'against "Less of it"' in out
    assert "other" in out


def test_run_in_an_own_organisation(call: Call, year: Path) -> None:
    call("organisation", "template", "ours")
    code, out, _ = call("run", year, "-n", 2, "--weeks", 5, "--organisation", "ours")
    assert code == 0
    assert "with 296 staff" in out


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_an_organisation_in_a_folder_whose_name_is_no_text_is_refused_by_that(call: Call, year: Path) -> None:
    code, _, told = call("run", year, "--organisation", os.fsdecode(b"m\xfcller"))

    assert code == 2
    assert "--organisation: wanted a folder whose name is text in UTF-8, got" in told
    assert r"m\udcfcller" in told


def test_targets_that_an_own_organisation_lacks_are_told(call: Call, year: Path) -> None:
    write_scenario(YEAR.with_entries(kind="dialogue", start_week=20, target={"teams": ["Team 2"]}), year)
    call("organisation", "template", "ours")
    people = Path("ours/people.csv")
    people.write_text(people.read_text().replace("Team 2,", "Ward B,"))
    code, out, err = call("run", year, "--organisation", "ours")
    assert (code, out) == (2, "")
    assert '"Team 2"' in err


def test_compiling_is_announced_on_standard_error(call: Call, year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "Compiling the model for this machine"
    monkeypatch.setattr("sim.base.compilation.say_when_compiling", lambda say: say(words))
    _, out, err = call("run", year, "-n", 2)
    assert words in err
    assert "Compiling" not in out
    assert "Compiling" not in call("run", year, "-n", 2, "-q")[2]


# --- files and repeating ----------------------------------------------------------------------------------------------


def test_out_writes_a_folder_and_says_so(call: Call, year: Path, tmp_path: Path) -> None:
    code, out, err = call("run", year, "-n", 2, "--out", "here")
    assert (code, err) == (0, "")
    assert "Written to here: figure.png, figure.svg, summary.csv, weekly.parquet, manifest.json" in out
    assert (tmp_path / "here" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "here" / "figure.svg").read_bytes().startswith(b"<?xml")
    told = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert told["command"] == ["cultureshift", "run", str(year), "-n", "2", "--out", "here"]


def test_a_run_is_repeated_from_its_manifest(call: Call, year: Path) -> None:
    call("run", year, "-n", 2, "--out", "here", "--seed", 9, "--set", "staff_turnover=0.3")
    year.unlink()
    code, out, _ = call("run", "here/manifest.json")
    assert code == 0
    assert out.endswith("The results are the same as those of the manifest, bit by bit.\n")


def test_a_repeated_run_that_differs_says_so(call: Call, year: Path) -> None:
    call("run", year, "-n", 2, "--out", "here")
    path = Path("here/manifest.json")
    told = json.loads(path.read_text())
    told["runs"][0]["scenario"]["parameters"]["staff_turnover"] = 0.5
    told["environment"]["numpy"] = "0.1"
    path.write_text(json.dumps(told))
    code, _, err = call("run", path)
    assert code == 1
    assert "The results differ from those of the manifest." in err
    assert "numpy: 0.1 then," in err


def test_a_manifest_is_repeated_as_it_was_or_not_at_all(call: Call, year: Path) -> None:
    call("run", year, "-n", 2, "--out", "here")
    code, _, err = call("run", "here/manifest.json", "--seed", 0, "--set", "staff_turnover=1")
    assert code == 2
    assert err.startswith("--seed, --set: a manifest is repeated as it was")


def test_tables_that_changed_are_noticed_before_a_run_is_repeated(call: Call, year: Path) -> None:
    call("organisation", "template", "ours")
    call("run", year, "-n", 2, "--weeks", 4, "--organisation", "ours", "--out", "here")
    Path("ours").rename("kept")
    assert call("run", "here/manifest.json", "--organisation", "kept", "-q")[0] == 0
    people = Path("kept/people.csv")
    people.write_text(people.read_text().replace("nursing", "medical", 1))
    code, _, err = call("run", "here/manifest.json", "--organisation", "kept")
    assert code == 2
    assert "tables that have changed since" in err


def test_results_are_never_overwritten_without_force(call: Call, year: Path) -> None:
    call("run", year, "-n", 2, "--out", "here")
    before = Path("here/manifest.json").read_bytes()
    code, out, err = call("run", year, "-n", 3, "--out", "here")
    assert (code, out) == (2, "")
    assert "here: is not empty" in err
    assert Path("here/manifest.json").read_bytes() == before
    assert call("run", year, "-n", 3, "--out", "here", "--force")[0] == 0
    assert Path("here/manifest.json").read_bytes() != before


# --- compare ----------------------------------------------------------------------------------------------------------


def test_compare_holds_scenarios_against_the_first(call: Call, year: Path, tmp_path: Path) -> None:
    write_scenario(NOTICEABLE.replace(title="Longer", weeks=40), tmp_path / "longer.toml")
    code, out, err = call("compare", year, "longer.toml", "-n", 4, "--out", "both")
    assert code == 0
    assert "A  A short year: it is too early to say" in in_one_line(out) or "A  A short year: too early to say" in out
    assert "B - A" in out
    assert "All scenarios are run for 40 weeks" in err
    rows = Path("both/summary.csv").read_text().splitlines()
    assert any(row.startswith("longer minus year,peak_gain,") for row in rows)
    code, out, _ = call("run", "both/manifest.json", "-q")
    assert code == 0
    assert "bit by bit" in out


def test_quiet_compare_tells_a_line_of_each_by_its_title_with_its_number(
    call: Call, year: Path, tmp_path: Path
) -> None:
    write_scenario(NOTICEABLE.replace(title="Another"), tmp_path / "another.toml")

    code, out, _ = call("compare", year, "another.toml", "-n", 4, "-q")

    one, other = out.splitlines()
    assert code == 0
    assert one.startswith("A short year: ")
    assert other.startswith("Another: ")
    assert "in 100 feel safe, " in other


def test_compare_says_of_each_scenario_what_a_survey_leaves_open(call: Call, year: Path, tmp_path: Path) -> None:
    write_scenario(NOTICEABLE.replace(title="Another"), tmp_path / "another.toml")
    ours = with_a_survey(tmp_path / "ours")

    asked = ("compare", year, "another.toml", "-n", 4, "--organisation", ours)
    code, out, _ = call(*asked)
    found = json.loads(call(*asked, "--json")[1])["left_open"]

    assert code == 0
    of_each = re.findall(
        r"([AB]) - Peak gain: [^;]* is the mean; of the one staff that you have, between", in_one_line(out)
    )
    assert of_each == ["A", "B"]
    assert [one["scenario"] for one in found] == ["year", "another"]
    assert all(one["low"] < one["high"] for one in found)
    assert "What your survey leaves open" not in call("compare", year, "another.toml", "-n", 4)[1]


def test_one_scenario_cannot_be_compared(call: Call, year: Path) -> None:
    code, _, err = call("compare", year)
    assert code == 2
    assert "wanted 2 to 8 scenarios, got 1" in err


@pytest.fixture(name="three_draws")
def three_draws_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be three draws, as 64 take longer."""
    few = Draws(("coaching_effect",), np.array([[0.03], [0.06], [0.12]]))
    monkeypatch.setattr("sim.study.ranges.draws", lambda _: few)


@pytest.mark.usefixtures("three_draws")
def test_a_scenario_is_told_with_what_it_rests_on(call: Call, year: Path) -> None:
    code, out, _ = call("run", year, "-n", 4, "--range", "--workers", 2)
    assert code == 0
    said = in_one_line(out)
    assert re.search(r"What it rests on: - Peak gain: \d+ more in 100 staff .*over what nobody has measured, ", said)
    assert "3 draws that show all patterns of the calibration, 16 worlds each" in said
    assert Path("range-runs/year/store.json").exists()

    code, out, _ = call("run", year, "-n", 4, "--range", "--json")
    assert code == 0
    found = json.loads(out)["ranges"]
    assert {one["measure"] for one in found} >= {"peak_gain", "holds"}
    assert all(one["draws"] == 3 and one["low"] <= one["high"] for one in found if one["measure"] == "peak_gain")


@pytest.mark.usefixtures("three_draws")
def test_each_of_several_scenarios_is_told_with_what_it_rests_on(call: Call, year: Path, tmp_path: Path) -> None:
    write_scenario(NOTICEABLE.replace(title="Longer", weeks=40), tmp_path / "longer.toml")
    code, out, _ = call("compare", year, "longer.toml", "-n", 4, "--range", "--range-runs", "here")
    assert code == 0
    assert re.search(
        r"A  - Peak gain: .* B  - Peak gain: ", in_one_line(out).replace("A - ", "A  - ").replace("B - ", "B  - ")
    )
    assert sorted(path.name for path in Path("here").iterdir()) == ["longer", "year"]


@pytest.mark.usefixtures("three_draws")
def test_runs_of_a_range_do_not_go_into_a_folder_of_something_else(call: Call, year: Path) -> None:
    Path("range-runs/year").mkdir(parents=True)
    Path("range-runs/year/letter.txt").write_text("mine")
    code, out, err = call("run", year, "-n", 4, "--range")
    assert code == 2
    assert "holds no study" in err
    assert out == ""
    assert Path("range-runs/year/letter.txt").read_text() == "mine"


def test_without_a_range_that_is_kept_nothing_is_said_of_one(call: Call, year: Path) -> None:
    code, out, _ = call("run", year, "-n", 4)
    assert code == 0
    assert "rests on" not in out


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "shoestring-yaer"], 'did you mean "shoestring-year"?'),
        (["run", "shoestring-year", "--set", "staf_turnover=1"], 'did you mean "staff_turnover"?'),
        (["run", "shoestring-year", "--set", "staff_turnover"], "wanted NAME=VALUE"),
        (["run", "shoestring-year", "--organisation", "nowhere"], "nowhere: wanted a folder with people.csv"),
        (["run", "nowhere.json"], "wanted the manifest.json of a run"),
        (["run", "shoestring-year", "-n", "1000000", "--weeks", "10000"], "half of this machine's memory"),
        (["run", "shoestring-year", "-n", "0"], "--replicates"),
        (["run", "shoestring-year", "--seed", "-1"], "--seed"),
        (["run", "shoestring-year", "--weeks", "x"], "--weeks"),
        (["run"], "scenario"),
        (["check", "nowhere.toml"], "nowhere.toml"),
        (["parameters", "pull"], '"trait_pull"'),
        (["organisation", "check", "nowhere"], "wanted a folder with people.csv"),
        (["schema", "--out", "/proc/none/schema.json"], "cannot be written"),
    ],
)
def test_faults_are_sentences_on_standard_error(words: list[str], said: str, call: Call) -> None:
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert said.lower() in in_one_line(err).lower()
    assert "Traceback" not in err


def test_all_faults_are_told_at_once(call: Call) -> None:
    Path("bad.toml").write_text('titel = "x"\nweeks = -3\n')
    code, _, err = call("check", "bad.toml", "shoestring-year")
    assert code == 2
    assert 'did you mean "title"?' in err
    assert "wanted a whole number from 1 to 10,000" in err
    assert "3 faults found" in err


@settings(max_examples=40)
@given(words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=3))
def test_no_words_whatever_give_a_traceback(words: list[str], call: Call) -> None:
    code, _, err = call("run", "--set", *words) if words[0] else call("run", "--set", "=", *words)
    assert code in (0, 2)
    assert "Traceback" not in err


# --- the small words --------------------------------------------------------------------------------------------------


def test_check_has_nothing_to_say_about_a_sound_file(call: Call, year: Path) -> None:
    assert call("check", year) == (0, f"{year}: no faults\n", "")


def test_scenarios_are_listed_by_name_and_title(call: Call) -> None:
    _, out, _ = call("scenarios")
    for name, title, _, _ in shipped_scenarios():
        assert f"\n{name}\n" in f"\n{out}"
        assert title in in_one_line(out)


def test_the_schema_is_that_of_scenario_files(call: Call) -> None:
    assert json.loads(call("schema")[1]) == json_schema()
    call("schema", "--out", "schema.json")
    kept = json.loads(Path("schema.json").read_text())
    assert kept.pop("$comment").startswith("Written by Cultureshift, SHA-256 ")
    assert kept == json_schema()


def test_a_parameter_is_described_with_unit_range_and_source(call: Call) -> None:
    _, out, _ = call("parameters", "critical_mass")
    declared = describe()["critical_mass"]
    assert declared.meaning in out.lower()
    assert f"{declared.plausible[0]:g} to {declared.plausible[1]:g}" in out
    assert declared.source in out


def test_every_parameter_is_listed(call: Call) -> None:
    _, out, _ = call("parameters")
    assert all(name in out for name in describe())


def test_the_order_of_a_week_is_printed(call: Call) -> None:
    from sim.rulebook.rulebook import RULEBOOK

    _, out, _ = call("week")
    assert [line.split()[1] for line in out.splitlines() if line[:4].strip().endswith(".")] == [
        rule.name for rule in RULEBOOK.rules
    ]


def test_a_template_can_be_checked_and_is_not_overwritten(call: Call) -> None:
    assert call("organisation", "template", "ours")[0] == 0
    code, out, _ = call("organisation", "check", "ours")
    assert code == 0
    assert "296 staff in 37 teams" in out
    assert call("organisation", "template", "ours")[0] == 2
    assert call("organisation", "template", "ours", "--force")[0] == 0


def test_a_manifest_of_the_first_contract_says_what_differs(call: Call) -> None:
    manifest = Path(__file__).parents[2] / "earlier" / "manifest.json"

    _, _, err = call("run", manifest)

    assert "This run was made under the first contract of the model" in in_one_line(err)


@pytest.mark.parametrize("words", [["status"], ["sql"], ["replay"]])
def test_a_study_of_the_first_contract_says_what_differs(call: Call, words: list[str], tmp_path: Path) -> None:
    store = shutil.copytree(Path(__file__).parents[2] / "earlier" / "store", tmp_path / "store")
    first = Results(store).sql("SELECT config, replicate FROM runs LIMIT 1").iloc[0]
    run = f"{first['config']}-{first['replicate']}"
    more = {"status": [], "sql": ["SELECT count(*) AS n FROM cases"], "replay": [run]}[words[0]]

    code, out, err = call("study", *words, store, *more)

    assert (code, out != "") == (0, True)
    assert in_one_line(err).startswith("This study was made under the first contract of the model")


def test_weekly_data_are_written_as_csv_too(call: Call, year: Path, tmp_path: Path) -> None:
    code, out, _ = call("run", year, "-n", 2, "--out", "there", "--csv")

    assert code == 0
    assert "weekly.parquet, weekly.csv, manifest.json" in out
    table = pd.read_parquet(tmp_path / "there/weekly.parquet")
    text = pd.read_csv(tmp_path / "there/weekly.csv", dtype=str)
    assert list(text) == list(table)
    for name, column in table.items():
        read = text[name].map(type(column.iloc[0]), na_action="ignore").astype(column.dtype)
        pd.testing.assert_series_equal(read, column, check_exact=True)
    assert "weekly.csv" in json.loads((tmp_path / "there/manifest.json").read_text())["files"]
    assert "nan" not in (tmp_path / "there/weekly.csv").read_text()


def test_csv_wants_a_folder(call: Call, year: Path) -> None:
    code, _, err = call("run", year, "-n", 2, "--csv")
    assert code == 2
    assert "--csv: wanted a folder to write weekly.csv to, got none; add --out DIR" in err
