"""An intervention from outside the package, to test with: leaders go round and listen."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions.entry import Button, Colour, Family, Rules, Spell, Strand, Strength


class ListeningRound(Spell):
    """Leaders go round and listen."""

    number: ClassVar[int] = 1001
    title: ClassVar[str] = "Listening round"
    family: ClassVar[Family] = "support"
    is_done: ClassVar[bool] = True
    colour: ClassVar[Colour] = "leaders"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("listen", "Go round and listen", "Stop going round", "Leaders go round and listen, for a year."),
    )
    strands: ClassVar[tuple[Strand, ...]] = (
        Strand("listening", "listening rounds", "listen", "Leaders go round.", (4, 26), "leaders"),
    )
    is_outside_support: ClassVar[bool] = True

    kind: Literal["listening_round"] = "listening_round"
    cost_per_week: float = Field(0.5, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        """Leaders who listen have more effect; at strength 0 not by a bit."""
        rules["leader_effect"] = rules["leader_effect"] * (1.0 + strength)

    def effect(self) -> str:
        """Return what it does, in a sentence."""
        return "What leaders do has more effect."
