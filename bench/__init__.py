"""Benchmarks: `python -m bench` prints the table of the README."""
