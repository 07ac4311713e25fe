"""Which processes wait for the next run, and which of them may make it."""

from tui.engine.warmth.layers import Layers
from tui.engine.warmth.runner import Runner

__all__ = ["Layers", "Runner"]
