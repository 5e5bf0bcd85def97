"""The objects of a git repository, asked of two git processes that stay: to start one for each object is slow."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from scanguard.process import Dialogue

_SIZE = "--batch-check=%(objectname) %(objectsize)"
_CONTENTS = "--batch"
_TOGETHER = 50
"""As many full names as a pipe takes at once, whatever the other end does: see `Dialogue.ask`."""
_Answer = TypeVar("_Answer")


class Objects:
    """Objects by their full names. `start` starts `git cat-file` with an option.

    https://git-scm.com/docs/git-cat-file#_batch_output. Every method raises EndedEarlyError where git gives up.
    """

    def __init__(self, start: Callable[[str], Dialogue]) -> None:
        self._start = start
        self._running: dict[str, Dialogue] = {}

    def sizes(self, names: Sequence[str]) -> tuple[tuple[str, int] | None, ...]:
        """The name and the size in bytes of each object, in the order of the names; None for one that is not here.

        A name may also be an expression such as `NAME^{commit}`; what is told is then the object that it leads to.
        """
        return self._answers(_SIZE, names, _size)

    def blobs(self, names: Sequence[str]) -> tuple[bytes | None, ...]:
        """The contents of each object, in the order of the names; None for one that is not here or is no file."""
        return self._answers(_CONTENTS, names, _blob)

    def close(self) -> None:
        """End what runs; it is started again where more is asked."""
        while self._running:
            self._running.popitem()[1].close()

    def _answers(self, option: str, names: Sequence[str], read: Callable[[Dialogue], _Answer]) -> tuple[_Answer, ...]:
        answers = []
        try:
            if option not in self._running:
                self._running[option] = self._start(option)
            git = self._running[option]
            for first in range(0, len(names), _TOGETHER):
                some = names[first : first + _TOGETHER]
                git.ask("".join(f"{name}\n" for name in some).encode("ascii"))
                answers += [read(git) for _ in some]
        except BaseException:
            # Answers that nobody read would be taken for those to the next question.
            self.close()
            raise
        return tuple(answers)


def _size(git: Dialogue) -> tuple[str, int] | None:
    name, _, size = git.line().decode("ascii", "replace").partition(" ")
    return (name, int(size)) if size.isdecimal() else None


def _blob(git: Dialogue) -> bytes | None:
    """A line `name type size`, the bytes, LF."""
    _, kind, *size = git.line().decode("ascii", "replace").split(" ")
    data = git.take(int(size[0]) + 1)[:-1] if size else None
    return data if kind == "blob" else None
