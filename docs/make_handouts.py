"""Print the facilitator's guide and a one-page handout of each lesson as PDF, with an installed Chromium.

python docs/make_handouts.py [FOLDER]
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

from sim.lessons import handout, shipped_lessons

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.chromium import CHROMIUM, FLAGS

TEACHING = Path(__file__).parent / "teaching"
GUIDE = TEACHING / "facilitators-guide.md"

_STYLE = """
@page { size: A4; margin: 17mm 18mm 19mm; }
html { font: 10.2pt/1.42 "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1d2433; }
h1 { font-size: 23pt; margin: 0 0 4mm; letter-spacing: -0.02em; }
h2 { font-size: 14.5pt; margin: 7mm 0 2mm; break-after: avoid; color: #1f4e79; }
h3 { font-size: 11.5pt; margin: 4.5mm 0 1mm; break-after: avoid; }
p, ul, blockquote { margin: 0 0 2.4mm; }
ul { padding-left: 5mm; }
li { margin-bottom: 1mm; }
h3 + p { break-after: avoid; }
blockquote { border-left: 1mm solid #1f4e79; background: #eef3f9; padding: 2.5mm 4mm; }
table { border-collapse: collapse; width: 100%; margin: 1mm 0 3mm; font-size: 9.2pt; break-inside: avoid; }
th { text-align: left; border-bottom: 0.4mm solid #1f4e79; padding: 1mm 2mm 1mm 0; vertical-align: bottom; }
td:first-child { min-width: 18mm; }
td { border-bottom: 0.15mm solid #c9d2df; padding: 1.1mm 2mm 1.1mm 0; vertical-align: top; }
tr { break-inside: avoid; }
code { font-size: 9pt; }
a { color: #1f4e79; text-decoration: none; }
"""
_FOOT = (
    '<div style="font-size:7.5pt;color:#667;width:100%;padding:0 18mm;display:flex;justify-content:space-between">'
    "<span>{}</span><span>A map over assumptions, not a forecast</span>"
    '<span><span class="pageNumber"></span> of <span class="totalPages"></span></span></div>'
)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def printable(markdown: str, title: str) -> str:
    """Return a page of Markdown as HTML for printing."""
    text = MarkdownIt("commonmark", {"html": False}).enable("table").render(_COMMENT.sub("", markdown))
    return f'<!doctype html><html lang="en-GB"><title>{html.escape(title)}</title><style>{_STYLE}</style>{text}</html>'


def main(folder: Path) -> None:
    """Print everything into a folder: the guide, and under ``handouts`` a page for each lesson."""
    pages = {folder / "facilitators-guide.pdf": (printable(GUIDE.read_text("utf-8"), "Facilitator's guide"), "Guide")}
    for lesson in shipped_lessons():
        pages[folder / "handouts" / f"{lesson.slug}.pdf"] = (handout(lesson), lesson.title)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        for path, (text, title) in pages.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            page.set_content(text)
            foot = _FOOT.format(html.escape(f"Cultureshift · {title}"))
            page.pdf(
                path=path, prefer_css_page_size=True, display_header_footer=True, header_template="<span></span>",
                footer_template=foot, print_background=True,
            )  # fmt: skip
            print(path)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TEACHING)
