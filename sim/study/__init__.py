"""Studies: many runs of the model that answer one question of a modeller."""
