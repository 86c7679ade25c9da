"""What everything stands on: errors, files, chance, compilation, and messages about fields."""
