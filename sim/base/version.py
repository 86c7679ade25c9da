"""The version of Cultureshift, which is also the version of its results, and the contract of its model."""

__all__ = ["CONTRACT", "__version__"]

__version__ = "0.1.0"

CONTRACT = 2
"""Which contract of the model runs are made under; manifests and stores that say none are of the first."""
