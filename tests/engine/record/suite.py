"""The tests of the toy project."""

from __future__ import annotations

SUITE = {
    "tests/conftest.py": """\
        import pytest

        from support import close, fill


        @pytest.fixture(scope="session")
        def basket():
            return fill()


        @pytest.fixture
        def single():
            return 1


        @pytest.fixture(scope="module")
        def closing():
            yield
            close()
    """,
    "tests/support.py": """\
        from pathlib import Path


        def fill():
            return [1, 2]


        def level():
            return 1


        def close():
            assert Path(__file__).exists()
    """,
    "tests/data.py": "VALUES = [1, 2]\n",
    "tests/test_cart.py": """\
        from shop import cart


        def test_price():
            assert cart.price(1) == 10


        def test_taxed():
            assert cart.taxed(1) == 2


        def test_dynamic():
            assert cart.dynamic("A") == 1


        def test_room():
            assert cart.Cart().room() == 3


        def test_greet():
            assert cart.Special().greet() == "base"


        def test_limit():
            assert cart.SETTINGS["limit"] == 5


        def test_nothing():
            pass
    """,
    "tests/test_lazy.py": """\
        from pathlib import Path

        import shop


        def test_first():
            from shop import lazy

            assert lazy.VALUE == 7


        def test_second():
            from shop import lazy

            assert lazy.VALUE + 1 == 8


        def test_page():
            assert "hello" in (Path(shop.__file__).parent / "page.html").read_text()


        def test_plugins():
            from shop import plugins

            assert plugins.names() == ["one.txt"]


        def test_optional():
            from shop.optional import mode

            assert mode() == "plain"
    """,
    "tests/test_registry.py": """\
        import shop.handlers
        from shop.registry import HANDLERS


        def test_up():
            assert HANDLERS["up"]("a") == "A"


        def test_down():
            assert HANDLERS["down"]("A") == "a"


        def test_number():
            assert shop.handlers.number(2) == 4
    """,
    "tests/test_grown_first.py": """\
        from shop.cached import grown

        GROWN = grown()


        def test_grown():
            assert GROWN == 3
    """,
    "tests/test_grown_second.py": """\
        from shop.cached import grown

        GROWN = grown()


        def test_grown():
            assert GROWN == 3
    """,
    "tests/test_cached.py": """\
        from shop import cached


        def test_table():
            assert cached.table()["a"] == 1


        def test_table_again():
            assert cached.table() == {"a": 1}


        def test_kept():
            assert cached.kept() == 5


        def test_kept_again():
            assert cached.kept() + 1 == 6
    """,
    "tests/test_child.py": """\
        import os
        import subprocess
        import sys
        from pathlib import Path

        import shop


        def test_exec():
            code = "from shop.child import answer; print(answer())"
            root = Path(shop.__file__).parents[1]
            done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
            assert done.stdout.strip() == "42"


        def test_fork():
            pid = os.fork()
            if pid == 0:
                from shop.child import forked

                os._exit(forked())
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    """,
    "tests/test_fixtures.py": """\
        from support import level


        class TestGroup:
            @classmethod
            def setup_class(cls):
                cls.level = level()

            def test_level(self):
                assert self.level == 1


        def test_basket(basket):
            assert len(basket) == 2


        def test_basket_again(basket):
            assert basket[0] == 1


        def test_single(single):
            assert single == 1


        def test_closing(closing):
            pass
    """,
    "tests/test_params.py": """\
        import pytest
        from data import VALUES


        @pytest.mark.parametrize("value", VALUES)
        def test_value(value):
            assert value < 3
    """,
    "tests/test_sources.py": """\
        import inspect
        import threading

        from shop import looked_at, moved, threads


        def test_source():
            assert inspect.getsource(looked_at).startswith("# The first")


        def test_looked():
            assert looked_at.looked() == 1


        def test_removed():
            assert looked_at.removed() == 2


        def test_has_removed():
            assert "def removed" in inspect.getsource(looked_at)


        def test_thread():
            out = []
            thread = threading.Thread(target=threads.work, args=(out,))
            thread.start()
            thread.join()
            assert out == [1]


        def test_moved():
            assert moved.moved() == 1
    """,
}
