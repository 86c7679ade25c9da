"""A scenario: what it is, how its file is read and checked, and the form of that file."""
