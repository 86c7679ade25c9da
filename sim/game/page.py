"""What is taken home from a game: a page that needs no internet, and a world as a scenario file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from sim.game.setup import Setup
from sim.game.shown import ASSETS, PICTURES
from sim.game.state import Game
from sim.game.timeline import scenario_of
from sim.inputs.scenario.files import scenario_to_toml

__all__ = ["page", "world_file"]


def world_file(game: Game) -> str:
    """Return the world of a game as a scenario file, whose run gives the game's numbers bit by bit."""
    seed, text = game.setup.seed, scenario_to_toml(scenario_of(game))
    return f"# Written by Cultureshift. What was played is the first world of seed {seed}: --seed {seed}.\n{text}"


def page(heading: str, played: str, setup: Setup, debriefs: Sequence[dict[str, Any]], differs: str = "") -> str:
    """Return debriefs as a page that draws itself and asks for nothing.

    Parameters
    ----------
    heading : of the page
    played : when and by whom, in a sentence
    setup : what was played
    debriefs : of :func:`~sim.game.shown.debrief_shown`; each of several with the name of its ``table``
    differs : the sentence that says that the model has changed since it was played; empty if it has not
    """
    # A closing tag within a script would end it, whatever stands in quotation marks.
    data = json.dumps(list(debriefs)).replace("<", "\\u003c")
    nothing = "" if debriefs else "<p>There is no debrief yet: it comes when the game is over.</p>"
    style = "".join((ASSETS / f"{name}.css").read_text("utf-8") for name in ("page", "debrief"))
    scripts = "".join(f"<script>{(ASSETS / f'{name}.js').read_text('utf-8')}</script>" for name in PICTURES)
    about = f"{setup.base.title}, {setup.quarters} quarters, seed {setup.seed}."
    last = " ".join(filter(None, ["These are findings about a model, and no forecast.", differs]))
    return f"""<!doctype html>
<html lang="en-GB" data-theme="light"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(heading)}: what became of it</title>
<style>{style}</style></head>
<body class="report"><main><h1>{escape(heading)}</h1>
<p class="soft">{escape(played)} {escape(about)} {escape(last)}</p>
{nothing}<div id="debriefs"></div></main>
<script type="application/json" id="told">{data}</script>{scripts}</body></html>
"""  # noqa: E501
