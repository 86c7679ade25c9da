"""Words that the rules of a week share: what becomes of an opportunity, who is put first, and the moment that it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.base.compilation import inlined_kernel, kernel

__all__ = [
    "CONNECTED", "NEEDED", "N_BY_SEAT", "N_GROUPS", "N_OUTCOMES", "SETTLED_WEEKS_IN_POST", "TRUSTED", "WEEKS_PER_YEAR",
    "Now", "Outcome", "clip", "dose_of", "per_week", "saturated", "shared_purpose",
    "where_present",
]  # fmt: skip

WEEKS_PER_YEAR = 52
"""A yearly rate y is a weekly rate y / 52 (model convention)."""

SETTLED_WEEKS_IN_POST = 1_000_000
"""Weeks in post of a senior leader who has been there for longer than anybody asks."""

CONNECTED, TRUSTED, NEEDED = 0, 1, 2
"""Rules that choose facilitators: the best connected; who feels safest; the teams with the least capability."""

N_BY_SEAT = 9
"""Rows of ``scratch.by_seat``: what a rule can lay out for each seat before it runs down the columns of staff."""

N_OUTCOMES = 7
N_GROUPS = 5


class Outcome:
    """What became of a person's opportunity this week: how far it came in the teaming cycle."""

    NONE = 0
    SILENT = 1
    NOT_JOINED = 2
    NOT_RECEIVED = 3
    PUNISHED = 4
    HEARD = 5
    LEARNED = 6


class Now(NamedTuple):
    """The moment at which a rule is at work.

    Parameters
    ----------
    plan : of :func:`sim.engine.plan.build_plan`
    key : [2], the key of this world's chance
    week : the week; negative in the burn-in
    row : the week counted from the start of the burn-in, a row of what the plan has for each week
    epoch : a row of what the plan has for weeks that are alike
    """

    plan: Any
    key: Any
    week: Any
    row: Any
    epoch: Any


@inlined_kernel
def clip(value: Any) -> Any:
    """Return a share kept within [0, 1]."""
    return min(1.0, max(0.0, value))


@inlined_kernel
def where_present(present: Any, after: Any, before: Any) -> Any:
    """Return what a week makes of somebody who is there (``present`` is 1), and what was there of a vacant seat (0).

    The sum is exact, and has no branch: a loop that adds it still serves several people at once.
    """
    return present * after + (1.0 - present) * before


@inlined_kernel
def per_week(yearly_rate: Any) -> Any:
    """Return the weekly rate of a yearly one."""
    return yearly_rate / WEEKS_PER_YEAR


@inlined_kernel
def saturated(support: Any, half: Any) -> Any:
    """Return what of a support is taken in: 1 of 1, and never more than 1 + ``half``, however much is offered."""
    return (1.0 + half) * support / (half + support)


@inlined_kernel
def dose_of(rules: Any, here: Any, dialogue: Any) -> Any:
    """Return what somebody takes in of dialogue, in a programme and with leaders who give staff more time than usual.

    ``dialogue`` : intensity of the programmes that reach the person this week.
    """
    by_leaders = rules.leaders_dialogue * max(0.0, here.mean_attention_staff - rules.usual_attention_staff)
    return saturated(dialogue + by_leaders, rules.saturation)


@kernel
def shared_purpose(world: Any, here: Any) -> Any:
    """Return the mean shared purpose of a service's pairs of senior leaders (C); 0 of a single one."""
    total = 0.0
    for pair in range(here.first_pair, here.last_pair):
        total += world.pairs[pair].purpose
    n_pairs = here.last_pair - here.first_pair
    return min(1.0, total / n_pairs) if n_pairs > 0 else 0.0
