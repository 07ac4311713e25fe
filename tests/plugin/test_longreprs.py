"""Texts of failures keep their shape, whatever kind of longrepr they are."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start

FILES = {
    "conftest.py": """
        import pytest

        class Plain(pytest.Item):
            def runtest(self): raise ValueError
            def repr_failure(self, excinfo): return "    words of a plugin\\n  less far in\\n"

        class Picky(Plain):
            def repr_failure(self, excinfo):
                class Repr:
                    def toterminal(self, writer): writer.nothing_of_that_name()
                    def __str__(self): return "  as it says itself"
                return Repr()

        class Yaml(pytest.File):
            def collect(self):
                return [Plain.from_parent(self, name="plain"), Picky.from_parent(self, name="picky")]

        class Bad(pytest.File):
            def collect(self):
                raise self.CollectError("    four blanks\\n  two")

        def pytest_collect_file(file_path, parent):
            kind = {".yaml": Yaml, ".bad": Bad}.get(file_path.suffix)
            return kind and kind.from_parent(parent, path=file_path)
    """,
    "a.yaml": "",
    "a.bad": "",
    "test_k.py": """
        import sys
        import pytest

        if True:
            def test_call():
                value = {"a": 1}
                assert value == 1

            def test_chained():
                try:
                    {}["a"]
                except KeyError as error:
                    raise ValueError("b") from error

            def test_no_trace(): pytest.fail("  only words", pytrace=False)

            def test_lookup(nothing_of_that_name): pass

            @pytest.mark.skipif(sys.version_info < (3, 11), reason="groups are of Python 3.11")
            def test_group():
                raise ExceptionGroup("two", [ValueError("a"), ValueError("b")])
    """,
    "documented.py": """
        class C:
            def method(self):
                \"\"\"
                >>> 1
                2
                \"\"\"
    """,
}


@pytest.mark.parametrize("environ", [{}, {"FORCE_COLOR": "1"}], ids=["plain", "forced-colour"])
def test_first_line_keeps_its_indent(drive: Start, python: str, environ: dict[str, str]) -> None:
    run = drive(FILES, python=python, environ=environ).run("--doctest-modules", "--continue-on-collection-errors")
    texts = {
        line["nodeid"].rpartition("::")[2]: line["longrepr"]
        for line in (*run.events("PhaseReported"), *run.events("CollectorReported"))
    }
    first = {name: text.split("\n")[0] for name, text in texts.items()}
    group = first.pop("test_group", "  + Exception Group Traceback (most recent call last):")
    assert group == "  + Exception Group Traceback (most recent call last):"
    assert first.pop("test_lookup").startswith("file ")
    assert first == {
        "plain": "    words of a plugin",
        "picky": "  as it says itself",
        "a.bad": "    four blanks",
        "test_call": "    def test_call():",
        "test_chained": "    def test_chained():",
        "test_no_trace": "  only words",
        "documented.C.method": "004 ",
    }
    assert texts["test_call"].split("\n")[1:3] == ['        value = {"a": 1}', ">       assert value == 1"]
    assert "\x1b" not in "".join(texts.values())
    assert all(text == text.rstrip() for name, text in texts.items() if name != "plain")


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("short", "test_k.py:8: in test_call"),
        ("native", "Traceback (most recent call last):"),
        ("line", "E   AssertionError: assert "),
    ],
)
def test_styles_that_begin_at_the_edge(drive: Start, style: str, line: str) -> None:
    run = drive(FILES).run(f"--tb={style}", "test_k.py")
    (failed,) = [each for each in run.events("PhaseReported") if each["nodeid"].endswith("test_call")]
    assert failed["longrepr"].startswith(line)
