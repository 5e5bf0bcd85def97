"""Which Trivy is taken, and which is refused before it is run."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.trivy.program import Program, approve, find, refused
from scanguard.trivy.settings import TrivySettings, default_cache


def program(folder: Path, says: str = "Version: 0.76.0", code: int = 0) -> Path:
    """A program of that name that leaves a mark beside itself whenever it is run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "trivy"
    path.write_text(f"#!/bin/sh\necho run >> '{folder}/ran'\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def runs(path: Path) -> int:
    mark = path.parent / "ran"
    return len(mark.read_text().splitlines()) if mark.exists() else 0


def test_the_named_one_comes_first(tmp_path: Path) -> None:
    named, beside, listed = (program(tmp_path / name) for name in ("named", "beside", "listed"))
    environ = {"PATH": str(listed.parent)}
    assert find(str(named), environ, "/nowhere", str(beside.parent)) == str(named)
    assert find("named/trivy", environ, str(tmp_path), str(beside.parent)) == str(named)
    assert find("", environ, "/nowhere", str(beside.parent)) == str(beside)
    assert find("", environ, "/nowhere", str(tmp_path)) == str(listed)
    assert find("trivy", environ, str(beside.parent), str(tmp_path)) == str(listed)
    assert find("./trivy", environ, str(beside.parent), str(tmp_path)) == str(beside)
    with pytest.raises(ConfigurationError, match="'other' is not a program"):
        find("other", environ, str(tmp_path))


def test_nothing_of_the_repository_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, outside = tmp_path / "repository", tmp_path / "outside"
    program(repository)
    program(repository / "bin")
    outside.mkdir()
    (outside / "trivy").symlink_to(repository / "trivy")
    (tmp_path / "way").symlink_to(repository / "bin")
    monkeypatch.chdir(repository)
    places = ("", ".", "bin", str(repository), str(repository / "bin"), str(outside), str(tmp_path / "way"))
    with pytest.raises(TargetError, match="Trivy was not found"):
        find("", {"PATH": os.pathsep.join(places)}, str(repository), str(tmp_path / "none"))
    inner = repository / "inner"
    inner.mkdir()
    with pytest.raises(
        TargetError, match="bin/trivy was found, in the scanned repository; name it with --trivy to run it"
    ):
        find("", {"PATH": str(repository / "bin")}, str(inner), str(tmp_path / "none"), str(repository))
    assert find("", {"PATH": str(repository / "bin")}, str(inner), str(tmp_path / "none")) == str(
        repository / "bin" / "trivy"
    )
    good = program(tmp_path / "good")
    path = os.pathsep.join((*places, str(good.parent)))
    assert find("", {"PATH": path}, str(repository), str(tmp_path / "none")) == str(good)
    assert find("", {"PATH": str(good.parent)}, "/", str(tmp_path / "none")) == str(good)


def test_none_anywhere(tmp_path: Path) -> None:
    with pytest.raises(
        TargetError, match=r"Trivy was not found; install 'scanguard\[trivy\]', put trivy on PATH, or name it"
    ):
        find("", {"PATH": str(tmp_path)}, "/nowhere", str(tmp_path))


@pytest.mark.parametrize("kind", ["missing", "directory", "not executable"])
def test_a_named_one_that_is_none(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "trivy"
    if kind == "directory":
        path.mkdir()
    elif kind == "not executable":
        path.write_text("")
        path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="is not a program"):
        find(str(path), {}, str(tmp_path))


@pytest.mark.parametrize(
    ("version", "word"),
    [
        ("0.76.0", ""),
        ("0.63.0", ""),
        ("0.69.3", ""),
        ("0.69.7", ""),
        ("0.70.0-rc.1", ""),
        ("1.0", ""),
        ("0.69.4", "intruder"),
        ("0.69.5", "intruder"),
        ("0.69.6", "intruder"),
        ("0.69.6+build", "intruder"),
        ("0.62.9", "too old"),
        ("dev", "too old"),
        ("", "too old"),
    ],
)
def test_versions(version: str, word: str) -> None:
    assert (word in refused(version)) if word else refused(version) == ""


def test_the_version_is_asked_once(tmp_path: Path) -> None:
    path, cache = program(tmp_path / "bin"), str(tmp_path / "cache")
    assert [approve(str(path), "", cache) for _ in range(3)] == [Program(str(path), "0.76.0")] * 3
    assert runs(path) == 1
    path.write_text(path.read_text().replace("0.76.0", "0.69.4"))
    with pytest.raises(ConfigurationError, match=r"is Trivy 0\.69\.4, which was published by an intruder"):
        approve(str(path), "", cache)


def test_without_a_cache_it_is_asked_each_time(tmp_path: Path) -> None:
    path = program(tmp_path / "bin")
    (tmp_path / "file").write_text("")
    for cache in ("", str(tmp_path / "file")):
        assert approve(str(path), "", cache) == Program(str(path), "0.76.0")
    assert runs(path) == 2


def test_another_digest_is_never_run(tmp_path: Path) -> None:
    path = program(tmp_path / "bin")
    with pytest.raises(ConfigurationError, match="it was not run"):
        approve(str(path), "0" * 64, "")
    assert runs(path) == 0
    assert approve(str(path), sha256(path.read_bytes()).hexdigest().upper(), "").version == "0.76.0"


@pytest.mark.parametrize(
    ("says", "code"), [("", 0), ("hello", 0), ("Version: dev", 0), ("Version: 0.76.0", 1), ("Other: 0.76.0", 0)]
)
def test_one_that_does_not_say_its_version(says: str, code: int, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="does not say which version"):
        approve(str(program(tmp_path / "bin", says, code)), "", "")


def test_one_that_cannot_be_run(tmp_path: Path) -> None:
    path = tmp_path / "trivy"
    path.write_bytes(b"\x7fELF no program")
    path.chmod(0o755)
    with pytest.raises(TargetError, match="cannot be run"):
        approve(str(path), "", "")


def test_what_the_environment_says() -> None:
    environ = {"SCANGUARD_TRIVY": "/opt/trivy", "SCANGUARD_TRIVY_TOKEN": "t0ken", "HOME": "/home/me"}
    found = TrivySettings().completed(environ)
    assert (found.path, found.token, found.cache) == ("/opt/trivy", "t0ken", "/home/me/.cache/trivy")
    named = TrivySettings(path="/x", cache="/c").completed(environ)
    assert (named.path, named.cache) == ("/x", "/c")
    assert "t0ken" not in repr(found)


def test_a_relative_cache_begins_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    for named, whole in (("srv", f"{tmp_path}/srv"), ("../srv/", f"{tmp_path.parent}/srv"), ("~/srv", "/home/me/srv")):
        assert TrivySettings(cache=named).completed({}).cache == whole
    assert TrivySettings().completed({}).cache == ""


@pytest.mark.parametrize(
    ("environ", "cache"),
    [
        ({}, ""),
        ({"HOME": "relative"}, ""),
        ({"HOME": "/h"}, "/h/.cache/trivy"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/x/trivy"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "x"}, "/h/.cache/trivy"),
    ],
)
def test_the_cache(environ: dict[str, str], cache: str) -> None:
    assert default_cache(environ) == cache
