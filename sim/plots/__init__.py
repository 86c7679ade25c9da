"""Pictures of runs: ensembles in, matplotlib figures out; no files and no model."""

from sim.plots.comparison_page import draw_comparison
from sim.plots.image import figure_bytes
from sim.plots.run_page import draw_run
from sim.plots.style import DARK, FONTS, LIGHT, Theme, theme_named

__all__ = ["DARK", "FONTS", "LIGHT", "Theme", "draw_comparison", "draw_run", "figure_bytes", "theme_named"]
