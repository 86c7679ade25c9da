"""No word of the command line, however odd, gives a traceback, begins work, or leaves anything behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.commands import main
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import write_scenario
from sim.lessons import lessons_folder
from tests.command_tree import COMMANDS, stub_work, words_for
from tests.small_studies import write_study

HOSTILE = (
    "", " ", "0", "-1", "1.5", "nan", "inf", "-inf", "1e400", "99999999999999", "9" * 5000, "nonsense", "nowhere.toml",
    "nowhere/none", ".", "/dev/null", "/proc/self/mem", "a=b", "a:b:c:d:e", "NaN:NaN", "\u202e\U0001f98b", "\n", "\\",
    "x" * 5000, "../" * 50, "--", "tcp://", "tcp://:", "tcp://127.0.0.1:1", "tcp://[::", "local:0",
)  # fmt: skip
QUICK = ("", "-1", "nan", "9" * 5000)

Call = Callable[[list[str]], tuple[int, str]]


class WorkBegins(SystemExit):
    """What a stub of work ends with."""


@pytest.fixture(name="call")
def call_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Run the command until work would begin; return its exit code and what it said on standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    write_study(tmp_path)
    place = Scenario(name="place", title="A place", weeks=400).replace(organisation={"teams": 3, "team_size": 4})
    write_scenario(place.with_entries(kind="dialogue", start_week=0, end_week=26), tmp_path / "place.toml")
    lesson = sorted(lessons_folder().glob("*.md"))[0]
    (tmp_path / "lesson.md").write_bytes(lesson.read_bytes())

    def begin(*_: object, **__: object) -> NoReturn:
        raise WorkBegins(0)

    stub_work(monkeypatch, begin)

    def call(words: list[str]) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["cultureshift", *words])
        with pytest.raises(SystemExit) as ended:
            main(words)
        told = capfd.readouterr()
        assert "Traceback" not in told.out + told.err
        return int(ended.value.code or 0), told.err

    return call


def check(call: Call, words: list[str]) -> None:
    """Run the command; a refusal says something, and leaves nothing behind."""
    before = left_behind()
    code, said = call(words)
    assert code in (0, 2), (words, code, said)
    if code == 2:
        assert said.strip(), words
        assert left_behind() == before, words


def left_behind() -> list[str]:
    """Return what is in the folder, except the usual place of the rooms."""
    return sorted(str(path) for path in Path().rglob("*") if "data" not in path.parts)


def parameters(command: str) -> list[str]:
    return [one.name for one in COMMANDS[command].params if not getattr(one, "is_flag", False) and not one.is_eager]


@pytest.mark.parametrize("command", COMMANDS)
def test_odd_words_everywhere_are_refused_in_sentences(command: str, call: Call) -> None:
    for value in QUICK:
        check(call, words_for(command, **{name: [value] for name in parameters(command)}))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_each_odd_word_is_refused_in_sentences(command: str, call: Call) -> None:
    """Every word meets every command with more than two parameters, and every parameter a third of the words."""
    for turn, name in enumerate(parameters(command)):
        for value in HOSTILE[turn % 3 :: 3]:
            check(call, words_for(command, **{name: [value]}))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_odd_words_together_are_refused_in_sentences(command: str, call: Call) -> None:
    names = parameters(command)
    if len(names) < 2:
        return

    @settings(max_examples=60)
    @given(st.dictionaries(st.sampled_from(names), st.sampled_from(HOSTILE).map(lambda word: [word]), min_size=2))
    def judge(instead: dict[str, list[str]]) -> None:
        check(call, words_for(command, **instead))

    judge()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("calibrate patterns --fit=", "--fit: wanted names of parameters"),
        ("calibrate nosuch.csv", "nosuch.csv: wanted a table (CSV) that can be read, got no such file"),
        ("map --replicates 1000000000", "--replicates: wanted a whole number from 1 to 1,000,000"),
        ("map --replicates 1000000 --x turnover:1:2:100", "wanted at most 100,000,000 runs in all"),
        ("map --seed 99999999999999", "--seed: wanted a whole number from 0 to 4,294,967,295"),
        ("map --dask nonsense", '--dask: wanted "local", or the address of a scheduler'),
        ("map --dask tcp://127.0.0.1:1", "--dask: wanted a scheduler that answers"),
        ("map --outcome foo", "--outcome: wanted persists, lasts, holds or holds_baseline"),
        ("sensitivity --method morris --points 300 --replicates 1", "--points: wanted at least"),
        ("sensitivity --workers 0", "--workers: wanted a whole number from 1 to 1,024"),
        ("budget --days nan", "--days: wanted days of paid support above 0"),
        ("film place.toml --out x.gif --fps 0", "--fps: wanted a whole number from 1 to 50"),
    ],
)
def test_each_is_told_what_would_be_right(words: str, said: str, call: Call) -> None:
    code, told = call(words.split())
    assert code == 2
    assert said in told


def test_all_faults_of_the_words_are_told_at_once(call: Call) -> None:
    _, told = call(
        ["map", "--x=", "--outcome", "foo", "--replicates", "0", "--seed", "x", "--dask", "nonsense", "--workers", "0"]
    )
    assert [line.partition(":")[0] for line in told.splitlines()[:-1]] == [
        "--x", "--outcome", "--replicates", "--seed", "--workers", "--dask",
    ]  # fmt: skip


def test_all_faults_of_what_is_named_are_told_at_once(call: Call) -> None:
    _, told = call(["calibrate", "nosuch.csv", "--fit", "staf_turnover", "--out", "place.toml"])
    assert 'did you mean "staff_turnover"?' in told
    assert "nosuch.csv: wanted a table" in told
    assert "place.toml: is a file; --out wants a folder" in told


def test_the_help_lists_the_names_that_there_are() -> None:
    from typing import get_args

    from sim.results.outcomes import OUTCOMES, YES_OR_NO
    from sim.study.sensitivity import Method

    def listed(command: str, name: str) -> set[str]:
        with typer.Context(COMMANDS[command]) as context:
            COMMANDS[command].get_help(context)
        parameter = next(one for one in COMMANDS[command].params if one.name == name)
        return set(parameter.metavar.strip("[]").split("|"))

    assert listed("sensitivity", "outcome") == set(OUTCOMES)
    assert listed("sensitivity", "method") == set(get_args(Method))
    assert listed("discover", "outcome") == listed("map", "outcome") == set(YES_OR_NO)
