"""The model description and the evidence say what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from sim.results.survey import SurveyDesign
from sim.rulebook.parameters import describe
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.runner import PATTERNS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = ("odd.md", "evidence.md", "evidence-gaps.md", "limits.md", "mean-field.md")
_KEYS = re.compile(r"\(([a-z0-9]+(?:-[a-z0-9]+)+(?:, [a-z0-9]+(?:-[a-z0-9]+)+)*)\)")
_SOURCE = re.compile(r"Source: (.*?)(?=\n\s*\n|\"\"\")", re.DOTALL)


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.fixture(name="generate", scope="module")
def generate_fixture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def anchors(page: str) -> set[str]:
    """Return the anchors that Markdown gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def keys_in_code() -> set[str]:
    """Return the keys of sources that parameters, patterns, forms, mechanisms and interventions name."""
    keys = {declared.source for declared in describe().values()}
    keys |= {key for one in PATTERNS for key in one.evidence}
    keys |= {form.source for formula in RULEBOOK.formulas.values() for form in formula.forms}
    files = [*(ROOT / "sim" / "rules").glob("*.py"), *(ROOT / "sim" / "inputs").rglob("interventions*.py")]
    for path in files:
        if path.is_file():
            for source in _SOURCE.findall(path.read_text(encoding="utf-8")):
                keys.update(key for found in _KEYS.findall(source) for key in found.split(", "))
    return keys


def test_generated_tables_are_what_the_code_says(generate: ModuleType) -> None:
    assert generate.outdated() == [], "run: python docs/generate.py"


def test_every_table_has_its_place(generate: ModuleType) -> None:
    placed = [name for page in generate.PAGES for name in re.findall(r"<!-- begin: ([a-z-]+) -->", text(page))]

    assert sorted(placed) == sorted(generate.TABLES)


def test_a_changed_table_is_noticed(generate: ModuleType) -> None:
    page = text("odd.md")

    changed = page.replace("1. **attention**", "1. **weather**")

    assert changed != page
    assert generate.renewed(changed) == page


def test_a_table_whose_ranges_have_to_be_run_first_stays_and_the_others_of_its_page_are_written(
    generate: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale() -> str:
        raise generate.RangesMissingError("shoestring-year")

    monkeypatch.setattr(generate, "TABLES", {"headlines": stale, "stories": lambda: "anew\n"})
    page = (
        "<!-- begin: headlines -->\nkept\n<!-- end: headlines -->\n"
        "<!-- begin: stories -->\nold\n<!-- end: stories -->\n"
    )
    missing: list[str] = []

    assert generate.renewed(page, missing) == page.replace("old", "anew")
    assert "shoestring-year" in missing[0]
    assert "benchmarks/ranges.py" in missing[0]


@pytest.mark.parametrize("name", sorted(describe()))
def test_every_parameter_is_in_an_equation(name: str) -> None:
    submodels = text("odd.md").split("## 7. Submodels")[1].split("### Parameters")[0]
    symbol = describe()[name].symbol

    assert re.search(rf"(?<![A-Za-z_]){re.escape(symbol)}(?![A-Za-z_])", submodels), symbol


def test_every_source_resolves() -> None:
    missing = keys_in_code() - anchors("evidence.md")

    assert missing == set()


def test_keys_of_mechanisms_are_found() -> None:
    """The test above would hold if no key were found at all."""
    assert {"safety-contagion", "collective-leadership", "implicit-voice", "nhs-impact"} <= keys_in_code()


def test_no_source_stands_there_for_nothing() -> None:
    entries = set(re.findall(r"^### (.*)$", text("evidence.md"), re.MULTILINE))

    assert entries - keys_in_code() == set()


@pytest.mark.parametrize("entry", re.findall(r"^### (.*)$", text("evidence.md"), re.MULTILINE))
def test_every_source_says_how_sure_it_is(entry: str) -> None:
    part = text("evidence.md").split(f"### {entry}\n")[1].split("\n#")[0]

    if entry in ("calibration", "assumed", "mean-field"):
        return
    assert "How sure:" in part
    assert "Read" in part or "Recalled" in part


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text(page)):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        assert not name or (DOCS / name).exists(), target
        if anchor:
            assert anchor in anchors(name or page), target


def test_the_default_survey_is_of_the_smallest_group_that_is_told() -> None:
    assert SurveyDesign().smallest_group == 11
