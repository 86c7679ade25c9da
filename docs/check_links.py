"""Check the links of all pages.

python docs/check_links.py               those that stay here: files, and headings in them
python docs/check_links.py --elsewhere   those that lead elsewhere; asks the internet, one address after the other
"""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
_LEFT_OUT = {"build", "dist", "node_modules", "parts", "site-packages"}
_CODE = re.compile(r"^(```|~~~).*?^\1[`~]*$|`[^`\n]*`|<!--.*?-->", re.MULTILINE | re.DOTALL)
_LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|<img[^>]*\bsrc=\"([^\"]+)\"|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
_ADDRESS = re.compile(r"https?://[^\s)>\]\"'`|]+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.MULTILINE)
_RESERVED = (".example", "example.org", "example.com", "127.0.0.1", "localhost", "json-schema.org")
_PATIENCE_SECONDS = 20
_ASKED_AS = "Mozilla/5.0 (compatible; a check of links)"
_NOT_FOR_PROGRAMS = (401, 403, 405, 418, 429, 503, 999)
"""Answers of sites that are there, and do not answer programs."""


def pages() -> list[Path]:
    """Return every page of the project, in order."""
    found = (
        path for path in ROOT.rglob("*.md") if not any(_is_left_out(part) for part in path.relative_to(ROOT).parts)
    )
    return sorted(found)


def _is_left_out(part: str) -> bool:
    return part in _LEFT_OUT or (part.startswith(".") and part != ".ci")


def broken_here(page: Path) -> Iterator[str]:
    """Yield the links of a page that lead to no file, or to no heading of one, each with its line."""
    text = page.read_text(encoding="utf-8")
    for target, line in _targets(text):
        if urlsplit(target).scheme or target.startswith("//"):
            continue
        name, _, heading = unquote(target).partition("#")
        place = page.parent / name if name else page
        if not place.exists() or not place.resolve().is_relative_to(ROOT):
            yield f"{page.relative_to(ROOT)}, line {line}: {target} leads nowhere"
        elif heading and place.suffix == ".md" and heading not in headings(place):
            yield f"{page.relative_to(ROOT)}, line {line}: {target} names no heading there"


def _targets(text: str) -> Iterator[tuple[str, int]]:
    # Code is blanked, not cut, so that lines stay where they are.
    bare = _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    for found in _LINK.finditer(bare):
        target = next(group for group in found.groups() if group)
        yield target, bare.count("\n", 0, found.start()) + 1


@cache
def headings(page: Path) -> frozenset[str]:
    """Return the names under which the headings of a page can be linked to."""
    bare = re.sub(r"^(```|~~~).*?^\1[`~]*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    names = []
    for _, words in _HEADING.findall(bare):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).lower().replace("`", "")
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found[name] = found.get(name, -1) + 1
        names.append(f"{name}-{found[name]}" if found[name] else name)
    return frozenset(names)


def addresses() -> dict[str, list[str]]:
    """Return every address elsewhere that a page, or what the package says of itself, names, with where it does."""
    found: dict[str, list[str]] = {}
    for path in [*pages(), ROOT / "pyproject.toml", ROOT / "CITATION.cff"]:
        for address in _ADDRESS.findall(path.read_text(encoding="utf-8")):
            bare = address.rstrip(".,;:*")
            host = urlsplit(bare).hostname or ""
            if "." in host and not host.endswith(_RESERVED):
                found.setdefault(bare, []).append(str(path.relative_to(ROOT)))
    return dict(sorted(found.items()))


def answer_of(address: str) -> str:
    """Return what is wrong with an address elsewhere; nothing if it answers."""
    asked = urllib.request.Request(address, headers={"User-Agent": _ASKED_AS})
    try:
        with urllib.request.urlopen(asked, timeout=_PATIENCE_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return "" if error.code in _NOT_FOR_PROGRAMS else f"{error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))


def main(words: list[str]) -> int:
    """Check, say what is wrong, and return the exit code."""
    if "--elsewhere" in words:
        wrong = [
            f"{one}: {told} (in {', '.join(where)})" for one, where in addresses().items() if (told := answer_of(one))
        ]
    else:
        wrong = [told for page in pages() for told in broken_here(page)]
    print("\n".join([*wrong, f"{len(wrong)} broken links"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
