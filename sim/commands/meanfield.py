"""``cultureshift meanfield``: where a large service without chance comes to rest, and what lasts in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from sim.commands.console import paragraph, print_table, reporting_faults, say, say_if_it_takes_long
from sim.commands.judging import judging
from sim.commands.options import Force, Organisation, Out, Own, Settings, axis_option, count_option, scenario_argument
from sim.commands.preparing import asked_scenario, own_rulebook

if TYPE_CHECKING:
    from sim.base.destination import FolderDestination
    from sim.inputs.scenario.description import Scenario
    from sim.meanfield.boundary import BoundaryMap, MeanFieldAxis
    from sim.meanfield.equilibria import Equilibrium
    from sim.rulebook.rulebook import Rulebook

__all__ = ["meanfield"]

_AXIS = "NAME:LOW:HIGH"
_NAMES = ("meanfield.png", "meanfield.svg", "meanfield.csv")

_SHOWN = (
    ("safety", "safety"), ("efficacy", "efficacy"), ("leaders", "team_leader_control"),
    ("trio", "senior_leader_control"), ("purpose", "coherence"), ("capability", "capability"),
)  # fmt: skip


@reporting_faults
def meanfield(
    scenario: Annotated[str, scenario_argument("A shipped scenario or a scenario file.")] = "internal-capacity",
    x: Annotated[str, axis_option(_AXIS, 'A parameter, or "turnover" of all kinds.')] = "staff_turnover:0.05:0.7",
    y: Annotated[str, axis_option(_AXIS, "Likewise; equilibria are drawn along it.")] = "control_norm:0.3:0.95",
    steps: Annotated[
        int, count_option("Points along each side of the map.", 3, 200, why="the cost grows with their square")
    ] = 21,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Draw what lasts over two parameters, and where the culture comes to rest, in a large service without chance.

    The mean field averages the rules of the agents; it takes milliseconds where they take minutes.
    """
    from sim.base.destination import FolderDestination
    from sim.engine.limit.field import mean_field
    from sim.meanfield.boundary import boundary_map
    from sim.meanfield.equilibria import find_equilibria

    destination = None if out is None else FolderDestination(out, _NAMES, force)
    rulebook = own_rulebook(own)
    with judging() as judge:
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        sides = judge(_axis, x, "--x", steps, rulebook), judge(_axis, y, "--y", steps, rulebook)
        if destination is not None:
            judge(destination.check)
    field = mean_field(loaded)
    say_if_it_takes_long()
    what_lasts = boundary_map(loaded, *sides)
    rests = find_equilibria(field)
    _print_equilibria(loaded, rests)
    words = _what_lasts_in_words(loaded, what_lasts)
    paragraph(words)
    if destination is not None and out is not None:
        _write(destination, loaded, what_lasts, words)
        say(f"Figure and table: {out / 'meanfield.png'}, {out / 'meanfield.svg'}, {out / 'meanfield.csv'}")


def _axis(text: str, option: str, steps: int, rulebook: Rulebook) -> MeanFieldAxis:
    """Return a side of the map from NAME or NAME:LOW:HIGH."""
    from sim.base.errors import InputError
    from sim.meanfield.boundary import axis

    name, *ends = text.split(":")
    try:
        low, high = (float(end) for end in ends) if ends else (None, None)
    except ValueError:
        raise InputError.single(option, "NAME, or NAME:LOW:HIGH with two numbers", f'"{text}"') from None
    return axis(name, low, high, steps, rulebook)


def _print_equilibria(scenario: Scenario, rests: list[Equilibrium]) -> None:
    say(scenario.title, bold=True)
    paragraph(
        "Where a large service without chance comes to rest, with what is in force at the end of the timeline "
        "(control of team leaders and of the trio; half-life of a small push, in weeks):"
    )
    rows = [
        [
            "yes" if rest.is_stable else "no",
            *(f"{rest.measures[measure]:.2f}" for _, measure in _SHOWN),
            f"{rest.half_life_weeks:.0f}" if rest.is_stable else "none",
        ]
        for rest in rests
    ]
    print_table(["stable", *(label for label, _ in _SHOWN), "half-life"], rows)


def _what_lasts_in_words(scenario: Scenario, what: BoundaryMap) -> str:
    """Return what is left at the scenario's own point, and where half is left."""
    from sim.base.phrasing import percent
    from sim.meanfield.boundary import MeanFieldAxis, boundary_map

    at = [_own_value(scenario, side.name) for side in (what.x, what.y)]
    own = boundary_map(scenario, MeanFieldAxis(what.x.name, (at[0],)), MeanFieldAxis(what.y.name, (at[1],)))
    left = f"{percent(own.retained[0, 0])} of the peak gain is left four years after support ends."
    points = [point for line in what.lines() for point in line.tolist()]
    if not points:
        return f"{left} On this map it crosses one half nowhere."
    x_at, y_at = min(points, key=lambda point: abs(point[1] - at[1]))
    return f"{left} With a {_said(what.y, y_at)}, one half is left at a {_said(what.x, x_at)}."


def _said(side: MeanFieldAxis, value: float) -> str:
    """Return a value of a side in words."""
    from sim.meanfield.boundary import ALL_TURNOVER
    from sim.rulebook.parameters import describe

    if side.name == ALL_TURNOVER:
        return f"turnover of all kinds {value:.3g} times the scenario's"
    unit = describe()[side.name].unit
    return f"{side.name.replace('_', ' ')} of {value:.3g}{f' {unit}' if unit.startswith('per ') else ''}"


def _own_value(scenario: Scenario, name: str) -> float:
    from sim.meanfield.boundary import ALL_TURNOVER

    return 1.0 if name == ALL_TURNOVER else float(getattr(scenario.parameters, name))


def _write(destination: FolderDestination, scenario: Scenario, what: BoundaryMap, words: str) -> None:
    """Write the page as PNG and SVG, and the map as a table."""
    import numpy as np

    from sim.engine.limit.field import mean_field
    from sim.meanfield.boundary import ALL_TURNOVER
    from sim.meanfield.equilibria import basins, bifurcation
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.meanfield_page import MeanFieldPicture, draw_mean_field

    field = mean_field(scenario)
    along = what.y if what.y.name != ALL_TURNOVER else what.x
    branches = bifurcation(field, scenario.timeline, along.name, np.linspace(along.values[0], along.values[-1], 21))
    picture = MeanFieldPicture(
        title=scenario.title, headline=words, safety=field.trajectory().series("safety"),
        baseline=mean_field(scenario.baseline()).trajectory().series("safety"), what_lasts=what,
        here=(_own_value(scenario, what.x.name), _own_value(scenario, what.y.name)), branches=branches,
        along=along.label, basins=basins(field),
    )  # fmt: skip
    figure = draw_mean_field(picture)
    rows = [
        f"{x:.6g},{y:.6g},{what.retained[row, column]:.6g},{what.safety[row, column]:.6g}"
        for row, y in enumerate(what.y.values)
        for column, x in enumerate(what.x.values)
    ]
    with destination.writing(["cultureshift", *sys.argv[1:]]) as staged:
        table = "\n".join([f"{what.x.name},{what.y.name},retained_4_years,final_safety", *rows]) + "\n"
        (staged / "meanfield.csv").write_text(table, encoding="utf-8", newline="")
        for image_format in ("png", "svg"):
            content = figure_bytes(figure, image_format, LIGHT, f"Mean field: {scenario.title}", words)
            (staged / f"meanfield.{image_format}").write_bytes(content)
