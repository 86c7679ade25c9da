"""What a notebook shows: the answer, a small figure and the table, and short words for everything else."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from sim import Scenario, answer, generate, load_scenario, run_paired
from sim.inputs.organisation import OrganisationShape
from sim.plots.notebook import in_html
from sim.report import summary_rows
from sim.results.ensemble import PairedEnsemble


@pytest.fixture(name="paired", scope="module")
def paired_fixture() -> PairedEnsemble:
    scenario = load_scenario("shoestring-year").replace(weeks=80, title='<script>alert("x")</script>')
    return run_paired(scenario, replicates=3)


def test_a_notebook_shows_the_answer_a_figure_and_the_table(paired: PairedEnsemble) -> None:
    html = paired._repr_html_()

    tree = ElementTree.fromstring(f"<div>{re.sub(r'(<img [^>]*)>', chr(92) + '1/>', html)}</div>")
    words = "".join(tree.itertext())
    assert answer(paired).verdict in words
    assert all(row.label in words for row in summary_rows(paired))
    image = tree.find("img")
    assert image is not None
    assert image.get("alt") == answer(paired).headline
    content = base64.b64decode(str(image.get("src")).removeprefix("data:image/png;base64,"))
    assert content.startswith(b"\x89PNG")
    assert len(content) < 100_000


def test_a_title_from_anybody_is_a_text(paired: PairedEnsemble) -> None:
    html = paired._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="how to show int"):
        in_html(3)


def test_everything_has_a_short_repr(paired: PairedEnsemble) -> None:
    assert repr(paired.arm) == (
        '<Ensemble "<script>alert("x")</script>": 3 runs of 80 weeks with 296 staff, seed 1>'
    )  # fmt: skip
    assert repr(paired).endswith('seed 1, against "Nothing is done">')
    assert repr(generate(OrganisationShape())) == "<Organisation of 296 staff in 37 teams of 1 service>"
    assert repr(Scenario(title="As it is")) == '<Scenario scenario, "As it is": 416 weeks, 0 entries on the timeline>'


def test_results_alone_load_no_pictures() -> None:
    code = "import sys, sim.results.ensemble; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
