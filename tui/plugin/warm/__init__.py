"""Starting ahead: modules loaded before they are asked for, sessions that wait before the file being edited.

PYTEST_DONT_REWRITE
"""
