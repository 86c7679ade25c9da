"""Training internal facilitators."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Reaches, Spell, Strand, Strength, page_field

__all__ = ["TrainFacilitators"]


class TrainFacilitators(Spell):
    """Internal colleagues are trained as facilitators."""

    number: ClassVar[int] = 3
    title: ClassVar[str] = "Train internal facilitators"
    family: ClassVar[Family] = "capability"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "capability"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "train_facilitators", "Start training facilitators", "Stop training facilitators",
            "For two years about 16 % of staff a year learn to facilitate teaming in their own teams.",
            104, {"share_per_week": 0.003},
        ),
        Button(
            "refresh_facilitators", "Keep topping up facilitators", "Stop topping up facilitators",
            "When training ends, or from now on, a trickle of new facilitators (4 % of staff a year) makes up for "
            "those who leave.",
            None, {"share_per_week": 0.0008}, waits=True,
        ),
    )  # fmt: skip
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand(
            "training", "training internal facilitators", "training",
            "Colleagues learn to facilitate teaming, and do so in their own teams.", (26, 156), "happens",
        ),
        Strand(
            "top_up", "a top-up of facilitators to the end", "top-up",
            "A trickle of new facilitators makes up for those who leave, to the end.", (0, None), "lever",
        ),
    )  # fmt: skip
    may_be_designed: ClassVar[bool] = True
    reaches: ClassVar[Reaches] = "staff"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})

    kind: Literal["train_facilitators"] = "train_facilitators"
    share_per_week: float = Field(
        0.003,
        ge=0,
        le=1,
        description="share of staff trained each week at intensity 1 (0.003 is about 16 % a year)",
        json_schema_extra=page_field("share a week", 0.0005),
    )
    choose: Literal["random", "connected", "trusted", "needed"] = Field(
        "random",
        description='who: drawn by chance; the best "connected"; those who feel safest ("trusted"); '
        'the teams with the least capability first ("needed")',
        json_schema_extra=page_field("who"),
    )
    cost_per_week: float = Field(1.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def staff_levers(self, strength: Strength) -> dict[str, Strength]:
        return {"training": np.minimum(1.0, self.share_trained(strength))} if self.choose == "random" else {}

    def share_trained(self, strength: Strength) -> Strength:
        """Return [n_weeks], the share of those reached who are trained in each week."""
        return strength * self.share_per_week

    def effect(self) -> str:
        return f"About {100 * self.share_per_week * self.intensity:.2g} % of staff become facilitators each week."

    def detail(self) -> str:
        return f"{100 * self.share_per_week * self.intensity:.2g} % a week"
