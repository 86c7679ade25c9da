"""``cultureshift play``: be one of the three who lead a service, in a terminal; the model plays the other two."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import InputError
from sim.commands.console import notice, paragraph, print_table, reporting_faults, say
from sim.commands.judging import judging
from sim.commands.options import Force, Out, Seed, choice_option, count_option, scenario_argument
from sim.commands.preparing import asked_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.base.destination import FileDestination
    from sim.game.days import Days
    from sim.game.state import Game
    from sim.game.table import GameTable
    from sim.game.telling import Rows

__all__ = ["play"]

_CHAIRS = ("medical", "operations", "nurse")


class _NobodyTypesError(Exception):
    """Standard input has come to its end."""


@reporting_faults
def play(
    scenario: Annotated[
        str, scenario_argument("name of a scenario with one service and three directors, or a file")
    ] = "shoestring-year",
    file: Annotated[
        Path, typer.Option(metavar="FILE", help="where the game is kept; one that is there is gone on with")
    ] = Path("game.jsonl"),
    chair: Annotated[str, choice_option("whose chair you take", *_CHAIRS)] = _CHAIRS[0],
    quarters: Annotated[int, count_option("quarters to play", 8, 12, why="two or three years")] = 10,
    seed: Seed = 1,
    out: Out = None,
    force: Force = False,
) -> None:
    """Be one of the three who lead a service, quarter by quarter; the model plays the other two.

    Stop with Ctrl-C whenever you like: the same command goes on where you were. With --out a scenario file of what you
    played is written when it is over.
    """
    from sim.base.destination import FileDestination
    from sim.game.log import GameLog
    from sim.game.opening import new_setup
    from sim.game.table import GameTable

    saved = None if out is None else FileDestination(out, force)
    with judging() as judge:
        story = judge(asked_scenario, scenario)
        log = judge(GameLog, file)
        if saved is not None:
            judge(saved.check)
    if log.events:
        notice(f"Going on with the game in {file}: its own scenario, chair, quarters and seed count.")
        if log.notice:
            notice(log.notice)
        table = GameTable.resumed(log.events, log.keep)
    else:
        table = GameTable.opened(new_setup(story, seed=seed, quarters=quarters), log.keep)
    if not any(table.game.players) and not table.game.is_over:
        table.take(_CHAIRS.index(chair) + 1, "You")
    try:
        while not table.game.is_over:
            _play_a_quarter(table)
    except _NobodyTypesError:
        notice(f"Nothing more was typed. The game is kept in {file}; the same command goes on with it.")
        return
    except KeyboardInterrupt:
        notice(f"The game is kept in {file}; the same command goes on with it.")
        raise
    _tell_the_end(table)
    if saved is not None:
        _save(table.game, saved)


def _play_a_quarter(table: GameTable) -> None:
    """Tell what is known, and ask until it is decided."""
    from sim.game.seen import seen_by

    chair = next(place + 1 for place, name in enumerate(table.game.players) if name is not None)
    seen = seen_by(table.game, table.played, chair)
    name, *everybody = seen.quarter
    say()
    say(name, bold=True)
    for line in everybody:
        paragraph(line)
    say(f"You are the {seen.title}.")
    for line in seen.told:
        paragraph(line, indent="  ", first="- ")
    if seen.before is not None:
        say()
        _show(seen.before)
    if seen.is_asked:
        _until_it_may_happen(
            lambda: table.answer({"does": _typed("Do the two leave, or change chairs? [leave/change]")})
        )
    _until_it_may_happen(lambda: table.decide(chair, _asked_days(seen.as_before)))


def _asked_days(before: Days) -> dict[str, float]:
    """Ask for the days of a quarter; nothing typed means those of the quarter before."""
    from sim.game.days import DAYS, PURSUITS

    _, *others = PURSUITS.values()
    _, *as_before = before.all
    usual = " ".join(f"{days:g}" for days in as_before)
    text = _typed(f"Of {DAYS} days, how many {', '.join(others)}? The rest goes to fixing. [{usual}]")
    if not text:
        return before.model_dump()
    try:
        together, staff, leaders = (float(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise InputError.single("days", "three numbers, as in 8 10 12", f'"{text[:60]}"') from None
    fixing = DAYS - together - staff - leaders
    return {"fixing": fixing, "together": together, "staff": staff, "leaders": leaders}


def _until_it_may_happen(wish: Callable[[], None]) -> None:
    """Let something happen that somebody types; what may not is told, and asked again."""
    while True:
        try:
            wish()
        except InputError as error:
            say(str(error))
        else:
            return


def _typed(question: str) -> str:
    """Return what somebody types."""
    say()
    paragraph(question)
    sys.stdout.flush()
    try:
        line = sys.stdin.readline() if sys.stdin is not None else ""
    except (OSError, ValueError):  # it is closed, or cannot be read
        line = ""
    if not line:
        raise _NobodyTypesError
    return line.strip()


def _tell_the_end(table: GameTable) -> None:
    """Tell what a table learns when its game is over."""
    from sim.game import telling
    from sim.game.debrief import debrief

    found = debrief(table.game, table.played, threads=None)
    say()
    say("What you meant and what came of it: days that were not for fixing", bold=True)
    _show(telling.days_meant_and_given(found))
    say("* played by the model")
    say()
    paragraph(telling.who_went_back_in_words(found))
    for title, rows in (
        ("The five norms", telling.norm_rows(found)),
        ("What became of a hundred concerns, errors and ideas", telling.funnel_rows(found)),
        ("More who feel safe to speak up than if nothing had been done", telling.left_rows(found)),
        ("What the quarters cost the people of your service", telling.costs(found)),
    ):
        say()
        say(title, bold=True)
        _show(rows)
    say()
    say("To talk about", bold=True)
    for question in telling.questions(found):
        paragraph(question, indent="  ", first="- ")


def _show(rows: Rows) -> None:
    print_table(rows.columns, rows.rows)


def _save(game: Game, destination: FileDestination) -> None:
    """Save a game's world as a scenario."""
    from sim.base.destination import SEAL
    from sim.game.timeline import scenario_of
    from sim.inputs.scenario.files import scenario_to_toml

    with destination.writing() as unfinished:
        text = f"# {SEAL}\n{scenario_to_toml(scenario_of(game), destination.path.parent)}"
        unfinished.write_text(text, encoding="utf-8", newline="")
    say()
    say(f"Saved as {destination.path}: cultureshift run {destination.path} --seed {game.setup.seed}")
