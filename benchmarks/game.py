"""Let robots play the game, and say what comes of each way to play it.

    python benchmarks/game.py [--games 1000] [--workers 2] [--minutes 30] [--only NAME ...] [--search] [--keep FILE]
                              [--write FOLDER]

All ways are played in the same worlds, against the same world in which nothing is done. With ``--search`` the best of
all constant ways to split the days is looked for, by fifths; a game that one of them wins blindly teaches little. With
``--keep`` each world stands in a file as soon as it has been played, and the same command goes on where it was stopped;
``--write docs/results/game`` puts the means of all ways, and the differences that are told of, where the documentation
has its tables from (``docs/generate.py``).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from sim.base.version import CONTRACT
from sim.engine.run import prepare
from sim.game.days import DAYS, WEEKS, Days
from sim.game.opening import new_setup
from sim.game.service import Standing, begin
from sim.game.setup import CHAIRS, Offer, Setup
from sim.game.signals import signals
from sim.game.table import GameTable
from sim.game.timeline import scenario_of
from sim.results.measures import smooth

Robot = Callable[[GameTable, int], Days]
"""What a robot does: from the table as it stands and its chair to days."""

AWAY = 39
"""Days that a robot takes from fixing where it does: 26 are left, two days a week."""


# --- the robots -------------------------------------------------------------------------------------------------------


def always(days: Days, _table: GameTable, _chair: int) -> Days:
    return days


def copies(_days: Days, table: GameTable, chair: int) -> Days:
    """Do what the two others have come to give, on average; as usual at first."""
    if not table.played:
        return USUAL
    others = np.array([table.played[-1].given(other).all for other in CHAIRS if other != chair]).mean(axis=0)
    return Days.beyond_fixing(*np.round(others[1:], 3).tolist())


def gives_way(days: Days, table: GameTable, _chair: int) -> Days:
    """Go back to fixing whenever a card presses."""
    return days if table.game.card is None else FIX


def until_the_money_ends(days: Days, table: GameTable, _chair: int) -> Days:
    """Go back to fixing when the consultant has gone."""
    return days if table.game.quarter <= 4 else FIX


def attends(start: Days, table: GameTable, chair: int) -> Days:
    """Move some days each quarter, knowing nothing but what this chair is told and what became of its days.

    Where pressure took a day or more from what was meant, where two have just been called away, or where the days are
    fuller and the list grows, a few go to the three together; else, where people are silent, told off or mocking, to
    staff. They come from team leaders first, and then from fixing.
    """
    if not table.played:
        return start
    mine, told = table.game.closed[-1].days[chair - 1], " ".join(signals(table.game, table.played)[chair])
    offer = table.game.setup.offer
    is_new = offer is not None and offer.quarter == table.game.quarter
    if is_new or table.played[-1].given(chair).fixing - mine.fixing >= 1:
        return _moved(mine, "together")
    if any(sign in told for sign in STAFF_IN_TROUBLE):
        return _moved(mine, "staff")
    return _moved(mine, "together") if any(sign in told for sign in DAYS_IN_TROUBLE) else mine


STAFF_IN_TROUBLE = ("said nothing", "Fewer concerns", "None of them changed", "told off", "Another programme")
DAYS_IN_TROUBLE = ("fuller than", "list is growing")
MOVED, LEFT_FOR_FIXING = 4.0, 13.0


def _moved(days: Days, to: str) -> Days:
    """Return the days of which a few go elsewhere: from team leaders, from fixing as far as may be, and from staff."""
    parts, wanted = days.model_dump(), MOVED
    for source, least in (("leaders", 0.0), ("fixing", LEFT_FOR_FIXING), ("staff", 0.0)):
        if source != to:
            taken = max(0.0, min(wanted, parts[source] - least))
            parts[source] -= taken
            parts[to] += taken
            wanted -= taken
    return Days.beyond_fixing(*(round(parts[name], 3) for name in ("together", "staff", "leaders")))


USUAL = Days.usual(new_setup().base.parameters)
FIX = Days(fixing=DAYS, together=0, staff=0, leaders=0)
TOGETHER, STAFF, LEADERS = (Days.beyond_fixing(*(AWAY * (k == part) for k in range(3))) for part in range(3))
MIX = Days.beyond_fixing(AWAY / 3, AWAY / 3, AWAY / 3)
HALF = Days.beyond_fixing(10, 10, 9)
MOST = Days.beyond_fixing(17, 17, 18)


def three(first: Robot, second: Robot | None = None, third: Robot | None = None) -> tuple[Robot, Robot, Robot]:
    return first, second or first, third or second or first


_hold, _fix, _usual = partial(always, MIX), partial(always, FIX), partial(always, USUAL)
_copy, _way, _money = partial(copies, MIX), partial(gives_way, MIX), partial(until_the_money_ends, MIX)
_attend = partial(attends, USUAL)

WAYS: dict[str, tuple[Robot, Robot, Robot]] = {
    "as usual": three(_usual),
    "always fix": three(_fix),
    "always together": three(partial(always, TOGETHER)),
    "always with staff": three(partial(always, STAFF)),
    "always with team leaders": three(partial(always, LEADERS)),
    "hold a mix, 36 days for fixing": three(partial(always, HALF)),
    "hold a mix, 26 days for fixing": three(_hold),
    "hold a mix, 13 days for fixing": three(partial(always, MOST)),
    "one holds, two as usual": three(_hold, _usual),
    "two hold, one as usual": three(_hold, _hold, _usual),
    "one holds, two fix": three(_hold, _fix),
    "two hold, one fixes": three(_hold, _hold, _fix),
    "one holds, two copy": three(_hold, _copy),
    "two hold, one copies": three(_hold, _hold, _copy),
    "all copy": three(_copy),
    "give way to each card": three(_way),
    "one gives way, two copy": three(_way, _copy),
    "fix when the money ends": three(_money),
    "attend to what they are told": three(_attend),
    "one attends, two copy": three(_attend, _copy),
    "one attends, two as usual": three(_attend, _usual),
}
EXITS = {"leave": {"does": "leave"}, "change chairs": {"does": "change"}, "nobody is called": None}
EXITS_OF = ("as usual", "always fix", "always together", "hold a mix, 26 days for fixing")
"""Whose games are played with every kind of exit; the others change chairs."""

COLUMNS = {
    "left": "points left four years after the last quarter",
    "end": "points at the end of the last quarter",
    "fell": "points lost in the year after the exit",
    "pressure": "mean pressure in the game, in points",
    "at_cards": "the same in quarters with a card",
    "leavers": "staff who left during the game, more than without",
    "punished": "people who were punished for speaking up, more than without",
    "cynicism": "cynicism about change at the end, in points",
    "intended": "days a quarter that a director means to take from fixing",
    "given": "days a quarter that pressure leaves of them",
    "took_1": "days that pressure took from that in quarter 1",
    "took_card": "the same in quarters with a card, mean",
    "took_exit": "the same in the quarter of the exit and the one after, mean",
    "purpose": "shared purpose at the end of the last quarter",
}


CHANGE, STAY, LEAVE = "change chairs", "nobody is called", "leave"
_HOLD, _ATTEND = "hold a mix, 26 days for fixing", "attend to what they are told"

Sum = dict[tuple[str, str], int]
"""How often each way, with its exit, is added; below 0 where it is taken away."""


def _less(way: str, other: str, exit_: str = CHANGE, other_exit: str = CHANGE) -> Sum:
    return {(way, exit_): 1, (other, other_exit): -1}


DIFFERENCES: dict[str, tuple[str, Sum]] = {
    "one holds a mix, two fix; less all fixing": ("left", _less("one holds, two fix", "always fix")),
    "two hold, one fixes; less one holding": ("left", _less("two hold, one fixes", "one holds, two fix")),
    "all three hold; less two holding": ("left", _less(_HOLD, "two hold, one fixes")),
    "all three hold, more than three times what one adds to two who fix": (
        "left", {(_HOLD, CHANGE): 1, ("one holds, two fix", CHANGE): -3, ("always fix", CHANGE): 2},
    ),
    "one holds a mix, two as usual; less all as usual": ("left", _less("one holds, two as usual", "as usual")),
    "two hold, one as usual; less one holding": ("left", _less("two hold, one as usual", "one holds, two as usual")),
    "all three hold; less two holding, one as usual": ("left", _less(_HOLD, "two hold, one as usual")),
    "one holds, two copy; less all three holding": ("left", _less("one holds, two copy", _HOLD)),
    "a mix; less always together": ("left", _less(_HOLD, "always together")),
    "always together; less always with staff": ("left", _less("always together", "always with staff")),
    "a mix and 13 days for fixing; less a mix and 26": ("left", _less("hold a mix, 13 days for fixing", _HOLD)),
    "a mix and 36 days for fixing; less a mix and 26": ("left", _less("hold a mix, 36 days for fixing", _HOLD)),
    "a mix, but all fix at each card; less a mix throughout": ("left", _less("give way to each card", _HOLD)),
    "a mix until the money ends; less a mix throughout": ("left", _less("fix when the money ends", _HOLD)),
    "all attend to what they are told; less all as usual": ("left", _less(_ATTEND, "as usual")),
    "all attend to what they are told; less a mix throughout": ("left", _less(_ATTEND, _HOLD)),
    "mean pressure, all attending; less a mix throughout": ("pressure", _less(_ATTEND, _HOLD)),
    "pressure with a card, all fixing; less a mix throughout": ("at_cards", _less("give way to each card", _HOLD)),
    "changing chairs, a mix; less nobody called": ("left", _less(_HOLD, _HOLD, CHANGE, STAY)),
    "changing chairs, as usual; less nobody called": ("left", _less("as usual", "as usual", CHANGE, STAY)),
    "leaving, a mix; less nobody called": ("left", _less(_HOLD, _HOLD, LEAVE, STAY)),
    "leaving, as usual; less nobody called": ("left", _less("as usual", "as usual", LEAVE, STAY)),
}  # fmt: skip
"""What is told of beside the ways themselves, world by world: of which column, and of which ways."""


@dataclass(frozen=True)
class Way:
    """One way to play: who plays, and what becomes of the two who are called away."""

    name: str
    robots: tuple[Robot, Robot, Robot]
    exit: str


def ways(only: list[str]) -> Iterator[Way]:
    for name, robots in WAYS.items():
        if only and name not in only:
            continue
        for exit_ in EXITS if name in EXITS_OF else ("change chairs",):
            yield Way(name, robots, exit_)


# --- one game ---------------------------------------------------------------------------------------------------------


Measures = dict[str, np.ndarray]
COUNTED = ("safe_share", "staff_leavers", "punished")


def play(way: Way, setup: Setup, start: Standing, without_by_exit: dict[str, Measures]) -> dict[str, float]:
    """Play one game to its end.

    What comes of it is told against the same world in which nothing is done, but for what happens; an exit does.
    """
    called = EXITS[way.exit]
    setup = setup if called else setup.model_copy(update={"offer": None})
    table = GameTable(setup, start=start)
    for chair in CHAIRS:
        table.take(chair, f"Robot {chair}")
    while not table.game.is_over:
        if table.game.offer and called:
            table.answer(called)
        for chair, days in [(chair, way.robots[chair - 1](table, chair)) for chair in CHAIRS]:
            table.decide(chair, days)
    if way.exit not in without_by_exit:
        without_by_exit[way.exit] = nothing_done(table, setup.seed)
    without = without_by_exit[way.exit]
    played = table.played
    after = table.service.afterwards(table.game)
    n_weeks = WEEKS * setup.quarters

    def whole(measure: str) -> np.ndarray:
        parts = [*played, after]
        return np.concatenate([parts[0].series(measure)[:1], *[part.series(measure)[1:] for part in parts]])

    def more(measure: str) -> float:
        return float((whole(measure) - without[measure])[1 : n_weeks + 1].sum())

    gain = smooth(whole("safe_share") - without["safe_share"])
    exit_week = WEEKS * ((setup.offer or Offer()).quarter - 1)
    meant = np.array([[DAYS - days.fixing for days in closed.days] for closed in table.game.closed])
    given = np.array([[DAYS - one.given(chair).fixing for chair in CHAIRS] for one in played])
    cards = [quarter - 1 for quarter in setup.cards if quarter <= setup.quarters]
    took, exit_quarter = meant - given, (setup.offer or Offer()).quarter - 1
    return {
        "left": 100 * gain[setup.judged_week],
        "end": 100 * gain[n_weeks],
        "fell": 100 * (gain[exit_week] - gain[min(n_weeks, exit_week + 52)]),
        "pressure": 100 * whole("pressure")[1 : n_weeks + 1].mean(),
        "at_cards": 100 * np.mean([played[k].series("pressure")[1:].mean() for k in cards]) if cards else math.nan,
        "leavers": more("staff_leavers"),
        "punished": more("punished"),
        "cynicism": 100 * whole("cynicism")[n_weeks],
        "intended": meant.mean(),
        "given": given.mean(),
        "took_1": took[0].mean(),
        "took_card": took[cards].mean() if cards else math.nan,
        "took_exit": took[exit_quarter : exit_quarter + 2].mean(),
        "purpose": whole("coherence")[n_weeks],
    }


def games(seed: int, setup: Setup, asked: list[Way]) -> list[dict[str, float]]:
    """Return what comes of each way in one world."""
    setup = setup.model_copy(update={"seed": seed})
    world, key = _start(setup).prepared.start(seed)
    start = replace(_start(setup), world=world, key=key)
    without_by_exit: dict[str, Measures] = {}
    return [play(way, setup, start, without_by_exit) for way in asked]


def nothing_done(table: GameTable, seed: int) -> Measures:
    """Return what is counted, in the world of a table in which nothing is done."""
    prepared = prepare(scenario_of(table.game).baseline())
    rows, names = prepared.simulate(seed)[:, 0], prepared.engine.measure_names
    return {name: rows[:, names.index(name)] for name in COUNTED}


_starts: dict[str, Standing] = {}


def _start(setup: Setup) -> Standing:
    """Return the start of any world of a setup: what all have in common is made once in a process."""
    key = setup.model_copy(update={"seed": 0}).model_dump_json()
    if key not in _starts:
        _starts[key] = begin(setup)
    return _starts[key]


def seeds(setup: Setup, n_games: int) -> list[int]:
    """Return seeds of worlds in which nobody's chair is empty at the start."""
    found: list[int] = []
    prepared, seed = begin(setup).prepared, setup.seed
    while len(found) < n_games:
        if (prepared.start(seed)[0].seniors["weeks_in_post"] >= 0).all():
            found.append(seed)
        seed += 1
    return found


def played(
    setup: Setup, asked: list[Way], n_games: int, workers: int, minutes: float, kept: KeptGames | None = None
) -> dict[str, np.ndarray]:
    """Return [n_ways, n_games] for each column; fewer games if the minutes do not suffice."""
    job = partial(games, setup=setup, asked=asked)
    known = {} if kept is None else kept.worlds
    chosen, end = seeds(setup, n_games), time.monotonic() + 60 * minutes
    missing = [seed for seed in chosen if seed not in known]
    with multiprocessing.get_context("spawn").Pool(workers) if workers > 1 else nullcontext() as pool:
        for seed, row in zip(missing, pool.imap(job, missing) if pool else map(job, missing), strict=True):
            known[seed] = row
            if kept is not None:
                kept.add(seed, row)
            if time.monotonic() > end:
                break
    rows = [known[seed] for seed in chosen if seed in known]
    return {name: np.array([[row[k][name] for row in rows] for k in range(len(asked))]) for name in COLUMNS}


class KeptGames:
    """A file of worlds that have been played: what they were played with, then a line for each.

    Parameters
    ----------
    file : begun anew if it is not there
    setup, asked : what is played; a file of anything else is refused
    """

    def __init__(self, file: Path, setup: Setup, asked: list[Way]) -> None:
        self.file = file
        self.worlds: dict[int, list[dict[str, float]]] = {}
        played_with = {
            "contract": CONTRACT,
            "setup": setup.model_dump(mode="json"),
            "ways": [[way.name, way.exit] for way in asked],
        }
        lines = file.read_text("utf-8").splitlines(keepends=True) if file.exists() else []
        whole = [json.loads(line) for line in lines if line.endswith("\n")]  # the last may have been cut short
        if whole and whole[0] != played_with:
            raise SystemExit(f"{file}: wanted games of these ways in this setup, got others; name another file")
        self.worlds = {one["seed"]: one["ways"] for one in whole[1:]}
        if not whole or len(whole) < len(lines):
            self.file.write_text("".join(lines[: len(whole)]) or json.dumps(played_with) + "\n", encoding="utf-8")

    def add(self, seed: int, row: list[dict[str, float]]) -> None:
        """Keep a world."""
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"seed": seed, "ways": row}) + "\n")


# --- what comes out ---------------------------------------------------------------------------------------------------


def told(asked: list[Way], found: dict[str, np.ndarray]) -> str:
    """Return a table of means, with half a 95 % interval of what is left."""
    n_games = found["left"].shape[1]
    head = f"{'':34}{'':18}{'left':>6} ±{'':4}" + "".join(f"{name:>11}" for name in list(COLUMNS)[1:])
    lines = [f"{n_games} games each", "", head]
    for k, way in enumerate(asked):
        mean, half = _mean_and_half(found["left"][k])
        numbers = "".join(f"{found[name][k].mean():11.2f}" for name in list(COLUMNS)[1:])
        lines.append(f"{way.name:34}{way.exit:18}{mean:6.1f} {half:4.1f} {numbers}")
    lines += ["", *(f"{name:11} {meaning}" for name, meaning in COLUMNS.items())]
    return "\n".join(lines)


def write(folder: Path, asked: list[Way], found: dict[str, np.ndarray]) -> None:
    """Write the means of all ways, and the differences between some of them, each with half a 95 % interval."""
    folder.mkdir(parents=True, exist_ok=True)
    n_games = found["left"].shape[1]
    place = {(way.name, way.exit): k for k, way in enumerate(asked)}
    with (folder / "ways.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["way", "exit", "games", *(part for name in COLUMNS for part in (name, f"{name}_half"))])
        for k, way in enumerate(asked):
            numbers = (number for name in COLUMNS for number in _mean_and_half(found[name][k]))
            out.writerow([way.name, way.exit, n_games, *(f"{number:.4f}" for number in numbers)])
    with (folder / "differences.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["difference", "of", "games", "mean", "half"])
        for name, (column, ways_) in DIFFERENCES.items():
            by_game = sum(times * found[column][place[one]] for one, times in ways_.items())
            out.writerow([name, column, n_games, *(f"{number:.4f}" for number in _mean_and_half(np.asarray(by_game)))])


def _mean_and_half(by_game: np.ndarray) -> tuple[float, float]:
    n_games = len(by_game)
    return by_game.mean(), 1.96 * by_game.std(ddof=1) / math.sqrt(n_games) if n_games > 1 else math.nan


def constant_ways(parts: int = 5) -> list[Way]:
    """Return every constant way to split the days into parts."""
    found = []
    for together, staff, leaders in product(range(parts + 1), repeat=3):
        if together + staff + leaders <= parts:
            days = Days.beyond_fixing(*(DAYS / parts * part for part in (together, staff, leaders)))
            name = " ".join(f"{value:.0f}" for value in days.all)
            found.append(Way(name, three(partial(always, days)), "change chairs"))
    return found


def main() -> int:
    """Let robots play, and print what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=1000, help="games of each way, all in the same worlds")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which no further world is begun")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--quarters", type=int, default=10, help="quarters of a game")
    parser.add_argument("--only", nargs="*", default=[], help="ways to play, by name")
    parser.add_argument("--search", action="store_true", help="look for the best constant way instead")
    parser.add_argument("--keep", type=Path, help="a file that keeps every game of every way; it is gone on with")
    parser.add_argument(
        "--write", type=Path, metavar="FOLDER", help="write means and differences there; all ways alone"
    )
    asked = parser.parse_args()
    if asked.write and (asked.only or asked.search):
        parser.error("--write: wanted all ways, got some; leave out --only and --search")
    setup = new_setup(seed=asked.seed, quarters=asked.quarters)
    chosen = constant_ways() if asked.search else list(ways(asked.only))
    kept = KeptGames(asked.keep, setup, chosen) if asked.keep else None
    found = played(setup, chosen, asked.games, asked.workers, asked.minutes, kept)
    if asked.search:
        order = np.argsort(-found["left"].mean(axis=1))
        chosen, found = [chosen[k] for k in order], {name: values[order] for name, values in found.items()}
    print(told(chosen, found))
    if asked.write:
        write(asked.write, chosen, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
