from tests.headless.conftest import project

__all__ = ["project"]
