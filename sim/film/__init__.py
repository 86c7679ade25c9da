"""Films of a run: the network and the curves week by week, for slides."""

from sim.film.encoding import find_ffmpeg
from sim.film.making import Film, film_destination, make_film

__all__ = ["Film", "film_destination", "find_ffmpeg", "make_film"]
