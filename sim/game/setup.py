"""What a table agrees on before it begins: service, chance, how many quarters, what presses, who is called away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from sim.base.errors import InputError
from sim.base.field_messages import WrongValueError, as_written, path_text
from sim.base.terms import WEEKS_PER_YEAR
from sim.game.cards import CARDS
from sim.game.days import WEEKS, Frozen
from sim.inputs.interventions.attention import Attention
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.scenario.checks import check_table
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.inputs.scenario.files import parse_toml, scenario_to_toml
from sim.results.measures import PERSIST_YEARS, SMOOTHING_WEEKS

__all__ = ["CHAIRS", "JUDGED_AFTER", "Offer", "Setup"]

CHAIRS = (1, 2, 3)
"""The places of the three among the senior leaders of the service."""

JUDGED_AFTER = PERSIST_YEARS * WEEKS_PER_YEAR
"""Weeks after the last quarter in which it is asked what is left."""

_FEWEST, _MOST = 2, 12
_USUAL_CARDS = {3: "winter", 5: "inspection", 7: "winter", 8: "region"}
_LONGEST = 100_000


def _read(value: Any) -> Any:
    """Return the scenario that a log holds: its name, and the text of its file."""
    if not isinstance(value, dict):
        return value
    name, text = value.get("name"), value.get("toml")
    if not isinstance(name, str) or not isinstance(text, str) or len(text) > _LONGEST:
        raise WrongValueError("", "the name of a scenario, and the text of its file", as_written(value))
    try:
        checked = check_table(parse_toml(text, name)[1], name, Path())
    except InputError as error:
        raise WrongValueError("", "the text of a scenario file", error.faults[0].came) from None
    if checked.scenario is None:
        found = [f"{path_text(one.path)} should be {one.wanted}, not {one.came}" for one in checked.findings]
        found += map(str, checked.faults)
        raise WrongValueError("", "a sound scenario", found[0])
    return checked.scenario


def _written(scenario: Scenario) -> dict[str, str]:
    return {"name": scenario.name, "toml": scenario_to_toml(scenario)}


def _for_three(scenario: Scenario) -> Scenario:
    """Return a scenario that can be played: one service, three senior leaders, whose time nobody has spent."""
    if scenario.own_rules:
        raise WrongValueError("", "a scenario with the rules of the package", "rules of one's own")
    seniors = np.diff(build_organisation(scenario).service_senior_start).tolist()
    if seniors != [len(CHAIRS)]:
        came = f"{len(seniors)} services" if len(seniors) > 1 else f"{seniors[0]} senior leaders"
        raise WrongValueError("", "one service with three senior leaders", came)
    if any(isinstance(entry, Attention) for entry in scenario.timeline):
        raise WrongValueError(
            "", "a scenario that leaves it to the players how leaders spend their time", "one that says it"
        )
    return scenario


class Offer(Frozen):
    """Two of the three are offered other posts.

    What they do (``state.Answer``) comes about in the first two weeks of the quarter.
    """

    quarter: int = Field(6, ge=2, le=_MOST, description="the quarter with which it comes about")
    chairs: tuple[int, int] = Field((1, 3), description="which two")

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if not set(self.chairs) <= set(CHAIRS) or self.chairs[0] >= self.chairs[1]:
            raise WrongValueError("chairs", "two of the chairs 1 to 3, in their order", as_written(self.chairs))
        return self


class Setup(Frozen):
    """What a game begins with; the same for all tables that play on the same chance."""

    base: Annotated[Scenario, BeforeValidator(_read), PlainSerializer(_written), AfterValidator(_for_three)] = Field(
        description="the service, and what is done and happens in it whatever the three decide"
    )
    seed: int = Field(1, ge=0, lt=2**32, description="of the service's chance; it is the first of the seed's worlds")
    quarters: int = Field(10, ge=_FEWEST, le=_MOST, description="how many are played")
    cards: dict[int, str] = Field(
        default_factory=lambda: dict(_USUAL_CARDS), description="quarter -> the card that is on the table in it"
    )
    offer: Offer | None = Field(Offer(), description="who is called away, and when; nobody if null")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for quarter, card in self.cards.items():
            if not 1 <= quarter <= _MOST:
                raise WrongValueError("cards", f"quarters from 1 to {_MOST}", str(quarter))
            if card not in CARDS:
                raise WrongValueError("cards", f"one of the cards {', '.join(CARDS)}", as_written(card))
        return self

    @property
    def n_weeks(self) -> int:
        """Weeks of the run: the quarters, and the years after which it is asked what is left."""
        return self.judged_week + SMOOTHING_WEEKS // 2 + 1

    @property
    def judged_week(self) -> int:
        """The week in which it is asked what is left."""
        return WEEKS * self.quarters + JUDGED_AFTER

    @property
    def world_of_the_table(self) -> Scenario:
        """The scenario without what the three decide: with the cards, and nobody leaves a chair by chance meanwhile."""
        played = WEEKS * self.quarters
        entries = [
            CARDS[card].entry(WEEKS * (quarter - 1))
            for quarter, card in sorted(self.cards.items())
            if quarter <= self.quarters
        ]
        stays = ChangeParameter(
            name="senior_leader_turnover",
            value=0.0,
            start_week=0,
            end_week=played,
            note="The three are in their chairs",
        )
        return self.base.replace(weeks=self.n_weeks).with_entries(stays, *entries)
