"""Reading the command line."""

from __future__ import annotations

import pytest

from tui.cli.commandline import CommandLine, UsageError, help_text, parse


def test_nothing() -> None:
    assert parse([]) == CommandLine()


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["run"], CommandLine(command="run")),
        (["collect", "--json"], CommandLine(command="collect", json=True)),
        (
            ["tests/a.py::run", "-k", "x", "-n", "auto"],
            CommandLine(pytest=["tests/a.py::run", "-k", "x", "-n", "auto"]),
        ),
        (["tests", "run"], CommandLine(pytest=["tests", "run"])),
        (["run", "run"], CommandLine(command="run", pytest=["run"])),
        (["--python", "x", "run", "--cov"], CommandLine(command="run", cov=True, settings={"python": "x"})),
        (["--demo"], CommandLine(demo=True)),
        (["--version"], CommandLine(version=True)),
        (["-h"], CommandLine(help=True)),
        (["run", "--help"], CommandLine(command="run", help=True)),
        (["run", "--", "--json", "--python", "-h"], CommandLine(command="run", pytest=["--json", "--python", "-h"])),
        (["--", "run"], CommandLine(pytest=["run"])),
        (["--python", "x", "a"], CommandLine(settings={"python": "x"}, pytest=["a"])),
        (["--python=x=y"], CommandLine(settings={"python": "x=y"})),
        (["--theme", "light"], CommandLine(settings={"theme": "light"})),
        (["--slow", "2"], CommandLine(settings={"slow": 2.0})),
        (["--slow=.5"], CommandLine(settings={"slow": 0.5})),
        (["--stop-after", "3"], CommandLine(settings={"stop_after": 3})),
        (["--ascii", "--no-mouse"], CommandLine(settings={"ascii": True, "mouse": False})),
        (["--no-cwd-on-path"], CommandLine(settings={"cwd_on_path": False})),
        (["--no-cov", "--no-header"], CommandLine(pytest=["--no-cov", "--no-header"])),
        (["--no-python", "--no-json"], CommandLine(pytest=["--no-python", "--no-json"])),
        (["--pythonpath=x", "--keys"], CommandLine(pytest=["--pythonpath=x", "--keys"])),
        (["-x", "--maxfail=2"], CommandLine(pytest=["-x", "--maxfail=2"])),
    ],
)
def test_what_is_ours_is_taken_the_rest_is_pytests(argv: list[str], expected: CommandLine) -> None:
    assert parse(argv) == expected


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--json"], "--json goes with run, watch or collect."),
        (["--cov"], "--cov goes with run; pytest gets it behind --."),
        (["watch", "--cov"], "--cov goes with run; pytest gets it behind --."),
        (["--python"], "--python needs a value."),
        (["run", "--slow", "fast"], "--slow has to be a number from 0, not 'fast'."),
        (["--slow=-1"], "--slow has to be a number from 0, not -1.0."),
        (["--slow=nan"], "--slow has to be a number from 0, not nan."),
        (["--stop-after=1.5"], "--stop-after has to be a whole number from 0, not '1.5'."),
        (["--theme=blue"], "--theme has to be one of ansi, dark, light, high-contrast, not 'blue'."),
        (["--mouse=no"], "--mouse takes no value: say --mouse or --no-mouse."),
        (["--no-cwd-on-path=1"], "--no-cwd-on-path takes no value: say --cwd-on-path or --no-cwd-on-path."),
    ],
)
def test_wrong_command_lines(argv: list[str], words: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(argv)
    assert str(error.value) == words


def test_the_arguments_are_left_as_they_were() -> None:
    argv = ["run", "--json", "a"]
    parse(argv)
    assert argv == ["run", "--json", "a"]


def test_help_names_every_option() -> None:
    text = help_text()
    for option in (
        "--python",
        "--[no-]mouse",
        "--theme ansi|dark|light|high-contrast",
        "--json",
        "--demo",
        "run",
        "collect",
    ):
        assert option in text
    assert max(map(len, text.splitlines())) <= 120
