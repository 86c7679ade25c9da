"""Hostile inputs for every reader of something from outside; ``python -m tests.fuzz`` runs them for as long as one likes.

``mutations`` says what may have become of an input, ``readers`` who reads what, ``running`` watches it happen.
"""
