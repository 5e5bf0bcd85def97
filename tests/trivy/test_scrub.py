"""Texts in clear are blotted out, and nothing else."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.trivy.scrub import scrub
from tests.fakes import fake


def test_texts_are_blotted_out_and_nothing_else(tmp_path: Path) -> None:
    secret = fake("github")
    path = tmp_path / "fanal.db"
    kept = b'{"FilePath":"/app/a","RuleID":"github-pat","Title":"Token","StartLine":1,"Code":{"Lines":[{"Number":1,'
    said = f'"Content":"a=\\"{secret}\\"","Highlighted":"{secret}"'.encode()
    made = f'"CreatedBy":"RUN |1 T={secret} make","Match":"","Content":"{secret}\\\\"'.encode()
    path.write_bytes(b"\0\1" + kept + said + b"}]}}\xff" + made + b',"Name":"libc6"')
    size = path.stat().st_size
    assert scrub(str(path))
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
    monkeypatch.setattr("scanguard.trivy.scrub._LONGEST_TEXT", 3 << 20)
    path = tmp_path / "fanal.db"
    path.write_bytes(b'"Content":"' + b"x" * (5 << 20))
    assert scrub(str(path))
    assert not path.exists()


def test_a_file_that_cannot_be_written_goes(tmp_path: Path) -> None:
    """Opening a directory to write it fails as a broken disk does; what cannot be removed does not end the run."""
    (tmp_path / "fanal.db").mkdir()
    assert not scrub(str(tmp_path / "fanal.db"))
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
@settings(max_examples=100)
def test_any_file_keeps_its_length(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.db"
    path.write_bytes(data)
    scrub(str(path))
    assert path.stat().st_size == len(data)


def test_no_file(tmp_path: Path) -> None:
    assert scrub(str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []
