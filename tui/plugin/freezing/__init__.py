"""Failures that stay: a copy of the process, forked at the failure, in which a person can look around and debug.

Three kinds of process. The *frozen failure* is the copy: it runs none of the user's code, only polls its socket and
forks. A *session* is a fork of it in which a person debugs. An *inspector* is a fork of it that answers questions.

PYTEST_DONT_REWRITE
"""
