"""What can be loaded ahead, tried on packages that do what real ones do."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.plugin.warm.places import Places
from tui.plugin.warm.trial import Candidates, choose

Try = Callable[..., dict[str, str]]


class Here(Places):
    """Everything below one folder belongs to others."""

    def __init__(self, folder: Path) -> None:
        super().__init__("/nowhere")
        self._folder = str(folder)

    def foreign(self, file: str) -> bool:
        return file.startswith(self._folder) or super().foreign(file)


@pytest.fixture
def try_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Writes installed modules, and those of a project; tells which of the former are dropped."""
    installed, project = tmp_path / "installed", tmp_path / "project"
    for folder in (installed, project):
        folder.mkdir()
        monkeypatch.syspath_prepend(str(folder))

    def make(
        modules: dict[str, str],
        own: dict[str, str] | None = None,
        environ: tuple[str, ...] = (),
        project_names: tuple[str, ...] = (),
    ) -> dict[str, str]:
        for folder, files in ((installed, modules), (project, own or {})):
            for name, text in files.items():
                (folder / f"{name}.py").write_text(textwrap.dedent(text))
        harmful, failed = choose(
            Candidates(list(modules), frozenset(), frozenset(environ), frozenset(project_names)), Here(installed)
        )
        return {**harmful, **failed}

    return make


def test_harmless_modules_are_kept(try_out: Try) -> None:
    assert try_out({"rb_a": "import rb_b, json\n", "rb_b": "X = 1\n"}) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
            "starts a thread",
        ),
        ("FILE = open(__file__)", "keeps a file open"),
        ("import sys; sys.path.append('/elsewhere')", "changes sys.path"),
        ("import os; os.chdir('/')", "changes the current folder"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", "handles a signal"),
        ("import warnings; warnings.warn('old')", "warns"),
        ("raise RuntimeError('settings are not configured')", "RuntimeError: settings are not configured"),
        ("import os; os.environ.get('RB_MODE')", "reads RB_MODE, which the run sets"),
    ],
)
def test_what_does_harm_is_dropped_with_all_that_imports_it(try_out: Try, text: str, words: str) -> None:
    """And nothing is blamed for what another module does."""
    modules = {"rb_user": "import rb_bad\n", "rb_bad": text, "rb_good": "X = 1\n"}
    dropped = try_out(modules, environ=("RB_MODE",))
    assert dropped.keys() == {"rb_user", "rb_bad"}
    assert dropped["rb_bad"] == words


def test_the_project_is_not_imported(try_out: Try, tmp_path: Path) -> None:
    own = {"rb_project": f"open({str(tmp_path / 'imported')!r}, 'w').close()\n"}
    modules = {
        "rb_user": "import rb_project\n",
        "rb_bare": "try:\n    import rb_project\nexcept:\n    rb_project = None\n",
        "rb_careful": "try:\n    import rb_project\nexcept Exception:\n    rb_project = None\n",
        "rb_good": "",
    }
    dropped = try_out(modules, own)
    assert dropped == {
        "rb_user": "wants rb_project",
        "rb_bare": "wants the project, or what is dropped",
        "rb_careful": "wants rb_project",
    }
    assert not (tmp_path / "imported").exists()


def test_what_the_project_has_is_not_taken_from_elsewhere(try_out: Try) -> None:
    """An installed release of the package that is being worked on."""
    dropped = try_out({"rb_user": "import rb_own\n", "rb_own": ""}, project_names=("rb_own",))
    assert dropped == {"rb_user": "wants rb_own"}


def test_an_import_that_fails_may_be_borne(try_out: Try) -> None:
    """Optional parts whose requirements are missing: what offers them is as it would be in a run."""
    modules = {"rb_user": "try:\n    import rb_part\nexcept ImportError:\n    pass\n", "rb_part": "import rb_missing\n"}
    assert try_out(modules) == {"rb_part": "ModuleNotFoundError: No module named 'rb_missing'"}


def test_parts_of_a_package_are_not_kept_without_it(try_out: Try, tmp_path: Path) -> None:
    package = tmp_path / "installed" / "rb_pkg"
    package.mkdir()
    (package / "__init__.py").write_text("import rb_pkg.part\nimport rb_project\n")
    (package / "part.py").write_text("")
    modules = {"rb_a": "import rb_pkg.part\n"}
    dropped = try_out({**modules, "rb_b": "import rb_a\n"}, {"rb_project": ""})
    assert dropped == dict.fromkeys(("rb_pkg", "rb_a", "rb_b"), "wants rb_project")


def test_modules_that_draw_or_do_not_bear_a_fork(try_out: Try) -> None:
    assert try_out({"grpc": "", "rb_user": "import grpc\n"}) == {"grpc": "is denied", "rb_user": "wants grpc"}


def test_nothing_of_it_stays_here(try_out: Try) -> None:
    before = set(sys.modules), list(sys.meta_path), list(sys.path)
    try_out({"rb_a": "import sys; sys.path.append('/elsewhere')\n"})
    assert (set(sys.modules) - before[0], list(sys.meta_path), list(sys.path)) == (set(), *before[1:])


def test_a_module_that_kills_its_process(try_out: Try) -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        try_out({"rb_a": "import os; os.kill(os.getpid(), 9)\n"})
