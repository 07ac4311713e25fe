"""Processes, files and the control socket: runs pytest in the user's interpreter and tells what happens as events."""
