"""What can be read off the mean field: equilibria, their stability, and the boundary between lasting and fading.

The mean field itself stands in :mod:`sim.engine.limit`. Here, ``spread`` has the share that feels safe; ``equilibria``
where it comes to rest; ``boundary`` maps of what lasts.
"""
