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
        site = self._folder / "site"
        subprocess.run([sys.executable, Path(self.root) / "docs" / "site" / "make.py", site], check=True)
        build_data["force_include"][str(site)] = PLACE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        if version != "editable":
            shutil.rmtree(self._folder)
