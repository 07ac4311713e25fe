"""The full-screen explorer: the only place that knows Textual and Rich.

This package and `tui.ui.terminal` import nothing, so that `tui.ui.terminal.placeholder` can put
the first line on the screen before Textual is loaded.
"""
