"""What tells rules and measures from others is what they compute, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.base.compilation import kernel
from sim.base.measure import mean_over
from sim.inputs.own import rulebook_with
from sim.rulebook.rulebook import digest_of, digest_of_measure
from tests.own_rules.inspection_fear import RULE

FILE = Path(__file__).parents[2] / "own_rules" / "inspection_fear.py"


@kernel
def is_silent(world: Any, row: Any) -> float:
    return 1.0 if world.staff.outcome[row] == 1 else 0.25


def test_a_rule_and_a_measure_are_told_apart_by_their_code_whoever_else_has_looked_at_it() -> None:
    measure = mean_over("staff", is_silent, "silent_share", "Silent", "share of staff", "said nothing")
    before = digest_of(RULE), digest_of_measure(measure)

    # A compiler holds parts of the code that it has compiled.
    codes = [step.kernel.__code__ for step in RULE.steps] + [is_silent.__code__]
    held = [(code.co_code, code.co_names, code.co_consts, *code.co_consts) for code in codes]

    assert held
    assert (digest_of(RULE), digest_of_measure(measure)) == before


def test_a_rule_is_the_same_wherever_it_stands(tmp_path: Path) -> None:
    elsewhere = tmp_path / FILE.name
    elsewhere.write_text("\n\n" + FILE.read_text("utf-8"), "utf-8")
    changed = tmp_path / "changed.py"
    changed.write_text(FILE.read_text("utf-8").replace("here.fear +", "here.fear + 0.0 +"), "utf-8")

    assert rulebook_with(elsewhere).key == rulebook_with(FILE).key != rulebook_with(changed).key
