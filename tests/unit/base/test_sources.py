"""What decides a result is found by following imports; its hash follows the code, and not the remarks in it."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

import sim
from sim.base.own_folder import cache_folder
from sim.base.sources import _CARRY_BYTES, Sources, code_hash, modules_behind
from sim.inputs.interventions import KINDS
from sim.results.store.keys import _DECIDES

PACKAGE = Path(sim.__file__).parent
ENGINE = modules_behind(_DECIDES)
KERNELS = ("sim.engine.week", "sim.engine.limit.week", "sim.dashboard.recorder")


def path_in(folder: Path, name: str) -> Path:
    place = folder.joinpath(*name.split(".")[1:])
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@pytest.fixture(scope="module", name="copied")
def copied_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package; whoever changes it takes that back."""
    copy = tmp_path_factory.mktemp("package") / "sim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


class Changed:
    """The hash of a copy of the package, with some text of one module in the place of what it says."""

    def __init__(self, copy: Path, module: str) -> None:
        self.copy, self.path = copy, path_in(copy, module)
        self.text = self.path.read_text("utf-8")

    def hash_with(self, text: str, *roots: str) -> str:
        try:
            self.path.write_text(text, "utf-8")
            return Sources(self.copy).code_hash(roots or (_DECIDES,))
        finally:
            self.path.write_text(self.text, "utf-8")


def test_a_copy_has_the_same_hash(copied: Path) -> None:
    assert Sources(copied).code_hash((_DECIDES,)) == code_hash(_DECIDES)


def test_every_kind_of_intervention_is_among_what_decides() -> None:
    """They are found in their folder, and imported by nobody by name."""
    assert {cls.__module__ for cls in KINDS.values()} <= set(ENGINE)


def test_what_builds_organisations_is_among_what_decides() -> None:
    assert {
        "sim.inputs.scenario.description",
        "sim.inputs.organisation",
        "sim.engine.week",
        "sim.engine.plan",
        "sim.engine.run",
        "sim.engine.ties",
    } <= set(ENGINE)
    assert not {name for name in ENGINE if re.match(r"sim\.(commands|dashboard|room|plots|report|study)\b", name)}


@pytest.mark.parametrize("module", ENGINE)
def test_each_module_of_the_engine_decides_the_key_of_a_run(module: str, copied: Path) -> None:
    changed = Changed(copied, module)

    assert changed.hash_with(changed.text + "\n_ANOTHER = 1\n") != code_hash(_DECIDES)


@pytest.mark.parametrize("module", sorted(_CARRY_BYTES))
def test_what_only_carries_bytes_decides_nothing_and_knows_nothing_of_a_model(module: str, copied: Path) -> None:
    changed = Changed(copied, module)

    assert changed.hash_with(changed.text + "\n_ANOTHER = 1\n") == code_hash(_DECIDES)
    known = {name for name in re.findall(r"^from (sim\.[\w.]+) import", changed.text, re.MULTILINE)}
    assert known <= {*_CARRY_BYTES, "sim.base.errors"}


@pytest.mark.parametrize("module", ENGINE)
def test_a_remark_in_a_module_of_the_engine_does_not(module: str, copied: Path) -> None:
    changed = Changed(copied, module)
    reworded = re.sub(r'^"""', '"""In other words. ', changed.text, count=1)
    assert reworded != changed.text

    assert changed.hash_with(f"# A remark.\n\n{reworded}\n\n# Another.\n") == code_hash(_DECIDES)


@pytest.mark.parametrize("root", KERNELS)
def test_each_module_behind_kernels_decides_what_they_are_kept_under(root: str, copied: Path) -> None:
    for module in modules_behind(root):
        changed = Changed(copied, module)
        assert changed.hash_with(changed.text + "\n_ANOTHER = 1\n", root) != code_hash(root)


@pytest.mark.parametrize(
    ("before", "after", "is_remark"),
    [
        ('def f():\n    """Say."""\n    return 1\n', 'def f():\n    """Tell."""\n    return 1\n', True),
        ("def f():\n    return 1\n", 'def f():\n    """Tell."""\n    # why\n    return (1)\n', True),
        ("A = 'x'\n", 'A = "x"\n"""What A is."""\n', True),
        ("class C:\n    a: int = 1\n", 'class C:\n    """One."""\n\n    a: int = 1\n    """Its a."""\n', True),
        ("A = 1\n", "A = 1.0\n", False),
        ("A = 1\n", "A = True\n", False),
        ("def f(a, b=1): return a - b\n", "def f(a, b=1): return b - a\n", False),
        ("def f(a, *, b): pass\n", "def f(a, b): pass\n", False),
        ("if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", False),
        ("A = f'{x:.1f}'\n", "A = f'{x:.2f}'\n", False),
        ("A = 'x'\n", "A = 'y'\n", False),
        ("x = a < b\n", "x = a <= b\n", False),
    ],
)
def test_code_counts_and_remarks_do_not(before: str, after: str, is_remark: bool, copied: Path) -> None:
    changed = Changed(copied, "sim.base.version")
    hashes = [changed.hash_with(text, "sim.base.version") for text in (before, after)]

    assert (hashes[0] == hashes[1]) is is_remark


def test_imports_are_followed_wherever_they_stand(copied: Path) -> None:
    text = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import sim.report\nelse:\n    import sim.base.version\n"
        "def f():\n    try:\n        from sim.base import errors\n"
        "    except OSError:\n        from .base import toml_lines\n"
        "    match 1:\n        case 1:\n            from sim.inputs.tables import faults\n"
    )
    path = copied / "importing.py"
    path.write_text(text, "utf-8")
    found = set(Sources(copied).closure(("sim.importing",)))
    path.unlink()

    assert {
        "sim.base.version",
        "sim.base.errors",
        "sim.base.toml_lines",
        "sim.inputs.tables.faults",
        "sim.inputs.tables",
    } <= found
    assert not {name for name in found if name.startswith("sim.report")}


EXECUTES = {
    "sim.engine.week": "the order of the week, as a text made of the rules that it imports",
    "sim.rulebook.own_rules": "a file of rules from outside, whose hash is a part of every key",
}
"""Modules of the engine that execute a text, and what that is."""


@pytest.mark.parametrize("module", sorted({*ENGINE, *modules_behind(*KERNELS)}))
def test_no_module_of_the_engine_hides_what_it_imports(module: str) -> None:
    tree = ast.parse(path_in(PACKAGE, module).read_text("utf-8"))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    from_package = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sim"
        for alias in node.names
    }

    hidden = {"import_module", "__import__", "exec", "eval"}
    if module in EXECUTES:
        hidden.remove("exec")
    if "iter_modules" in called:  # whoever loads all modules of its folder: they are followed
        hidden.remove("import_module")
    assert not called & hidden
    assert all(path_in(PACKAGE, f"sim.{name}").exists() for name in from_package), "sim itself is not followed"


def test_a_root_that_is_no_more_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"sim\.nothing"):
        code_hash("sim.nothing")


def test_what_was_read_is_remembered_and_never_believed_when_damaged(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CULTURESHIFT_CACHE_DIR", str(tmp_path))
    cache_folder.cache_clear()
    first = Sources(copied).code_hash((_DECIDES,))
    (remembered,) = (tmp_path / "sources").iterdir()
    good = remembered.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", lambda text: pytest.fail("it is remembered"))
        assert Sources(copied).code_hash((_DECIDES,)) == first
    for bad in (b"", good[:100], good[:-20] + b"x" + good[-19:], b"{}"):
        remembered.write_bytes(bad)
        assert Sources(copied).code_hash((_DECIDES,)) == first
        assert remembered.read_bytes() == good
    cache_folder.cache_clear()
