"""What the model shows, and what it fails to show: every pattern with its tolerance, and a report of what came out.

A pattern is a function under a declaration; the files hold them by family: ``settled_culture``, ``shift``, ``lasting``,
``limits``, ``convergence``, ``switches``, and ``controls`` for the negative controls. To add one, write it there and
list it at the file's end. ``contract`` is what rules and kinds of intervention are held to.
"""
