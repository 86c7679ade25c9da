"""Puts the site of the documentation into the wheel, when one is built: hatch calls it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "sim/_docs"
"""Where the site lies in the wheel."""


class CustomBuildHook(BuildHookInterface):
    """Makes the site and hands it to the wheel; an editable installation reads the pages where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make it."""
        if version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp(prefix="cultureshift-docs-"))
        make_site(Path(self.root), self._folder / "site")
        build_data["force_include"][str(self._folder / "site")] = PLACE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        if version != "editable":
            shutil.rmtree(self._folder)


def make_site(root: Path, place: Path) -> None:
    """Make the site of the sources in ``root``; a warning is an error."""
    with tempfile.TemporaryDirectory(prefix="cultureshift-doctrees-") as between:
        words = ["-q", "-W", "--keep-going", "-d", between, "-c", str(root / "docs" / "site"), str(root), str(place)]
        subprocess.run([sys.executable, "-m", "sphinx", *words], check=True)
    (place / "objects.inv").unlink()
    (place / ".buildinfo").unlink(missing_ok=True)
