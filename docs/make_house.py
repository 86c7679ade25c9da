"""Draw the house: the rooms of the package on their floors, and which room imports from which.

    python docs/make_house.py [FILE]

The floors are those of the contract in ``pyproject.toml``; the arrows are counted from the imports themselves.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path

import grimp
import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "house.svg"
INK, PAPER, ROOM, UPWARD = "#1f2933", "#ffffff", "#e8eef5", "#b42318"


def floors() -> list[list[str]]:
    """Return the rooms of each floor, from the top, as the contract names them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "layers")
    every = [[room.strip(" ()") for room in layer.split("|")] for layer in layers]
    return [rooms for rooms in every if rooms != ["__main__"]]


def arrows() -> Counter[tuple[str, str]]:
    """Return how many imports lead from a room to another."""
    graph = grimp.build_graph("sim", cache_dir=None)
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            above, below = (name.split(".")[1] if "." in name else "" for name in (module, other))
            if above and below and above != below and above != "__main__":
                found[above, below] += 1
    return found


def main(path: Path = PICTURE) -> None:
    """Draw the house into a file."""
    matplotlib.rcParams["svg.hashsalt"] = "house"
    rooms = floors()
    place = {
        room: ((k + 0.5) / len(names) * 4.0 + 0.35 * (-1) ** floor * (len(names) == 1), float(len(rooms) - floor))
        for floor, names in enumerate(rooms)
        for k, room in enumerate(names)
    }
    figure = Figure(figsize=(9, 0.72 * len(rooms) + 0.6), facecolor=PAPER)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.set_axis_off()
    axes.set_xlim(-0.1, 4.1)
    axes.set_ylim(0.4, len(rooms) + 0.6)
    for (above, below), count in sorted(arrows().items()):
        (x, y), (to_x, to_y) = place[above], place[below]
        colour = INK if to_y < y else UPWARD
        bend = 0.25 if to_y < y - 1 else 0.0
        axes.add_patch(
            FancyArrowPatch(
                (x, y - 0.22), (to_x, to_y + 0.22), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
                mutation_scale=8, linewidth=0.4 + min(2.0, count / 30), alpha=0.28, color=colour,
            )
        )  # fmt: skip
    for room, (x, y) in place.items():
        axes.add_patch(
            FancyBboxPatch((x - 0.42, y - 0.2), 0.84, 0.4, "round,pad=0,rounding_size=0.08", fc=ROOM, ec=INK, zorder=3)
        )
        axes.text(x, y, room, ha="center", va="center", fontsize=11, color=INK, zorder=4)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
