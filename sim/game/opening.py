"""A new game: a story, and chance in which nobody's chair is empty when it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.base.errors import InputError
from sim.base.field_messages import findings_of, path_text
from sim.game.service import begin
from sim.game.setup import Setup
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario

__all__ = ["can_be_played", "new_setup"]

_USUAL_STORY = "shoestring-year"
_MOST_TRIED = 1000


def new_setup(story: str | Path | Scenario = _USUAL_STORY, **given: Any) -> Setup:
    """Return what a game begins with.

    In the past of a service directors leave by chance, and in a third of all worlds one of their posts is still vacant
    in week 0: whoever played there could not build a purpose with anybody. So the seed is the first, from the one that
    is given on, in whose world nobody's is.

    Parameters
    ----------
    story : the scenario that is played: itself, its name or its file; one service with three senior leaders
    given : the other fields of :class:`~sim.game.setup.Setup`

    Raises
    ------
    InputError : a field is not what it should be, or the scenario cannot be played

    Examples
    --------
    >>> new_setup(seed=3).quarters
    10
    """
    base = story if isinstance(story, Scenario) else load_scenario(story)
    try:
        setup = Setup.model_validate({"base": base, **given})
    except ValidationError as error:
        found = findings_of(error, Setup)[0]
        place = ": ".join(filter(None, ("game", path_text(found.path))))
        raise InputError.single(place, found.wanted, found.came, found.hint) from None
    return setup.model_copy(update={"seed": _seated_from(setup)})


def can_be_played(story: Scenario) -> bool:
    """Tell whether a scenario can be played: one service with three senior leaders, whose time nobody has spent."""
    try:
        Setup(base=story)
    except ValidationError:
        return False
    return True


def _seated_from(setup: Setup) -> int:
    """Return the first seed, from that of a setup on, in whose world no director's post is vacant in week 0."""
    prepared = begin(setup).prepared
    for seed in range(setup.seed, min(setup.seed + _MOST_TRIED, 2**32)):
        world, _ = prepared.start(seed)
        if (world.seniors["weeks_in_post"] >= 0).all():
            return seed
    wanted = f"a story in which the three are in their chairs in week 0, in one of {_MOST_TRIED:,} worlds"
    raise InputError.single("game: seed", wanted, "none", "lower senior_leader_turnover")
