"""The large-population limit of the model: equilibria, their stability, and the boundary between lasting and fading.

``week`` holds the compiled week, made of the agents' own mechanisms; ``field`` the mean field of a scenario;
``spread`` the share that feels safe; ``equilibria`` where it comes to rest; ``boundary`` maps of what lasts.
"""
