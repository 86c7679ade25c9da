"""The room: a facilitator and up to a hundred people predict, design programmes in teams, and see what happened.

Plain pages for phones, a projector and whoever steers, without accounts and without internet. What happens in a room
is a list of events: rules say which may come next (``rules.py``), a file keeps them (``store.py``), and the state of a
room is what they add up to (``state.py``).
"""
