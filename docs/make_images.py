"""Make the pictures of the README.

python docs/make_images.py
"""

from __future__ import annotations

from pathlib import Path

from sim import answer, draw_run, figure_bytes, load_scenario, run_paired
from sim.plots.style import LIGHT

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Draw the year on a shoestring, and what keeps it."""
    for name in ("shoestring-year", "internal-capacity"):
        paired = run_paired(load_scenario(name), replicates=40, seed=1)
        figure = draw_run(paired, answer(paired).headline, LIGHT)
        (IMAGES / f"{name}.png").write_bytes(figure_bytes(figure, "png", LIGHT))


if __name__ == "__main__":
    main()
