"""The limit of large populations, in which a week has no chance: the mean field, and the rest that a run begins at.

``week`` holds the compiled week, made of the agents' own mechanisms; ``field`` the mean field of a scenario; ``rest``
where it comes to rest, from which every service begins its burn-in.
"""
