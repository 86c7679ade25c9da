"""How the senior leaders are heard: as one where they share a purpose, else as the most controlling of them."""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.base.rule import Form, Formula, Rule, Step, share
from sim.base.terms import clip, shared_purpose

COLUMNS = (
    share("services", "coherence", "mean shared purpose of the senior leaders (C), 0 of a single one"),
    share("services", "collective_voice", "how relational the senior leaders are heard to be (M)"),
)


@kernel
def as_one_or_the_weakest(coherence: Any, relational_sum: Any, n_seniors: Any, relational_least: Any) -> Any:
    """Return the voice of leaders who are heard as one as far as they share a purpose."""
    return coherence * relational_sum / n_seniors + (1.0 - coherence) * relational_least


@kernel
def as_their_mean(coherence: Any, relational_sum: Any, n_seniors: Any, relational_least: Any) -> Any:
    """Return the voice of leaders who are heard one by one, whatever they share."""
    return relational_sum / n_seniors


@kernel
def collective(world: Any, rules: Any, service: Any, now: Any) -> None:
    """Set the coherence and the collective voice of a service's senior leaders.

    Source: leaders count by how they act together, not one by one (collective-leadership); the form is assumed.
    """
    here = world.services[service]
    relational_sum, relational_least = 0.0, 1.0
    for senior in range(here.first_senior, here.last_senior):
        relational = 1.0 - world.seniors[senior].control
        relational_sum += relational
        relational_least = min(relational_least, relational)
    n_seniors, n_pairs = here.last_senior - here.first_senior, here.last_pair - here.first_pair
    here.coherence = shared_purpose(world, here)
    as_one = here.coherence if n_pairs > 0 else 1.0
    here.collective_voice = clip(as_one_or_the_weakest(as_one, relational_sum, n_seniors, relational_least))


VOICE = Formula(
    "collective_voice",
    "how the senior leaders of a service are heard together",
    (
        Form(
            "as_one_or_the_weakest", as_one_or_the_weakest,
            "as one as far as they share a purpose, else as the most controlling of them",
            "M = C · mean(R) + (1 − C) · min(R)", "collective-leadership",
        ),
        Form(
            "as_their_mean", as_their_mean, "as their mean, whatever they share",
            "M = mean(R)", "assumed",
        ),
    ),
)  # fmt: skip

RULE = Rule(
    name="collective",
    title="Collective voice",
    summary="senior leaders are heard as one, or as the most controlling of them",
    equation="""\
C is the mean shared purpose over pairs (of a single leader 1 here, and 0 elsewhere), R = 1 − c how relational a
leader is, and M = C · mean(R) + (1 − C) · min(R): with shared purpose the leaders are heard as one, without it the
most controlling of them sets the tone.""",
    steps=(Step(collective),),
    columns=COLUMNS,
    formulas=(VOICE,),
    reads=("pairs.purpose", "seniors.control"),
    writes=("services.coherence", "services.collective_voice"),
    still=(),
    has_mean_field=True,
)
