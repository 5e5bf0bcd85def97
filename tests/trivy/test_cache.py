"""One cache for one run at a time, with nothing in clear left in it."""

import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from scanguard.trivy.cache import scan_cache, tend
from scanguard.trivy.settings import TrivySettings
from tests.fakes import fake


def test_runs_at_the_same_time_have_caches_of_their_own(tmp_path: Path) -> None:
    given_settings = TrivySettings(cache=str(tmp_path / "cache"))
    with ExitStack() as stack:
        held = [stack.enter_context(scan_cache(given_settings, "acme/app")) for _ in range(9)]
        other = stack.enter_context(scan_cache(given_settings, "acme/other"))
        assert [one.backend for one in held] == ["fs"] * 8 + ["memory"]
        assert len({one.path for one in (*held, other)}) == 10
        assert other.backend == "fs"
        for one in (*held, other):
            assert os.readlink(os.path.join(one.path, "db")) == str(tmp_path / "cache" / "db")
            assert stat.S_IMODE(os.stat(one.path).st_mode) == 0o700
    assert not os.path.exists(held[8].path)
    with scan_cache(given_settings, "acme/app") as again:
        assert again == held[0]


def test_a_link_to_another_place_is_mended(tmp_path: Path) -> None:
    given_settings = TrivySettings(cache=str(tmp_path))
    with scan_cache(given_settings, "x") as cache:
        path = Path(cache.path, "db")
    path.unlink()
    path.symlink_to("/nowhere")
    with scan_cache(given_settings, "x"):
        assert os.readlink(path) == str(tmp_path / "db")


@pytest.mark.parametrize("backend", ["memory", "redis://x"])
def test_other_backends_keep_nothing_here(backend: str, tmp_path: Path) -> None:
    with scan_cache(TrivySettings(cache=str(tmp_path / "cache"), cache_backend=backend), "x") as cache:
        assert (cache.backend, os.path.isdir(cache.path)) == (backend, True)
    assert not os.path.exists(cache.path)


@pytest.mark.parametrize("cache", ["", "file"])
def test_without_a_place_nothing_is_kept(cache: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / cache) if cache else ""
    with scan_cache(TrivySettings(cache=place), "x") as found:
        assert found.backend == "memory"


DAY = 86_400.0
NOW = 1_795_219_200.0
"""2026-11-21, in seconds since 1970."""

KILLED = """
import os, signal, sys
from pathlib import Path
from scanguard.trivy.cache import scan_cache
from scanguard.trivy.settings import TrivySettings

with scan_cache(TrivySettings(cache=sys.argv[1]), sys.argv[2]) as cache:
    Path(cache.path, "fanal").mkdir(exist_ok=True)
    Path(cache.path, "fanal", "fanal.db").write_text('"Content":"' + sys.stdin.read() + '"')
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(cache: Path, name: str, text: str) -> Path:
    """The cache in which a run that was killed, and nobody watched, left a text in clear."""
    before = set(cache.glob("scanguard/*/fanal"))
    words = [sys.executable, "-c", KILLED, str(cache), name]
    assert subprocess.run(words, input=text, text=True).returncode == -signal.SIGKILL
    (left,) = set(cache.glob("scanguard/*/fanal")) - before
    assert text in (left / "fanal.db").read_text()
    return left.parent


def made(cache: Path, name: str, used: float) -> Path:
    """A cache that a run left in order, at a time in seconds since 1970."""
    path = cache / "scanguard" / f"scan-{name}-0"
    (path / "fanal").mkdir(parents=True)
    (path / "fanal" / "fanal.db").write_text(name)
    (path / "lock").write_text("")
    for linked in ("db", "java-db"):
        (cache / linked).mkdir(exist_ok=True)
        (path / linked).symlink_to(cache / linked)
    os.utime(path, (used, used))
    return path


def test_a_cache_is_marked_while_it_may_hold_texts_in_clear(tmp_path: Path) -> None:
    with scan_cache(TrivySettings(cache=str(tmp_path)), "x") as cache:
        mark = Path(cache.path, "in-clear")
        assert mark.is_file()
        db = Path(cache.path, "fanal", "fanal.db")
        db.mkdir(parents=True)  # cannot be blotted out, as on a broken disk
    assert mark.is_file()
    with scan_cache(TrivySettings(cache=str(tmp_path)), "x") as again:
        assert again == cache
        assert not db.parent.exists()
    assert not mark.exists()


@pytest.mark.parametrize("next_image", ["acme/app", "acme/other"])
def test_the_next_run_on_any_image_removes_what_a_killed_one_left(next_image: str, tmp_path: Path) -> None:
    secret = fake("github")
    left = killed(tmp_path, "acme/app", secret)
    clean = made(tmp_path, "clean", time.time())
    with scan_cache(TrivySettings(cache=str(tmp_path)), next_image):
        assert not (left / "fanal").exists()
        assert (clean / "fanal" / "fanal.db").read_text() == "clean"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_text()] == []


def test_the_mark_stays_as_long_as_a_trivy_may_still_open_the_cache(tmp_path: Path) -> None:
    left = killed(tmp_path, "acme/app", "x")
    mark = left / "in-clear"
    began = mark.stat().st_mtime
    tend(str(left.parent), began + 1)
    assert (mark.exists(), (left / "fanal").exists()) == (True, False)
    (left / "fanal").mkdir()
    tend(str(left.parent), began + 61)
    assert (mark.exists(), (left / "fanal").exists()) == (False, False)


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    with scan_cache(TrivySettings(cache=str(tmp_path)), "long") as cache:
        db = Path(cache.path, "fanal", "fanal.db")
        db.parent.mkdir()
        db.write_text("in use")
        with scan_cache(TrivySettings(cache=str(tmp_path)), "other"):
            assert db.read_text() == "in use"
        tend(str(tmp_path / "scanguard"), time.time() + 100 * DAY)
        assert (db.read_text(), Path(cache.path, "in-clear").exists()) == ("in use", True)


def test_caches_that_were_not_used_for_a_month_go_and_the_databases_stay(tmp_path: Path) -> None:
    old, young = made(tmp_path, "old", NOW - 31 * DAY), made(tmp_path, "young", NOW - 29 * DAY)
    (tmp_path / "db" / "trivy.db").write_text("db")
    (tmp_path / "java-db" / "trivy-java.db").write_text("java")
    (tmp_path / "scanguard" / "found-1.json").write_text("{}")
    tend(str(tmp_path / "scanguard"), NOW)
    assert (old.exists(), young.exists()) == (False, True)
    assert (tmp_path / "db" / "trivy.db").read_text() == "db"
    assert (tmp_path / "java-db" / "trivy-java.db").read_text() == "java"
    assert (tmp_path / "scanguard" / "found-1.json").exists()


def test_at_most_fifty_are_kept(tmp_path: Path) -> None:
    caches = [made(tmp_path, f"image-{number}", NOW - number) for number in range(53)]
    tend(str(tmp_path / "scanguard"), NOW)
    assert [path.exists() for path in caches] == [True] * 50 + [False] * 3


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither one in the place of a cache nor one inside; what cannot be removed does no harm."""
    away = tmp_path / "away"
    (away / "fanal").mkdir(parents=True)
    (away / "in-clear").write_text("")
    (away / "fanal" / "fanal.db").write_text("kept")
    cache = tmp_path / "cache"
    inside, whole = made(cache, "inside", NOW - 40 * DAY), made(cache, "whole", NOW)
    (inside / "more").symlink_to(away)
    (whole / "fanal" / "fanal.db").unlink()
    (whole / "fanal").rmdir()
    (whole / "fanal").symlink_to(away / "fanal")
    (whole / "in-clear").write_text("")
    (cache / "scanguard" / "scan-link-0").symlink_to(away)
    os.utime(inside, (0, 0))
    os.utime(away, (0, 0))
    tend(str(cache / "scanguard"), NOW)
    assert not inside.exists()
    assert (away / "fanal" / "fanal.db").read_text() == "kept"
    assert (cache / "scanguard" / "scan-link-0").is_symlink()


def test_nothing_to_tend(tmp_path: Path) -> None:
    tend(str(tmp_path / "none"), NOW)
    (tmp_path / "file").write_text("")
    tend(str(tmp_path / "file"), NOW)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
