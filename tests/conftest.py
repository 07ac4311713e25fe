"""What holds for all tests."""

import os

import pytest
from hypothesis import settings

# The same examples each time: whoever breaks nothing meets no failure. Others come with --hypothesis-profile default.
settings.register_profile("the same", derandomize=True)
settings.load_profile("the same")


@pytest.fixture(scope="session", autouse=True)
def _temporary_folders_of_inner_runs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At their end runs remove old temporary folders of all pytest runs of this user, which may take a minute."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(tmp_path_factory.mktemp("inner"))
