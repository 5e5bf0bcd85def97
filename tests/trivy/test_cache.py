"""One cache for one run at a time, with nothing in clear left in it."""

import os
import re
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.trivy.cache import scan_cache, scrub
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


def test_texts_are_blotted_out_and_nothing_else(tmp_path: Path) -> None:
    secret = fake("github")
    path = tmp_path / "fanal.db"
    kept = b'{"FilePath":"/app/a","RuleID":"github-pat","Title":"Token","StartLine":1,"Code":{"Lines":[{"Number":1,'
    said = f'"Content":"a=\\"{secret}\\"","Highlighted":"{secret}"'.encode()
    made = f'"CreatedBy":"RUN |1 T={secret} make","Match":"","Content":"{secret}\\\\"'.encode()
    path.write_bytes(b"\0\1" + kept + said + b"}]}}\xff" + made + b',"Name":"libc6"')
    size = path.stat().st_size
    scrub(str(path))
    data = path.read_bytes()
    assert len(data) == size
    assert secret.encode() not in data
    assert data.startswith(b"\0\1" + kept + b'"Content":"***')
    assert data.endswith(b'**","Name":"libc6"')
    assert b'"Match":""' in data


@pytest.mark.parametrize("before", [0, (1 << 20) - 60, (1 << 20) - 30, (1 << 20) - 20, (1 << 20) - 5])
def test_texts_across_the_blocks_that_are_read(before: int, tmp_path: Path) -> None:
    secret = fake("github")
    path = tmp_path / "fanal.db"
    text = f'"Highlighted":"{secret}\\\\","Content":"\\"{secret * 40_000}"'.encode()
    path.write_bytes(b"x" * before + text + b"tail")
    scrub(str(path))
    data = path.read_bytes()
    assert secret.encode() not in data
    assert data == b"x" * before + re.sub(rb'(?<=":")(.+?)(?="(?:,|$))', lambda one: b"*" * len(one[1]), text) + b"tail"


def test_a_text_without_an_end_goes_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanguard.trivy.cache._LONGEST_TEXT", 3 << 20)
    path = tmp_path / "fanal.db"
    path.write_bytes(b'"Content":"' + b"x" * (5 << 20))
    scrub(str(path))
    assert not path.exists()


def test_a_file_that_cannot_be_written_goes(tmp_path: Path) -> None:
    """Opening a directory to write it fails as a broken disk does; what cannot be removed does not end the run."""
    (tmp_path / "fanal.db").mkdir()
    scrub(str(tmp_path / "fanal.db"))
    assert (tmp_path / "fanal.db").is_dir()


def test_holes_stay_holes(tmp_path: Path) -> None:
    """Nothing is allocated for them, so that a full disk is no obstacle."""
    path = tmp_path / "fanal.db"
    with path.open("wb") as file:
        file.write(b'"Content":"secret"')
        file.truncate(64 << 20)
    before = path.stat().st_blocks
    scrub(str(path))
    assert path.stat().st_blocks == before
    assert path.open("rb").read(20) == b'"Content":"******"\0\0'


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_file_keeps_its_length(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.db"
    path.write_bytes(data)
    scrub(str(path))
    assert path.stat().st_size == len(data)


def test_no_file(tmp_path: Path) -> None:
    scrub(str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []
