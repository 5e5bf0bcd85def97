"""A directory belongs to one process at a time, also where it is removed meanwhile."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from scanguard.trivy.claim import claimed, vacated


def test_one_claim_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "a" / "b")
    first = claimed(path)
    assert first is not None
    assert claimed(path) is None
    os.close(first)
    again = claimed(path)
    assert again is not None
    os.close(again)


def test_a_link_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("kept")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number says which
        claimed(str(tmp_path / "here"))
    assert caught.value.errno == errno.ELOOP


def test_whoever_takes_the_directory_while_it_is_removed_keeps_it(tmp_path: Path) -> None:
    """Many claim it, write into it and remove it: nobody else's file is ever seen."""
    path = tmp_path / "shared"

    def worker(number: int) -> int:
        held = 0
        for _ in range(60):
            handle = claimed(str(path))
            if handle is None:
                continue
            try:
                assert [one.name for one in path.iterdir()] == ["lock"]
                (path / f"mine-{number}").write_text("x")
                assert sorted(one.name for one in path.iterdir()) == ["lock", f"mine-{number}"]
                held += 1
                with suppress(OSError):  # the next one may be there before the directory is removed
                    vacated(str(path))
            finally:
                os.close(handle)
        return held

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) > 0
