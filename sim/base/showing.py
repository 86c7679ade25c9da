"""How results show themselves where somebody looks at them in a notebook."""

from __future__ import annotations

from importlib import import_module

__all__ = ["ShownInNotebooks"]


class ShownInNotebooks:
    """Something that a notebook shows with words and a picture.

    A notebook asks the object itself. Words and pictures are made in rooms above that of the results, which the results
    may not know: so their module is named here, once, and looked up when it is asked for.
    """

    def _repr_html_(self) -> str:
        html: str = import_module("sim.plots.notebook").in_html(self)
        return html
