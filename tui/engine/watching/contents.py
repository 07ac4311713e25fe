"""What every watched file held when it was last given out, and what it holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tui.engine.watching.reading import Reading, Signature


class Contents:
    """The baseline (path → content hash) and the net changes against it. Pure: reads nothing, waits for nothing.

    A file enters with an unknown content (``enter``) that is supplied when there is time (``learn``). Until then
    any sight of it counts as a change: rather one too many than one lost. ``grain`` is the time in nanoseconds in
    which a file can be written twice without its signature telling.
    """

    def __init__(self, grain: int) -> None:
        self._grain = grain
        self._baseline: dict[str, str | None] = {}
        self._pending: dict[str, str | None] = {}
        self._signatures: dict[str, Signature | None] = {}
        self._back: dict[str, str] = {}
        """What those hold that are to be given out as gone, although they are there again."""

    def __contains__(self, path: str) -> bool:
        """Whether there was a file when last looked."""
        return path in self._signatures

    def __iter__(self) -> Iterator[str]:
        """The files that there were when last looked; a copy."""
        return iter(list(self._signatures))

    @property
    def pending(self) -> Collection[str]:
        """Paths whose content is not that of the baseline."""
        return self._pending.keys()

    def signature(self, path: str) -> Signature | None:
        """The sign by which an unchanged file is known; None if it has to be read, or is not there."""
        return self._signatures.get(path)

    def unread(self) -> list[str]:
        """Files of the baseline whose content nobody has read."""
        return [path for path, digest in self._baseline.items() if digest is None]

    def enter(self, path: str, signature: Signature, at: int, digest: str | None = None) -> bool:
        """Put a file into the baseline without a word; ``digest`` None: its content is not known yet.

        Whether its signature, taken at ``at``, will tell a later write. If not, ``learn`` soon.
        """
        self._baseline[path] = digest
        self._pending.pop(path, None)
        self._back.pop(path, None)
        self._signatures[path] = signature if self._is_settled(signature, at) else None
        return self._signatures[path] is not None

    def learn(self, reading: Reading, entered: Signature | None) -> bool:
        """Supply the content of a file whose signature was ``entered`` (None: not to be relied on) when it entered.

        False if the file has been changed since: then it has to be seen.
        """
        path = reading.path
        if path in self._pending or self._baseline.get(path, "") is not None:
            return True  # an event was here first
        if reading.digest is None or (entered is not None and reading.signature != entered):
            return False
        self._baseline[path] = reading.digest
        self._sign(reading)
        return True

    def see(self, reading: Reading) -> bool:
        """Take in what was found at a path; whether that is a change against the baseline, and news."""
        path, digest = reading.path, reading.digest
        if digest is None:
            self._back.pop(path, None)
            self._signatures.pop(path, None)
            same = path not in self._baseline
        elif path in self._back:
            self._sign(reading)
            before, self._back[path] = self._back[path], digest
            return before != digest
        else:
            self._sign(reading)
            same = self._baseline.get(path) == digest
        if same:
            self._pending.pop(path, None)
            return False
        news = self._pending.get(path, "") != digest
        self._pending[path] = digest
        return news

    def come_back(self, reading: Reading) -> None:
        """What was found was something else for a while, and somebody may have read that.

        Nobody knows what: it is given out as gone, and after that as what it is.
        """
        self._pending[reading.path] = None
        if reading.digest is not None:
            self._back[reading.path] = reading.digest

    def take(self, held: Collection[str] = ()) -> dict[str, str | None]:
        """Give out all changes but the held ones; they are the baseline from now on."""
        given = {path: digest for path, digest in self._pending.items() if path not in held}
        back = {path: self._back.pop(path) for path in given if path in self._back}
        self.absorb(given)
        self._pending.update(back)
        return given

    def absorb(self, paths: Iterable[str]) -> None:
        """Make what these files hold now the baseline, without giving it out."""
        for path in list(paths):
            if path not in self._pending:
                continue
            digest = self._pending.pop(path)
            digest = self._back.pop(path, digest)
            if digest is None:
                self._baseline.pop(path, None)
            else:
                self._baseline[path] = digest

    def forget(self, path: str) -> None:
        """This file is not watched any longer."""
        for known in (self._baseline, self._pending, self._back, self._signatures):
            known.pop(path, None)

    def _sign(self, reading: Reading) -> None:
        settled = self._is_settled(reading.signature, reading.at)
        self._signatures[reading.path] = reading.signature if settled else None

    def _is_settled(self, signature: Signature, at: int) -> bool:
        return at - max(signature[:2]) > self._grain
