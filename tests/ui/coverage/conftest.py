"""The same surroundings as for the rest of the app."""

from tests.ui.app.conftest import environment, folder, gate

__all__ = ["environment", "folder", "gate"]
