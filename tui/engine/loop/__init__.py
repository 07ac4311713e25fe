"""Watch mode: saves in, runs and verdicts out."""
