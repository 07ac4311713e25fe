"""A failure as a person wants to see it, in the process that failed or in a copy of it.

PYTEST_DONT_REWRITE
"""
