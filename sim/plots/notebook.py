"""What a notebook shows of runs: the answer, a small figure, and the table."""

from __future__ import annotations

import base64
from functools import singledispatch
from html import escape

from sim.plots.image import figure_bytes
from sim.plots.run_page import draw_share
from sim.plots.style import LIGHT
from sim.report import answer, range_in_short, summary_rows
from sim.results.ensemble import PairedEnsemble
from sim.results.ranges import kept_range_of

__all__ = ["in_html"]

_WIDTH = 640


@singledispatch
def in_html(shown: object) -> str:
    """Return what a notebook shows of runs, as HTML that needs nothing from elsewhere.

    Texts that anybody may have written, such as titles, are escaped.
    """
    raise TypeError(f"nothing is known of how to show {type(shown).__name__}")


@in_html.register
def _(shown: PairedEnsemble) -> str:
    told = answer(shown)
    figure = draw_share(shown)
    image = base64.b64encode(figure_bytes(figure, "png", LIGHT, shown.arm.scenario.title, told.headline)).decode()
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(row.label)}</th><td>{escape(row.value)}</td>"
        f"<td>{escape(row.interval)}</td><td>{escape(row.baseline)}</td></tr>"
        for row in summary_rows(shown)
    )
    against = "without" if shown.is_against_nothing else escape(shown.baseline.scenario.title)
    n_runs = len(shown.arm.replicates)
    known = kept_range_of(shown)
    rests_on = f"<p>{escape(range_in_short(known))}</p>" if known else ""
    return (
        f"<p><strong>{escape(shown.arm.scenario.title)}: {escape(told.verdict)}</strong> {escape(told.story)}</p>"
        f'<img alt="{escape(told.headline, quote=True)}" width="{_WIDTH}" src="data:image/png;base64,{image}">'
        f"{rests_on}"
        f"<details><summary>{n_runs} {'run' if n_runs == 1 else 'runs'}, seed {shown.arm.seed}: the table</summary>"
        f"<table><tr><td></td><th scope='col'></th><th scope='col'>95 % interval</th>"
        f"<th scope='col'>{against}</th></tr>{rows}</table></details>"
    )
