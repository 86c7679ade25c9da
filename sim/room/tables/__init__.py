"""A session in which tables of three play the game, each person with a phone; all tables on the same chance."""
