"""A person in a debugger: on a failure that was kept, at a breakpoint of theirs, from the first line of a test.

PYTEST_DONT_REWRITE
"""
