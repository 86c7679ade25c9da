"""What a package index shows of the package: the README, none of whose links lead nowhere there. Hatch calls it.

An index shows the page alone, without the files beside it. Where the project has an address, links become absolute;
where it has none, their words stay, and the pages are those that come with the package.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[([^\]]*)\]\((?!\w+:)([^)\s]+)\)\s*")
_LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")
_BESIDE = "The pages that this one names come with the package: `cultureshift docs` opens them, without internet.\n"


def described(readme: str, home: str = "") -> str:
    """Return the README for an index; ``home``: the address below which the project's files are found."""
    if home:
        base = home.rstrip("/")
        return _LINK.sub(lambda found: f"[{found[1]}]({base}/{found[2]})", readme)
    return _LINK.sub(lambda found: found[1], _PICTURE.sub("", readme)).rstrip("\n") + f"\n\n{_BESIDE}"


class DescriptionHook(MetadataHookInterface):
    """Makes the description when the package's metadata are made."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put it there."""
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        home = metadata.get("urls", {}).get("Files", "")
        metadata["readme"] = {"content-type": "text/markdown", "text": described(readme, home)}
