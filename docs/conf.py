"""Configuration of Sphinx: MyST for the pages, napoleon for docstrings, furo for the looks."""

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parent))

from mock_backend.settings import VERSION
from reference_tables import TABLES

project = "openeo-mock-backend"
author = "The openeo-mock-backend developers"
copyright = f"2026, {author}"
release = version = VERSION

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# Links to files of the checkout that are no pages, from pages that are shared with it.
myst_url_schemes = ["http", "https"]

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 80

html_theme = "furo"
html_title = f"openeo-mock-backend {version}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1b6e5a", "color-brand-content": "#1b6e5a"},
    "dark_css_variables": {"color-brand-primary": "#6fcdb3", "color-brand-content": "#6fcdb3"},
}


class ReferenceTable(SphinxDirective):
    """Show one of the tables that are made from the code: ``{reference-table} settings``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the table."""
        return self.parse_text_to_nodes(TABLES[self.arguments[0]](), allow_section_headings=True)


def mend_links_back(app: Sphinx, page: str, *event: Any) -> None:
    """Lead from a source to where the reference has its names.

    Sphinx takes all names of a module to be documented below the same one.
    """
    _, context, _ = event
    if not page.startswith("_modules/") or "body" not in context:
        return
    known = app.env.domains["py"].data["objects"]

    def mended(link: re.Match[str]) -> str:
        if link["path"] in known:
            return link[0]
        found = next((each for each in known if each.endswith("." + link["name"])), None)
        return "" if found is None else link[0].replace(link["path"], found)

    pattern = r'<a class="viewcode-back" href="[^"#]*#(?P<path>[^"]*?(?P<name>[A-Z]\w*(\.\w+)?|\w+))">.*?</a>'
    context["body"] = re.sub(pattern, mended, context["body"])


def setup(app: Sphinx) -> None:
    """Register the directive and the event."""
    app.connect("html-page-context", mend_links_back)
    app.add_directive("reference-table", ReferenceTable)
