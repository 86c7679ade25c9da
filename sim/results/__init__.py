"""What came out: ensembles, measures, comparisons, the folder of a run and the store of many."""
