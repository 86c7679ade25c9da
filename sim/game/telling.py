"""A game in words: the quarter that is to be decided, and what a table learns when it is over.

Sentences and rows of tables; how they are set is up to who shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.base.phrasing import capital, listed, more_in_100, number_word, signed
from sim.game.cards import CARDS
from sim.game.days import DAYS, WEEKS
from sim.game.debrief import FUNNEL, NORMS, BackToFixing, Debrief, GameArm
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.state import Game
from sim.inputs.organisation import SENIOR_TITLES
from sim.results.intervals import with_interval

__all__ = [
    "Rows", "costs", "days_meant_and_given", "funnel_rows", "left_rows", "norm_rows", "of_the_quarter",
    "of_the_quarter_before", "people", "questions", "who_went_back_in_words",
]  # fmt: skip

_SEASONS = ("July to September", "October to December", "January to March", "April to June")
_NORM_TITLES = ("Aim High", "Feel Safe", "Team Up", "Fail Well", "Learn Fast")
_FUNNEL_TITLES = ("met", "voiced", "joined", "well received", "learned from")
_ARMS = {
    "played": "as you played",
    "held": "had all three held on in quarter {quarter}",
    "stayed": "had nobody been called away",
}


@dataclass(frozen=True)
class Rows:
    """A table: its columns, and its rows as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


# --- while it is played -----------------------------------------------------------------------------------------------


def of_the_quarter(game: Game) -> list[str]:
    """Return what everybody at the table is told of the quarter under way, the first line its name."""
    quarter, setup = game.quarter, game.setup
    told = [f"Quarter {quarter} of {setup.quarters}: {_SEASONS[(quarter - 1) % len(_SEASONS)]}"]
    if game.card is not None:
        told.append(f"{game.card.title}. {game.card.says}")
    end, first_week = setup.base.support_end_week, WEEKS * (quarter - 1)
    if end is not None and first_week < end <= first_week + WEEKS:
        told.append("It is the last quarter with the consultant: the money ends.")
    elif end is not None and first_week < end:
        told.append("The consultant is with you.")
    elif end is not None and first_week < end + WEEKS:
        told.append("The consultant has gone, and the money with her. From now on there are the three of you.")
    if game.offer is not None:
        called = listed([f"the {SENIOR_TITLES[game.role(chair) - 1]}" for chair in game.offer.chairs])
        told.append(
            f"Two of you are offered other posts: {called}. They may leave, and others take their chairs; or they "
            "change chairs with each other and stay involved in leading the service."
        )
    return told


def of_the_quarter_before(game: Game, played: Sequence[WeeksPlayed]) -> Rows:
    """Return what all three meant to do in the quarter before, and what they came to give."""
    rows = []
    for chair in CHAIRS:
        meant, given = game.closed[-1].days[chair - 1], played[-1].given(chair)
        cells = [f"{a:.0f} -> {b:.0f}" for a, b in zip(meant.all, given.all, strict=True)]
        rows.append((game.title(chair, len(game.closed)), *cells))
    return Rows(("days meant -> given", "fixing", "together", "staff", "team leaders"), tuple(rows))


# --- when it is over --------------------------------------------------------------------------------------------------


def people(found: Debrief) -> list[str]:
    """Return what the three are called, with what became of those who were called away."""
    offer, answer, last = found.game.setup.offer, found.game.answer, found.game.setup.quarters
    if offer is None or answer is None:
        return [_person(chair) for chair in CHAIRS]
    then = {
        chair: found.game.title(chair, last) if answer.does == "change" else "a successor" for chair in offer.chairs
    }
    return [f"{_person(chair)}, then {then[chair]}" if chair in then else _person(chair) for chair in CHAIRS]


def days_meant_and_given(found: Debrief) -> Rows:
    """Return the days that each meant to take from fixing, and what pressure left of them, quarter by quarter."""
    rows = []
    for place in range(len(found.game.closed)):
        cells = [str(place + 1), _card(found.game, place + 1)]
        for chair in CHAIRS:
            quarter = found.quarters[chair][place]
            mark = "*" if quarter.by_model else ""
            cells.append(f"{DAYS - quarter.meant.fixing:.0f}{mark} -> {DAYS - quarter.given.fixing:.0f}")
        rows.append(tuple(cells))
    return Rows(("quarter", "card", *map(_person, CHAIRS)), tuple(rows))


def who_went_back_in_words(found: Debrief) -> str:
    """Return who went back to fixing first, and when the others followed."""
    if not found.returns:
        return "Nobody who had taken days from fixing gave them back to it."
    first = found.returns[0]
    card = _card(found.game, first.quarter)
    pressed = f", when this was on the table: {card.lower()}" if card else ""
    sentences = []
    for quarter, those in groupby(found.returns, lambda one: one.quarter):
        who, later = capital(listed([_called(found.game, one) for one in those])), quarter - first.quarter
        if later == 0 and _went_back_at_once(found):
            sentences.append(f"All three went back to fixing in quarter {quarter}{pressed}.")
        elif later == 0:
            sentences.append(f"{who} went back to fixing first, in quarter {quarter}{pressed}.")
        else:
            after = "one quarter" if later == 1 else f"{number_word(later)} quarters"
            sentences.append(f"{who} followed {after} later.")
    never = [chair for chair in CHAIRS if chair not in {one.chair for one in found.returns}]
    if never:
        sentences.append(f"{capital(listed([f'the {_person(chair)}' for chair in never]))} never did.")
    return " ".join(sentences)


def _went_back_at_once(found: Debrief) -> bool:
    """Tell whether all three went back to fixing, in one quarter."""
    return len(found.returns) == len(CHAIRS) and len({one.quarter for one in found.returns}) == 1


def norm_rows(found: Debrief) -> Rows:
    """Return the five norms in per cent, quarter by quarter."""
    rows = tuple(
        (title, *(f"{100 * value:.0f}" for value in found.norms[name]))
        for title, name in zip(_NORM_TITLES, NORMS, strict=True)
    )
    return Rows(("norm, %", *(str(quarter + 1) for quarter in range(len(found.game.closed)))), rows)


def funnel_rows(found: Debrief) -> Rows:
    """Return how far a hundred concerns, errors and ideas came, quarter by quarter."""
    met = found.funnel[FUNNEL[0]]
    rows = tuple(
        (
            title,
            *(
                f"{100 * part / whole:.0f}" if whole else "-"
                for part, whole in zip(found.funnel[name], met, strict=True)
            ),
        )
        for title, name in zip(_FUNNEL_TITLES[1:], FUNNEL[1:], strict=True)
    )
    return Rows(("of 100 met", *(str(quarter + 1) for quarter in range(len(met)))), rows)


def left_rows(found: Debrief) -> Rows:
    """Return what came of the game and of its twins: people of 100 who feel safe, more than if nothing were done."""
    rows = tuple(
        (
            _arm_title(found, arm),
            with_interval(arm.at_the_end, more_in_100),
            with_interval(arm.left, more_in_100),
            more_in_100(arm.left_here),
        )
        for arm in _arms(found)
    )
    return Rows(("of 100 people", "at the end", "four years later", "in your world"), rows)


def costs(found: Debrief) -> Rows:
    """Return what the quarters cost the people of the service, in the game and its twins, against nothing done."""
    rows = tuple(
        (
            _arm_title(found, arm),
            *(signed(interval.estimate) for interval in (arm.cost.leavers, arm.cost.punished)),
            *(signed(100 * interval.estimate) for interval in (arm.cost.pressure, arm.cost.cynicism)),
        )
        for arm in _arms(found)
    )
    counted = ("staff left", "times told off", "pressure, of 100", "cynicism at the end, of 100")
    return Rows(("more than if nothing were done", *counted), rows)


def questions(found: Debrief) -> Iterator[str]:
    """Yield what a table may talk about, from what happened at it."""
    if _went_back_at_once(found):
        yield f"What made all three of you go back to fixing in quarter {found.returns[0].quarter}? Did anybody say so?"
    elif found.returns:
        first = found.returns[0]
        went = f"What made {_called(found.game, first)} go back to fixing in quarter {first.quarter}?"
        yield f"{went} What did the others see of it?"
        if len(found.returns) > 1:
            yield "What would have let the others hold on? Who could have said what, and when?"
    else:
        yield "What held you to it when everything pressed, and would it hold in your own week?"
    taken = [
        (sum(one.meant.fixing - one.given.fixing for one in found.quarters[chair]), chair) for chair in CHAIRS
    ]  # below 0 where pressure gave days back to fixing
    most, chair = min(taken)
    if most <= -1:
        yield f"Pressure took {-most:.0f} days from what the {_person(chair)} had meant to do. Where did they go?"
    if found.game.answer is not None:
        yield "What went with the two who were called away, and what stayed because it had become habit?"
    yield "What would you do in the first quarter if you began again?"


# --- words ------------------------------------------------------------------------------------------------------------


def _arms(found: Debrief) -> Sequence[GameArm]:
    return [arm for arm in (found.played, found.held, found.stayed) if arm is not None]


def _arm_title(found: Debrief, arm: GameArm) -> str:
    return _ARMS[arm.name].format(quarter=found.returns[0].quarter if found.returns else "")


def _card(game: Game, quarter: int) -> str:
    name = game.setup.cards.get(quarter)
    return CARDS[name].title if name else ""


def _person(chair: int) -> str:
    """Return what somebody is called who began in a chair."""
    return SENIOR_TITLES[chair - 1]


def _called(game: Game, one: BackToFixing) -> str:
    """Return what somebody is called who went back: not as the one who had left before."""
    person = f"the {_person(one.chair)}"
    return f"{person}'s successor" if game.is_successor(one.chair, one.quarter) else person
