"""Step 2: how the senior leaders are heard: as one where they share a purpose, else as the most controlling of them.

C = mean shared purpose over pairs (1 for a single leader);  M = C mean(R) + (1 - C) min(R), R = 1 - control
"""

from __future__ import annotations

from typing import Any

from sim.base.compilation import kernel
from sim.engine.state import clip

READS = ("pairs.purpose", "seniors.control")
WRITES = ("services.coherence", "services.collective_voice")
STREAMS = ()


@kernel
def collective(world: Any, service: Any) -> None:
    """Set the coherence and the collective voice of a service's senior leaders.

    Source: leaders count by how they act together, not one by one (collective-leadership); the form is assumed.
    """
    here = world.services[service]
    relational_sum, relational_least = 0.0, 1.0
    for senior in range(here.first_senior, here.last_senior):
        relational = 1.0 - world.seniors[senior].control
        relational_sum += relational
        relational_least = min(relational_least, relational)
    purpose_sum = 0.0
    for pair in range(here.first_pair, here.last_pair):
        purpose_sum += world.pairs[pair].purpose
    n_seniors, n_pairs = here.last_senior - here.first_senior, here.last_pair - here.first_pair

    coherence = min(1.0, purpose_sum / n_pairs) if n_pairs > 0 else 1.0
    voice = coherence * relational_sum / n_seniors + (1.0 - coherence) * relational_least
    here.coherence = coherence
    here.collective_voice = clip(voice)
