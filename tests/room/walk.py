"""Looks at pages on the way through a session, and remembers what is wrong with which."""

from tests.accessibility import colours_have_changed, rules_broken_in_both_themes
from tests.room.themes import switch


class Walk:
    """What has been found wrong so far: what runs off the side, and what keeps somebody out."""

    def __init__(self):
        self.wrong = []

    def look(self, name, page, widths=(390, 1280)):
        size = page.viewport_size
        for width in widths:
            page.set_viewport_size({"width": width, "height": size["height"]})
            colours_have_changed(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.wrong.append(f"{name}: {wide} wide on a screen of {width}")
        page.set_viewport_size(size)
        self.wrong += rules_broken_in_both_themes(page, name, lambda: switch(page))
