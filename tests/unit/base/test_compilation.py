"""Compiled kernels are kept, used again, and never used when they are out of date."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.base import compilation

ROOT = Path(compilation.__file__).parents[2]
DRAW = "from sim.base.chance import *; print(uniforms_for_seats(chance_key(1), 1, 0, 2).tolist())"


def in_a_process_of_its_own(code: str, folder: Path, root: Path = ROOT) -> str:
    """Run Python with a cache folder of its own and return what it printed."""
    environment = os.environ | {"CULTURESHIFT_CACHE_DIR": str(folder), "PYTHONPATH": str(root)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(name="package_copy")
def package_copy_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's sources, from which the hash is taken."""
    copy = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compilation, "_PACKAGE", copy)
    return copy


def hash_now() -> str:
    return compilation.sources_hash.__wrapped__()


def files_with_kernels() -> list[str]:
    marks = ("@kernel", "@inlined_kernel", "@entry_point")
    sources = {path: path.read_text("utf-8") for path in (ROOT / "sim").rglob("*.py")}
    return sorted(
        path.relative_to(ROOT / "sim").as_posix()
        for path, source in sources.items()
        if any(line.startswith(marks) for line in source.splitlines())
    )


def test_a_copy_of_the_sources_has_the_same_hash(package_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_the_copy = hash_now()
    monkeypatch.undo()

    assert of_the_copy == hash_now()


@pytest.mark.parametrize(
    "name", [*files_with_kernels(), "rules/parameters.py", "inputs/organisation.py", "engine/plan.py"]
)
def test_a_changed_source_changes_the_hash(name: str, package_copy: Path) -> None:
    before = hash_now()
    with (package_copy / name).open("a", encoding="utf-8") as file:
        file.write("\n# another thought\n")

    assert hash_now() != before


def test_a_new_mechanism_changes_the_hash(package_copy: Path) -> None:
    before = hash_now()
    (package_copy / "rules" / "rumour.py").write_text("", "utf-8")

    assert hash_now() != before


def test_kernels_are_kept_in_the_folder_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURESHIFT_CACHE_DIR", str(tmp_path / "chosen"))
    folder = compilation.cache_folder.__wrapped__()

    assert folder == tmp_path / "chosen" / "kernels" / compilation.sources_hash()
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_without_a_setting_the_users_cache_folder_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CULTURESHIFT_CACHE_DIR", raising=False)
    monkeypatch.setattr(compilation.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))

    assert compilation.cache_folder.__wrapped__() == tmp_path / "cultureshift" / "kernels" / compilation.sources_hash()


def test_a_folder_that_cannot_be_written_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way = tmp_path / "a_file"
    in_the_way.write_text("not a folder", "utf-8")
    monkeypatch.setenv("CULTURESHIFT_CACHE_DIR", str(in_the_way))

    assert compilation.cache_folder.__wrapped__() is None


@pytest.mark.parametrize(("has_folder", "said"), [(True, "only the first time"), (False, "at each start")])
def test_the_user_is_told_when_the_model_has_to_be_compiled(
    has_folder: bool, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(compilation, "cache_folder", lambda: tmp_path if has_folder else None)
    compilation.say_when_compiling(heard.append)

    assert len(heard) == 1
    assert said in heard[0]


def test_the_user_is_not_told_when_kernels_are_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "week.run_weeks.1.nbc").touch()
    heard: list[str] = []
    monkeypatch.setattr(compilation, "cache_folder", lambda: tmp_path)
    compilation.say_when_compiling(heard.append)

    assert heard == []


@pytest.mark.slow
def test_without_a_folder_kernels_still_run(tmp_path: Path) -> None:
    in_the_way = tmp_path / "a_file"
    in_the_way.write_text("not a folder", "utf-8")

    assert in_a_process_of_its_own(DRAW, in_the_way) == in_a_process_of_its_own(DRAW, tmp_path / "folder")


@pytest.mark.slow
def test_a_second_process_uses_what_the_first_has_compiled(tmp_path: Path) -> None:
    tell = (
        "; from sim.base.chance import _uniforms_for_seats as draw; told = draw.stats;"
        "print(sum(told.cache_hits.values()), sum(told.cache_misses.values()))"
    )
    first = in_a_process_of_its_own(DRAW + tell, tmp_path).splitlines()
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    second = in_a_process_of_its_own(DRAW + tell, tmp_path).splitlines()

    assert (first[1], second[1]) == ("0 1", "1 0")
    assert first[0] == second[0]
    assert kept
    assert kept == {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}


@pytest.mark.slow
def test_a_changed_rule_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    """numba's own cache looks only at the file of the entry point, and would go on with the old rule."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "from sim.rules.parameters import Parameters; from sim.engine.plan import build_plan;"
        "from sim.engine.state import allocate;"
        "from sim.inputs.organisation import OrganisationShape, generate; from sim.engine.ties import build_ties;"
        "from sim.engine.week import initialise; from sim.base.chance import chance_key;"
        "own = generate(OrganisationShape(teams=1)); plan, who = build_plan(own, [Parameters()], [], 1);"
        "world = allocate(own, build_ties(own), who); initialise(world, plan, chance_key(1));"
        "print(world.teams['control'][0])"
    )
    before = in_a_process_of_its_own(code, tmp_path / "cache", tmp_path)
    rule = tmp_path / "sim" / "rules" / "turnover.py"
    rule.write_text(
        rule.read_text("utf-8").replace(
            "clip(rules.control_of_newcomers + rules.control_of_newcomers_sd * deviate)",
            "clip(0.0 * rules.control_of_newcomers)",
        ),
        "utf-8",
    )
    after = in_a_process_of_its_own(code, tmp_path / "cache", tmp_path)

    assert float(before) > 0
    assert float(after) == 0
