"""Benchmarks: our figures beside those of our peers, measured in the same run."""
