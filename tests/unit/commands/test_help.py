"""Help that shows how, words that complete themselves, and nothing that steers what is no terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from sim.commands import WORDS, application, main
from sim.commands.completing import settings_that_begin
from sim.commands.examples import EXAMPLES
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings
from sim.rulebook.rulebook import RULEBOOK

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "sim"]
PATIENCE = 240.0


def run_with(words: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    return subprocess.run(
        [*COMMAND, *words], env=plain | settings, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_an_example_that_can_be_read(word: str) -> None:
    name, *words = shlex.split(EXAMPLES[word])
    assert name == "cultureshift"
    command = typer.main.get_command(application())
    while hasattr(command, "commands") and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    context = command.context_class(command)
    _, rest, _ = command.make_parser(context).parse_args(args=list(words))
    assert rest == []
    assert word in EXAMPLES[word]


def test_there_are_examples_of_words_alone() -> None:
    assert set(EXAMPLES) == set(WORDS)


@pytest.mark.parametrize("word", ["run", "study"])
def test_the_help_shows_the_example(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([word, "--help"])
    assert f"Example: {EXAMPLES[word]}" in " ".join(capsys.readouterr().out.split())


def completed(begun: str) -> list[str]:
    """Return what a shell offers when Tab is pressed after these words."""
    place = str(len(begun.split()))
    environment = {"COMP_WORDS": f"cultureshift {begun}", "COMP_CWORD": place, "PYTHONPATH": str(ROOT)}
    return run_with([], _CULTURESHIFT_COMPLETE="complete_bash", **environment).stdout.split()


def test_words_and_options_are_completed() -> None:
    assert completed("ru") == ["run", "rules"]
    assert completed("run --repl") == ["--replicates"]


def test_scenarios_are_completed_by_name_and_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "everything.toml").touch()
    (tmp_path / "every[thing]").mkdir()
    (tmp_path / "every.csv").touch()
    assert completed("run every") == ["everything-double", "every[thing]/", "everything.toml"]
    assert completed("compare shoestring-year every[") == ["every[thing]/"]
    assert completed("map only-the-d") == ["only-the-departure"]


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("run shoestring-year --set staff_turn", ["staff_turnover=0.14"]),
        ("run shoestring-year --set organisation.team", ["organisation.teams=37", "organisation.team_size=8"]),
        ("map --x staff_turn", ["staff_turnover"]),
        ("map --y turnov", ["turnover"]),
        ("meanfield --x control_n", ["control_norm"]),
        ("discover --condition staff_turn", ["staff_turnover=0.1:0.2"]),
        ("calibrate --fit staff_turnover,control_n", ["staff_turnover,control_norm"]),
        ("calibrate --scenario everything-d", ["everything-double"]),
        ("parameters staff_turn", ["staff_turnover"]),
        ("sensitivity --outcome gain_4", ["gain_4_years"]),
        ("sensitivity --method so", ["sobol"]),
        ("study run cost-of-t", ["cost-of-turnover"]),
        ("check everything-d", ["everything-double"]),
        ("organisation template here --scenario everything-d", ["everything-double"]),
        ("lessons handout critical-m", ["critical-mass"]),
        ("play --chair op", ["operations"]),
    ],
)
def test_names_are_completed_wherever_one_is_asked_for(
    begun: str, offered: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_WORDS", f"cultureshift {begun}")
    monkeypatch.setenv("COMP_CWORD", str(len(begun.split())))
    monkeypatch.setenv("_CULTURESHIFT_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit):
        main([])
    assert capsys.readouterr().out.split() == offered


def test_what_is_offered_for_a_setting_is_the_usual_value() -> None:
    offered = settings_that_begin("")
    usual = Scenario(title="Usual")

    assert len(offered) > len(RULEBOOK.parameters)
    assert apply_settings(usual, offered).digest() == usual.digest()


@pytest.mark.parametrize("words", [["run", "shoestring-year", "-n", "1", "--weeks", "8"], ["run", "x"], ["--help"]])
def test_nothing_steers_what_is_no_terminal(words: list[str]) -> None:
    done = run_with(words, FORCE_COLOR="1", CLICOLOR_FORCE="1")
    assert done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no terminals of this kind")
@pytest.mark.parametrize(("setting", "steers"), [({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_a_terminal_without_colour_is_not_steered(setting: dict[str, str], steers: bool) -> None:
    ours, theirs = os.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [*COMMAND, "run", "shoestring-year", "-n", "1", "--weeks", "8"],
        stdout=theirs, stderr=theirs, env=plain | {"TERM": "xterm"} | setting,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:  # so a terminal ends on Linux
        pass
    finally:
        os.close(ours)
        process.wait(timeout=PATIENCE)
    assert b"A year on a shoestring" in said
    assert (b"\x1b" in said) is steers
