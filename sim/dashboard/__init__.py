"""The dashboard: explore, intervene, compare, and see why, in a browser.

A small core without a web framework (``session``, ``trajectory``, ``accounts``) decides what is
shown; ``pages`` and ``components`` show it. The server simulates ahead; the browser draws.
"""
