"""Debuggers as the screen sees them: who is to be debugged, on which terminal, and where runs stop."""
