"""Films of a run: the network and the curves week by week, for slides."""

from sim.film.encoding import find_ffmpeg
from sim.film.making import Film, make_film

__all__ = ["Film", "find_ffmpeg", "make_film"]
