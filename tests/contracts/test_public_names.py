"""The public names: what is promised is there, typed, documented, and said in one place."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import sim
from sim.commands import WORDS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sim"


def stub_names() -> set[str]:
    """Return what type checkers see: every name that the stub exports."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname for node in imports for alias in node.names if alias.asname is not None}


@pytest.mark.parametrize("name", sim.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(sim, name) is not None


@pytest.mark.parametrize("name", [name for name in sim.__all__ if name != "__version__"])
def test_every_public_name_is_exported_by_its_own_module(name: str) -> None:
    home = import_module(f"sim.{sim._MODULE_OF[name]}")
    assert name in home.__all__
    assert getattr(sim, name) is getattr(home, name)


def test_type_checkers_see_the_same_names() -> None:
    assert stub_names() == set(sim.__all__)


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'run_ensembel'"):
        sim.run_ensembel  # noqa: B018


def test_dir_lists_the_public_names() -> None:
    assert set(sim.__all__) <= set(dir(sim))


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert sim.__version__ == project["version"]
    assert f"\nversion: {sim.__version__}\n" in citation


def test_every_public_function_and_class_says_what_it_does() -> None:
    documented = [getattr(sim, name) for name in sim.__all__ if callable(getattr(sim, name))]
    assert all(inspect.getdoc(one) for one in documented)


def public_modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
        if not {"dashboard", "room", "_scenarios"} & set(path.parts)
    )


def bound_names(tree: ast.Module) -> set[str]:
    """Return the names that a module binds anywhere."""
    nodes = list(ast.walk(tree))
    imported = {
        alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return imported | defined | {node.id for node in nodes if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", public_modules())
def test_every_module_lists_names_that_it_has(module: str) -> None:
    """By reading alone: optional packages may be missing."""
    path = ROOT.joinpath(*module.split("."))
    tree = ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" and "*" not in ast.unparse(node):
            assert set(ast.literal_eval(node.value)) <= bound_names(tree)


def test_every_word_of_the_command_has_its_file() -> None:
    for word in WORDS:
        assert (PACKAGE / "commands" / f"{word.replace('-', '_')}.py").is_file()


@pytest.mark.slow
def test_a_user_s_program_is_typed_through(tmp_path: Path) -> None:
    """A type checker follows the public names to their types, not to ``Any``."""
    program = tmp_path / "program.py"
    program.write_text(
        "from sim import load_scenario, run_paired\n"
        "reveal_type(load_scenario)\n"
        "reveal_type(run_paired(load_scenario('shoestring-year')))\n"
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "-> sim.inputs.scenario.description.Scenario" in done.stdout
    assert '"sim.results.ensemble.PairedEnsemble"' in done.stdout
