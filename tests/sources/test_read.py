import os
import socket
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from scanguard.model.errors import TargetError
from scanguard.sources.read import LIMIT, read, unreadable


def refusal(path: Path | str, limit: int = LIMIT, uri: str = "Dockerfile") -> str:
    with pytest.raises(TargetError) as caught:
        read(str(path), limit, uri)
    return str(caught.value)


def test_a_regular_file_gives_its_bytes(tmp_path):
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM scratch\r\n\xff")
    assert read(str(path)) == b"FROM scratch\r\n\xff"


def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not(tmp_path):
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"x" * 2000)
    assert len(read(str(path), 2000)) == 2000
    path.write_bytes(b"x" * 2001)
    assert refusal(path, 2000) == "Dockerfile: is larger than 2 kB; name a smaller file"


@pytest.mark.parametrize(("limit", "text"), [(10_000_000, "10 MB"), (10, "10 bytes")])
def test_the_limit_is_told_in_a_unit_that_fits(tmp_path, limit, text):
    path = tmp_path / "Dockerfile"
    with path.open("wb") as file:
        file.truncate(limit + 1)
    assert refusal(path, limit) == f"Dockerfile: is larger than {text}; name a smaller file"


def test_a_hundred_megabytes_of_one_line_are_refused_without_being_read_whole(tmp_path):
    path = tmp_path / "Dockerfile"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert refusal(path) == "Dockerfile: is larger than 10 MB; name a smaller file"


def test_a_nul_early_on_means_binary_and_a_late_one_does_not(tmp_path):
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM a\0")
    assert refusal(path) == "Dockerfile: is not a text file; name another"
    path.write_bytes(b"x" * 8192 + b"\0")
    assert len(read(str(path))) == 8193


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(tmp_path)
        server.bind("socket")
        hint = "not a file; name a regular file, or `-` for standard input"
        assert refusal(tmp_path / "pipe") == f"Dockerfile: is a pipe, {hint}"
        assert refusal(tmp_path / "socket") == f"Dockerfile: is a socket, {hint}"
        assert refusal(tmp_path) == f"Dockerfile: is a directory, {hint}"
        assert refusal("/dev/zero") == f"Dockerfile: is a device, {hint}"


def test_a_link_to_a_pipe_is_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    assert refusal(tmp_path / "link").startswith("Dockerfile: is a pipe")


def test_missing_files_and_circles_of_links_are_named(tmp_path):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "none") == "Dockerfile: does not exist; check the path"
    assert refusal(tmp_path / "file" / "below") == "Dockerfile: does not exist; check the path"
    assert refusal(tmp_path / "one") == "Dockerfile: is a symbolic link that leads to itself; mend the link"
    assert refusal("a\0b") == "Dockerfile: is not a path; check its spelling"
    assert refusal(tmp_path / "none", uri="") == f"{tmp_path}/none: does not exist; check the path"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_an_error_while_reading_is_a_refusal():
    assert refusal("/proc/self/mem") == "Dockerfile: cannot be read: Input/output error"


def test_a_lack_of_permission_says_what_to_do():
    expected = "cannot be read: permission denied; change its mode or run as its owner"
    assert unreadable(PermissionError(13, "Permission denied")) == expected


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no modes")
def test_a_file_of_somebody_else_cannot_be_read(tmp_path):
    path = tmp_path / "Dockerfile"
    path.touch(mode=0)
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)
    try:
        expected = "Dockerfile: cannot be read: permission denied; change its mode or run as its owner"
        assert refusal(path) == expected
    finally:
        os.seteuid(user)


def test_standard_input_is_read_within_the_same_limits(monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"FROM scratch\n")))
    assert read("-") == b"FROM scratch\n"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"x" * 3000)))
    assert refusal("-", 2000, "stdin") == "stdin: is larger than 2 kB; name a smaller file"


def test_a_closed_standard_input_is_a_refusal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal("-", uri="stdin") == "stdin: standard input is closed; pipe a Dockerfile in or name a file"
