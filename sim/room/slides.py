"""What the board shows before anything begins: a question for warming up, and what the five norms are."""

from __future__ import annotations

from statistics import median_low
from typing import Any

from sim.room.state import Session

__all__ = ["asked_at_the_beginning", "own_slide", "slide_of"]

QUESTION = "Of 100 concerns, errors and ideas in your service, how many change anything?"
_IN_EACH = 10
_NORMS = (
    ("Aim High", "how strongly people hold the shared aim"),
    ("Feel Safe", "of those who notice something, how many say it"),
    ("Team Up", "of what is said, how much colleagues from another group take up"),
    ("Fail Well", "of what is taken up, how much leader and team receive well"),
    ("Learn Fast", "of what is received well, how much changes the work"),
)
_EACH = 60


def slide_of(room: Session) -> dict[str, Any] | None:
    """Return the slide on the board; None where there is none, or it has begun."""
    if room.phase != "lobby" or room.slide is None:
        return None
    if room.slide == "norms":
        left = round(100 * (_EACH / 100) ** (len(_NORMS) - 1))
        says = f"The last four multiply: if each lets {_EACH} of 100 through, {left} of 100 change anything."
        return {"what": "norms", "norms": [list(one) for one in _NORMS], "says": says}
    answers = _answers(room)
    most = 100 // _IN_EACH - 1
    counts = [sum(min(value // _IN_EACH, most) == place for value in answers) for place in range(most + 1)]
    return {"what": "warm", "question": QUESTION, "counts": counts, "n": len(answers), "in_each": _IN_EACH}


def asked_at_the_beginning(room: Session) -> dict[str, Any] | None:
    """Return what people said to the question for warming up, to be come back to; None before, or without answers."""
    answers = [] if room.phase == "lobby" else _answers(room)
    if not answers:
        return None
    middle, low, high = median_low(answers), answers[0], answers[-1]
    return {"question": QUESTION, "n": len(answers), "middle": middle, "low": low, "high": high}


def _answers(room: Session) -> list[int]:
    present = {person.number for person in room.present()}
    return sorted(value for number, value in room.warmed.items() if number in present)


def own_slide(room: Session, number: int) -> dict[str, Any] | None:
    """Return the slide for a phone, with what its owner has answered and nobody else's answer."""
    slide = slide_of(room)
    if slide is None or slide["what"] == "norms":
        return slide
    return {"what": "warm", "question": QUESTION, "mine": room.warmed.get(number)}
