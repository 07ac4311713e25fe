"""Which processes wait for the next run, and which of them may make it."""

from tui.engine.warmth.layers import Layers, Runner

__all__ = ["Layers", "Runner"]
