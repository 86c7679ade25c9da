"""The model at work: ties, the timeline as arrays, the state, the order of a week, and one run."""
