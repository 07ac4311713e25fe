"""Debugging: frozen failures, runs that wait for a person, and the terminal that both are given."""
