"""Files that a stranger can take in: their size and their names."""

from __future__ import annotations

import re

from tests.architecture.sources import PRODUCT, ROOT, files

MAX_LINES = 350
# Names that say nothing of what is inside.
EMPTY_NAMES = re.compile(r"^_*(utils?|helpers?|common|misc|managers?)$|_(utils?|helpers?|manager)$")


def test_no_file_is_too_long() -> None:
    others = [path for folder in ("tests", "benchmarks", "screenshots") for path in files(".py", ROOT / folder)]
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*files(".py"), *PRODUCT.rglob("*.tcss"), *others]
    }
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_names_say_what_is_inside() -> None:
    names = {part for path in files(".py") for part in path.relative_to(PRODUCT).parts}
    stems = {name.removesuffix(".py") for name in names}
    assert {stem for stem in stems if EMPTY_NAMES.search(stem)} == set()


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(PRODUCT))
        for path in files(".py")
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', "'''"))
    ]
    assert silent == []
