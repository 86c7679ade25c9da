"""Hostile inputs for every reader of something from outside; ``python -m tests.fuzz`` gives them to it.

``mutations`` says what may have become of an input, ``readers`` who reads what, ``running`` watches it happen.
"""
