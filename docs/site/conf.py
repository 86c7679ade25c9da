"""How the documentation becomes a site that can be read without internet: ``make docs``."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

project = "Cultureshift"
author = "The Cultureshift authors"
copyright = "The Cultureshift authors, MIT licence"
language = "en_GB"

# The pages lie where their readers find them without a site; nothing is copied.
root_doc = "docs/index"
include_patterns = [
    "docs/*.md", "docs/notebooks/*.md", "docs/results/*/*.md", "docs/teaching/*.md", "docs/teaching/handouts/*.md",
    "docs/validation/*.md",
    "notebooks/README.md", "scenarios/README.md", "scenarios/organisations/*/README.md", "tests/README.md",
    "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "README.md", "SECURITY.md",
]  # fmt: skip

extensions = ["myst_parser", "autoapi.extension", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
# Names of rooms that the site does not list; parameters that several classes have.
suppress_warnings = ["autoapi.python_import_resolution", "ref.python"]

autoapi_dirs = [str(ROOT / "sim")]
_LISTED = ("base", "inputs", "engine", "results", "rulebook", "report", "plots", "study")
autoapi_ignore = [f"*/sim/{one.name}/*" for one in (ROOT / "sim").iterdir() if one.is_dir() and one.name not in _LISTED]
autoapi_generate_api_docs = False
autoapi_add_toctree_entry = False
autoapi_options = ["members", "undoc-members", "show-inheritance"]
autoapi_keep_files = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = "Cultureshift"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
