"""Kernels that run down columns change several people with one instruction; a careless ``if`` would end that."""

from __future__ import annotations

import platform
import re
from collections import Counter
from typing import Any

import numba
import numpy as np
import pytest

from sim.base.chance import fill_uniforms_of_two
from sim.base.compilation import bound, column_kernel, compiled_form
from sim.rules.staff import _change
from sim.rules.teaming import _pass_gates
from tests.worlds import random_case

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="the names of instructions are those of x86"
)

CASE = random_case(3)
SERVICE = (CASE.plan.rules[0, 0], CASE.world.staff, np.uint32(0), np.int64(5), np.float64(0.5), np.float64(0.5))
DRAWS = (CASE.world.scratch.opportunity_draws, CASE.world.scratch.response_draws)
ARGUMENTS: dict[Any, tuple[Any, ...]] = {
    _change: (*SERVICE, CASE.world.scratch.by_seat),
    _pass_gates: (*SERVICE, CASE.world.scratch.by_seat, *DRAWS),
    fill_uniforms_of_two: (
        CASE.key,
        1,
        2,
        np.int64(3),
        np.arange(9, dtype=np.uint32),
        np.int64(0),
        np.int64(5),
        *DRAWS,
    ),
}


def arithmetic(function: Any, arguments: tuple[Any, ...]) -> Counter[str]:
    """Count the instructions that add, subtract, multiply or divide: ``pd`` for several numbers, ``sd`` for one."""
    dispatcher = bound(function, finish=compiled_form)
    dispatcher.compile(tuple(map(numba.typeof, arguments)))
    (text,) = dispatcher.inspect_asm().values()
    return Counter(re.findall(r"^\s+v?(?:add|sub|mul|div)([ps]d)\s", text, re.MULTILINE))


@pytest.mark.parametrize("function", ARGUMENTS, ids=lambda function: function.__name__)
def test_a_column_kernel_serves_several_people_at_once(function: Any) -> None:
    """The loop is there twice: for several at once, and for the few that are left over."""
    found = arithmetic(function, ARGUMENTS[function])

    assert found["pd"] >= 0.8 * found["sd"] > 0


def test_a_branch_is_found_out() -> None:
    """What the test above looks for is not there in a loop with a branch that calls a function."""

    @column_kernel
    def one_by_one(column: Any) -> None:
        for i in range(column.size):
            if column[i] > 0.5:
                column[i] = np.exp(column[i]) + 1.0

    assert arithmetic(one_by_one, (np.zeros(3),))["pd"] == 0
