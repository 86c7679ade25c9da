"""The two themes of the room's pages."""


def switch(page):
    """Show a page in the other theme, as people do."""
    # The report has no button of its own: it follows the system, as all pages do at first.
    button = page.get_by_role("button", name="colours")
    dark = page.evaluate("document.documentElement.dataset.theme") == "dark"
    button.click() if button.count() else page.evaluate(
        "theme => { document.documentElement.dataset.theme = theme; }", "light" if dark else "dark"
    )
