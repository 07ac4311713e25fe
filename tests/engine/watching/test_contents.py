"""Net changes against a baseline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.engine.watching.hand import UNHURRIED
from tui.engine.watching.contents import Contents
from tui.engine.watching.reading import Reading

GRAIN = 100
OLD = (1, 1, 1, 1)


def found(path: str, digest: str | None, time: int = 1, at: int = 10_000) -> Reading:
    return Reading(path, digest, (time, time, 1, 1), at)


def holding(**digests: str) -> Contents:
    contents = Contents(GRAIN)
    for path, digest in digests.items():
        contents.enter(path, OLD, 10_000, digest)
    return contents


def test_a_write_is_given_once() -> None:
    contents = holding(a="1")
    assert contents.see(found("a", "2"))
    assert contents.take() == {"a": "2"}
    assert not contents.see(found("a", "2"))
    assert contents.take() == {}


def test_the_same_content_again_is_nothing() -> None:
    contents = holding(a="1")
    assert not contents.see(found("a", "1"))
    assert contents.take() == {}


def test_there_and_back_is_nothing() -> None:
    contents = holding(a="1", b="1")
    for reading in (found("a", "2"), found("b", None), found("c", "1"), found("b", "1"), found("a", "1")):
        contents.see(reading)
    assert contents.take() == {"c": "1"}
    contents.see(found("c", None))
    contents.see(found("c", "1"))
    assert contents.take() == {}


def test_back_after_it_was_given_is_a_change() -> None:
    contents = holding(a="1")
    contents.see(found("a", "2"))
    contents.take()
    contents.see(found("a", "1"))
    assert contents.take() == {"a": "1"}


def test_a_rename_is_a_file_gone_and_one_come() -> None:
    contents = holding(a="1")
    contents.see(found("a", None))
    contents.see(found("b", "1"))
    assert contents.take() == {"a": None, "b": "1"}
    assert "a" not in contents
    assert "b" in contents


def test_a_file_that_came_and_went_is_nothing() -> None:
    contents = holding()
    contents.see(found("temp", "1"))
    contents.see(found("temp", None))
    assert contents.take() == {}


def test_held_changes_stay() -> None:
    contents = holding(a="1", b="1")
    contents.see(found("a", "2"))
    contents.see(found("b", "2"))
    assert contents.take(held={"a"}) == {"b": "2"}
    assert contents.take() == {"a": "2"}


def test_what_is_absorbed_is_the_new_baseline() -> None:
    contents = holding(a="1", b="1")
    contents.see(found("a", "2"))
    contents.see(found("b", None))
    contents.absorb(["a", "b", "unheard of"])
    assert contents.take() == {}
    contents.see(found("a", "1"))
    contents.see(found("b", "1"))
    assert contents.take() == {"a": "1", "b": "1"}


def test_a_change_before_the_content_was_learnt_counts() -> None:
    contents = Contents(GRAIN)
    contents.enter("a", OLD, 10_000)
    assert contents.unread() == ["a"]
    assert contents.see(found("a", "1", time=2))
    contents.learn(found("a", "1", time=2), OLD)
    assert contents.take() == {"a": "1"}
    assert contents.unread() == []


def test_learning_makes_later_duplicates_nothing() -> None:
    contents = Contents(GRAIN)
    contents.enter("a", OLD, 10_000)
    assert contents.learn(found("a", "1"), OLD)
    assert contents.unread() == []
    assert not contents.see(found("a", "1", time=2))
    assert contents.take() == {}


@pytest.mark.parametrize("now", [found("a", "2", time=2), found("a", None)])
def test_a_file_that_is_another_when_it_is_learnt_has_to_be_seen(now: Reading) -> None:
    contents = Contents(GRAIN)
    contents.enter("a", OLD, 10_000)
    assert not contents.learn(now, OLD)
    assert contents.take() == {}
    assert contents.see(now)
    assert contents.take() == {"a": now.digest}


def test_learning_late_takes_nothing_back() -> None:
    contents = Contents(GRAIN)
    contents.enter("a", OLD, 10_000)
    contents.see(found("a", "2", time=2))
    assert contents.take() == {"a": "2"}
    contents.learn(found("a", "1"), OLD)
    assert not contents.see(found("a", "2", time=3))


def test_young_signatures_are_not_relied_on() -> None:
    contents = Contents(GRAIN)
    assert not contents.enter("a", (9_950, 1, 1, 1), 10_000)
    assert contents.signature("a") is None
    assert not contents.enter("b", (1, 9_950, 1, 1), 10_000)
    assert not contents.enter("future", (20_000, 1, 1, 1), 10_000)
    assert contents.enter("c", (9_800, 1, 1, 1), 10_000)
    assert contents.signature("c") == (9_800, 1, 1, 1)
    contents.see(found("c", "1", time=9_999))
    assert contents.signature("c") is None


def test_what_is_not_watched_any_longer_is_forgotten() -> None:
    contents = holding(a="1")
    contents.see(found("a", "2"))
    contents.forget("a")
    contents.forget("never known")
    assert list(contents) == []
    assert contents.take() == {}


PATHS = st.sampled_from("abcd")
TEXTS = st.sampled_from("123")


class Project(RuleBasedStateMachine):
    """Files are written, removed, renamed and put back; looks at them come late, twice or for nothing.

    The model is two folders: what the files hold, and what the consumer believes them to hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files = {"a": "1", "b": "2"}
        self.believed: dict[str, str] = {}
        self.unseen: set[str] = set()
        self.clock = 10_000
        self.contents = Contents(GRAIN)
        self.entered: dict[str, tuple[int, int, int, int]] = {}
        self.times: dict[str, int] = {}
        for path in self.files:
            self.times[path] = 1
            self.entered[path] = (1, 1, 1, 1)
            self.contents.enter(path, (1, 1, 1, 1), self.clock)
        self.believed = dict(self.files)

    def put(self, path: str, text: str | None) -> None:
        self.clock += 1_000
        self.times[path] = self.clock
        self.unseen.add(path)
        if text is None:
            self.files.pop(path, None)
        else:
            self.files[path] = text

    def reading(self, path: str) -> Reading:
        self.clock += 1_000
        return found(path, self.files.get(path), self.times.get(path, 1), self.clock)

    @rule(path=PATHS, text=TEXTS)
    def write(self, path: str, text: str) -> None:
        self.put(path, text)

    @rule(path=PATHS)
    def remove(self, path: str) -> None:
        self.put(path, None)

    @rule(path=PATHS, to=PATHS)
    def rename(self, path: str, to: str) -> None:
        if path in self.files and path != to:
            self.put(to, self.files[path])
            self.put(path, None)

    @rule(path=PATHS)
    def touch(self, path: str) -> None:
        if path in self.files:
            self.put(path, self.files[path])

    @rule(path=PATHS)
    def look(self, path: str) -> None:
        self.contents.see(self.reading(path))
        self.unseen.discard(path)

    @rule()
    def look_at_all(self) -> None:
        for path in set(self.files) | set(self.contents):
            if self.contents.signature(path) != (self.times.get(path, 1),) * 2 + (1, 1):
                self.look(path)

    @rule(path=PATHS)
    def learn(self, path: str) -> None:
        if path in self.entered and not self.contents.learn(self.reading(path), self.entered[path]):
            self.look(path)

    @rule(held=st.sets(PATHS))
    def fetch(self, held: set[str]) -> None:
        given = self.contents.take(held)
        assert not held & set(given)
        for path, digest in given.items():
            if digest is None:
                assert path in self.believed
                del self.believed[path]
            else:
                # Only while nobody knew what it held may a file be given out that holds what it held.
                assert self.believed.get(path) != digest or path in self.entered
                self.believed[path] = digest
            self.entered.pop(path, None)

    @rule()
    def everything_is_seen(self) -> None:
        for path in sorted(self.unseen):
            self.look(path)
        self.fetch(set())
        assert self.believed == self.files

    @invariant()
    def files_that_are_known_are_those_last_seen(self) -> None:
        assert set(self.contents) - self.unseen == set(self.files) - self.unseen


Project.TestCase.settings = UNHURRIED
test_no_change_is_lost_and_none_is_made_up = Project.TestCase


@UNHURRIED
@given(st.lists(st.tuples(PATHS, st.none() | TEXTS)))
def test_only_the_end_of_a_burst_counts(steps: list[tuple[str, str | None]]) -> None:
    start = {"a": "1", "b": "2"}
    contents = holding(**start)
    files: dict[str, str | None] = dict(start)
    for path, text in steps:
        contents.see(found(path, text))
        files[path] = text
    assert contents.take() == {path: text for path, text in files.items() if start.get(path) != text}
