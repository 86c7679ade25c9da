"""The game for one: somebody takes one of the three chairs, and the model plays the other two.

Knows nothing of the web. What somebody has decided is all that has to be kept, for whatever follows from it is the
model's, and chance is looked up: so the browser keeps that, and it is played again. What comes back is read like
anything that somebody could have written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import InputError
from sim.base.field_messages import as_written, findings_of, path_text
from sim.base.version import CONTRACT, FIRST_CONTRACT, what_differs
from sim.dashboard import catalogue
from sim.dashboard.shared import SharedCache, text_bytes
from sim.game.days import DAYS, PURSUITS
from sim.game.opening import can_be_played, new_setup
from sim.game.page import page, world_file
from sim.game.service import Service, Standing, WeeksPlayed, begin
from sim.game.setup import CHAIRS, Setup
from sim.game.shown import quarter_shown
from sim.game.state import Game
from sim.game.table import GameTable
from sim.inputs.organisation import SENIOR_TITLES

__all__ = ["QUARTERS", "Solo", "begun", "debriefs", "opened", "setting", "taken_home"]

_STORY = "shoestring-year"

QUARTERS = 10
"""Quarters of a game unless others are chosen: some ten minutes."""

_LONGEST_TEXT = 4_000
_BYTES_OF_A_START = 1_000_000
_MOST_BYTES_OF_STARTS = 24_000_000
_MOST_BYTES_OF_DEBRIEFS = 4_000_000

_Days = Annotated[int, Field(ge=0, le=DAYS)]


class _KeptGame(BaseModel):
    """What is kept of a game: what it began with, and what somebody has decided."""

    model_config = ConfigDict(extra="forbid", strict=True)
    contract: int = Field(ge=FIRST_CONTRACT, lt=2**31)
    story: str = Field(max_length=100)
    seed: int = Field(ge=0, lt=2**32)
    quarters: int = Field(ge=2, le=12)
    chair: int = Field(ge=CHAIRS[0], le=CHAIRS[-1])
    days: list[tuple[_Days, _Days, _Days]] = Field(max_length=12)
    answer: Literal["leave", "change"] | None


@dataclass(frozen=True, eq=False)
class Solo:
    """A game for one, as it stands.

    Parameters
    ----------
    story : the name of what is played
    chair : whose chair somebody has taken
    game, service : the table, and what its quarters make of the service
    differs : the sentence that says that the model has changed since it was begun; empty if it has not
    """

    story: str
    chair: int
    game: Game
    service: Service
    differs: str = ""

    @property
    def played(self) -> tuple[WeeksPlayed, ...]:
        """What each quarter so far has done to the service."""
        return self.service.quarters(self.game)

    @property
    def text(self) -> str:
        """What a browser keeps of it."""
        mine = [closed.days[self.chair - 1].all[1:] for closed in self.game.closed]
        setup, answer = self.game.setup, self.game.answer
        return _KeptGame(
            contract=CONTRACT,
            story=self.story,
            seed=setup.seed,
            quarters=setup.quarters,
            chair=self.chair,
            days=[(round(together), round(staff), round(leaders)) for together, staff, leaders in mine],
            answer=None if answer is None else answer.does,
        ).model_dump_json()

    def decided(self, quarter: int, together: int, staff: int, leaders: int) -> Solo:
        """Return the game after a decision, which closes the quarter; one on a quarter that is closed does nothing.

        Raises
        ------
        InputError : it is not a quarter's days, or an answer is waited for
        """
        if quarter != self.game.quarter:
            return self
        days = {"fixing": DAYS - together - staff - leaders, "together": together, "staff": staff, "leaders": leaders}
        return self._after(lambda table: table.decide(self.chair, days))

    def answered(self, quarter: int, does: str) -> Solo:
        """Return the game after the two have said what they do; whoever leaves goes on as the one who follows.

        Raises
        ------
        InputError : nobody is asked, or it is no answer
        """
        if quarter != self.game.quarter:
            return self
        return self._after(lambda table: table.answer({"does": does}))

    def _after(self, act: Callable[[GameTable], None]) -> Solo:
        table = GameTable.of(self.game, self.service)
        act(table)
        return replace(self, game=table.game)

    def shown(self) -> dict[str, Any]:
        """Return what a page shows of it."""
        setup, offer = self.game.setup, self.game.offer
        return {
            "title": self.game.title(self.chair),
            "began": SENIOR_TITLES[self.chair - 1],
            "others": [self.game.title(chair) for chair in CHAIRS if chair != self.chair],
            "story": setup.base.title,
            "seed": setup.seed,
            "quarters": setup.quarters,
            "days": DAYS,
            "pursuits": list(PURSUITS.values())[1:],
            "over": self.game.is_over,
            "is_called": offer is not None and self.chair in offer.chairs,
            "differs": self.differs,
            "quarter": quarter_shown(self.game, self.played, self.chair),
        }


debriefs: SharedCache[dict[str, Any]] = SharedCache(_MOST_BYTES_OF_DEBRIEFS, text_bytes)
"""What games that are over have come to, by the text that is kept of them."""

_starts: SharedCache[tuple[Setup, Standing]] = SharedCache(_MOST_BYTES_OF_STARTS, lambda _: _BYTES_OF_A_START)


@cache
def stories() -> dict[str, str]:
    """Return what can be played, by name, with titles: one service with three senior leaders, the usual one first."""
    found = {name: title for name, title in catalogue.choices() if can_be_played(catalogue.shipped(name))}
    return {name: found[name] for name in sorted(found, key=lambda name: name != _STORY)}


def setting() -> dict[str, Any]:
    """Return what somebody can choose from before a game begins."""
    return {
        "chairs": [SENIOR_TITLES[chair - 1] for chair in CHAIRS],
        "stories": [list(story) for story in stories().items()],
        "lengths": [6, 8, QUARTERS, 12],
        "usual": QUARTERS,
    }


def begun(story: str, chair: int, seed: int, quarters: int) -> Solo:
    """Return a new game.

    Raises
    ------
    InputError : there is no such story, chair or number of quarters
    """
    if story not in stories():
        raise InputError.single("game: story", "the name of a story that can be played", as_written(story[:80]))

    def make() -> tuple[Setup, Standing]:
        setup = new_setup(catalogue.shipped(story), seed=seed, quarters=quarters)
        return setup, begin(setup)

    setup, start = _starts.get((story, seed, quarters), make)
    table = GameTable(setup, start=start)
    table.take(chair, "You")
    return Solo(story, chair, table.game, table.service)


def taken_home(playing: Solo, what: str, debrief: dict[str, Any] | None) -> tuple[str, str]:
    """Return a file to take home, its name and its text: the debrief as a page, or the world as a scenario.

    Raises
    ------
    InputError : there is no such file, or its game is not over yet
    """
    if what not in ("page", "world"):
        raise InputError.single("game: take home", "page or world", as_written(what))
    if what == "world":
        return "game.toml", world_file(playing.game)
    if debrief is None:
        raise InputError.single(
            "game: take home", "a game that is over, and its twins", "none yet", "wait for the debrief"
        )
    played = f"You began as the {SENIOR_TITLES[playing.chair - 1]}, and the model played the other two."
    return "game.html", page("What became of it", played, playing.game.setup, [debrief], playing.differs)


def opened(text: str) -> Solo:
    """Return the game that a browser has kept.

    Raises
    ------
    InputError : the text tells of none that can be played
    """
    if len(text) > _LONGEST_TEXT:
        raise InputError.single("game", f"at most {_LONGEST_TEXT:,} letters", f"{len(text):,}")
    try:
        book = _KeptGame.model_validate_json(text)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise InputError.single("game", "what this page has kept of one", as_written(text[:40])) from None
        found = findings_of(error, _KeptGame)[0]
        place = ": ".join(filter(None, ("game", path_text(found.path))))
        raise InputError.single(place, found.wanted, found.came) from None
    solo = begun(book.story, book.chair, book.seed, book.quarters)
    for together, staff, leaders in book.days:
        solo = _answered_where_asked(solo, book).decided(solo.game.quarter, together, staff, leaders)
    solo = _answered_where_asked(solo, book)
    if book.answer is not None and solo.game.answer is None:
        raise InputError.single("game: answer", "none before two are called away", book.answer)
    return replace(solo, differs=what_differs("This game", book.contract))


def _answered_where_asked(solo: Solo, book: _KeptGame) -> Solo:
    return solo if solo.game.offer is None or book.answer is None else solo.answered(solo.game.quarter, book.answer)
