"""The recipes of CONTRIBUTING, done in a copy: what is added stands in a file of its own, and is seen everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"

LOOK = """
import importlib.util, json
import numpy as np
import sim
from sim.base.chance import chance_key
from sim.dashboard.views import actions, kinds, lever_groups
from sim.dashboard.trajectory import SHOWN_MEASURES
from sim.engine.plan import build_plan
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.state import allocate
from sim.engine.ties import build_ties
from sim.inputs.interventions import KINDS
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import json_schema
from sim.rulebook.parameters import Parameters, describe
from sim.rulebook.rulebook import RULEBOOK
from sim.study.sampling import plausible_ranges
from sim.validation.contract import plain_engine

spec = importlib.util.spec_from_file_location("generate", "docs/generate.py")
written = importlib.util.module_from_spec(spec)
spec.loader.exec_module(written)
timeline = [KINDS[name](start_week=0) for name in KINDS if name == "listening_round"]
organisation = generate(OrganisationShape(teams=2, team_size=3))
plan, audiences = build_plan(organisation, [Parameters()], timeline, 3, 0)
world, key = allocate(organisation, build_ties(organisation), audiences), chance_key(1)
plain_engine.initialise(world, plan, key)
plain_engine.run_weeks(world, plan, key, 0, 3)
print(json.dumps({
    "home": sim.__file__,
    "week": [rule.name for rule in RULEBOOK.rules],
    "columns": list(world.services.dtype.names),
    "dialogue": float(plan.dialogue.max()),
    "parameters": list(describe()),
    "measures": list(MEASURE_NAMES),
    "in_dashboard": list(SHOWN_MEASURES),
    "schema": json.dumps(json_schema()),
    "documents": {name: table() for name, table in written.TABLES.items() if name not in ("stories", "headlines")},
    "sensitivity": list(plausible_ranges()),
    "levers": [lever["name"] for group in lever_groups(Scenario(title="").rulebook) for lever in group["levers"]],
    "buttons": [button["key"] for button in actions()],
    "kinds": {kind["kind"]: [field["name"] for field in kind["fields"]] for kind in kinds()},
}))
"""


@pytest.fixture(name="checkout")
def checkout_fixture(tmp_path: Path) -> Path:
    """A copy of what the recipes speak of."""
    for folder in ("sim", "tests", "docs", "scenarios"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.png", "*.pdf", "__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def python(checkout: Path, *words: str, **environment: str) -> str:
    """Run Python with the package of a copy, and return what it says."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def looked_at(checkout: Path) -> dict[str, Any]:
    """Return where everything of a copy is seen."""
    found: dict[str, Any] = json.loads(python(checkout, "-c", LOOK))

    assert Path(found["home"]).is_relative_to(checkout)
    return found


def edit(path: Path, before: str, after: str) -> None:
    """Put a text in the place of another that stands in a file once."""
    content = path.read_text(encoding="utf-8")

    assert content.count(before) == 1
    path.write_text(content.replace(before, after), encoding="utf-8")


# --- the recipes ------------------------------------------------------------------------------------------------------


def add_parameter(checkout: Path) -> None:
    """Add one to the file of a rule: its declaration, and its symbol in the equation."""
    edit(checkout / "sim/rules/climate.py", "PARAMETERS = (\n", """PARAMETERS = (
    parameter(
        "forgetting", 0.5, "per week", "how fast it is forgotten who can facilitate", symbol="ν",
        group="dialogue and facilitation", within=(0, 1), plausible=(0.1, 0.9), grade="assumption", source="assumed",
    ),
""")  # fmt: skip
    edit(checkout / "sim/rules/climate.py", "K its mean capability (", "K its mean capability, forgotten at rate ν (")


TWIN = '''

def fear(world: PlainWorld, rules: Row, service: int, now: Moment) -> None:
    """Where an inspection is rumoured fear jumps by what is not there yet, else it fades."""
    here = world.services[service]
    is_rumoured = now.draws.lanes(99, now.week, service)[0] < rules.rumour_rate
    change = here.pressure * (1.0 - here.fear) if is_rumoured else -here.fear
    here.fear += rules.fear_fading * change
'''


def add_rule(checkout: Path) -> None:
    """Add the rule of the page on own rules to the package: its file, its place in the week, its twin."""
    rule = (EXAMPLES / "fear_of_inspection.py").read_text(encoding="utf-8").replace("Stream(1000,", "Stream(99,")
    (checkout / "sim/rules/fear_of_inspection.py").write_text(rule, encoding="utf-8")
    edit(
        checkout / "sim/rules/__init__.py",
        "from sim.rules.leaders",
        "from sim.rules.fear_of_inspection import RULE as FEAR\nfrom sim.rules.leaders",
    )
    edit(checkout / "sim/rules/__init__.py", "STAFF, CYNICISM", "STAFF, FEAR, CYNICISM")
    twins = checkout / "tests/reference.py"
    twins.write_text(twins.read_text(encoding="utf-8") + TWIN, encoding="utf-8")


def add_kind(checkout: Path) -> None:
    """Add the intervention of that page to the package: its file."""
    kind = (EXAMPLES / "listening_round.py").read_text(encoding="utf-8")
    kind = kind.replace("ClassVar[int] = 1000", "ClassVar[int] = 99")
    kind = kind.replace("from sim.inputs.interventions import", "from sim.inputs.interventions.entry import")
    (checkout / "sim/inputs/interventions/listening_round.py").write_text(kind, encoding="utf-8")


def add_measure(checkout: Path) -> None:
    """Add one to the file of the recorder: what it is of one person, and its entry; and its twin."""
    recorder = checkout / "sim/engine/recorder.py"
    edit(recorder, "import Measure\n", "import Measure, mean_over\n")
    edit(recorder, "# --- the measures ---", """@kernel
def _is_settled(world: Any, row: Any) -> Any:
    return 1.0 if world.staff.tenure_weeks[row] >= 52 else 0.0


# --- the measures ---""")  # fmt: skip
    entry = 'mean_over("staff", _is_settled, "settled_share", "Settled", "share of staff", "here for a year or more"),'
    edit(recorder, ")  # fmt: skip\nMEASURE_NAMES", f"    {entry}\n)  # fmt: skip\nMEASURE_NAMES")
    twin = '"settled_share": mean_of([person.tenure_weeks >= 52 for person in people]),'
    edit(
        checkout / "tests/reference_measures.py",
        '        "safety": mean_of(safety),\n',
        f"""        "safety": mean_of(safety),
        {twin}
""",
    )


@pytest.mark.slow
def test_a_measure_in_one_file_is_in_tables_documents_and_dashboard_and_keeps_to_its_twin(checkout: Path) -> None:
    add_measure(checkout)
    found = looked_at(checkout)
    said = python(
        checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pairing/test_twin.py", "-k", "weekly_measures",
        NUMBA_DISABLE_JIT="1",
    )  # fmt: skip

    assert "settled_share" in found["measures"]
    assert "settled_share" in found["in_dashboard"]
    assert "`settled_share`" in found["documents"]["measures"]
    assert " passed" in said


@pytest.mark.slow
def test_a_parameter_in_one_file_is_in_schema_documents_levers_and_sensitivity(checkout: Path) -> None:
    add_parameter(checkout)
    found = looked_at(checkout)

    assert "forgetting" in found["parameters"]
    assert "forgetting" in found["schema"]
    assert "forgetting" in found["sensitivity"]
    assert "forgetting" in found["levers"]
    assert {"parameters", "uses", "submodels"} == {
        name for name, table in found["documents"].items() if "`forgetting`" in table or "rate ν" in table
    }


@pytest.mark.slow
def test_a_rule_in_one_file_is_in_the_week_state_documents_levers_and_sensitivity(checkout: Path) -> None:
    add_rule(checkout)
    found = looked_at(checkout)

    assert found["week"].index("fear_of_inspection") == found["week"].index("staff") + 1
    assert "fear" in found["columns"]
    for place in ("parameters", "schema", "sensitivity", "levers"):
        assert "rumour_rate" in found[place], place
    assert {"parameters", "order", "submodels", "columns", "streams", "uses"} <= {
        name for name, table in found["documents"].items() if "umour" in table
    } | {name for name, table in found["documents"].items() if "`fear`" in table}


@pytest.mark.slow
def test_a_rule_and_its_twin_keep_the_contract(checkout: Path) -> None:
    add_rule(checkout)
    said = python(
        checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contracts/test_mechanisms.py",
        "-k", "fear_of_inspection or declare or stream",
    )  # fmt: skip

    assert " passed" in said


@pytest.mark.slow
def test_an_intervention_in_one_file_is_on_timelines_and_in_schema_documents_and_dashboard(checkout: Path) -> None:
    add_kind(checkout)
    found = looked_at(checkout)

    assert found["kinds"]["listening_round"][:2] == ["start_week", "end_week"]
    assert "hours_per_week" in found["kinds"]["listening_round"]
    assert "hours_per_week" in found["schema"]
    assert "listening_round" in found["buttons"]
    assert found["dialogue"] == 0.25
    assert "`listening_round`" in found["documents"]["interventions"]
