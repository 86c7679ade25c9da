"""Rules, measures and kinds of intervention of one's own: what an answer says of them."""

from __future__ import annotations

from collections.abc import Iterable

from sim.rulebook.own_rules import Recorded

__all__ = ["own_in_words"]


def own_in_words(recorded: Iterable[Recorded]) -> str:
    """Return with which files of one's own something was run; nothing where there are none.

    Examples
    --------
    >>> own_in_words([Recorded(name="fear.py", sha256="3b03fce2d855" + 52 * "0")])
    'With your own: fear.py (SHA-256 3b03fce2d855...).'
    """
    names = ", ".join(one.in_words() for one in dict.fromkeys(recorded))
    return f"With your own: {names}." if names else ""
