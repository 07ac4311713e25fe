"""The side of Redbar that is loaded into the user's interpreter.

Standard library and the user's own pytest only, Python 3.9 and pytest 7 upwards. The package is loaded by path under
the private name ``_redbar_plugin`` and has to leave no trace that the user's code could meet.

PYTEST_DONT_REWRITE
"""
