"""The version of Cultureshift, which is also the version of its results."""

__all__ = ["__version__"]

__version__ = "0.1.0"
