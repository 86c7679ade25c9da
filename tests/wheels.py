"""Not tests: a wheel of these sources, as somebody would install it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["built_wheel"]

ROOT = Path(__file__).parents[1]


def built_wheel(folder: Path, *, has_site: bool) -> Path:
    """Make the wheel in a folder; without the site of the documentation it is made in a moment."""
    environment = {**os.environ, **({} if has_site else {"HATCH_BUILD_NO_HOOKS": "true"})}
    words = ["build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "uv", *words], check=True, env=environment)
    return next(folder.glob("*.whl"))
