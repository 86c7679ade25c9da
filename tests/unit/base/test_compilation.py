"""Compiled kernels are kept, used again, and never used when they are out of date or damaged."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import platformdirs
import pytest
from numpy.typing import NDArray

from sim.base import cache, compilation, kernel_cache, own_folder
from sim.base.compilation import EntryPoint, bound, compiled_form, entry_point, kernel, say_when_compiling

ROOT = Path(compilation.__file__).parents[2]
DRAW = "from sim.base.chance import *; print(uniforms_for_seats(chance_key(1), 1, 0, 2).tolist())"
YEAR = (
    # A year on the way to where the mean field rests is as good a sample of its code as all of them.
    "import sim.engine.limit.field as field; field._MOST_YEARS = 1;"
    "from sim.inputs.scenario.description import Scenario;"
    "from sim.inputs.organisation import OrganisationShape; from sim.engine.run import prepare;"
    "small = Scenario(title='t', weeks=3, organisation=OrganisationShape(teams=2, team_size=4));"
    "print(prepare(small, burn_in_weeks=5, is_settled=False).simulate(1).tobytes().hex());"
    "print(prepare(small, burn_in_weeks=5).simulate(1).tobytes().hex())"
)


def in_a_process_of_its_own(
    code: str, folder: Path, root: Path = ROOT, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with a cache folder of its own."""
    environment = os.environ | {"CULTURESHIFT_CACHE_DIR": str(folder), "PYTHONPATH": str(root)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment | more, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def three_times(value: float) -> float:
    return 3.0 * value


three_times.__module__ = "sim.base.version"  # whose code it is kept under


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where kernels are kept; nothing has been said yet."""
    monkeypatch.setenv("CULTURESHIFT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(own_folder, "_said", set())
    monkeypatch.setattr(compilation, "_say", None)
    own_folder.cache_folder.cache_clear()
    yield tmp_path / "kernels"
    own_folder.cache_folder.cache_clear()


def compiled_and_kept() -> tuple[Any, bool]:
    """Return the kernel as a new process has it, and whether it was loaded."""
    function = entry_point(three_times)
    assert function(2.0) == 6.0
    return function, sum(function.compiled().stats.cache_hits.values()) == 1


def test_a_kernel_is_compiled_once_and_loaded_thereafter(folder: Path) -> None:
    assert not compiled_and_kept()[1]
    (path,) = folder.iterdir()
    before = path.stat().st_mtime_ns

    assert compiled_and_kept()[1]
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: good[:1],
        lambda good: good[: len(good) // 2],
        lambda good: good[:-1],
        lambda good: bytes(len(good)),
        lambda good: good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1 :],
        lambda good: good[:-30] + bytes([good[-30] ^ 128]) + good[-29:],
    ],
    ids=["empty", "one byte", "half", "one byte less", "zeros", "a bit in the middle", "a bit near the end"],
)
def test_a_damaged_kernel_is_discarded_and_compiled_anew(
    damage: Callable[[bytes], bytes], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    compiled_and_kept()
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))

    assert not compiled_and_kept()[1]
    assert [record.message for record in caplog.records] == [
        f"Compiled code in {folder} was damaged (it is not what was written); it is compiled anew"
    ]
    assert compiled_and_kept()[1]


def test_what_cannot_be_taken_up_is_compiled_anew(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    compiled_and_kept()
    (path,) = folder.iterdir()
    cache.keep(path, b"cnowhere\nnothing\n.")

    assert not compiled_and_kept()[1]
    assert "ModuleNotFoundError" in caplog.text
    assert compiled_and_kept()[1]


def test_another_signature_code_or_setting_is_another_entry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    function, _ = compiled_and_kept()
    function(2)
    assert len(list(folder.iterdir())) == 2
    with monkeypatch.context() as patched:
        patched.setattr(kernel_cache, "code_hash", lambda root: "another")
        assert not compiled_and_kept()[1]
    monkeypatch.setenv("NUMBA_OPT", "1")
    assert not compiled_and_kept()[1]
    assert len(list(folder.iterdir())) == 4


@kernel
def once(value: float) -> float:
    return value


@kernel
def twice(value: float) -> float:
    return 2.0 * value


@kernel
def answered(value: float) -> float:
    return once(value)


answered.__module__ = "sim.base.version"


def test_kernels_of_one_key_that_call_others_are_not_mistaken_for_one_another(folder: Path) -> None:
    assert EntryPoint(answered)(3.0) == 3.0
    assert EntryPoint(answered, {once: twice})(3.0) == 6.0
    assert EntryPoint(answered)(3.0) == 3.0
    assert len(list(folder.iterdir())) == 2


def linked_names(function: EntryPoint) -> set[str]:
    """Return the names by which a compiled kernel is linked, without the count that each process begins anew."""
    (form,) = function.compiled().overloads.values()
    found = re.findall(r'^define [^@]*@"?([^"(]+)', form.library.get_llvm_str(), re.MULTILINE)
    return {re.sub(r"B\d+v\d+", "", name) for name in found if "answered" in name or "once" in name}


def test_kernels_that_differ_are_linked_by_other_names_in_whatever_processes_they_were_compiled(folder: Path) -> None:
    entries = [EntryPoint(answered), EntryPoint(answered, {once: twice}), EntryPoint(answered, key="other")]
    for entry in entries:
        entry(3.0)
    names = [linked_names(entry) for entry in entries]

    assert all(names)
    assert not (names[0] & names[1] | names[0] & names[2] | names[1] & names[2])


def test_what_another_process_is_compiling_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_and_kept()
    (entry,) = folder.glob("*.kernel")
    aside = entry.rename(folder.parent / "aside")

    def other_ends(path: Path) -> None:
        assert path == entry
        aside.rename(path)

    monkeypatch.setattr(kernel_cache, "wait_for_turn", other_ends)
    assert compiled_and_kept()[1]


def test_kernels_of_the_package_count_no_holders_of_arrays_and_those_from_outside_do() -> None:
    from sim.engine.recorder import record
    from sim.rules.attention import attention

    def counts(function: Any) -> bool:
        return compiled_form(bound(function)).targetoptions.get("_nrt", True)

    from_outside = kernel(lambda n: np.zeros(n).sum())
    assert not counts(attention)
    assert counts(record)
    assert counts(from_outside)


def test_turns_are_given_back_also_where_a_kernel_cannot_be_compiled(folder: Path) -> None:
    def broken(value: float) -> float:
        return value.no_such_thing

    broken.__module__ = three_times.__module__
    compiled_and_kept()
    with pytest.raises(numba.TypingError):
        entry_point(broken)(1.0)
    assert not list(folder.glob(".*.turn"))


def test_a_kernels_entries_can_be_flushed(folder: Path) -> None:
    function, _ = compiled_and_kept()
    function.compiled()._cache.flush()

    assert list(folder.iterdir()) == []


def test_the_user_is_told_once_when_something_has_to_be_compiled(folder: Path) -> None:
    heard: list[str] = []
    say_when_compiling(heard.append)
    assert heard == []
    function, _ = compiled_and_kept()
    function(2)
    assert len(heard) == 1
    assert "only the first time" in heard[0]

    say_when_compiling(heard.append)
    compiled_and_kept()
    assert len(heard) == 1


def test_without_a_folder_kernels_run_and_the_user_is_told(folder: Path) -> None:
    folder.write_text("not a folder", "utf-8")
    heard: list[str] = []
    say_when_compiling(heard.append)

    assert not compiled_and_kept()[1]
    assert not compiled_and_kept()[1]
    assert "at each start" in heard[0]


def closed(folder: Path) -> None:
    if os.name == "nt" or os.getuid() == 0:
        pytest.skip("whoever runs this may write to what is closed")
    folder.chmod(0)


def in_the_place_of(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file", "utf-8")


@pytest.mark.parametrize("happens", [shutil.rmtree, closed, in_the_place_of])
def test_a_folder_that_vanishes_or_is_closed_in_the_middle_stops_nobody(
    happens: Callable[[Path], None], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    compiled_and_kept()
    happens(folder)
    try:
        assert not compiled_and_kept()[1]
        assert not compiled_and_kept()[1]
    finally:
        if folder.is_dir():
            folder.chmod(0o700)

    *_, last = caplog.messages
    assert last.startswith(f"Nothing can be kept in {folder}")
    assert len(caplog.messages) <= 2


def test_python_runs_kernels_on_records_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)

    @entry_point
    def grow(people: Any, by: Any) -> Any:
        people[0].share += 0.5
        return by * by, by

    people = np.zeros(2, dtype=[("share", "f8")])
    squared, by = grow(people, -(2**40))

    assert people["share"].tolist() == [0.5, 0.0]
    assert squared == 0  # it overflows, as compiled
    assert isinstance(by, np.int64)


def values(told: str) -> NDArray[np.float64]:
    """Return the numbers whose bytes were told."""
    return np.frombuffer(bytes.fromhex(told))


@pytest.mark.slow
def test_without_compilation_a_run_has_the_same_bits(tmp_path: Path) -> None:
    plain = in_a_process_of_its_own(YEAR, tmp_path, NUMBA_DISABLE_JIT="1")

    assert not (tmp_path / "kernels").exists()
    assert plain.stderr == ""
    # The week is taken from where all other tests have it: nothing here is about keeping it.
    usual = Path(os.environ.get("CULTURESHIFT_CACHE_DIR") or platformdirs.user_cache_dir("cultureshift"))
    weeks, from_rest = plain.stdout.split()
    weeks_compiled, from_rest_compiled = in_a_process_of_its_own(YEAR, usual).stdout.split()
    assert weeks == weeks_compiled
    # The mean field raises to powers, which compiled code does by multiplying: the start differs in its last bits.
    np.testing.assert_allclose(values(from_rest), values(from_rest_compiled), rtol=0, atol=1e-12)


@pytest.mark.slow
def test_a_second_process_uses_what_the_first_has_compiled(tmp_path: Path) -> None:
    tell = (
        "; from sim.base.chance import _uniforms_for_seats as draw; told = draw.compiled().stats;"
        "print(sum(told.cache_hits.values()), sum(told.cache_misses.values()))"
    )
    first = in_a_process_of_its_own(DRAW + tell, tmp_path).stdout.splitlines()
    second = in_a_process_of_its_own(DRAW + tell, tmp_path).stdout.splitlines()
    for path in (tmp_path / "kernels").iterdir():
        path.write_bytes(b"")
    third = in_a_process_of_its_own(DRAW + tell, tmp_path)

    assert (first[1], second[1], third.stdout.splitlines()[1]) == ("0 1", "1 0", "0 1")
    assert first[0] == second[0] == third.stdout.splitlines()[0]
    assert third.stderr.count("\n") == 1
    assert "was damaged" in third.stderr


@pytest.mark.slow
def test_a_changed_rule_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    """numba's own cache looks only at the file of the entry point, and would go on with the old rule."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "from sim.rulebook.parameters import Parameters; from sim.engine.plan import build_plan;"
        "from sim.engine.state import allocate;"
        "from sim.inputs.organisation import OrganisationShape, generate; from sim.engine.ties import build_ties;"
        "from sim.engine.week import initialise; from sim.base.chance import chance_key;"
        "own = generate(OrganisationShape(teams=1)); plan, who = build_plan(own, [Parameters()], [], 1);"
        "world = allocate(own, build_ties(own), who); initialise(world, plan, chance_key(1));"
        "print(world.teams['control'][0])"
    )
    before = in_a_process_of_its_own(code, tmp_path / "cache", tmp_path).stdout
    rule = tmp_path / "sim" / "rules" / "turnover.py"
    rule.write_text(
        rule.read_text("utf-8").replace(
            "clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * deviate)",
            "clip(0.0 * rules.control_of_newcomers)",
        ),
        "utf-8",
    )
    after = in_a_process_of_its_own(code, tmp_path / "cache", tmp_path).stdout

    assert float(before) > 0
    assert float(after) == 0
