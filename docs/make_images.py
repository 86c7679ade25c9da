"""Make the pictures of the README.

python docs/make_images.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim import answer, draw_run, figure_bytes, load_scenario, run_paired
from sim.plots.style import LIGHT

IMAGES = Path(__file__).parent / "images"


def main(folder: Path) -> None:
    """Draw the year on a shoestring, and what keeps it, into a folder."""
    for name in ("shoestring-year", "internal-capacity"):
        paired = run_paired(load_scenario(name), replicates=40, seed=1)
        figure = draw_run(paired, answer(paired).headline, LIGHT)
        (folder / f"{name}.png").write_bytes(figure_bytes(figure, "png", LIGHT))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
