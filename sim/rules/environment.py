"""Step 1: turbulence around the service, and the pressure it puts on leaders and staff.

w <- mu + rho (w - mu) + sqrt(1 - rho^2) sigma xi;  P = clip[(w + shock + gamma B)(1 - protected)]

Turbulence has a part that all services share and a part of a service's own.
"""

from __future__ import annotations

import math
from typing import Any

from sim.base.chance import Streams, normal_pair, uniforms
from sim.base.compilation import kernel
from sim.engine.state import clip

READS = ("services.turbulence", "services.backlog")
WRITES = ("services.turbulence", "services.pressure")
STREAMS = ("TURBULENCE", "SHARED_TURBULENCE")

_OWN = Streams.TURBULENCE
_SHARED = Streams.SHARED_TURBULENCE


@kernel
def environment(world: Any, rules: Any, service: Any, key: Any, week: Any) -> None:
    """Let turbulence wander and set the pressure of the week (model: "Environment").

    Source: first-order autoregression, judgement; backlog feeds pressure as in the capability trap.
    """
    here = world.services[service]
    own_a, own_b, _, _ = uniforms(key, _OWN, week, service)
    shared_a, shared_b, _, _ = uniforms(key, _SHARED, week, 0)
    own, _ = normal_pair(own_a, own_b)
    shared, _ = normal_pair(shared_a, shared_b)
    noise = math.sqrt(rules.shared_turbulence) * shared + math.sqrt(1.0 - rules.shared_turbulence) * own

    mean, persistence = rules.turbulence_mean, rules.turbulence_persistence
    innovation = math.sqrt(1.0 - persistence * persistence) * rules.turbulence_sd * noise
    here.turbulence = mean + persistence * (here.turbulence - mean) + innovation
    demand = here.turbulence + rules.shock + rules.backlog_pressure * here.backlog
    here.pressure = clip(demand * (1.0 - rules.protected_share))
