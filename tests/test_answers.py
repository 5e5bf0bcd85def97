import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanguard import answers


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_answer_is_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "found-1"

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError

    answers.keep(str(path), broken())
    assert names(path.parent) == []
    answers.keep(str(path), (b"a", b"b"))
    answers.keep(str(path), broken())
    assert (path.read_bytes(), names(path.parent)) == (b"ab", ["found-1"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_draft_is_left_whatever_fails(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise KeyError

    with pytest.raises(KeyError):
        answers.keep(str(tmp_path / "found-1"), broken())
    assert names(tmp_path) == []


def test_two_who_write_the_same_answer_at_once(tmp_path: Path) -> None:
    """In two containers both may have the same number of a process."""
    path = str(tmp_path / "found-1")

    def slow() -> Iterator[bytes]:
        yield b"first"
        answers.keep(path, (b"second",))
        assert Path(path).read_bytes() == b"second"
        yield b" is whole"

    answers.keep(path, slow())
    assert (Path(path).read_bytes(), names(tmp_path)) == (b"first is whole", ["found-1"])


def test_drafts_of_killed_runs_go_and_what_cannot_go_stops_nothing(tmp_path: Path) -> None:
    for number, name in enumerate(["found-0", "found-1", "found-2", "found-3", "found-9.x.tmp", "other"]):
        (tmp_path / name).mkdir() if name == "found-0" else (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (number, number))
    (tmp_path / "found-4.y.tmp").write_text("")
    (tmp_path / "found-5").symlink_to("none")
    answers.prune(str(tmp_path), "found-", 2)
    assert names(tmp_path) == ["found-0", "found-3", "found-4.y.tmp", "found-5", "other"]
