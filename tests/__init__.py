"""Tests; a package, so that no other package of this name, which some library may bring, is taken for it."""
