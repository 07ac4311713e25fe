"""What holds for all tests."""

from hypothesis import settings

# The same examples each time: whoever breaks nothing meets no failure. Others come with --hypothesis-profile default.
settings.register_profile("the same", derandomize=True)
settings.load_profile("the same")
