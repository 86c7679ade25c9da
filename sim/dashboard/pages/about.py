"""About: what the model is, its parameters with their sources, and what it must not claim."""

from __future__ import annotations

import solara

from sim.base.version import __version__
from sim.dashboard.components import About
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.own import rules
from sim.inputs.interventions import KINDS

__all__ = ["AboutPage"]


def parameter_rows() -> list[dict[str, str]]:
    """Return every parameter in words, in the order of the model."""
    return [
        {
            "name": declared.name.replace("_", " "),
            "symbol": declared.symbol,
            "value": f"{declared.default:g}",
            "unit": declared.unit,
            "plausible": f"{declared.plausible[0]:g} to {declared.plausible[1]:g}",
            "meaning": declared.meaning,
            "group": declared.group,
            "grade": declared.grade,
            "source": declared.source.replace("-", " "),
        }
        for declared in rules().parameters.values()
    ]


@solara.component
def AboutPage() -> None:
    """The page."""
    About(
        parameters=parameter_rows(),
        steps=[[rule.name, rule.summary] for rule in rules().rules],
        kinds=[[kind.title, (kind.__doc__ or "").split("\n")[0]] for kind in KINDS.values()],
        glossary=GLOSSARY,
        version=__version__,
    )
