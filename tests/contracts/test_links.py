"""Links: every one within the project leads somewhere; what an index shows of the package needs no files beside it."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.files import loaded
from tests.wheels import built_wheel

ROOT = Path(__file__).parents[2]


LINKS = loaded("docs/check_links.py")
# hatchling is there only while a wheel is made.
_HOOKS: Any = SimpleNamespace(MetadataHookInterface=object)
sys.modules.setdefault("hatchling.metadata.plugin.interface", _HOOKS)
DESCRIPTION = loaded("docs/site/description.py")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", LINKS.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    assert list(LINKS.broken_here(page)) == []


def test_a_link_that_leads_nowhere_is_found_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LINKS, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# A *heading*, twice\n[there](#a-heading-twice) `[no](link)`\n[no](gone.md)\n[no](page.md#gone)\n")

    assert list(LINKS.broken_here(page)) == [
        "page.md, line 3: gone.md leads nowhere",
        "page.md, line 4: page.md#gone names no heading there",
    ]


def test_addresses_elsewhere_are_known_with_where_they_stand() -> None:
    found = LINKS.addresses()

    assert found["https://mesa.readthedocs.io"] == ["README.md", "docs/mesa.md"]
    assert len(found) > 20
    assert not [one for one in found if "127.0.0.1" in one or ".example" in one]


def test_an_address_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LINKS.answer_of("http://127.0.0.1:1/nothing")


@pytest.mark.parametrize("home", ["", "https://files.example/cultureshift/"])
def test_the_description_has_no_link_that_needs_the_files_beside_it(home: str) -> None:
    text = DESCRIPTION.described(README, home)

    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    assert [target for target in targets if not target.startswith("https://")] == []
    assert "facilitator's guide" in text
    assert ("https://files.example/cultureshift/docs/limits.md" in targets) == bool(home)


@pytest.mark.slow
def test_a_wheel_describes_itself_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(built_wheel(tmp_path, has_site=False)) as wheel:
        (name,) = [one for one in wheel.namelist() if one.endswith(".dist-info/METADATA")]
        told = wheel.read(name).decode()

    assert told.partition("\n\n")[2].strip() == DESCRIPTION.described(README).strip()
