"""From a save to the first and to the last outcome: Redbar beside pytest from nothing and other watchers.

python -m benchmarks.saves FOLDER --python PATH --test NODEID --source FILE[::FUNCTION] [--rounds N]

FOLDER is a project that the interpreter PATH has installed, NODEID one of its tests, FILE a source file of it that the
test executes. Every program gets a copy of FOLDER of its own, so that all of them can watch at the same time, and each
save reaches one of them. The edits put a fresh number into the bodies of the test and of the function (the first of
FILE that the test calls), and change nothing else. FOLDER itself is never written to.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.answers import NoAnswerError
from benchmarks.edits import Edit, EditError, edit_at, edit_of
from benchmarks.executed import ProbeError, lines_of
from benchmarks.loops import SIDES, Cold, Setting, Watching, lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.answers import Answer

_WARM_UP = 2
"""Saves of each file before the first round: the first one tells Redbar what will be edited."""
_NOT_COPIED = (
    ".git",
    ".hg",
    "__pycache__",
    "*.pyc",
    ".pytest_cache",
    ".redbar_cache",
    ".testmondata*",
    ".hypothesis",
    ".venv",
    "venv",
    "node_modules",
)

Found = dict[str, dict[str, list["Answer"]]]
"""Answers by what was edited and by the program."""


class Bench:
    """The programs that are measured, each with its copy of the suite."""

    def __init__(self, setting: Setting, work: Path, names: Sequence[str]) -> None:
        self._setting = setting
        self._work = work
        self.programs: dict[str, Cold | Watching] = {}
        self._names = names

    def copy(self, suite: Path, files: Sequence[str]) -> Path:
        """Make the copies that are not there yet; the first of them. ``files`` (relative) become as they were."""
        for name in self._names:
            if not self._folder(name).exists():
                shutil.copytree(suite, self._folder(name), symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
            for file in files:
                shutil.copyfile(suite / file, self._folder(name) / file)
        return self._folder(self._names[0])

    def _folder(self, name: str) -> Path:
        return self._work / name.replace(" ", "")

    def start(self, edits: dict[str, Edit]) -> None:
        """Put the first edits in, start all programs, and let them answer what they need to become quick."""
        for name in self._names:
            for edit in edits.values():
                edit.write(self._folder(name))
            sys.stderr.write(f"starting {name}\n")
            self.programs[name] = SIDES[name](self._setting, self._folder(name))
            self._tried(name, lambda name=name: self.programs[name].start())  # type: ignore[misc] # bound at once

    def rounds(self, edits: dict[str, Edit], count: int, found: Found) -> None:
        """Enter so many answers of all programs to all edits, in turns, into ``found``."""
        found.update({what: {name: [] for name in self.programs} for what in edits})
        for number in range(count + _WARM_UP if count else 0):
            names = list(self.programs)
            turn = number % max(len(names), 1)
            for what, edit in edits.items():
                for name in names[turn:] + names[:turn]:
                    answer = self._tried(name, lambda name=name, edit=edit: self._answer(name, edit))  # type: ignore[misc] # bound at once
                    if answer is not None:
                        sys.stderr.write(f"{number - _WARM_UP + 1} {what}, {name}: {answer.in_words()}\n")
                    if answer is not None and number >= _WARM_UP:
                        found[what][name].append(answer)

    def _answer(self, name: str, edit: Edit) -> Answer | None:
        return self.programs[name].answer(lambda: edit.write(self._folder(name))) if name in self.programs else None

    def _tried(self, name: str, do: Callable[[], Answer | None]) -> Answer | None:
        """Do something with a program; one that fails is left out from now on."""
        try:
            return do()
        except NoAnswerError as error:
            sys.stderr.write(f"{name} is left out: {error}\n")
            self.programs.pop(name).close()
            return None

    def close(self) -> None:
        """End all programs."""
        for program in self.programs.values():
            program.close()


def edits_of(setting: Setting, folder: Path, source: str) -> dict[str, Edit]:
    """The two edits, after a look at what the test executes. Raises EditError, ProbeError, OSError."""
    file, _, function = source.partition("::")
    test_file, _, test = setting.nodeid.partition("::")
    test = ".".join(test.partition("[")[0].split("::"))
    argv = [setting.python, "-m", "pytest", "-q", *setting.arguments, setting.nodeid]
    environment = setting.environment(folder)
    lines = lines_of(argv, folder, file, environment)
    edit = edit_at(folder, file, lines)
    if function:
        edit = edit_of(folder, file, function)
    return {"test file": edit_of(folder, test_file, test), "source file": edit}


def table(found: Found) -> str:
    """For each edit a line per program: medians and minima in ms, and how many times the answer of the first one."""
    header = (
        "edited", "program", "first", "(min)", "x", "(min)", "named", "(min)", "x", "verdict", "(min)", "x",
        "last", "(min)", "x", "tests", "CPU"
    )  # fmt: skip
    lines: list[tuple[str, ...]] = [header]
    for what, sides in found.items():
        base = next(iter(sides.values()), [])
        lines += [(what, name, *_cells(answers, base)) for name, answers in sides.items() if answers]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)  # noqa: PLR2004 - what and who
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(answers: list[Answer], base: list[Answer]) -> list[str]:
    def both(of: Callable[[Answer], float]) -> list[str]:
        return [f"{f(map(of, answers)) * 1000:.0f}" for f in (median, min)]

    def times(of: Callable[[Answer], float], f: Callable[[map[float]], float] = median) -> str:
        return f"{f(map(of, answers)) / f(map(of, base)):.1f}" if base else ""

    return [
        *both(lambda each: each.first),
        times(lambda each: each.first),
        times(lambda each: each.first, min),
        *both(lambda each: each.named),
        times(lambda each: each.named),
        *both(lambda each: each.verdict),
        times(lambda each: each.verdict),
        *both(lambda each: each.last),
        times(lambda each: each.last),
        f"{median(each.tests for each in answers):.0f}",
        f"{median(each.cpu for each in answers) * 1000:.0f}",
    ]


def stages(found: Found) -> str:
    """Where Redbar's time goes: medians in ms from the save to what it tells of on the way."""
    lines = []
    for what, sides in found.items():
        for name, answers in sides.items():
            keys = dict.fromkeys(key for answer in answers for key in answer.stages)
            middle = {key: median(each.stages[key] for each in answers if key in each.stages) for key in keys}
            if middle:
                told = ", ".join(
                    f"{key} {value * 1000:.0f}" for key, value in sorted(middle.items(), key=lambda m: m[1])
                )
                lines.append(f"{what}, {name}: {told}")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", required=True, help="interpreter of the suite")
    parser.add_argument("--test", required=True, metavar="NODEID", help="a test that passes")
    parser.add_argument("--source", required=True, metavar="FILE[::FUNCTION]", help="what else is edited")
    parser.add_argument("--also", default=",".join(SIDES), metavar="PROGRAMS", help="programs by name (all installed)")
    parser.add_argument("--rounds", type=int, default=11, help="0 only makes the copies and their records (11)")
    parser.add_argument("--pytest", default="", metavar="ARGUMENTS", help="arguments for pytest, on every side")
    parser.add_argument("--scope", default="", metavar="PATHS", help="of Redbar and testmon (the whole suite)")
    parser.add_argument("--path", default="", help="folders of the suite to import from, by commas (src or .)")
    parser.add_argument("--hurried", action="store_true", help="only Redbar, saved again after its first verdict")
    parser.add_argument("--work", type=Path, help="folder that keeps the copies and their records for the next call")
    parser.add_argument("--out", type=Path, help="file for all answers as JSON")
    return parser


def main() -> int:
    """Measure and print."""
    parser = _parser()
    chosen = parser.parse_args()
    suite = chosen.folder.resolve()
    path = tuple(filter(None, chosen.path.split(","))) or (("src", ".") if (suite / "src").is_dir() else (".",))
    python = str(Path(chosen.python).absolute())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started has to end, too
    arguments, scope = (tuple(shlex.split(text)) for text in (chosen.pytest, chosen.scope))
    setting = Setting(python, chosen.test, arguments, scope, path, chosen.hurried)
    wanted = [name.strip() for name in chosen.also.split(",")]
    if unknown := [name for name in wanted if name not in SIDES]:
        parser.error(f"no program {', '.join(unknown)}; there are {', '.join(SIDES)}")
    for name, why in lacking(python).items():
        if name in wanted:
            wanted.remove(name)
            sys.stderr.write(f"{name} is left out: {why}\n")
    # In a hurry Redbar is never at rest, and the others would have to share the machine with it.
    names = ["redbar", *(name for name in wanted if name != "redbar" and not chosen.hurried)]
    with tempfile.TemporaryDirectory(prefix="redbar-saves-") as temporary:
        work = (chosen.work or Path(temporary)).resolve()
        bench = Bench(setting, work, names)
        found: Found = {}
        try:
            files = [place.partition("::")[0] for place in (chosen.test, chosen.source)]
            edits = edits_of(setting, bench.copy(suite, files), chosen.source)
            for what, edit in edits.items():
                sys.stderr.write(f"{what}: edits {edit.file} {edit.qualname}\n")
            bench.start(edits)
            bench.rounds(edits, chosen.rounds, found)
        except KeyboardInterrupt:
            sys.stderr.write("interrupted\n")
        except (EditError, ProbeError, OSError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            bench.close()
    if chosen.out is not None:
        rows = {what: {n: [asdict(each) for each in a] for n, a in sides.items()} for what, sides in found.items()}
        chosen.out.write_text(json.dumps(rows))
    sys.stdout.write(f"{setting.nodeid}, {chosen.source}\n{table(found)}\n{stages(found)}\n{report.machine()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
