"""Make the site of the documentation: python docs/site/make.py PLACE. A warning is an error."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

HERE = Path(__file__).parent


def main(place: str) -> int:
    """Make the site in a folder; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="cultureshift-doctrees-") as between:
        words = ["-q", "-W", "--keep-going", "-d", between, "-c", str(HERE), str(HERE.parents[1]), place]
        code = build_main(words)
    # What only other sites and the next build would read.
    for name in ("objects.inv", ".buildinfo"):
        (Path(place) / name).unlink(missing_ok=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
