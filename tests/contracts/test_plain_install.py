"""From a bare wheel every command answers; what needs more packages says at once which, and how to install them."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from sim.base.extras import FEATURES, how_to_install, missing_packages, require
from tests.command_tree import COMMANDS, words_for
from tests.wheels import built_wheel

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("dashboard", "analysis", "cluster", "film")
PATIENCE = 300.0

# Words beside what a command asks for, so that its work is small, or goes by way of an extra.
MORE = {
    "run": ["-n", "2", "--weeks", "30"],
    "compare": ["-n", "2", "--weeks", "30"],
    "validate": ["-p", "1", "-n", "8"],
    "meanfield": ["--steps", "3"],
    "study run": ["--dask", "local"],
    "map": ["--dask", "nowhere:1"],
    "sensitivity": ["place.toml", "--method", "morris", "--points", "30", "--replicates", "1"],
    "calibrate": ["targets.csv", "--fit", "staff_turnover,control_norm", "--points", "20", "--replicates", "2"],
    "discover": ["place.toml", "--outcome", "holds", "--points", "60", "--replicates", "1"],
    "budget": ["place.toml", "--trials", "10", "--replicates", "2", "--judged", "2"],
    "film": ["--weeks", "2", "--width", "320"],
    "lessons check": ["--no-claims"],
    "docs": ["--no-browser"],
}
NEEDS = {
    **{one: one for one in ("dashboard", "room", "sensitivity", "calibrate", "discover", "budget", "study sql")},
    "study run": "--dask",
    "map": "--dask",
}
"""The feature that each command needs, as it is called here."""

BROUGHT_BY = {"solara-ui": "solara", "ipywidgets": "ipyvue", "distributed": "dask", "pydantic-core": "pydantic"}
"""Packages that another one brings, which is the one that is declared."""

SERVERS = ("dashboard", "room")

WORKING = ("run", "compare", "film", "sensitivity", "calibrate", "discover", "budget", "study run")
"""Commands that have all they ask for, and come to an answer."""

VARYING_FEW = """
from sim.study import sampling, sensitivity
of_all = sampling.plausible_ranges
sampling.plausible_ranges = sensitivity.plausible_ranges = lambda rulebook: of_all(("control_norm", "critical_mass"))
from sim.__main__ import main
main()
"""
"""The command, whose analysis otherwise varies all parameters, which takes minutes, with two of them."""

LACKING = """
import json
from sim.base.extras import FEATURES, missing_packages
print(json.dumps([name for name in FEATURES if missing_packages(name)]))
"""
"""A program that says which features lack packages."""


# --- what is declared -------------------------------------------------------------------------------------------------


def imported_packages() -> dict[str, set[str]]:
    """Return the packages that the sources import, each with the files that do."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add(str(path.relative_to(ROOT)))
    return {name: files for name, files in found.items() if name not in sys.stdlib_module_names and name != "sim"}


def declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements}


@cache
def distributions() -> Mapping[str, list[str]]:
    """Return which packages each module comes from; it reads the list of files of all that is installed."""
    return metadata.packages_distributions()


def packages_of(module: str) -> set[str]:
    """Return the packages that a module may come from, as they are declared."""
    names = {one.lower().replace("_", "-") for one in distributions().get(module, [module])}
    return names | {BROUGHT_BY[name] for name in names if name in BROUGHT_BY}


def test_every_package_that_is_imported_is_declared() -> None:
    extras = {one for extra in EXTRAS for one in PROJECT["optional-dependencies"][extra]}
    known = declared([*PROJECT["dependencies"], *extras])
    missing = {name: files for name, files in imported_packages().items() if not packages_of(name) & known}
    assert missing == {}


def test_every_feature_needs_packages_of_its_own_extra() -> None:
    for name, feature in FEATURES.items():
        brings = declared(PROJECT["optional-dependencies"][feature.extra])
        for module in feature.modules:
            assert packages_of(module) & brings, (name, module)


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_missing_package_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.base.extras.find_spec", lambda _: None)
    assert missing_packages("calibrate") == ["emcee", "sklearn"]
    with pytest.raises(
        Exception, match=r"calibrate: wanted the packages of the extra \"analysis\", got Python without"
    ):
        require("calibrate")


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        (None, "pip install '.[film]' in the folder of Cultureshift"),
        ("", "pip install '.[film]' in the folder of Cultureshift"),
        ("[]", "pip install '.[film]' in the folder of Cultureshift"),
        ('{"url": "https://example.org/x.whl"}', "pip install '.[film]' in the folder of Cultureshift"),
        ('{"url": "file:///nowhere/at/all"}', "pip install '.[film]' in the folder of Cultureshift"),
        (f'{{"url": "{ROOT.as_uri()}", "dir_info": {{}}}}', f"pip install '{ROOT}[film]'"),
        (f'{{"url": "{ROOT.as_uri()}", "dir_info": {{"editable": true}}}}', f"--editable '{ROOT}[film]'"),
    ],
)
def test_how_to_install_follows_from_how_it_was_installed(
    noted: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Distribution:
        def read_text(self, _: str) -> str | None:
            return noted

    monkeypatch.setattr("sim.base.extras.metadata.distribution", lambda _: Distribution())
    assert said in how_to_install("film")


# --- a fresh environment ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="wheel")
def wheel_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of these sources; its site has a test of its own."""
    return built_wheel(tmp_path_factory.mktemp("wheel"), has_site=False)


@pytest.fixture(scope="module", name="environment")
def environment_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment; what Python compiles of the packages in it serves one extra after the other."""
    folder = tmp_path_factory.mktemp("fresh") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def installed(wheel: Path, extra: str, python: Path) -> Path:
    """Install the wheel with one extra, or none, into an environment, and nothing else; return its command."""
    what = f"{wheel}[{extra}]" if extra else str(wheel)
    words = ["--exact", "--python", python, "--constraint", ROOT / "constraints.txt", what]
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", *words],
                   check=True, env={**os.environ, "UV_HTTP_TIMEOUT": "120"})  # fmt: skip
    return python.with_name("cultureshift")


def prepared(folder: Path) -> Path:
    """Return a folder with what commands ask for."""
    from sim.inputs.organisation import OrganisationShape
    from sim.inputs.scenario.description import Scenario
    from sim.inputs.scenario.files import write_scenario
    from sim.lessons import lessons_folder
    from tests.small_studies import write_study, write_targets

    folder.mkdir()
    write_study(folder)
    small = OrganisationShape(teams=3, team_size=4)
    dialogue = {"kind": "dialogue", "start_week": 0, "end_week": 40}
    place = Scenario(
        name="place", title="A place", weeks=436, organisation=small, timeline=(dialogue,), support_ends=40
    )
    write_scenario(place, folder / "place.toml")
    write_targets(folder)
    (folder / "lesson.md").write_bytes(sorted(lessons_folder().glob("*.md"))[0].read_bytes())
    return folder


def called_from(folder: Path) -> Callable[..., str]:
    """Return what calls a program there, with nothing of ours around it, and gives all that it says."""
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def call(*words: str | Path, codes: tuple[int, ...]) -> str:
        done = subprocess.run(
            words, cwd=folder, env=own, capture_output=True, text=True, check=False, timeout=PATIENCE
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert "Traceback" not in told, (words, told[-2000:])
        assert done.returncode in codes, (words, told[-2000:])
        return told

    return call


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_command_answers_from_a_wheel(wheel: Path, environment: Path, tmp_path: Path) -> None:
    """Without any extra all of them; with each extra alone what needs it, and the main jobs.

    All in one environment: what Python compiles of the packages costs as much as all commands together.
    """
    for extra in ("", *EXTRAS):
        program = installed(wheel, extra, environment)
        call = called_from(prepared(tmp_path / f"with {extra}"))
        lacking = json.loads(call(environment, "-c", LACKING, codes=(0,)))
        assert lacking == [name for name, feature in FEATURES.items() if feature.extra != extra]
        for command in COMMANDS:
            needs = FEATURES[NEEDS[command]].extra if command in NEEDS else None
            if extra and needs != extra and command not in ("run", "film"):
                continue  # without any extra it has answered already
            if command in SERVERS and needs == extra:
                continue  # it serves until it is stopped: the tests in a browser see to it
            words = [*MORE.get(command, []), *words_for(command)[len(command.split()) :]]
            if needs is not None and needs != extra:
                told = call(program, *command.split(), *words, codes=(2,))
                assert f'wanted the packages of the extra "{needs}"' in told, (command, told)
                assert f"pip install '{wheel}[{needs}]'" in told, (command, told)
                assert told.count("\n") == 1, (command, told)
            else:
                begin = [environment, "-c", VARYING_FEW] if command == "sensitivity" else [program]
                codes = (0,) if command in WORKING else (0, 2)
                told = call(*begin, *command.split(), *words, codes=codes)
                assert "wanted the packages of the extra" not in told, (extra, command, told)
