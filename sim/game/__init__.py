"""A game for three: the directors of one service decide quarter by quarter how they spend their days.

Nothing here knows of servers, screens or terminals. A table is its :class:`~sim.game.state.Game`, which is frozen and
adds up from a log of events; what a quarter does to the service is computed by the engine (``service.py``), from where
the quarter before has left it.
"""
