"""Redbar: a full-screen, keyboard-driven test explorer for pytest."""

__version__ = "0.1.0"
